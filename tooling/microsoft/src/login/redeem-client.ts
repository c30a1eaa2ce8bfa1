import { json, parameter } from '../http.ts'
import { refuse, stsHeaders, traceOf } from './errors.ts'
import { hasServicePrincipal } from './grants.ts'
import { mintAccessToken } from './mint.ts'
import { findResource, parseScopes, type Resource } from './scopes.ts'
import { accessTokenLifetime, lifetimeFields, type Redemption } from './token-answer.ts'

/** `grant_type=client_credentials`: a token without a user, hence `roles` and neither `scp` nor `amr`. */
export function redeemClientCredentials(redemption: Redemption): Response {
  const { call, fields, authority, app, credential, version } = redemption
  const { tenant } = authority
  if (!tenant) return refuse(900023, { tenant: authority.segment })
  if (!hasServicePrincipal(call.world, app, tenant)) {
    refuse(700016, { client: app.clientId, tenantName: tenant.name })
  }
  const resource = readResource(redemption)
  const roles = call.world.state.appRoleGrants
    .filter((grant) => grant.clientId === app.clientId && grant.tenantId === tenant.id)
    .filter((grant) => findResource(grant.resource) === resource)
    .flatMap((grant) => grant.roles)
  const lifetime = accessTokenLifetime(call)
  const accessToken = mintAccessToken(call.world, {
    resource,
    app,
    credential,
    tenantId: tenant.id,
    lifetime,
    ...(roles.length > 0 ? { roles } : {}),
  })
  const body = {
    token_type: 'Bearer',
    ...lifetimeFields(call, version, lifetime, resource),
    access_token: accessToken,
  }
  return json(200, body, stsHeaders(traceOf(call.world, call.request, fields)))
}

function readResource({ fields, version }: Redemption): Resource {
  if (version === 1) {
    const name = parameter(fields, 'resource') ?? ''
    return findResource(name) ?? refuse(50001, { resource: name })
  }
  const scope = parameter(fields, 'scope')
  if (!scope) return refuse(900144, { parameter: 'scope' })
  const [first] = parseScopes(scope).resources
  const isDefault = first?.scopes.length === 1 && first.scopes[0]?.toLowerCase() === '.default'
  if (!first || !isDefault) return refuse(1002012, { scope })
  return first.resource ?? refuse(500011, { resource: first.name, tenantName: '' })
}
