import { readChallenge } from './claims-challenge.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { accessTokenKey } from './grants.ts'
import { resourceScopes } from './permissions.ts'

export type TokenWish = {
  /** `partner-center`, `graph`, `arm`, or a scope URI. */
  readonly resource: string
  /** How long the token must still be good for, in seconds; 300 unless told otherwise. */
  readonly minimumValiditySeconds?: number | undefined
  /** A claims challenge that a resource answered with: JSON text, or base64 of it. */
  readonly claims?: string | undefined
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
  const { resource } = wish
  const claims = wish.claims === undefined ? undefined : (readChallenge(wish.claims) ?? wish.claims)
  const validity = wish.minimumValiditySeconds ?? MINIMUM_VALIDITY
  return { resource, scopes, claims, key: accessTokenKey(scopes, claims), validity }
}
