import { setTimeout as sleep } from 'node:timers/promises'

import type { AuditNote } from './audit-entry.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import { sealGrant } from './grants.ts'
import { MINUTE, SECOND } from './microsoft/http.ts'
import type { AccessTokenRow, CheckRow, ConnectionRow } from './types.ts'

/** What one redemption brought. */
export type Brought = {
  /** The generation that was redeemed. */
  readonly redeemed: number
  /** The own application that it was redeemed as. */
  readonly clientId: string | null
  /** Null when Microsoft gave no new one: the redeemed one then goes on (RFC 6749, 6). */
  readonly refreshToken: string | null
  readonly access: AccessTokenRow
  readonly patch: ConnectionPatch
  readonly check: CheckRow | null
  /** What the audit log is to say of it. */
  readonly note: AuditNote
  /** The night that it counts to; written with a new token, so that who dies right after has counted. */
  readonly night: string | null
}

/**
 * Stores what a redemption brought, as the generation that came with the lease, and lets go of the lease. Tries until
 * the store takes it: what Microsoft gave exists nowhere else. Null when the lease was taken over meanwhile; the token
 * then stays as a stray.
 */
export async function keepRotation(
  deps: Deps,
  leased: ConnectionRow,
  brought: Brought,
): Promise<ConnectionRow | null> {
  const { store } = deps
  const { redeemed, clientId, refreshToken, access, patch, check, note, night } = brought
  if (refreshToken === null) {
    const settled = { ...patch, generation: redeemed, verify: null }
    return persistently(deps, leased, async () => {
      await store.putAccessToken(access)
      const released = await store.releaseLease(leased.id, leased.fence, settled, check)
      if (released) await store.addAuditNotes([note])
      if (released && night) await store.addToNight(leased.organisationId, night, 'refreshed', deps.now())
      return released
    })
  }
  const generation = leased.lastGeneration
  const fresh = { generation, refreshToken, origin: 'rotation', attemptId: null, clientId } as const
  const grant = await sealGrant(deps, leased, fresh)
  const rotation = { fence: leased.fence, grant, redeemed, at: deps.now(), access, patch, check, note, night }
  return persistently(deps, leased, () => store.commitRotation(rotation))
}

const PATIENCE = 10 * MINUTE
const FIRST_WAIT = 50
const LONGEST_WAIT = 2 * SECOND

async function persistently<T>(deps: Deps, leased: ConnectionRow, save: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await save()
    } catch (error) {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
      deps.report?.({ name: 'grant.unsaved.fault', microsoftId: leased.microsoftId, detail })
      if (performance.now() > deadline) throw error
    }
    await sleep(wait)
  }
}
