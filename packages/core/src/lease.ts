import { setTimeout as sleep } from 'node:timers/promises'

import { PAUSE, type Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { SECOND } from './microsoft/http.ts'
import type { ConnectionRow } from './types.ts'

const LEASE = 30 * SECOND
const RENEWAL = 10 * SECOND
const FIRST_WAIT = 20
const LONGEST_WAIT = 250
/** How long a caller waits for somebody else's work. */
export const PATIENCE = 25 * SECOND
/** For what must not be lost: longer than a holder that is paused can keep the lease. */
export const LONG_PATIENCE = PAUSE + 2 * LEASE

/**
 * Runs `work` as the only holder of the connection's lease, renewing it while Microsoft is slow. While somebody else
 * holds it, `meanwhile` is asked whether they have already done the work. `work` lets go by committing or releasing;
 * a lease it leaves is abandoned. `patience` is how long to wait for a holder, 25 seconds unless told otherwise. Throws
 * `not_connected` when the connection went away and `refresh_under_way` when patience ends.
 */
export async function withLease<T>(
  deps: Deps,
  id: string,
  meanwhile: () => Promise<T | null>,
  work: (leased: ConnectionRow) => Promise<T>,
  patience: number = PATIENCE,
): Promise<T> {
  const deadline = performance.now() + patience
  for (let wait = FIRST_WAIT; performance.now() < deadline; wait = Math.min(wait * 1.5, LONGEST_WAIT)) {
    const now = deps.now()
    const leased = await deps.store.takeLease(id, now, new Date(now.getTime() + LEASE))
    if (leased) return await hold(deps, leased, work)
    const done = await meanwhile()
    if (done) return done
    const row = await deps.store.getConnection(id)
    if (!row || row.disconnectedAt) throw new ConsentryError('not_connected')
    await sleep(wait)
  }
  throw underWay()
}

/** Somebody else has it in hand: 503, to be tried again in a moment. */
export function underWay(): ConsentryError {
  return new ConsentryError('refresh_under_way', { retryAfterSeconds: 5 })
}

/**
 * Makes sure, just before something is sent, that the lease is still held: a process that was paused may have been
 * taken for gone. Throws `refresh_under_way` when it is not.
 */
export async function assertHeld(deps: Deps, leased: ConnectionRow): Promise<void> {
  const now = deps.now()
  if (leased.leaseUntil && now <= leased.leaseUntil) return
  const renewed = await deps.store.renewLease(leased.id, leased.fence, new Date(now.getTime() + LEASE))
  if (!renewed) throw underWay()
}

async function hold<T>(
  deps: Deps,
  leased: ConnectionRow,
  work: (leased: ConnectionRow) => Promise<T>,
): Promise<T> {
  const renewal = setInterval(() => {
    // A renewal that fails is not fatal: the save compares the fence and refuses a stale holder.
    deps.store
      .renewLease(leased.id, leased.fence, new Date(deps.now().getTime() + LEASE))
      .catch(() => deps.report?.({ name: 'lease.renewal_failed', microsoftId: leased.microsoftId }))
  }, RENEWAL)
  try {
    return await work(leased)
  } finally {
    clearInterval(renewal)
    // Nothing to add when it fails: the store lets go as soon as it can be written again.
    await deps.store.abandonLease(leased.id, leased.fence).catch(() => undefined)
  }
}
