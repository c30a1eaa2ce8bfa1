import type { ConnectionPatch, Deps } from './deps.ts'
import { diagnoseToken, type Diagnosis } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import { accessTokenKey, keepAccessToken, openGrant, saveGrant } from './grants.ts'
import { withLease } from './lease.ts'
import { redeem, type Tokens } from './microsoft/entra.ts'
import { SECOND } from './microsoft/http.ts'
import { readClaims } from './microsoft/tenant.ts'
import { bareScope, permissionWords, resourceScopes } from './permissions.ts'
import { afterRefusal, afterSuccess, isConfirmed, wordsOf, type TokenFacts } from './status.ts'
import type { AccessTokenRow, ConnectionRow } from './types.ts'

export type TokenWish = {
  /** `partner-center`, `graph`, `arm`, or a scope URI. */
  readonly resource: string
  /** How long the token must still be good for, in seconds; 300 unless told otherwise. */
  readonly minimumValiditySeconds?: number | undefined
  /** A claims challenge (JSON text) that a resource answered with. */
  readonly claims?: string | undefined
}

type Redeemed = {
  readonly access: AccessTokenRow
  readonly tokens: Tokens
  readonly connection: ConnectionRow
}
export type Redemption = Redeemed | { readonly refused: Diagnosis }

/**
 * Redeems the working generation for a resource, whatever is cached, and stores what came of it. With `onlyIfDue`
 * somebody else's refresh meanwhile makes it `refresh_under_way`. Throws that, `not_connected` or `keys_missing`; what
 * Microsoft refused is returned.
 */
export async function redeemFresh(
  deps: Deps,
  id: string,
  resource: string,
  options: { readonly onlyIfDue?: boolean } = {},
): Promise<Redemption> {
  const order = readOrder(deps, { resource })
  return withLease<Redemption>(
    deps,
    id,
    async () => null,
    async (leased) => {
      const due = leased.nextRefreshAt !== null && leased.nextRefreshAt <= deps.now()
      if (!options.onlyIfDue || due) return redeemLeased(deps, leased, order)
      await deps.store.releaseLease(id, leased.fence, {})
      throw new ConsentryError('refresh_under_way', { retryAfterSeconds: 5 })
    },
  )
}

const MINIMUM_VALIDITY = 300

/** A wish with its scopes and cache key worked out. */
export type Order = {
  readonly resource: string
  readonly scopes: readonly string[]
  readonly claims: string | undefined
  readonly key: string
  readonly validity: number
}

/** Throws `resource_not_allowed`. */
export function readOrder(deps: Deps, wish: TokenWish): Order {
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

/** Redeems under a lease that is held, and lets go of it. */
export async function redeemLeased(deps: Deps, leased: ConnectionRow, order: Order): Promise<Redemption> {
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
  const lastResort = first.refused.verdict === 'ambiguous' && isConfirmed(leased, first.refused, deps.now())
  if (lastResort && previous !== null) {
    // Entra does not revoke used tokens, so the generation before may still work where the newest was damaged. Not
    // sooner: to a provider that allows a token once, its second use looks like theft and ends what still works.
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
  return 'tokens' in answer
    ? answer
    : {
        refused: diagnoseToken(answer.refused, deps.now(), {
          ...wordsOf(leased),
          ...permissionWords(order.resource, scopes),
        }),
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
  await store.pruneGrants(leased.id, redeemed, deps.now())
  return committed
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
