import type { ConnectionPatch } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { problem, type ErrorCode } from './errors.ts'
import { MINUTE } from './microsoft/http.ts'
import type { ConnectionRow, Problem } from './types.ts'
import type { Weighed } from './wave.ts'

/** How far apart two refusals must be to confirm each other. */
const CONFIRMATION = MINUTE

// One of many that a service refuses alike: a token says nothing of it, the next proof does.
const HELD: ReadonlySet<string | null> = new Set<ErrorCode>([
  'partner_center_refuses_many',
  'graph_refuses_many',
])

/** Whether it waits for a service that refuses many alike. */
export function isHeld({ reason }: Pick<ConnectionRow, 'reason'>): boolean {
  return HELD.has(reason)
}

const NOBODYS: ReadonlySet<string | null> = new Set<ErrorCode>(['many_at_once', 'not_refreshed'])

/** A fault that is not the tenant's own: one thing for whoever runs the deployment, not one per tenant. */
export function isOperators(row: Pick<ConnectionRow, 'action' | 'reason'>): boolean {
  return row.action === 'fix_app' || NOBODYS.has(row.reason) || isHeld(row)
}

/** What is said of a refusal once it was weighed: itself where it stands, else that it is looked at again, or one of many. */
export function toldOf({ refused, stance }: Weighed, now: Date): Diagnosis {
  const { problem: told, retryAfterSeconds } = refused
  if (stance === 'stands') return { problem: told, verdict: 'definitive', retryAfterSeconds }
  const about = doubtOf(refused)
  if (stance === 'unsure') return { ...lookingAgain(refused, now), doubt: about }
  const { code, tenants } = refused.many ?? { code: 'many_at_once', tenants: undefined }
  const many = problem(code, { n: tenants }, told.microsoft)
  return { problem: many, verdict: 'transient', retryAfterSeconds: 5 * 60, doubt: about }
}

/** What has to be found again. */
export function doubtOf({ doubt: about, problem: { code } }: Diagnosis): string {
  return about ?? code
}

/** What it is in doubt about, and since when. */
export function doubting(row: ConnectionRow, about: string, now: Date): ConnectionPatch {
  return { doubtCode: about, doubtSince: (row.doubtCode === about ? row.doubtSince : null) ?? now }
}

/** A trouble of the tenant's own leads, unless nobody gets a token at all. */
export function heldStatus(
  row: Pick<ConnectionRow, 'status' | 'action' | 'reason'>,
  told: Problem,
): ConnectionPatch {
  const own = row.status === 'attention' && HELD.has(told.code) && !isOperators(row)
  return own || row.status === 'broken' ? {} : { status: 'attention', reason: told.code, action: told.action }
}

/** True when an earlier try, far enough apart, was refused for the same unclear reason. */
export function isConfirmed(row: ConnectionRow, refused: Diagnosis, now: Date): boolean {
  if (row.doubtCode !== doubtOf(refused) || !row.doubtSince) return false
  return now.getTime() - row.doubtSince.getTime() >= CONFIRMATION
}

/** When what is in doubt is looked at again. */
export function secondLook(now: Date): Date {
  return new Date(now.getTime() + 2 * CONFIRMATION)
}

function lookingAgain(refused: Diagnosis, now: Date): Diagnosis {
  const time = secondLook(now).toISOString().slice(11, 16)
  return {
    problem: problem('looking_again', { time: `${time} UTC` }, refused.problem.microsoft),
    verdict: 'ambiguous',
    retryAfterSeconds: CONFIRMATION / 1000,
  }
}
