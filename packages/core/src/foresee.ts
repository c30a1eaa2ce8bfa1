import { everyConnection } from './connections.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import { foreseen } from './foresight.ts'
import { missingPermissions } from './permissions.ts'
import type { ConnectionRow } from './types.ts'

/**
 * Looks at every connection that works for what is to come: dates that have drawn near, and what a new release needs
 * beyond what was granted. Asks Microsoft nothing. Gives how many have changed.
 */
export async function foreseeAll(deps: Deps): Promise<number> {
  let changed = 0
  for (const { id } of await deps.store.listOrganisations()) {
    for (const status of ['connected', 'attention'] as const) {
      for await (const row of everyConnection(deps, id, { status }))
        if (await foreseeOne(deps, row)) changed += 1
    }
  }
  return changed
}

async function foreseeOne(deps: Deps, row: ConnectionRow): Promise<boolean> {
  if (!changes(row, patchOf(deps, row))) return false
  const now = deps.now()
  // Whoever holds it judges it anyway.
  const leased = await deps.store.takeLease(row.id, now, new Date(now.getTime() + 30_000))
  if (!leased) return false
  const stands = leased.status === row.status
  return (
    (await deps.store.releaseLease(row.id, leased.fence, stands ? patchOf(deps, leased) : {})) !== null &&
    stands
  )
}

function patchOf(deps: Deps, row: ConnectionRow): ConnectionPatch {
  const { microsoft } = deps.config
  const missingScopes =
    row.grantedScopes.length > 0
      ? missingPermissions(microsoft, row.grantedScopes).map((it) => it.name)
      : row.missingScopes
  return foreseen(row, { missingScopes }, deps.now(), deps.config)
}

function changes(row: ConnectionRow, patch: ConnectionPatch): boolean {
  const now: ConnectionRow = { ...row, ...patch }
  const seen = ({ status, reason, stopsWorkingBy, missingScopes }: ConnectionRow) =>
    [status, reason, stopsWorkingBy?.getTime(), missingScopes.join(' ')].join('\n')
  return seen(row) !== seen(now)
}
