import type { RefreshToken, SignIn, Tenant, User } from '../state.ts'
import type { World } from '../world.ts'
import { EntraError } from './errors.ts'
import { preciseTime } from './refresh-tokens.ts'
import { findResource, type Resource } from './scopes.ts'
import { guidFrom } from '../random.ts'

const DAY = 24 * 60 * 60 * 1000

/** Whether a policy's list of resources (ids, URIs or `*`) has this one. */
export function covers(list: readonly string[], resource: Resource): boolean {
  return list.some((name) => name === '*' || findResource(name) === resource)
}

/** The user's own standing: deleted, disabled, sessions revoked. */
export function checkUser(user: User | undefined, token: RefreshToken, tenant: Tenant): User {
  if (!user || user.deleted) {
    const values = { user: user?.upn ?? 'unknown', tenant: tenant.name }
    throw new EntraError(50034, { values })
  }
  if (user.disabled) throw new EntraError(50057)
  if (user.tokensValidFrom && token.serial <= user.tokensValidFromSerial) {
    const values = { issued: preciseTime(token.issuedAt), validFrom: preciseTime(user.tokensValidFrom) }
    throw new EntraError(50173, { values })
  }
  return user
}

/** Conditional Access and MFA, judged at every issue, for this resource (the order of a refresh redemption). */
export function checkPolicies(world: World, tenant: Tenant, signIn: SignIn, resource: Resource): void {
  const { policies } = tenant
  const now = world.now().getTime()
  const values = { resource: resource.appId, state: 'compliant' }
  const signInAge = (now - signIn.authTime.getTime()) / 1000
  const frequency = policies.signInFrequencySeconds
  if (frequency !== null && signInAge > frequency) {
    const limits = { issued: preciseTime(signIn.authTime), seconds: String(frequency) }
    throw new EntraError(70043, { values: limits })
  }
  const mfaAge = signIn.mfaTime ? now - signIn.mfaTime.getTime() : 0
  if (policies.rememberMfaDays !== null && mfaAge > policies.rememberMfaDays * DAY) {
    throw new EntraError(50078, { values })
  }
  if (covers(policies.requireMfa, resource) && !signIn.amr.includes('mfa')) {
    throw new EntraError(50076, { values })
  }
  checkBlocks(tenant, resource)
}

/** Blocks that no way of signing in gets past. */
export function checkBlocks(tenant: Tenant, resource: Resource): void {
  const values = { resource: resource.appId, state: 'compliant' }
  if (covers(tenant.policies.blockResources, resource)) {
    throw new EntraError(53003, { values, claims: policyClaims(tenant) })
  }
  if (covers(tenant.policies.requireDevice, resource)) {
    throw new EntraError(53000, { values, claims: policyClaims(tenant) })
  }
}

/** The `claims` member of a Conditional Access refusal: the ids of the policies, as JSON text. */
export function policyClaims(tenant: Tenant): string {
  const values = [guidFrom(`policy ${tenant.id}`)]
  return JSON.stringify({ access_token: { capolids: { essential: true, values } } })
}
