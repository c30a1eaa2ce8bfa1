import type { Config } from './config.ts'
import type { ConnectionPatch } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { doubting, doubtOf, heldStatus, isHeld, isOperators, secondLook, toldOf } from './doubt.ts'
import { isProblemCode, problem, type ErrorCode, type Values } from './errors.ts'
import { nextNight, nextTry } from './forecast.ts'
import { foreseen, learnLimits, outlived } from './foresight.ts'
import { missingPermissions, PERMISSIONS } from './permissions.ts'
import type { Stance } from './wave.ts'
import type { Capabilities, Capability, ConnectionRow, Problem, Status } from './types.ts'

/** What each capability's failure is called when no closer reason is known. */
const REASON_OF: readonly (readonly [Capability, ErrorCode])[] = [
  ['signIn', 'grant_refused'],
  ['partnerCenter', 'partner_center_refused'],
  ['mfa', 'mfa_missing'],
  ['graph', 'graph_refused'],
  ['billing', 'billing_refused'],
]

const UNKNOWN: Capabilities = {
  signIn: 'unknown',
  partnerCenter: 'unknown',
  graph: 'unknown',
  mfa: 'unknown',
  billing: 'unknown',
}

/** A connection without a grant: before its first consent, and after Disconnect. */
export const UNCONNECTED = {
  status: 'new',
  reason: null,
  action: null,
  capabilities: UNKNOWN,
  grantedScopes: [],
  missingScopes: [],
  accountObjectId: null,
  accountUsername: null,
  consentedAt: null,
  refreshedAt: null,
  nextRefreshAt: null,
  stopsWorkingBy: null,
  stopsWorkingBecause: null,
  signedInAt: null,
  limits: null,
  openProof: null,
  provenAt: null,
  generation: null,
  previousGeneration: null,
  leaseUntil: null,
  leaseHolder: null,
  intent: null,
  verify: null,
  doubtCode: null,
  doubtSince: null,
  failures: 0,
  claimsChallenge: null,
  clientId: null,
  credentialEndsAt: null,
} as const satisfies Partial<ConnectionRow>

// Refusals of the grant itself: whatever resource was asked for, no other fares better. Conditional Access, consent
// and missing services differ per resource at redemption.
export const GRANT_WIDE: ReadonlySet<string> = new Set<ErrorCode>([
  'expired',
  'signed_out',
  'grant_refused',
  'account_disabled',
  'account_locked',
  'password_expired',
  'app_removed',
  'application_secret',
  'guest_account',
])

// Never accepted again, so trying every night would only trip Microsoft's loop detection.
const DEAD: ReadonlySet<string> = new Set<ErrorCode>(['expired', 'signed_out'])

/** What fills the words of a problem of this connection. */
export function wordsOf(row: Pick<ConnectionRow, 'name' | 'accountUsername'>): Values {
  return { tenant: row.name, account: row.accountUsername }
}

/** What is known besides of why it is not well: the rule's days, the permission, the last refresh. */
function detailsOf({
  reason,
  refreshedAt,
  stopsWorkingBecause: because,
  missingScopes,
}: ConnectionRow): Values {
  const ruled = because?.everyDays !== undefined && because.kind !== 'inactivity'
  const missing = PERMISSIONS.find((it) => it.name === missingScopes[0])
  return {
    ...(because?.kind === 'application_secret' ? { date: because.since.slice(0, 10) } : {}),
    ...(ruled ? { n: because.everyDays, date: because.since.slice(0, 10) } : {}),
    ...(missing ? { permission: missing.title, feature: missing.feature } : {}),
    ...(reason === 'not_refreshed' ? { date: refreshedAt?.toISOString().slice(0, 10) } : {}),
  }
}

/** Why the connection is not well, by its code and what fills its words. */
export function reasonOf(row: ConnectionRow): { readonly code: ErrorCode; readonly values: Values } {
  const code = row.reason && isProblemCode(row.reason) ? row.reason : 'grant_refused'
  return { code, values: { ...wordsOf(row), ...detailsOf(row) } }
}

/** Why the connection is not well, in words. */
export function problemOf(row: ConnectionRow): Problem {
  const { code, values } = reasonOf(row)
  const told = problem(code, values)
  return row.action ? { ...told, action: row.action } : told
}

/** The status that follows from what works: tokens first, then Partner Center, then the rest, then our own faults. */
export function judge(
  capabilities: Capabilities,
  problems: readonly Problem[],
  partnerCenterRefusesAll = false,
): Pick<ConnectionRow, 'status' | 'reason' | 'action'> {
  const failing = REASON_OF.find(([capability]) => capabilities[capability] === 'failing')
  if (!failing) {
    const ours = problems.find((it) => it.action === 'fix_app')
    if (ours) return { status: 'attention', reason: ours.code, action: 'fix_app' }
    return { status: 'connected', reason: null, action: null }
  }
  const told = problems[0] ?? problem(failing[1])
  const status: Status = failing[0] === 'signIn' || partnerCenterRefusesAll ? 'broken' : 'attention'
  return { status, reason: told.code, action: told.action }
}

/** What an issued token tells by itself. */
export type TokenFacts = {
  /** Undefined when the token does not say. */
  readonly mfa?: boolean | undefined
  readonly grantedScopes?: readonly string[] | undefined
  readonly objectId?: string | undefined
  readonly username?: string | undefined
}

/** What a redemption that worked changes. A reason that lay in the sign-in is gone; others stay until they are proven. */
export function afterSuccess(
  row: ConnectionRow,
  facts: TokenFacts,
  now: Date,
  config: Config,
): ConnectionPatch {
  const mfa = facts.mfa === undefined ? row.capabilities.mfa : facts.mfa ? 'ok' : 'failing'
  const capabilities = { ...row.capabilities, signIn: 'ok', mfa } as const
  const signInWasToBlame = row.capabilities.signIn === 'failing' || (isOperators(row) && !isHeld(row))
  const unproven = row.status === 'new' || row.status === 'waiting'
  const mfaChanged = mfa !== row.capabilities.mfa
  const patch: ConnectionPatch = {
    ...(signInWasToBlame || unproven || mfaChanged ? judge(capabilities, []) : {}),
    capabilities,
    ...(facts.grantedScopes ? scopesOf(row, facts.grantedScopes, config) : {}),
    ...(row.accountObjectId === null && facts.objectId
      ? {
          accountObjectId: facts.objectId,
          accountUsername: facts.username ?? row.accountUsername,
          consentedAt: row.consentedAt ?? now,
        }
      : {}),
    refreshedAt: now,
    nextRefreshAt: afterThis(row, now, config),
    ...outlived(row, now),
    failures: 0,
    // While tonight's proof is open, what was unclear of another resource still waits for its second look.
    ...(row.openProof ? {} : { doubtCode: null, doubtSince: null }),
  }
  return foreseen(row, patch, now, config)
}

/** The next night, unless tonight's proof has to be tried again before. */
function afterThis(row: ConnectionRow, now: Date, config: Config): Date {
  const { openProof, nextRefreshAt } = row
  if (openProof && nextRefreshAt && nextRefreshAt > now) return nextRefreshAt
  return nextNight(now, config.nightly, row.microsoftId)
}

function scopesOf(row: ConnectionRow, granted: readonly string[], config: Config): ConnectionPatch {
  const grantedScopes = [...new Set([...row.grantedScopes, ...granted])].toSorted()
  return {
    grantedScopes,
    missingScopes: missingPermissions(config.microsoft, grantedScopes).map((it) => it.name),
  }
}

/**
 * What a refusal changes. Only one that stands (`weigh` tells) breaks a connection, and a wave blames nobody;
 * whatever passes by itself changes nothing but the time of the next try.
 */
export function afterRefusal(
  row: ConnectionRow,
  refused: Diagnosis,
  resource: string,
  now: Date,
  config: Config,
  stance: Stance,
): { patch: ConnectionPatch; told: Diagnosis } {
  if (refused.verdict === 'transient')
    return { patch: later(row, now, refused.retryAfterSeconds), told: refused }
  if (isCallersChoice(resource) && !concernsUs(refused)) return { patch: {}, told: toCaller(refused) }
  if (refused.verdict === 'app')
    return { patch: { ...later(row, now), ...operatorFault(row, refused) }, told: refused }
  if (row.verify !== null && refused.problem.code === 'grant_refused') return lost(row, refused, now, config)
  if (stance !== 'stands') {
    const told = toldOf({ refused, stance }, now)
    const patch = stance === 'wave' ? held(row, told, now) : doubt(row, refused, now)
    // Only a proof tells whether Graph lets it in again.
    return {
      patch: resource === 'graph' ? { ...patch, openProof: row.openProof ?? { tries: 1 } } : patch,
      told,
    }
  }
  return {
    patch: {
      ...settled(now, row, refused, config),
      ...learnLimits(row, refused, now),
      ...blame(row, refused.problem, isGraphsAlone(row, refused, resource) ? GRAPH_ONLY : resource),
    },
    told: {
      problem: refused.problem,
      verdict: refused.verdict,
      retryAfterSeconds: refused.retryAfterSeconds,
    },
  }
}

/**
 * Every generation was refused after a renewal whose outcome never reached us: a provider that allows a token once has
 * ended them. Said at once, and looked at a second time in case it was a moment's fault.
 */
function lost(row: ConnectionRow, refused: Diagnosis, now: Date, config: Config) {
  const told = problem('rotation_unconfirmed', wordsOf(row), refused.problem.microsoft)
  const again = { nextRefreshAt: secondLook(now) }
  const patch: ConnectionPatch = {
    ...settled(now, row, refused, config),
    ...(row.reason === told.code ? {} : again),
    ...blame(row, told, 'partner-center'),
  }
  return { patch, told: { ...refused, problem: told, verdict: 'definitive' as const } }
}

/** One of many: nobody's sign-in is blamed, and it is looked at again until others tell more. */
function held(row: ConnectionRow, told: Diagnosis, now: Date): ConnectionPatch {
  return { ...later(row, now), ...doubting(row, doubtOf(told), now), ...heldStatus(row, told.problem) }
}

// Whatever else a caller may name says nothing of what the product itself needs.
function isCallersChoice(resource: string): boolean {
  return resource !== 'partner-center' && resource !== 'graph'
}

function concernsUs({ problem: { code } }: Diagnosis): boolean {
  return GRANT_WIDE.has(code) || code === 'app_secret'
}

function toCaller(refused: Diagnosis): Diagnosis {
  if (refused.verdict !== 'app') return refused
  return { ...refused, problem: problem('resource_not_allowed', {}, refused.problem.microsoft) }
}

function later(row: ConnectionRow, now: Date, retryAfterSeconds?: number): ConnectionPatch {
  const failures = row.failures + 1
  return { failures, nextRefreshAt: nextTry(now, failures, retryAfterSeconds) }
}

function operatorFault(row: ConnectionRow, refused: Diagnosis): ConnectionPatch {
  if (row.status === 'broken') return {}
  return { status: 'attention', reason: refused.problem.code, action: 'fix_app' }
}

function doubt(row: ConnectionRow, refused: Diagnosis, now: Date): ConnectionPatch {
  return {
    ...doubting(row, doubtOf(refused), now),
    failures: row.failures + 1,
    nextRefreshAt: secondLook(now),
  }
}

function settled(now: Date, row: ConnectionRow, refused: Diagnosis, config: Config): ConnectionPatch {
  const dead = DEAD.has(refused.problem.code)
  return {
    nextRefreshAt: dead ? null : nextNight(now, config.nightly, row.microsoftId),
    openProof: null,
    doubtCode: null,
    doubtSince: null,
    failures: 0,
  }
}

const GRAPH_ONLY = 'graph only'

/** Tonight's redemption for Partner Center has just gone well, so what stays unclear for Graph says nothing of the grant. */
function isGraphsAlone(row: ConnectionRow, { verdict }: Diagnosis, resource: string): boolean {
  return resource === 'graph' && verdict === 'ambiguous' && row.openProof !== null
}

function blame(row: ConnectionRow, told: Problem, resource: string): ConnectionPatch {
  if (resource === 'partner-center' || (GRANT_WIDE.has(told.code) && resource !== GRAPH_ONLY)) {
    // Without tokens nothing else works either; what did is proven anew once they come again.
    const capabilities = { ...UNKNOWN, signIn: 'failing' } as const
    return { ...judge(capabilities, [told]), capabilities }
  }
  if (resource !== 'graph' && resource !== GRAPH_ONLY) return {}
  const capabilities = { ...row.capabilities, graph: 'failing', billing: 'failing' } as const
  // What is worse already leads.
  const judged = row.status === 'broken' ? {} : judge(capabilities, [told])
  return { ...judged, capabilities }
}
