import { randomBytes, randomUUID } from 'node:crypto'

import type { Deps } from './deps.ts'
import { hashToken } from './secrets.ts'
import type { Scope, ServiceKeyRow } from './types.ts'

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
  deps: Deps,
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
