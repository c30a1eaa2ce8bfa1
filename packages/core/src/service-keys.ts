import { randomBytes, randomUUID } from 'node:crypto'

import type { Deps } from './deps.ts'
import { hashToken } from './secrets.ts'
import type { ConnectionRow, Scope, ServiceKeyRow, TokenUse } from './types.ts'

export type NewServiceKey = {
  readonly organisationId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Microsoft IDs it is bound to; all of the organisation when absent. */
  readonly connections?: readonly string[] | null | undefined
  readonly expiresAt?: Date | null | undefined
}

const PREFIX = 'csk_'
const SHOWN = 12
const FORM = /^csk_[A-Za-z0-9_-]{43}$/
const TOUCH_INTERVAL = 60_000

/** Makes a service key. The key itself is given here once; only its hash is stored. */
export async function createServiceKey(
  deps: Pick<Deps, 'store' | 'now'>,
  wish: NewServiceKey,
): Promise<{ row: ServiceKeyRow; key: string }> {
  const key = `${PREFIX}${randomBytes(32).toString('base64url')}`
  const row: ServiceKeyRow = {
    id: randomUUID(),
    organisationId: wish.organisationId,
    name: wish.name,
    prefix: key.slice(0, SHOWN),
    hash: hashToken(key),
    scopes: wish.scopes,
    connections: wish.connections?.map((it) => it.toLowerCase()) ?? null,
    expiresAt: wish.expiresAt ?? null,
    lastUsedAt: null,
    revokedAt: null,
    createdAt: deps.now(),
  }
  await deps.store.createServiceKey(row)
  return { row, key }
}

/** Notes that the key was given a token of the connection, once a minute at most and process. */
export async function noteTokenUse(deps: Deps, key: ServiceKeyRow, connectionId: string): Promise<void> {
  const noted = notes.get(deps.store) ?? new Map<string, number>()
  notes.set(deps.store, noted)
  const now = deps.now()
  const use = `${key.id} ${connectionId}`
  if (now.getTime() - (noted.get(use) ?? 0) < TOUCH_INTERVAL) return
  noted.set(use, now.getTime())
  await deps.store.noteTokenUse(connectionId, key.id, now)
}

const notes = new WeakMap<Deps['store'], Map<string, number>>()
const LATELY = 7 * 24 * 60 * TOUCH_INTERVAL

/** Connections with the services that were given their tokens in the last seven days, by name. */
export async function withUses<Row extends Pick<ConnectionRow, 'id'>>(
  deps: Pick<Deps, 'store' | 'now'>,
  rows: readonly Row[],
): Promise<{ row: Row; uses: TokenUse[] }[]> {
  const since = new Date(deps.now().getTime() - LATELY)
  const ids = rows.map((it) => it.id)
  const uses = Map.groupBy(await deps.store.listTokenUses(ids, since), (it) => it.connectionId)
  return rows.map((row) => ({ row, uses: uses.get(row.id) ?? [] }))
}

/** The key's row, or null alike for unknown, revoked and expired ones. Notes its use once a minute at most. */
export async function authenticateServiceKey(deps: Deps, key: string): Promise<ServiceKeyRow | null> {
  if (!FORM.test(key)) return null
  const row = await deps.store.findServiceKey(hashToken(key))
  const now = deps.now()
  if (!row || row.revokedAt || (row.expiresAt && row.expiresAt <= now)) return null
  if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > TOUCH_INTERVAL) {
    await deps.store.touchServiceKey(row.id, now)
  }
  return row
}
