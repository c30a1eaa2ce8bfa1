import { everyConnection } from './connections.ts'
import type { Deps } from './deps.ts'
import { knownMissing } from './foresight.ts'
import {
  extraScopes,
  holds,
  isNeeded,
  MANIFEST_VERSION,
  requiredPermissions,
  type Permission,
} from './permissions.ts'
import type { ConnectionRow } from './types.ts'

/** Of so many connections that lack a permission the names are told. */
const MOST_NAMED = 100

/**
 * The manifest of needs, and how an organisation's connections stand to it: those that were consented to, whatever
 * their status. Of those that lack a permission the hundred most urgent are named. `only` narrows it to these Microsoft
 * IDs.
 */
export async function permissionOverview(
  deps: Pick<Deps, 'store' | 'now' | 'config'>,
  organisationId: string,
  only?: readonly string[],
) {
  const needed = requiredPermissions(deps.config.microsoft)
  const standings = needed.map((need): Standing => ({ need, granted: 0, lacking: 0, missing: [] }))
  const extra = new Map<string, number>()
  let connections = 0
  for await (const row of everyConnection(deps, organisationId, { only })) {
    if (row.grantedScopes.length === 0) continue
    connections += 1
    const missing = new Set(knownMissing(row, deps.config).map((it) => it.name))
    for (const standing of standings) count(standing, row, missing)
    for (const name of extraScopes(row.grantedScopes)) extra.set(name, (extra.get(name) ?? 0) + 1)
  }
  const now = deps.now()
  const permissions = standings.map(({ need, ...standing }) => {
    const { name, resource, title, feature, since, neededFrom } = need
    const from = neededFrom ? { neededFrom } : {}
    return { name, resource, title, feature, since, ...from, needed: isNeeded(need, now), ...standing }
  })
  return {
    version: MANIFEST_VERSION,
    connections,
    permissions,
    extra: [...extra].map(([name, all]) => ({ name, connections: all })),
  }
}

type Standing = {
  readonly need: Permission
  granted: number
  lacking: number
  readonly missing: { readonly microsoftId: string; readonly name: string }[]
}

function count(standing: Standing, row: ConnectionRow, missing: ReadonlySet<string>): void {
  if (holds(row.grantedScopes, standing.need.name)) standing.granted += 1
  if (!missing.has(standing.need.name)) return
  standing.lacking += 1
  const { microsoftId, name } = row
  if (standing.missing.length < MOST_NAMED) standing.missing.push({ microsoftId, name })
}
