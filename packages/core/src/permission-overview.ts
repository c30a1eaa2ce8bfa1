import { everyConnection } from './connections.ts'
import type { Deps } from './deps.ts'
import { knownMissing } from './foresight.ts'
import { extraScopes, holds, isNeeded, MANIFEST_VERSION, requiredPermissions } from './permissions.ts'
import type { ConnectionRow } from './types.ts'

/**
 * The manifest of needs, and how an organisation's connections stand to it: those that were consented to, whatever
 * their status. `only` narrows it to these Microsoft IDs.
 */
export async function permissionOverview(
  deps: Pick<Deps, 'store' | 'now' | 'config'>,
  organisationId: string,
  only?: readonly string[],
) {
  const { microsoft } = deps.config
  const now = deps.now()
  const rows = await consented(deps, organisationId, only)
  const lacks = rows.map((row) => ({
    microsoftId: row.microsoftId,
    name: row.name,
    missing: new Set(knownMissing(row, deps.config).map((it) => it.name)),
  }))
  const permissions = requiredPermissions(microsoft).map((it) => {
    const { name, resource, title, feature, since, neededFrom } = it
    const missing = lacks.filter((row) => row.missing.has(name))
    return {
      name,
      resource,
      title,
      feature,
      since,
      ...(neededFrom ? { neededFrom } : {}),
      needed: isNeeded(it, now),
      granted: rows.filter((row) => holds(row.grantedScopes, name)).length,
      missing: missing.map(({ microsoftId, name: tenant }) => ({ microsoftId, name: tenant })),
    }
  })
  const extra = Map.groupBy(
    rows.flatMap((row) => extraScopes(row.grantedScopes)),
    (it) => it,
  )
  return {
    version: MANIFEST_VERSION,
    connections: rows.length,
    permissions,
    extra: [...extra].map(([name, all]) => ({ name, connections: all.length })),
  }
}

async function consented(
  deps: Pick<Deps, 'store'>,
  organisationId: string,
  only: readonly string[] | undefined,
): Promise<ConnectionRow[]> {
  const rows = await Array.fromAsync(everyConnection(deps, organisationId, { only }))
  return rows.filter((it) => it.grantedScopes.length > 0)
}
