import { openGrant } from '@consentry/core/testing'
import type { ConnectionRow } from '@consentry/core'
import { hashToken } from '@consentry/microsoft-simulator'

import type { World } from './world.ts'

/**
 * Whether a grant that Microsoft would accept is on the disk, by Microsoft's own state and whatever the product thinks.
 * Without one the consent is gone, and nothing can bring it back.
 */
export async function isSaved(world: World, row: ConnectionRow, attemptId?: string): Promise<boolean> {
  const grants = await world.deps.store.listGrants(row.id)
  for (const { generation, attemptId: from } of grants) {
    const counts =
      attemptId === undefined ? from === null || isPointedAt(row, generation) : from === attemptId
    if (counts && accepts(world, (await openGrant(world.deps, row, generation)).refreshToken)) return true
  }
  return false
}

function isPointedAt(row: ConnectionRow, generation: number): boolean {
  return generation === row.generation || generation === row.previousGeneration
}

function accepts({ microsoft }: World, refreshToken: string): boolean {
  const token = microsoft.state.refreshTokens.get(hashToken(refreshToken))
  if (!token || token.revoked) return false
  return microsoft.control.settings.rotation === 'entra' || token.uses === 0
}
