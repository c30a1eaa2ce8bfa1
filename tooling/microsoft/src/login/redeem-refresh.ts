import { parameter } from '../http.ts'
import type { RefreshToken, Tenant } from '../state.ts'
import { EntraError, refuse } from './errors.ts'
import { checkPolicies, checkUser } from './policies.ts'
import { ageOf, consumeRefreshToken, issueRefreshToken, takeRefreshToken } from './refresh-tokens.ts'
import { tokenAnswer, type Redemption } from './token-answer.ts'
import { consentedScopes, readTokenScope } from './token-scope.ts'

/** `grant_type=refresh_token`: one token serves every resource and tenant the user may reach (refresh-tokens.md). */
export function redeemRefreshToken(redemption: Redemption): Response {
  const { call, fields, app } = redemption
  const value = parameter(fields, 'refresh_token')
  if (!value) return refuse(900144, { parameter: 'refresh_token' })
  const token = takeRefreshToken(call.world, value, app)
  try {
    return answer(redemption, token)
  } catch (error) {
    throw withAge(error, ageOf(call.world, token))
  }
}

function answer(redemption: Redemption, token: RefreshToken): Response {
  const { call, app } = redemption
  const { world } = call
  const { signIn } = token
  const tenant = targetTenant(redemption, token)
  call.note.tenantId = tenant.id
  const user = checkUser(world.state.users.get(signIn.userOid), token, tenant)
  const scope = readTokenScope(redemption, '', 'first')
  checkPolicies(world, tenant, signIn, scope.resource)
  const scopes = consentedScopes(redemption, { tenant, user, scope })
  const tokenAgeMs = ageOf(world, token)
  consumeRefreshToken(world, token)
  const refreshToken = issueRefreshToken(world, {
    signIn,
    clientId: app.clientId,
    family: token.family,
    spa: token.spa,
    scope: token.scope,
    // A page's token lives 24 hours counted from the sign-in, however often it rotates.
    ...(token.spa ? { issuedAt: token.issuedAt } : {}),
  })
  const { oidc, resource } = scope
  return tokenAnswer(redemption, {
    tenant,
    user,
    signIn,
    resource,
    scopes,
    oidc,
    refreshToken,
    nonce: undefined,
    tokenAgeMs,
  })
}

/** The tenant of the URL, if the user may go there: his own, or a customer's of his company. */
function targetTenant({ call, authority, app }: Redemption, token: RefreshToken): Tenant {
  const { tenants, users } = call.world.state
  const home = tenants.get(token.signIn.tenantId)
  const tenant = authority.tenant ?? home
  const values = {
    user: users.get(token.signIn.userOid)?.upn ?? 'unknown',
    tenant: tenant?.name ?? '',
    home: token.signIn.tenantId,
    client: app.clientId,
  }
  if (!tenant || !home) return refuse(50034, values)
  const isPartner = tenant.partners.includes(home.id)
  if (tenant.id !== home.id && !isPartner) refuse(50020, values)
  return tenant
}

function withAge(error: unknown, tokenAgeMs: number): unknown {
  return error instanceof EntraError ? new EntraError(error.code, { tokenAgeMs, ...error.options }) : error
}
