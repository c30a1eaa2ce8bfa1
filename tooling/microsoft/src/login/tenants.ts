import { isGuid } from '../http.ts'
import type { App, Tenant, User } from '../state.ts'
import type { World } from '../world.ts'
import { refuse } from './errors.ts'

/** The tenant segment of a login URL: one tenant, or one of the words for "whoever signs in". */
export type Authority = { segment: string; tenant: Tenant | undefined }

const shared = new Set(['common', 'organizations'])

/** Resolves the tenant segment; refuses unknown tenants and those of another national cloud. */
export function resolveAuthority(world: World, segment: string): Authority {
  const plain = segment.toLowerCase()
  if (shared.has(plain)) return { segment: plain, tenant: undefined }
  const tenant = findTenant(world, plain)
  if (!tenant) return refuse(isGuid(plain) || plain.includes('.') ? 90002 : 900023, { tenant: segment })
  if (tenant.cloud !== 'global') refuse(90038, { tenant: segment, cloud: cloudHost(tenant) })
  return { segment: tenant.id, tenant }
}

/** By id or by any of its domains. */
export function findTenant(world: World, name: string): Tenant | undefined {
  const plain = name.toLowerCase()
  const byId = world.state.tenants.get(plain)
  if (byId || isGuid(plain)) return byId
  for (const tenant of world.state.tenants.values()) if (tenant.domains.includes(plain)) return tenant
  return undefined
}

export function cloudHost(tenant: Tenant): string {
  if (tenant.cloud === 'usgov') return 'microsoftonline.us'
  return tenant.cloud === 'china' ? 'partner.microsoftonline.cn' : 'microsoftonline.com'
}

/** Users of a tenant who can be seen there, guests included. */
export function usersOf(world: World, tenantId: string): User[] {
  return [...world.state.users.values()].filter((user) => user.tenantId === tenantId && !user.deleted)
}

/** By user principal name, in one tenant; or anywhere, and then at home rather than where he is a guest. */
export function findUser(world: World, upn: string, tenantId?: string): User | undefined {
  const plain = upn.trim().toLowerCase()
  let found: User | undefined
  for (const user of world.state.users.values()) {
    if (user.upn.toLowerCase() !== plain || (tenantId && user.tenantId !== tenantId)) continue
    if (tenantId || user.type === 'member') return user
    found ??= user
  }
  return found
}

/** The app behind a client id as seen from a tenant: an app of another home must be multi-tenant. */
export function findApp(world: World, clientId: string | undefined, authority: Authority): App {
  if (!clientId) return refuse(900144, { parameter: 'client_id' })
  const app = world.state.apps.get(clientId.toLowerCase())
  const tenantName = authority.tenant?.name ?? 'Microsoft Accounts'
  if (!app) return refuse(700016, { client: clientId, tenantName })
  const foreign = authority.tenant?.id !== app.tenantId
  if (foreign && app.signInAudience === 'AzureADMyOrg') {
    return refuse(authority.tenant ? 700016 : 50194, { client: clientId, tenantName })
  }
  return app
}
