import { json, parameter, type Call } from '../http.ts'
import { spoilSignature } from '../jwt.ts'
import { guidFrom } from '../random.ts'
import type { App, SignIn, Tenant, User } from '../state.ts'
import { stsHeaders, traceOf } from './errors.ts'
import { clientInfo, mintAccessToken, mintIdToken, type Credential } from './mint.ts'
import { resources, type Resource } from './scopes.ts'
import type { Authority } from './tenants.ts'

/** A token request whose client has proven itself. */
export type Redemption = {
  call: Call
  fields: URLSearchParams
  authority: Authority
  app: App
  credential: Credential
  version: 1 | 2
}

export type TokenAnswer = {
  tenant: Tenant
  user: User
  signIn: SignIn
  resource: Resource
  scopes: string[]
  /** OpenID Connect scopes that were asked for. */
  oidc: string[]
  refreshToken: string | undefined
  nonce: string | undefined
  tokenAgeMs?: number
}

/** A successful answer to a grant with a user. */
export function tokenAnswer(redemption: Redemption, answer: TokenAnswer): Response {
  const { call, fields, app, credential, version } = redemption
  const { world, mutation } = call
  const { tenant, user, signIn, resource, scopes } = answer
  const lifetime = accessTokenLifetime(call)
  const capabilities = clientCapabilities(fields)
  const accessToken = mintAccessToken(world, {
    resource,
    app,
    credential,
    tenantId: tenant.id,
    lifetime,
    subject: { user, signIn, scopes },
    ...(capabilities ? { capabilities } : {}),
  })
  const idToken = answer.oidc.includes('openid') && mutation !== 'no-id-token'
  const refreshToken = mutation === 'no-refresh-token' ? undefined : answer.refreshToken
  const body = {
    token_type: 'Bearer',
    scope: scopeText(redemption, answer),
    ...lifetimeFields(call, version, lifetime, resource),
    access_token: mutation === 'bad-signature' ? spoilSignature(accessToken) : accessToken,
    ...(refreshToken ? { refresh_token: refreshToken } : {}),
    ...(idToken ? { id_token: idTokenFor(redemption, answer, lifetime) } : {}),
    ...(parameter(fields, 'client_info') === '1' ? { client_info: clientInfo(user) } : {}),
  }
  return json(200, body, stsHeaders(traceOf(world, call.request, fields), 0, answer.tokenAgeMs))
}

export function accessTokenLifetime({ world }: Call): number {
  const { min, max } = world.settings.accessTokenSeconds
  return world.random.integer(min, max)
}

/** v2 gives numbers; v1 gives text and absolute times too (enable-secure-app-model.md). */
export function lifetimeFields(
  call: Call,
  version: 1 | 2,
  lifetime: number,
  resource: Resource,
): Record<string, string | number> {
  if (version === 2) return { expires_in: lifetime, ext_expires_in: lifetime }
  const now = Math.floor(call.world.now().getTime() / 1000)
  return {
    expires_in: String(lifetime),
    ext_expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    not_before: String(now - 300),
    resource: resource.audience,
  }
}

function idTokenFor(redemption: Redemption, answer: TokenAnswer, lifetime: number): string {
  const { app, call } = redemption
  const wrong = call.mutation === 'wrong-tid-id-token'
  const tenantId = wrong ? guidFrom(`not ${answer.tenant.id}`) : answer.tenant.id
  const { user, signIn, nonce } = answer
  const token = mintIdToken(call.world, { app, user, signIn, tenantId, nonce, lifetime })
  return call.mutation === 'bad-signature' ? spoilSignature(token) : token
}

/** Partner Center answers name its one scope; Graph answers everything granted, OIDC scopes included. */
function scopeText({ call, version }: Redemption, { resource, scopes, oidc }: TokenAnswer): string {
  if (version === 1) return scopes.join(' ')
  const isGraph = resource === resources.graph
  const prefix = isGraph && !call.world.settings.graphScopePrefix ? '' : `${resource.audience}/`
  const own = scopes.filter((scope) => !oidc.includes(scope)).map((scope) => `${prefix}${scope}`)
  const oidcPart = isGraph ? oidc.filter((scope) => scope !== 'offline_access') : []
  return [...oidcPart, ...own].join(' ')
}

/** `claims={"access_token":{"xms_cc":{"values":["cp1"]}}}` declares that the client handles claims challenges. */
function clientCapabilities(fields: URLSearchParams): string[] | undefined {
  try {
    const claims: { access_token?: { xms_cc?: { values?: string[] } } } | null = JSON.parse(
      parameter(fields, 'claims') ?? 'null',
    )
    return claims?.access_token?.xms_cc?.values
  } catch {
    return undefined
  }
}
