import { randomUUID } from 'node:crypto'
import type { App, Grant, Tenant, User } from '../state.ts'
import type { World } from '../world.ts'
import { findResource, knownScope, type AskedScopes, type Resource } from './scopes.ts'

/** Scopes that a user of a tenant has on a resource through this app; `effective` leaves out what has not spread yet. */
export function grantedScopes(
  world: World,
  input: { app: App; tenantId: string; resource: Resource; oid: string },
  effective = true,
): string[] {
  const scopes = grantsIn(world, input.tenantId)
    .filter((grant) => grant.clientId === input.app.clientId)
    .filter((grant) => grant.resource === input.resource.appId)
    .filter((grant) => grant.principal === 'AllPrincipals' || grant.principal === input.oid)
    .filter((grant) => !effective || grant.effectiveAt <= world.now())
    .flatMap((grant) => grant.scopes)
  return [...new Set(scopes)]
}

/** What an authorize request asks for on one resource, `.default` meaning what the app's registration lists. */
export function wantedScopes(app: App, resource: Resource, scopes: readonly string[]): string[] {
  return scopes.flatMap((scope) => {
    if (scope.toLowerCase() !== '.default') return knownScope(resource, scope) ?? scope
    return app.requiredResourceAccess
      .filter((required) => findResource(required.resource) === resource)
      .flatMap((required) => required.scopes)
  })
}

export type MissingConsent = { resource: Resource; scopes: string[] }[]

/** The part of a request that nobody has consented to yet. */
export function missingConsent(
  world: World,
  input: { app: App; tenant: Tenant; oid: string; asked: AskedScopes },
): MissingConsent {
  const { app, tenant, oid, asked } = input
  return asked.resources.flatMap(({ resource, scopes }) => {
    if (!resource) return []
    const granted = grantedScopes(world, { app, tenantId: tenant.id, resource, oid }, false)
    const missing = wantedScopes(app, resource, scopes).filter((scope) => !granted.includes(scope))
    return missing.length > 0 ? [{ resource, scopes: missing }] : []
  })
}

/** Entra roles that may consent to delegated permissions for a whole tenant (grant-admin-consent.md). */
export const entraRoles = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  cloudApplicationAdministrator: '158c047a-c907-4556-b7ef-446551a6b5f7',
  applicationAdministrator: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  billingAdministrator: 'b0f54661-2d74-4c50-afa3-1ec803f12efe',
} as const

const consenters: readonly string[] = [
  entraRoles.globalAdministrator,
  entraRoles.privilegedRoleAdministrator,
  entraRoles.cloudApplicationAdministrator,
  entraRoles.applicationAdministrator,
]

export function isConsentAdmin(user: User): boolean {
  return user.roles.some((role) => consenters.includes(role))
}

/** Whether this user may answer the consent page: administrators always, others for harmless scopes only. */
export function mayConsent(user: User, missing: MissingConsent): boolean {
  if (isConsentAdmin(user)) return true
  return missing.every(({ resource, scopes }) => scopes.every((scope) => resource.userScopes.includes(scope)))
}

/** Adds to what is granted: an administrator's consent counts for the whole tenant. */
export function addGrant(
  world: World,
  input: { app: App; tenant: Tenant; user: User; resource: Resource; scopes: string[] },
): void {
  const { app, tenant, user, resource } = input
  const principal = isConsentAdmin(user) ? 'AllPrincipals' : user.oid
  const existing = grantsIn(world, tenant.id).find(
    (grant) =>
      grant.clientId === app.clientId && grant.resource === resource.appId && grant.principal === principal,
  )
  const scopes = [...new Set([...(existing?.scopes ?? []), ...input.scopes])]
  const grant: Grant = {
    id: existing?.id ?? randomUUID(),
    clientId: app.clientId,
    tenantId: tenant.id,
    resource: resource.appId,
    scopes,
    principal,
    effectiveAt: new Date(world.now().getTime() + world.settings.consentPropagationSeconds * 1000),
  }
  const others = grantsIn(world, tenant.id).filter((other) => other !== existing)
  world.state.grants.set(tenant.id, [...others, grant])
}

export function grantsIn(world: World, tenantId: string): Grant[] {
  return world.state.grants.get(tenantId) ?? []
}

/** Whether the app has a service principal in the tenant: its home, or anywhere somebody consented. */
export function hasServicePrincipal(world: World, app: App, tenant: Tenant): boolean {
  if (app.tenantId === tenant.id) return true
  const here = (grant: { clientId: string; tenantId: string }): boolean =>
    grant.clientId === app.clientId && grant.tenantId === tenant.id
  return grantsIn(world, tenant.id).some(here) || world.state.appRoleGrants.some(here)
}
