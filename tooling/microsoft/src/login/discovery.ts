import { json, parameter, type Call } from '../http.ts'
import type { Tenant } from '../state.ts'
import { EntraError, errorResponse, refuse } from './errors.ts'
import { cloudHost, findTenant, resolveAuthority, type Authority } from './tenants.ts'

const headers = { 'cache-control': 'max-age=86400, private', 'access-control-allow-origin': '*' }

/** `GET /{tenant}/v2.0/.well-known/openid-configuration` and the v1 document. */
export function discoveryEndpoint(call: Call): Response {
  try {
    const authority = discoveryAuthority(call)
    if (authority.tenant) call.note.tenantId = authority.tenant.id
    if (call.forcedAadsts) refuse(call.forcedAadsts, { tenant: call.params['tenant'] ?? '' })
    const version = call.path.includes('/v2.0/') ? 2 : 1
    return json(200, metadata(call, authority, version), headers)
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    const isTenant = error.code === 90002 || error.code === 900023 || error.code === 90038
    return errorResponse(
      call,
      isTenant ? new EntraError(error.code, { ...error.options, error: 'invalid_tenant' }) : error,
    )
  }
}

/** Discovery may answer for a tenant of another cloud, naming that cloud's hosts; the endpoints themselves do not. */
function discoveryAuthority({ world, params }: Call): Authority {
  const segment = params['tenant'] ?? ''
  const tenant = findTenant(world, segment)
  const behaviour = world.settings.otherCloudDiscovery
  if (!tenant || tenant.cloud === 'global' || behaviour === '90038') return resolveAuthority(world, segment)
  if (behaviour === '90002') return refuse(90002, { tenant: segment })
  return { segment: tenant.id, tenant }
}

function metadata(call: Call, authority: Authority, version: 1 | 2): Record<string, unknown> {
  const { world } = call
  const { tenant, segment } = authority
  const login = loginHost(world.urls.login, tenant)
  const base = `${login}/${segment}`
  const oauth = version === 2 ? `${base}/oauth2/v2.0` : `${base}/oauth2`
  const issuerTenant = tenant?.id ?? '{tenantid}'
  return {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: version === 2 ? `${base}/discovery/v2.0/keys` : `${login}/common/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: version === 2 ? ['openid', 'profile', 'email', 'offline_access'] : ['openid'],
    issuer: version === 2 ? `${login}/${issuerTenant}/v2.0` : `https://sts.windows.net/${issuerTenant}/`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${world.urls.graph}/oidc/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: claims,
    kerberos_endpoint: `${base}/kerberos`,
    ...regionFields(tenant),
  }
}

const claims = [
  ...[
    'sub',
    'iss',
    'cloud_instance_name',
    'cloud_instance_host_name',
    'cloud_graph_host_name',
    'msgraph_host',
    'aud',
  ],
  ...[
    'exp',
    'iat',
    'auth_time',
    'acr',
    'nonce',
    'preferred_username',
    'name',
    'tid',
    'ver',
    'at_hash',
    'c_hash',
    'email',
  ],
]

function loginHost(own: string, tenant: Tenant | undefined): string {
  return tenant && tenant.cloud !== 'global' ? `https://login.${cloudHost(tenant)}` : own
}

function regionFields(tenant: Tenant | undefined): Record<string, string | null> {
  const isGov = tenant?.cloud === 'usgov'
  const isChina = tenant?.cloud === 'china'
  return {
    tenant_region_scope: tenant?.regionScope ?? null,
    ...(isGov ? { tenant_region_sub_scope: 'DODCON' } : {}),
    cloud_instance_name: tenant ? cloudHost(tenant) : 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: isGov
      ? 'graph.microsoft.us'
      : isChina
        ? 'microsoftgraph.chinacloudapi.cn'
        : 'graph.microsoft.com',
    rbac_url: isGov ? 'https://pasff.usgovcloudapi.net' : 'https://pas.windows.net',
  }
}

/** `GET /{tenant}/discovery/v2.0/keys`: every key names the issuer it signs for. */
export function keysEndpoint(call: Call): Response {
  try {
    const { world, params } = call
    const { tenant } = resolveAuthority(world, params['tenant'] ?? '')
    const issuer = `${world.urls.login}/${tenant?.id ?? '{tenantid}'}/v2.0`
    const keys = world.keys.published().map(({ jwk }) => ({ ...jwk, issuer }))
    return json(200, { keys }, headers)
  } catch (error) {
    if (error instanceof EntraError) return errorResponse(call, error)
    throw error
  }
}

/** `GET /common/discovery/instance`: which hosts are names of the same cloud. */
export function instanceEndpoint(call: Call): Response {
  const { world, query } = call
  const asked = parameter(query, 'authorization_endpoint') ?? ''
  const own = new URL(world.urls.login).host
  const host = URL.canParse(asked) ? new URL(asked).host : ''
  const known = [...new Set([own, ...aliases])]
  if (!known.includes(host)) return errorResponse(call, new EntraError(50049))
  const segment = new URL(asked).pathname
    .replace(new URL(world.urls.login).pathname, '/')
    .split('/')
    .find(Boolean)
  const preferred = own === 'login.microsoftonline.com' ? 'login.windows.net' : own
  return json(
    200,
    {
      tenant_discovery_endpoint: `${world.urls.login}/${segment ?? 'common'}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: own, preferred_cache: preferred, aliases: known }],
    },
    headers,
  )
}

const aliases = ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net']
