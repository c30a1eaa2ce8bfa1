import { setTimeout as sleep } from 'node:timers/promises'

import { record } from './audit.ts'
import type { Actor } from './audit-entry.ts'
import { stillCooling } from './cool-down.ts'
import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import { PATIENCE, underWay, withLease } from './lease.ts'
import { SECOND } from './microsoft/http.ts'
import { redeemLeased } from './redemption.ts'
import { unseal } from './seal.ts'
import { tokenIdOf } from './secrets.ts'
import { problemOf } from './status.ts'
import type { AccessTokenRow, ConnectionRow } from './types.ts'
import { readOrder, type Order, type TokenWish } from './wish.ts'

export type IssuedToken = {
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  readonly expiresAt: Date
  readonly resource: string
  readonly scopes: readonly string[]
  /** `stale`: shorter than asked for, because Microsoft could not be reached for a new one. */
  readonly source: 'cache' | 'refreshed' | 'stale'
}

const STALE_VALIDITY = 30
const DEFAULT_RETRY_AFTER = 30

/**
 * An access token for somebody else, who is written down before it is given. Throws what `getAccessToken` throws, and
 * `not_recorded` when the audit log cannot be written.
 */
export async function issueAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  wish: TokenWish,
  to: Actor,
): Promise<IssuedToken> {
  const token = await getAccessToken(deps, connection, wish)
  const { organisationId, microsoftId } = connection
  const { accessToken, resource, source, expiresAt } = token
  const details = { tokenId: tokenIdOf(accessToken), resource, source, expiresAt: expiresAt.toISOString() }
  await record(deps, { organisationId, actor: to, action: 'token.issued', microsoftId, details })
  return token
}

/**
 * An access token for a resource. Throws `not_connected` or the reason the connection is broken (409), what Microsoft
 * refused, `microsoft_slow` when it cannot be reached (503), `refresh_under_way` when it takes longer than 25 seconds
 * (503; it goes on, and the next caller finds it), or `resource_not_allowed`.
 */
export async function getAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  wish: TokenWish,
): Promise<IssuedToken> {
  const order = readOrder(deps, wish)
  assertUsable(connection)
  const cached = await deps.store.getAccessToken(connection.id, order.key)
  if (cached && lasts(deps, cached, order.validity)) return issue(deps, connection, wish, cached, 'cache')
  try {
    const flight = `${connection.id} ${order.key} ${order.validity}`
    const fresh = await singleFlight(deps, flight, () => obtain(deps, connection.id, order))
    return await issue(deps, connection, wish, fresh, 'refreshed')
  } catch (error) {
    const passing = error instanceof ConsentryError && error.action === 'retry'
    if (!passing || !cached || !lasts(deps, cached, STALE_VALIDITY)) throw error
    return issue(deps, connection, wish, cached, 'stale')
  }
}

function assertUsable(connection: ConnectionRow): void {
  if (connection.generation === null) throw new ConsentryError('not_connected')
  if (connection.status === 'broken') throw new ConsentryError(problemOf(connection))
}

/** Whether a token lasts long enough, or a new one would hardly last longer. */
function lasts(deps: Deps, row: AccessTokenRow, seconds: number): boolean {
  const left = row.expiresAt.getTime() - deps.now().getTime()
  const life = row.expiresAt.getTime() - row.createdAt.getTime()
  return left > seconds * SECOND || left > 0.9 * life
}

async function issue(
  deps: Deps,
  connection: ConnectionRow,
  wish: TokenWish,
  row: AccessTokenRow,
  source: IssuedToken['source'],
): Promise<IssuedToken> {
  const accessToken = await unseal(
    deps.keys,
    connection,
    { purpose: 'access-token', subject: row.key },
    row.sealed,
  )
  const { expiresAt, scopes } = row
  return { accessToken, tokenType: 'Bearer', expiresAt, resource: wish.resource, scopes, source }
}

// One redemption per process and wish; the lease makes it one per fleet.
const flights = new WeakMap<Deps['store'], Map<string, Promise<AccessTokenRow>>>()

async function singleFlight(
  deps: Deps,
  key: string,
  work: () => Promise<AccessTokenRow>,
): Promise<AccessTokenRow> {
  const running = flights.get(deps.store) ?? new Map<string, Promise<AccessTokenRow>>()
  flights.set(deps.store, running)
  const flight = running.get(key) ?? start()
  const landed = new AbortController()
  try {
    return await Promise.race([flight, giveUp(landed.signal)])
  } finally {
    landed.abort()
  }

  function start(): Promise<AccessTokenRow> {
    const started = work().finally(() => running.delete(key))
    running.set(key, started)
    // It goes on when its callers have given up: what was sent to Microsoft must be stored.
    deps.track?.(started.catch(() => undefined))
    return started
  }
}

async function giveUp(landed: AbortSignal): Promise<never> {
  await sleep(PATIENCE, undefined, { signal: landed })
  throw underWay()
}

/** A token that lasts: redeemed under the lease, or what another process got meanwhile. */
async function obtain(deps: Deps, id: string, order: Order): Promise<AccessTokenRow> {
  async function alreadyThere(): Promise<AccessTokenRow | null> {
    const row = await deps.store.getAccessToken(id, order.key)
    return row && lasts(deps, row, order.validity) ? row : null
  }
  // Looked at before the lease is asked for, too: whoever only has to wait need not write.
  const cooling = await stillCooling(deps, id, order.key)
  if (cooling) throw refusal(cooling)
  return withLease(deps, id, alreadyThere, async (leased) => {
    const found = await alreadyThere()
    if (found) {
      await deps.store.releaseLease(id, leased.fence, {})
      return found
    }
    const outcome = await redeemLeased(deps, leased, order)
    if ('access' in outcome) return outcome.access
    throw refusal(outcome.refused)
  })
}

function refusal({ problem, retryAfterSeconds }: Diagnosis): ConsentryError {
  const waits = problem.action === 'retry' || problem.action === 'fix_app'
  return new ConsentryError(
    problem,
    waits ? { retryAfterSeconds: retryAfterSeconds ?? DEFAULT_RETRY_AFTER } : {},
  )
}
