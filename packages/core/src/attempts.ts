import { record } from './audit.ts'
import type { Actor } from './audit-entry.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { promote } from './promotion.ts'
import { testConnection } from './refresh.ts'
import { hashToken, sameText } from './secrets.ts'
import type { AttemptRow, CheckRow, ConnectionRow, Organisation } from './types.ts'

export type AttemptSeen = {
  readonly attempt: AttemptRow
  readonly checks: CheckRow[]
  /** The sign-in became the working one, although something else may be missing. */
  readonly kept: boolean
}

/** An attempt of this connection with its rungs so far; null when there is none. Past its end it reads as expired. */
export async function readAttempt(
  deps: Deps,
  connection: ConnectionRow,
  attemptId: string,
): Promise<AttemptSeen | null> {
  const attempt = await deps.store.getAttempt(attemptId)
  if (!attempt || attempt.connectionId !== connection.id) return null
  const checks = await deps.store.listAttemptChecks(attemptId)
  return { attempt: asOf(attempt, deps.now()), checks, kept: wasKept(attempt, connection) }
}

export type OutsiderView = AttemptSeen & {
  readonly connection: ConnectionRow
  readonly organisation: Organisation
}

/** The same for whoever made the trip, known by the browser alone; null in any other. */
export async function readAttemptOfBrowser(
  deps: Deps,
  attemptId: string,
  browser: string,
): Promise<OutsiderView | null> {
  const attempt = await deps.store.getAttempt(attemptId)
  if (!attempt?.browserHash || !sameText(attempt.browserHash, hashToken(browser))) return null
  const connection = await deps.store.getConnection(attempt.connectionId)
  const organisation = await deps.store.findOrganisation(attempt.organisationId)
  if (!connection || !organisation) return null
  const checks = await deps.store.listAttemptChecks(attemptId)
  const kept = wasKept(attempt, connection)
  return { attempt: asOf(attempt, deps.now()), connection, organisation, checks, kept }
}

function wasKept({ tripStartedAt, finishedAt }: AttemptRow, { consentedAt }: ConnectionRow): boolean {
  if (!tripStartedAt || !finishedAt || !consentedAt) return false
  return consentedAt >= tripStartedAt && consentedAt <= finishedAt
}

function asOf(attempt: AttemptRow, now: Date): AttemptRow {
  const open = attempt.status === 'waiting' || attempt.status === 'proving'
  return open && attempt.expiresAt <= now ? { ...attempt, status: 'expired' } : attempt
}

/**
 * Lets the proven grant of another account replace the working one. Throws `not_found` when the attempt holds none, and
 * `link_ended` once its time is over.
 */
export async function acceptAccount(
  deps: Deps,
  connection: ConnectionRow,
  attemptId: string,
  by: Actor,
): Promise<AttemptRow> {
  const seen = await readAttempt(deps, connection, attemptId)
  const candidate = seen?.attempt.candidate
  if (!seen || !candidate) throw new ConsentryError('not_found')
  if (seen.attempt.expiresAt <= deps.now()) throw new ConsentryError('link_ended')
  const { organisationId, microsoftId } = connection
  const details = { attempt: attemptId, account: candidate.username }
  await record(deps, { organisationId, actor: by, action: 'consent.account_accepted', microsoftId, details })
  await promote(deps, seen.attempt, connection, candidate)
  const patch = { status: 'succeeded', problem: null, candidate: null } as const
  const ended = await deps.store.updateAttempt(attemptId, patch)
  const promoted = await deps.store.getConnection(connection.id)
  if (promoted) await testConnection(deps, promoted)
  return ended ?? seen.attempt
}
