import { randomUUID } from 'node:crypto'
import { readCaller, type Caller } from '../bearer.ts'
import { json, type Call, type Handler, type HeaderInput } from '../http.ts'
import { entraRoles } from '../login/grants.ts'
import { covers } from '../login/policies.ts'
import { resources } from '../login/scopes.ts'

export type GraphHandler = (call: Call, caller: Caller) => Response | Promise<Response>

/** Graph's error body. */
export function graphError(
  call: Call,
  status: number,
  code: string,
  message: string,
  headers: HeaderInput = {},
): Response {
  const requestId = randomUUID()
  const innerError = {
    date: call.world.now().toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': call.request.headers.get('client-request-id') ?? requestId,
  }
  return json(status, { error: { code, message, innerError } }, headers)
}

const tokenMessages = {
  missing: 'Access token is empty.',
  invalid: 'Signature validation failed.',
  expired: 'Lifetime validation failed, the token is expired.',
  audience: 'Access token validation failure. Invalid audience.',
} as const

/** Wraps a route in Graph's checks: token, claims challenge, one of the scopes. */
export function guarded(scopes: readonly string[], handler: GraphHandler): Handler {
  return async (call) => {
    const caller = readCaller(call, resources.graph)
    if (typeof caller === 'string') {
      const challenge = `Bearer realm="", authorization_uri="${call.world.urls.login}/common/oauth2/authorize", client_id="${resources.graph.appId}"`
      return graphError(call, 401, 'InvalidAuthenticationToken', tokenMessages[caller], {
        'www-authenticate': challenge,
      })
    }
    const challenge = claimsChallenge(call, caller)
    if (challenge) return challenge
    const held = caller.user ? caller.scopes : caller.roles
    if (scopes.length > 0 && !scopes.some((scope) => held.includes(scope))) return denied(call)
    return handler(call, caller)
  }
}

export function denied(call: Call): Response {
  return graphError(
    call,
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  )
}

/** Continuous access evaluation: only a client that declared `cp1` learns of a revocation at once (claims-challenge.md). */
function claimsChallenge(call: Call, { claims, user, tenant }: Caller): Response | undefined {
  const capabilities = claims['xms_cc']
  if (!user || !Array.isArray(capabilities) || !capabilities.includes('cp1')) return undefined
  const issued = Number(claims['iat']) * 1000
  const isRevoked = user.tokensValidFrom !== null && issued < user.tokensValidFrom.getTime()
  const isBlocked = covers(tenant.policies.blockResources, resources.graph)
  if (!user.disabled && !isRevoked && !isBlocked) return undefined
  const nbf = Math.floor((user.tokensValidFrom ?? call.world.now()).getTime() / 1000)
  const wanted = { access_token: { nbf: { essential: true, value: String(nbf) } } }
  const encoded = Buffer.from(JSON.stringify(wanted)).toString('base64')
  const challenge = `Bearer realm="", authorization_uri="${call.world.urls.login}/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`
  const message =
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp'
  return graphError(call, 401, 'InvalidAuthenticationToken', message, { 'www-authenticate': challenge })
}

/** "The partner billing privilege", which Microsoft doesn't spell out: taken as an agent or a billing role. */
export function hasBillingPrivilege({ user, tenant }: Caller): boolean {
  if (tenant.program.kind !== 'direct' && tenant.program.kind !== 'indirect-provider') return false
  if (!user) return true
  const entra: readonly string[] = [entraRoles.globalAdministrator, entraRoles.billingAdministrator]
  const partner = user.partnerRoles.some((role) => role === 'AdminAgent' || role === 'BillingAdmin')
  return partner || user.roles.some((role) => entra.includes(role))
}

/** An operation or manifest that does not exist, or belongs to another tenant. */
export function notFound(call: Call): Response {
  return graphError(call, 404, 'NotFound', 'The requested resource was not found.')
}
