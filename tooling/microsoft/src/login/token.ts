import { formFields, parameter, type Call } from '../http.ts'
import { hashToken } from '../requests.ts'
import { applyBasicAuth, checkCredential } from './credentials.ts'
import { EntraError, errorResponse, refuse } from './errors.ts'
import { refuseLoops } from './loops.ts'
import { redeemClientCredentials } from './redeem-client.ts'
import { redeemCode } from './redeem-code.ts'
import { redeemRefreshToken } from './redeem-refresh.ts'
import { policyClaims } from './policies.ts'
import { findApp, resolveAuthority, type Authority } from './tenants.ts'
import type { Redemption } from './token-answer.ts'

const redeemers = new Map<string, (redemption: Redemption) => Response>([
  ['authorization_code', redeemCode],
  ['refresh_token', redeemRefreshToken],
  ['client_credentials', redeemClientCredentials],
])

/** `POST /{tenant}/oauth2/v2.0/token` and its v1 twin. */
export async function tokenEndpoint(call: Call): Promise<Response> {
  const fields = await formFields(call.request)
  try {
    return await answer(call, fields)
  } catch (error) {
    if (error instanceof EntraError) return errorResponse(call, error, fields)
    throw error
  }
}

/** The check order: tenant, client, app, origin, credential, loop, grant. */
async function answer(call: Call, fields: URLSearchParams | undefined): Promise<Response> {
  const { world, request, params, note } = call
  if (!fields) return refuse(900144, { parameter: 'grant_type' })
  applyBasicAuth(request, fields)
  noteRequest(call, fields)
  const authority = resolveAuthority(world, params['tenant'] ?? '')
  if (authority.tenant) note.tenantId = authority.tenant.id
  if (call.forcedAadsts) throw forcedError(call.forcedAadsts, authority)
  const app = findApp(world, parameter(fields, 'client_id'), authority)
  if (!app.enabled) refuse(7000112, { client: app.clientId, name: app.name })
  const segment = params['tenant'] ?? ''
  const credential = await checkCredential(world, { app, fields, request, segment })
  const grantType = parameter(fields, 'grant_type')
  if (!grantType) return refuse(900144, { parameter: 'grant_type' })
  const redeem = redeemers.get(grantType)
  if (!redeem) return refuse(70003, { grantType })
  refuseLoops(world, authority, fields)
  const version = /v2\.0/.test(call.path) ? 2 : 1
  return redeem({ call, fields, authority, app, credential, version })
}

function noteRequest({ note }: Call, fields: URLSearchParams): void {
  const grantType = parameter(fields, 'grant_type')
  const clientId = parameter(fields, 'client_id')
  const scope = parameter(fields, 'scope') ?? parameter(fields, 'resource')
  const refreshToken = parameter(fields, 'refresh_token')
  if (grantType) note.grantType = grantType
  if (clientId) note.clientId = clientId
  if (scope) note.scope = scope
  if (refreshToken) note.refreshTokenHash = hashToken(refreshToken)
}

/** The error that a fault wants, with the `claims` that Conditional Access adds to a block. */
function forcedError(code: number, { segment, tenant }: Authority): EntraError {
  const claims = (code === 53003 || code === 53000) && tenant ? { claims: policyClaims(tenant) } : {}
  return new EntraError(code, { values: { tenant: segment }, ...claims })
}

/** Anything but POST. */
export function tokenEndpointWrongMethod(call: Call): Response {
  const error = new EntraError(900561, { values: { method: call.request.method } })
  return errorResponse(call, error)
}
