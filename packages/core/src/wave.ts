import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { problem, type ErrorCode } from './errors.ts'
import { DAY } from './forecast.ts'
import { MINUTE } from './microsoft/http.ts'
import { GRANT_WIDE, isConfirmed } from './status.ts'
import type { ConnectionRow } from './types.ts'

/** What the fleet met lately that tells whose fault a refusal is. Numbers only: nobody learns of whom. */
export type Surroundings = {
  /** Tenants that are in doubt for the same reason. */
  readonly refused: number
  /** Tenants whose sign-in was renewed since the first of those was refused. */
  readonly working: number
  /** Connections of other tenants that worked last and were not asked since: they can be asked as witnesses. */
  readonly witnesses: readonly string[]
  /** Whether Microsoft asked anybody of the fleet to wait. */
  readonly throttled: boolean
}

/** What is made of a refusal: it stands; it needs a second look; or it is one of many and nobody's own. */
export type Stance = 'stands' | 'unsure' | 'wave'

// Microsoft says these of one account or one sign-in, whatever the others meet. They stand in the middle of an outage.
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
])

const WITNESSES = 3
/** How long a refusal waits for a witness before it is judged by itself. */
const PATIENCE = 30 * MINUTE
/** Many, and at least this part of all that were asked, are a wave even where others work … */
const MANY = 3
const PART = 0.05
/** … but no longer than this: then each is judged by itself. */
const LONGEST_HOLD = 12 * 60 * MINUTE
/** Longer than the longest pause between tries: whoever was asked to wait may not have asked since. */
const THROTTLED = 90 * MINUTE

/** Looks around before a refusal is believed; asks others as witnesses where nobody has been heard yet. */
export async function weigh(
  deps: Deps,
  row: ConnectionRow,
  refused: Diagnosis,
  resource: string,
): Promise<{ readonly refused: Diagnosis; readonly stance: Stance }> {
  if (refused.verdict === 'transient' || refused.verdict === 'app') return { refused, stance: 'stands' }
  const now = deps.now()
  if (!isSuspect(row, refused, resource)) return { refused, stance: standing(row, refused, now) }
  const around = await deps.store.lookAround({
    microsoftId: row.microsoftId,
    code: refused.problem.code,
    now,
    doubtsSince: new Date(now.getTime() - DAY),
    throttledSince: new Date(now.getTime() - THROTTLED),
    witnesses: WITNESSES,
  })
  if (around.throttled && isThrottlingInDisguise(refused))
    return { refused: soften(refused), stance: 'stands' }
  const stance = stanceOf(row, refused, around, now)
  if (stance === 'wave') return { refused: together(row, refused, around), stance }
  if (stance === 'unsure' && around.working === 0)
    await Promise.all(around.witnesses.map((it) => call(deps, it, now)))
  return { refused, stance }
}

/** Makes a witness due, unless it is, or was asked meanwhile. */
async function call(deps: Deps, id: string, now: Date): Promise<void> {
  const row = await deps.store.getConnection(id)
  if (!row?.nextRefreshAt || row.nextRefreshAt <= now) return
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

// A refusal of a connection that is broken already tells nothing new; one for Graph alone breaks nothing.
function isSuspect(row: ConnectionRow, { problem: { code } }: Diagnosis, resource: string): boolean {
  if (row.status === 'broken' || row.verify !== null || OWN.has(code)) return false
  return resource === 'partner-center' || GRANT_WIDE.has(code)
}

function standing(row: ConnectionRow, refused: Diagnosis, now: Date): Stance {
  return refused.verdict === 'definitive' || isConfirmed(row, refused, now) ? 'stands' : 'unsure'
}

function countOf(row: ConnectionRow, refused: Diagnosis, around: Surroundings) {
  const counted = row.doubtCode === refused.problem.code
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

function together(row: ConnectionRow, refused: Diagnosis, around: Surroundings): Diagnosis {
  return { ...refused, together: countOf(row, refused, around).tenants }
}
