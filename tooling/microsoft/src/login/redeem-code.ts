import { createHash } from 'node:crypto'
import { parameter } from '../http.ts'
import type { AuthorizationCode } from '../state.ts'
import { refuse } from './errors.ts'
import { checkPolicies } from './policies.ts'
import { issueRefreshToken } from './refresh-tokens.ts'
import { parseScopes } from './scopes.ts'
import { tokenAnswer, type Redemption } from './token-answer.ts'
import { consentedScopes, readTokenScope } from './token-scope.ts'

/** `grant_type=authorization_code` (v2-oauth2-auth-code-flow). */
export function redeemCode(redemption: Redemption): Response {
  const { call, fields } = redemption
  const { world } = call
  const code = takeCode(redemption)
  const scope = readTokenScope(redemption, code.scope, parameter(fields, 'scope') ? 'refuse' : 'first')
  const { signIn } = code
  const tenant = world.state.tenants.get(signIn.tenantId)
  const user = world.state.users.get(signIn.userOid)
  if (!tenant || !user || user.deleted)
    return refuse(50034, { user: user?.upn ?? '', tenant: tenant?.name ?? '' })
  call.note.tenantId = tenant.id
  if (user.disabled) refuse(50057)
  checkPolicies(world, tenant, signIn, scope.resource)
  const scopes = consentedScopes(redemption, { tenant, user, scope })
  // From here on nothing refuses: the code is spent.
  code.used = true
  const offline = redemption.version === 1 || parseScopes(code.scope).oidc.includes('offline_access')
  const refreshToken = offline
    ? issueRefreshToken(world, {
        signIn,
        clientId: code.clientId,
        family: code.family,
        spa: code.spa,
        scope: code.scope,
      })
    : undefined
  const oidc = [...new Set([...scope.oidc, ...parseScopes(code.scope).oidc])]
  return tokenAnswer(redemption, {
    tenant,
    user,
    signIn,
    resource: scope.resource,
    scopes,
    oidc,
    refreshToken,
    nonce: code.nonce,
  })
}

function takeCode(redemption: Redemption): AuthorizationCode {
  const { call, fields, app, authority } = redemption
  const value = parameter(fields, 'code')
  if (!value) return refuse(900144, { parameter: 'code' })
  const code = call.world.state.codes.get(value)
  if (!code || code.clientId !== app.clientId) return refuse(70008)
  if (code.used) refuse(54005)
  if (code.expires <= call.world.now()) refuse(70008)
  if (!sameAuthority(code, authority.segment)) refuse(700005)
  const redirectUri = fields.get('redirect_uri') ?? ''
  if (redirectUri !== code.redirectUri) refuse(500112, { redirectUri, expected: code.redirectUri })
  checkVerifier(code, parameter(fields, 'code_verifier'))
  return code
}

/** A code of one tenant is redeemed there; one of `common` or `organizations` also where the user turned out to be. */
function sameAuthority(code: AuthorizationCode, segment: string): boolean {
  if (code.authority === segment) return true
  const shared = code.authority === 'common' || code.authority === 'organizations'
  return shared && (segment === code.signIn.tenantId || segment === 'common' || segment === 'organizations')
}

function checkVerifier(code: AuthorizationCode, verifier: string | undefined): void {
  if (!code.challenge) {
    if (verifier) refuse(50147)
    return
  }
  if (!verifier) refuse(501481)
  const plain = code.challengeMethod === 'plain'
  const digest = plain
    ? verifier
    : createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url')
  if (digest !== code.challenge) refuse(501481)
}
