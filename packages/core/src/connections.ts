import { randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { ConnectionQuery, Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { discoverTenant, isMicrosoftId, type Tenant } from './microsoft/tenant.ts'
import { everyItem } from './pages.ts'
import { requiredPermissions } from './permissions.ts'
import { newDataKey } from './seal.ts'
import { UNCONNECTED } from './status.ts'
import type { ConnectionRow } from './types.ts'

export type TenantLookup = Pick<Tenant, 'microsoftId' | 'cloud' | 'region'> & {
  /** Whether the tenant's region is this deployment's; null where either of the two is not known. */
  readonly regionMatches: boolean | null
}

/** What Microsoft's public discovery says of a tenant. Throws `malformed_id`, `tenant_not_found`, `wrong_cloud`, `lookup_down`. */
export async function lookUpTenant(deps: Deps, idOrDomain: string): Promise<TenantLookup> {
  const { microsoftId, cloud, region } = await discoverTenant(deps, tidy(idOrDomain))
  return { microsoftId, cloud, region, regionMatches: matchRegion(deps.config.region, region) }
}

// What operators call the regions of `tenant_region_scope`. `WW` and the government's own are no one place.
const REGION_NAMES: Readonly<Record<string, readonly string[]>> = {
  EU: ['eu'],
  NA: ['us', 'na'],
  AS: ['as', 'asia', 'apac'],
  OC: ['oc', 'au'],
  SA: ['sa'],
  AF: ['af'],
}

function matchRegion(own: string | null, scope: string | null): boolean | null {
  const here = own?.toLowerCase() ?? ''
  const names = REGION_NAMES[scope ?? '']
  const known = Object.values(REGION_NAMES).some((it) => it.includes(here))
  return names && known ? names.includes(here) : null
}

export type NewConnection = {
  readonly organisationId: string
  /** GUID or verified domain. */
  readonly microsoftId: string
  readonly name?: string | undefined
}

/**
 * Adds a tenant to an organisation, or gives the one that is there. Throws `malformed_id`, `tenant_not_found`,
 * `wrong_cloud`; a GUID is accepted while Microsoft's directory is down (Microsoft checks it again), a domain is not
 * (`lookup_down`).
 */
export async function addConnection(
  deps: Deps,
  wish: NewConnection,
  by: Actor,
): Promise<{ row: ConnectionRow; created: boolean }> {
  const entered = tidy(wish.microsoftId)
  const microsoftId = await resolve(deps, entered)
  const there = await deps.store.findConnection(wish.organisationId, microsoftId)
  if (there) return { row: there, created: false }
  const domain = isMicrosoftId(entered) ? null : entered
  const row = await newConnection(deps, { ...wish, microsoftId, domain })
  await recordAct(deps, row, by, 'connection.added', { name: row.name })
  return deps.store.createConnection(row)
}

/** Gives it the name that a person chose. Throws `changed_meanwhile` when the row is not as it was read. */
export async function renameConnection(
  deps: Deps,
  connection: ConnectionRow,
  name: string,
  by: Actor,
): Promise<ConnectionRow> {
  await recordAct(deps, connection, by, 'connection.renamed', { from: connection.name, to: name })
  const patch = { name, nameFrom: 'person' } as const
  const renamed = await deps.store.updateConnection(connection.id, patch, connection.version)
  if (!renamed) throw new ConsentryError('changed_meanwhile')
  return renamed
}

/** Destroys its grants and access tokens; the history stays. */
export async function disconnect(deps: Deps, connection: ConnectionRow, by: Actor): Promise<void> {
  await recordAct(deps, connection, by, 'connection.disconnected')
  await deps.store.disconnect(connection.id, deps.now())
}

/** Writes down what somebody does to a connection, before it is done. Throws `not_recorded`. */
export async function recordAct(
  deps: Recording,
  { organisationId, microsoftId }: Pick<ConnectionRow, 'organisationId' | 'microsoftId'>,
  actor: Actor,
  action: AuditAction,
  details: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  await record(deps, { organisationId, actor, action, microsoftId, details })
}

async function resolve(deps: Deps, entered: string): Promise<string> {
  try {
    return (await discoverTenant(deps, entered)).microsoftId
  } catch (error) {
    const down = error instanceof ConsentryError && error.code === 'lookup_down'
    if (down && isMicrosoftId(entered)) return entered
    throw error
  }
}

/** What people paste: spaces, braces, upper case. */
function tidy(text: string): string {
  return text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase()
}

/** A row of a connection that nobody has consented to yet. */
export async function newConnection(
  deps: Deps,
  wish: NewConnection & { readonly domain?: string | null },
): Promise<ConnectionRow> {
  const id = randomUUID()
  const { dataKey, dataKeyId } = await newDataKey(deps.keys, wish)
  return {
    ...UNCONNECTED,
    id,
    organisationId: wish.organisationId,
    microsoftId: wish.microsoftId,
    ...nameOf(wish),
    domain: wish.domain ?? null,
    missingScopes: requiredPermissions(deps.config.microsoft).map((it) => it.name),
    createdAt: deps.now(),
    disconnectedAt: null,
    version: 1,
    dataKey,
    dataKeyId,
    lastGeneration: 0,
    fence: 0,
  }
}

function nameOf(
  wish: NewConnection & { readonly domain?: string | null },
): Pick<ConnectionRow, 'name' | 'nameFrom'> {
  const given = wish.name?.trim()
  if (given) return { name: given, nameFrom: 'person' }
  if (wish.domain) return { name: wish.domain, nameFrom: 'domain' }
  return { name: `Tenant ${wish.microsoftId.slice(0, 8)}`, nameFrom: 'id' }
}

/** All connections of an organisation that fit, the most urgent first, a page in memory at a time. */
export function everyConnection(
  { store }: Pick<Deps, 'store'>,
  organisationId: string,
  query: Omit<ConnectionQuery, 'cursor' | 'limit'> = {},
): AsyncGenerator<ConnectionRow> {
  return everyItem((page) => store.listConnections(organisationId, { ...query, ...page }))
}
