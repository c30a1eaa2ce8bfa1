import { drainNotes } from './audit.ts'
import type { Deps } from './deps.ts'
import { resumeConsent } from './promotion.ts'

/** What processes left behind when they ended in the middle of it. */
export type Recovered = {
  /** Connections whose renewal was cut off: due now, and proven anew by whoever redeems them next. */
  readonly connections: number
  /** Consent attempts that were being proven; they have ended now. */
  readonly attempts: number
}

/**
 * Puts right what a crash left: renewals without an outcome become due, consents on trial are proven to their end,
 * and what was noted for the audit log goes into it.
 * Safe to run at any time and in any number of processes; what a living process has in hand is left to it.
 */
export async function recoverInterrupted(deps: Deps): Promise<Recovered> {
  const connections = await deps.store.releaseInterrupted(deps.now())
  for (const { microsoftId, organisationId } of connections) {
    deps.report?.({ name: 'renewal.interrupted', microsoftId, organisationId })
  }
  const attempts = await deps.store.takeInterruptedAttempts()
  await Promise.all(attempts.map((it) => resumeConsent(deps, it)))
  await drainNotes(deps)
  return { connections: connections.length, attempts: attempts.length }
}
