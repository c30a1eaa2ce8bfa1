import { createHash } from 'node:crypto'

import type { ConnectionPatch, Deps } from './deps.ts'
import { diagnoseToken, type Diagnosis } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import { withLease } from './lease.ts'
import { redeem, type Tokens } from './microsoft/entra.ts'
import { SECOND } from './microsoft/http.ts'
import { readClaims } from './microsoft/tenant.ts'
import { bareScope, resourceScopes } from './permissions.ts'
import { seal, unseal } from './seal.ts'
import { afterRefusal, afterSuccess, problemOf, wordsOf, type TokenFacts } from './status.ts'
import type { AccessTokenRow, ConnectionRow, GrantRow } from './types.ts'

export type TokenWish = {
  /** `partner-center`, `graph`, `arm`, or a scope URI. */
  readonly resource: string
  /** How long the token must still be good for, in seconds; 300 unless told otherwise. */
  readonly minimumValiditySeconds?: number | undefined
  /** A claims challenge (JSON text) that a resource answered with. */
  readonly claims?: string | undefined
}

export type IssuedToken = {
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  readonly expiresAt: Date
  readonly resource: string
  readonly scopes: readonly string[]
  /** `stale`: shorter than asked for, because Microsoft could not be reached for a new one. */
  readonly source: 'cache' | 'refreshed' | 'stale'
}

const MINIMUM_VALIDITY = 300
const STALE_VALIDITY = 30
const DEFAULT_RETRY_AFTER = 30

/**
 * An access token for a resource. Throws `not_connected` or the reason the connection is broken (409), what Microsoft
 * refused, `microsoft_slow` when it cannot be reached (503), or `resource_not_allowed`.
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

export type Redeemed = {
  readonly access: AccessTokenRow
  readonly tokens: Tokens
  readonly connection: ConnectionRow
}
export type Redemption = Redeemed | { readonly refused: Diagnosis }

/**
 * Redeems the working generation for a resource, whatever is cached, and stores what came of it. Throws
 * `not_connected`, `refresh_under_way` or `keys_missing`; what Microsoft refused is returned.
 */
export async function redeemFresh(deps: Deps, id: string, resource: string): Promise<Redemption> {
  const order = readOrder(deps, { resource })
  return withLease<Redemption>(
    deps,
    id,
    async () => null,
    (leased) => redeemLeased(deps, leased, order),
  )
}

type Order = {
  readonly resource: string
  readonly scopes: readonly string[]
  readonly claims: string | undefined
  readonly key: string
  readonly validity: number
}

function readOrder(deps: Deps, wish: TokenWish): Order {
  const scopes = resourceScopes(deps.config, wish.resource)
  if (!scopes) throw new ConsentryError('resource_not_allowed')
  const validity = wish.minimumValiditySeconds ?? MINIMUM_VALIDITY
  return {
    resource: wish.resource,
    scopes,
    claims: wish.claims,
    key: accessTokenKey(scopes, wish.claims),
    validity,
  }
}

/** The cache key of an access token: what was asked for, hashed. */
export function accessTokenKey(scopes: readonly string[], claims?: string): string {
  return createHash('sha256')
    .update(`${scopes.join(' ')}\n${claims ?? ''}`)
    .digest('base64url')
}

function assertUsable(connection: ConnectionRow): void {
  if (connection.generation === null) throw new ConsentryError('not_connected')
  if (connection.status === 'broken') throw new ConsentryError(problemOf(connection))
}

function lasts(deps: Deps, row: AccessTokenRow, seconds: number): boolean {
  return row.expiresAt.getTime() - deps.now().getTime() > seconds * SECOND
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
  const joined = running.get(key)
  if (joined) return joined
  const started = work().finally(() => running.delete(key))
  running.set(key, started)
  return started
}

/** A token that lasts: redeemed under the lease, or what another process got meanwhile. */
async function obtain(deps: Deps, id: string, order: Order): Promise<AccessTokenRow> {
  async function alreadyThere(): Promise<AccessTokenRow | null> {
    const row = await deps.store.getAccessToken(id, order.key)
    return row && lasts(deps, row, order.validity) ? row : null
  }
  return withLease(deps, id, alreadyThere, async (leased) => {
    const found = await alreadyThere()
    if (found) {
      await deps.store.releaseLease(id, leased.fence, {})
      return found
    }
    const outcome = await redeemLeased(deps, leased, order)
    if ('access' in outcome) return outcome.access
    const { problem, retryAfterSeconds } = outcome.refused
    const waits = problem.action === 'retry' || problem.action === 'fix_app'
    throw new ConsentryError(
      problem,
      waits ? { retryAfterSeconds: retryAfterSeconds ?? DEFAULT_RETRY_AFTER } : {},
    )
  })
}

/** Redeems under a lease that is held, and lets go of it. */
async function redeemLeased(deps: Deps, leased: ConnectionRow, order: Order): Promise<Redemption> {
  const { generation } = leased
  if (generation === null) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    throw new ConsentryError('not_connected')
  }
  const waiting = coolDown(deps, leased, order)
  if (waiting) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    return { refused: waiting }
  }
  const first = await redeemGeneration(deps, leased, generation, order)
  if ('tokens' in first) return keep(deps, leased, generation, first.tokens, order)
  const previous = leased.previousGeneration
  if (first.refused.verdict === 'ambiguous' && previous !== null) {
    // Entra does not revoke used tokens, so the generation before may still work where the newest was damaged.
    const second = await redeemGeneration(deps, leased, previous, order)
    if ('tokens' in second) return keep(deps, leased, previous, second.tokens, order)
  }
  return refuse(deps, leased, first.refused, order)
}

async function redeemGeneration(
  deps: Deps,
  leased: ConnectionRow,
  generation: number,
  order: Order,
): Promise<{ tokens: Tokens } | { refused: Diagnosis }> {
  const refreshToken = await openGrant(deps, leased, generation)
  const { scopes, claims } = order
  const answer = await redeem(deps, {
    grant: 'refresh',
    tenantId: leased.microsoftId,
    refreshToken,
    scopes,
    claims,
  })
  return 'tokens' in answer ? answer : { refused: diagnoseToken(answer.refused, deps.now(), wordsOf(leased)) }
}

async function openGrant(deps: Deps, leased: ConnectionRow, generation: number): Promise<string> {
  const grant = await deps.store.getGrant(leased.id, generation)
  try {
    if (!grant) throw new ConsentryError('not_connected')
    return await unseal(deps.keys, leased, { purpose: 'refresh-token', subject: generation }, grant.sealed)
  } catch (error) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    throw error
  }
}

/** Stores the rotated token before anybody sees the access token. */
async function keep(
  deps: Deps,
  leased: ConnectionRow,
  redeemed: number,
  tokens: Tokens,
  order: Order,
): Promise<Redemption> {
  const facts = readTokenFacts(tokens, order.resource)
  const patch = afterSuccess(leased, facts, deps.now(), deps.config)
  const committed = await commit(deps, leased, redeemed, tokens, patch)
  // A stale holder's token stays as a stray; its access token is good unless the connection was ended meanwhile.
  const connection = committed ?? (await deps.store.getConnection(leased.id))
  if (!connection || connection.disconnectedAt || connection.generation === null)
    throw new ConsentryError('not_connected')
  const access = await keepAccessToken(deps, connection, order.key, tokens)
  deps.report?.({
    name: 'token.refreshed',
    microsoftId: leased.microsoftId,
    organisationId: leased.organisationId,
  })
  return { access, tokens, connection }
}

async function commit(
  deps: Deps,
  leased: ConnectionRow,
  redeemed: number,
  tokens: Tokens,
  patch: ConnectionPatch,
): Promise<ConnectionRow | null> {
  const { store } = deps
  // Without a new token the redeemed one goes on (RFC 6749, 6).
  if (!tokens.refreshToken)
    return store.releaseLease(leased.id, leased.fence, { ...patch, generation: redeemed })
  const generation = leased.lastGeneration
  await saveGrant(deps, leased, {
    generation,
    refreshToken: tokens.refreshToken,
    origin: 'rotation',
    attemptId: null,
  })
  const committed = await store.commitGeneration(leased.id, leased.fence, generation, patch)
  if (!committed) return null
  await store.markRedeemed(leased.id, redeemed, deps.now())
  // The one just redeemed stays until its successor has been redeemed once.
  await store.pruneGrants(leased.id, [generation, redeemed])
  return committed
}

/** Seals a refresh token and stores it under its generation. */
export async function saveGrant(
  deps: Deps,
  connection: ConnectionRow,
  grant: Pick<GrantRow, 'generation' | 'origin' | 'attemptId'> & { readonly refreshToken: string },
): Promise<void> {
  const { refreshToken, ...row } = grant
  const sealed = await seal(
    deps.keys,
    connection,
    { purpose: 'refresh-token', subject: grant.generation },
    refreshToken,
  )
  await deps.store.saveGrant({
    ...row,
    connectionId: connection.id,
    sealed,
    createdAt: deps.now(),
    redeemedAt: null,
  })
}

/** Seals an access token and stores it for all processes. */
export async function keepAccessToken(
  deps: Deps,
  connection: ConnectionRow,
  key: string,
  tokens: Tokens,
): Promise<AccessTokenRow> {
  const sealed = await seal(
    deps.keys,
    connection,
    { purpose: 'access-token', subject: key },
    tokens.accessToken,
  )
  const row = {
    connectionId: connection.id,
    key,
    sealed,
    scopes: tokens.scopes,
    expiresAt: tokens.expiresAt,
    createdAt: deps.now(),
  }
  await deps.store.putAccessToken(row)
  return row
}

/** What the access token says of its sign-in. Partner Center's is a v1.0 token, the only kind that carries `amr`. */
export function readTokenFacts(tokens: Tokens, resource: string): TokenFacts {
  const claims = readClaims(tokens.accessToken)
  const scopes = typeof claims?.scp === 'string' ? claims.scp.split(' ') : tokens.scopes.map(bareScope)
  const mfa =
    resource === 'partner-center' && Array.isArray(claims?.amr) ? claims.amr.includes('mfa') : undefined
  return {
    mfa,
    grantedScopes: [...scopes.filter((it) => it !== ''), ...(tokens.refreshToken ? ['offline_access'] : [])],
    objectId: typeof claims?.oid === 'string' ? claims.oid : undefined,
    username: [claims?.upn, claims?.unique_name].find((it) => typeof it === 'string'),
  }
}

async function refuse(
  deps: Deps,
  leased: ConnectionRow,
  refused: Diagnosis,
  order: Order,
): Promise<Redemption> {
  const { patch, told } = afterRefusal(leased, refused, order.resource, deps.now(), deps.config)
  await deps.store.releaseLease(leased.id, leased.fence, patch)
  if (patch.status === 'broken') await deps.store.dropAccessTokens(leased.id)
  if (told.retryAfterSeconds !== undefined) heat(deps, leased, order, told, told.retryAfterSeconds)
  deps.report?.({
    name: 'token.refused',
    microsoftId: leased.microsoftId,
    organisationId: leased.organisationId,
    code: refused.problem.code,
    ...(refused.problem.microsoft?.code ? { detail: refused.problem.microsoft.code } : {}),
  })
  return { refused: told }
}

// Where Microsoft asked to wait, nobody of this process asks again before: identical requests trip its loop
// detection (AADSTS50196).
const cooling = new WeakMap<Deps['store'], Map<string, { until: number; told: Diagnosis }>>()

function heat(deps: Deps, leased: ConnectionRow, order: Order, told: Diagnosis, seconds: number): void {
  const waits = cooling.get(deps.store) ?? new Map<string, { until: number; told: Diagnosis }>()
  cooling.set(deps.store, waits)
  waits.set(`${leased.id} ${order.key}`, { until: deps.now().getTime() + seconds * SECOND, told })
}

function coolDown(deps: Deps, leased: ConnectionRow, order: Order): Diagnosis | null {
  const waits = cooling.get(deps.store)
  const wait = waits?.get(`${leased.id} ${order.key}`)
  if (!wait) return null
  const left = wait.until - deps.now().getTime()
  if (left > 0) return { ...wait.told, retryAfterSeconds: Math.ceil(left / SECOND) }
  waits?.delete(`${leased.id} ${order.key}`)
  return null
}
