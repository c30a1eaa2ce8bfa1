import { parameter } from '../http.ts'
import type { Tenant, User } from '../state.ts'
import { EntraError, refuse } from './errors.ts'
import { grantedScopes } from './grants.ts'
import { findResource, knownScope, parseScopes, resources, type Resource } from './scopes.ts'
import type { Redemption } from './token-answer.ts'

export type TokenScope = { resource: Resource; asked: string[]; oidc: string[] }

/** What a token request asks for: one resource, by `scope` on v2 and `resource` on v1. */
export function readTokenScope(
  redemption: Redemption,
  fallback: string,
  several: 'refuse' | 'first',
): TokenScope {
  const { fields, version } = redemption
  if (version === 1) return readV1Scope(fields, fallback)
  const asked = parseScopes(parameter(fields, 'scope') ?? fallback)
  const [first, ...others] = asked.resources
  if (!first) return { resource: resources.graph, asked: [], oidc: asked.oidc }
  const scope = fields.get('scope') ?? fallback
  if (others.length > 0 && several === 'refuse') refuse(28000, { scope })
  if (!first.resource) return refuse(500011, { resource: first.name, tenantName: tenantName(redemption) })
  const { resource } = first
  const hasDefault = first.scopes.some((name) => name.toLowerCase() === '.default')
  if (hasDefault && first.scopes.length > 1) refuse(70011, { scope })
  const unknown = first.scopes.find(
    (name) => name.toLowerCase() !== '.default' && !knownScope(resource, name),
  )
  if (unknown) refuse(70011, { scope: `${first.name}/${unknown}` })
  return { resource, asked: hasDefault ? [] : first.scopes, oidc: asked.oidc }
}

function readV1Scope(fields: URLSearchParams, fallback: string): TokenScope {
  const name = parameter(fields, 'resource') ?? parseScopes(fallback).resources[0]?.name
  const resource = name ? findResource(name) : resources.graph
  if (!resource) return refuse(50001, { resource: name ?? '' })
  const { oidc } = parseScopes(parameter(fields, 'scope') ?? 'openid')
  return { resource, asked: [], oidc }
}

function tenantName({ authority }: Redemption): string {
  return authority.tenant?.name ?? authority.segment
}

/** The scopes that the token will carry: all that is granted on the resource, provided what was asked for is. */
export function consentedScopes(
  redemption: Redemption,
  input: { tenant: Tenant; user: User; scope: TokenScope },
): string[] {
  const { call, app } = redemption
  const { tenant, user, scope } = input
  const { resource } = scope
  if (!tenant.resources.includes(resource.appId)) {
    refuse(500011, { resource: resource.audience, tenantName: tenant.name })
  }
  const granted = grantedScopes(call.world, { app, tenantId: tenant.id, resource, oid: user.oid })
  const missing = scope.asked.filter((name) => !granted.includes(knownScope(resource, name) ?? name))
  const bareGraph = resource === resources.graph && scope.asked.length === 0
  if (missing.length > 0 || (granted.length === 0 && !bareGraph)) {
    throw new EntraError(65001, { values: { client: app.clientId, name: app.name } })
  }
  const oidc = resource === resources.graph ? scope.oidc.filter((name) => name !== 'offline_access') : []
  return [...granted, ...oidc]
}
