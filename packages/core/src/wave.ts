import type { Deps, LookAround } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { problem, type ErrorCode } from './errors.ts'
import { MINUTE } from './microsoft/http.ts'
import { isConfirmed } from './doubt.ts'
import { GRANT_WIDE } from './status.ts'
import { CAPABILITIES, type CheckKind, type ConnectionRow } from './types.ts'

/** What the fleet met lately that tells whose fault a refusal is. Numbers only: nobody learns of whom. */
export type Surroundings = {
  /** Tenants that are in doubt for the same reason. */
  readonly refused: number
  /** Tenants that got what those were refused since the first of them was. */
  readonly working: number
  /** Connections of other tenants that worked last and were not asked since: they can be asked as witnesses. */
  readonly witnesses: readonly string[]
  /** Whether Microsoft asked anybody of the fleet to wait. */
  readonly throttled: boolean
}

/** Who refused: the token endpoint, for a resource, or what a rung of the ladder asked with a token that it had given. */
export type Refuser = { readonly resource: string } | { readonly rung: CheckKind }

/** What is made of a refusal: it stands; it needs a second look; or it is one of many and nobody's own. */
export type Stance = 'stands' | 'unsure' | 'wave'

// The token endpoint says these of one account or one sign-in, whatever the others meet. They stand in the middle of an
// outage.
const OWN: ReadonlySet<string> = new Set<ErrorCode>([
  'expired',
  'signed_out',
  'sign_in_frequency',
  'mfa_too_old',
  'mfa_missing',
  'mfa_setup',
  'password_expired',
  'account_disabled',
  'guest_account',
  // A partner's own application is nobody else's.
  'application_secret',
  'application_misconfigured',
])

const WITNESSES = 3
/** Once so many are refused alike, no more are drawn into it before their own time. */
const ENOUGH = 10
/** How long a refusal waits for a witness before it is judged by itself. */
const PATIENCE = 30 * MINUTE
/** Many, and at least this part of all that were asked, are a wave even where others work … */
const MANY = 3
const PART = 0.05
/** … but no longer than this: then each is judged by itself. */
const LONGEST_HOLD = 12 * 60 * MINUTE
/** Longer than the longest pause between tries: whoever was asked to wait may not have asked since. */
const THROTTLED = 90 * MINUTE

export type Weighed = { readonly refused: Diagnosis; readonly stance: Stance }

/**
 * Looks around before a refusal is believed; asks others as witnesses where nobody has been heard yet. Where nobody
 * will look again it is never unsure: what is not one of many stands.
 */
export async function weigh(
  deps: Deps,
  row: ConnectionRow,
  refused: Diagnosis,
  refuser: Refuser,
  { looksAgain = true }: { readonly looksAgain?: boolean } = {},
): Promise<Weighed> {
  if (refused.verdict === 'transient' || refused.verdict === 'app') return { refused, stance: 'stands' }
  const now = deps.now()
  const suspicion = suspect(row, refused, refuser)
  if (!suspicion) return { refused, stance: standing(row, refused, refuser, now) }
  const { doubt, by } = suspicion
  const around = await deps.store.lookAround({
    microsoftId: row.microsoftId,
    code: doubt,
    by,
    now,
    throttledSince: new Date(now.getTime() - THROTTLED),
    witnesses: WITNESSES,
  })
  if (by === 'token' && around.throttled && isThrottlingInDisguise(refused))
    return { refused: soften(refused), stance: 'stands' }
  const doubted = { ...refused, doubt }
  const { tenants } = countOf(row, doubted, around)
  const stance = stanceOf(row, doubted, around, now)
  if (stance === 'stands') return { refused: doubted, stance }
  if (looksAgain && around.working === 0 && tenants < ENOUGH)
    await Promise.all(around.witnesses.map((it) => call(deps, it, now)))
  if (stance === 'unsure') return { refused: doubted, stance: looksAgain ? stance : 'stands' }
  return { refused: { ...doubted, many: { code: nameOf(refused, refuser), tenants } }, stance }
}

/** Makes a witness due, unless it is, is being looked at, or was asked meanwhile. */
async function call(deps: Deps, id: string, now: Date): Promise<void> {
  const row = await deps.store.getConnection(id)
  if (!row?.nextRefreshAt || row.nextRefreshAt <= now || row.openProof) return
  if (row.refreshedAt && row.refreshedAt < now) await deps.store.updateConnection(id, { nextRefreshAt: now })
}

/** Whether many refused at once are one thing and not many, by numbers alone. */
function stanceOf(row: ConnectionRow, refused: Diagnosis, around: Surroundings, now: Date): Stance {
  const { working, witnesses } = around
  const { tenants, counted } = countOf(row, refused, around)
  const confirmed = isConfirmed(row, refused, now)
  const heldFor = counted && row.doubtSince ? now.getTime() - row.doubtSince.getTime() : 0
  if (working === 0 && tenants >= MANY) return 'wave'
  if (working === 0 && tenants > 1 && confirmed && witnesses.length === 0) return 'wave'
  if (tenants >= MANY && tenants >= PART * (tenants + working) && heldFor < LONGEST_HOLD) return 'wave'
  const isAlone = tenants === 1 && working === 0 && witnesses.length === 0
  if (isAlone && refused.verdict === 'definitive') return 'stands'
  if (!confirmed) return 'unsure'
  return working > 0 || isAlone || heldFor >= PATIENCE ? 'stands' : 'unsure'
}

/** What has to be found again and by whom, where a refusal may be everybody's; null where it tells nothing new or is the tenant's own. */
function suspect(row: ConnectionRow, { verdict, problem: { code } }: Diagnosis, refuser: Refuser) {
  const byProof = (doubt: string) => ({ doubt, by: 'proof' }) satisfies Suspicion
  if ('rung' in refuser)
    return verdict === 'ambiguous' && !isKnown(row, code, refuser.rung) ? byProof(code) : null
  if (row.status === 'broken' || row.verify !== null || OWN.has(code)) return null
  const { resource } = refuser
  if (resource === 'partner-center' || GRANT_WIDE.has(code))
    return { doubt: code, by: 'token' } satisfies Suspicion
  return resource === 'graph' && row.capabilities.graph !== 'failing' ? byProof(`graph ${code}`) : null
}

type Suspicion = { readonly doubt: string; readonly by: LookAround['by'] }

/** What is refused every night has been told of, and is no sign of anything that concerns others. */
function isKnown({ capabilities }: ConnectionRow, code: string, rung: CheckKind): boolean {
  const concerned = code === 'mfa_missing' ? (['mfa'] as const) : CAPABILITIES[rung]
  return concerned.some((it) => capabilities[it] === 'failing')
}

function standing(row: ConnectionRow, refused: Diagnosis, refuser: Refuser, now: Date): Stance {
  const isSure = refused.verdict === 'definitive' || 'rung' in refuser
  return isSure || isConfirmed(row, refused, now) ? 'stands' : 'unsure'
}

function countOf(row: ConnectionRow, { doubt }: Diagnosis, around: Surroundings) {
  const counted = row.doubtCode === doubt
  return { counted, tenants: Math.max(1, around.refused + (counted ? 0 : 1)) }
}

// learn.microsoft.com/entra/msal/dotnet/advanced/client-and-server-throttling: calls for a user are throttled with
// `invalid_grant`. A refusal that names no reason, while others are asked to wait, is taken for that.
function isThrottlingInDisguise({ verdict, problem: { microsoft } }: Diagnosis): boolean {
  return (
    verdict === 'ambiguous' && microsoft?.error === 'invalid_grant' && !microsoft.code && !microsoft.suberror
  )
}

function soften({ problem: { microsoft } }: Diagnosis): Diagnosis {
  const told = problem('microsoft_slow', {}, microsoft)
  return { problem: told, verdict: 'transient', retryAfterSeconds: 5 * 60 }
}

/** What a wave is called: by the service that refuses, where it is not the sign-in itself. */
function nameOf({ problem: { code } }: Diagnosis, refuser: Refuser): ErrorCode {
  if ('rung' in refuser)
    return refuser.rung === 'graph' ? 'graph_refuses_many' : 'partner_center_refuses_many'
  return refuser.resource === 'graph' && !GRANT_WIDE.has(code) ? 'graph_refuses_many' : 'many_at_once'
}
