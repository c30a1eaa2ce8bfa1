import { randomBytes, randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
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

type Made = { readonly row: ServiceKeyRow; readonly key: string }

/** Makes a service key. The key itself is given here once; only its hash is stored. Throws `not_recorded`. */
export async function createServiceKey(deps: Recording, wish: NewServiceKey, by: Actor): Promise<Made> {
  const made = newServiceKey(deps, wish)
  await recordKey(deps, made.row, by, 'service_key.created')
  await deps.store.createServiceKey(made.row)
  return made
}

function newServiceKey(deps: Recording, wish: NewServiceKey): Made {
  const key = `${PREFIX}${randomBytes(32).toString('base64url')}`
  const row: ServiceKeyRow = {
    id: randomUUID(),
    organisationId: wish.organisationId,
    name: wish.name,
    prefix: key.slice(0, SHOWN),
    hash: hashToken(key),
    scopes: wish.scopes,
    connections: wish.connections?.map((it) => it.toLowerCase()) ?? null,
    issuer: null,
    audience: null,
    subject: null,
    expiresAt: wish.expiresAt ?? null,
    lastUsedAt: null,
    revokedAt: null,
    replacedBy: null,
    createdAt: deps.now(),
  }
  return { row, key }
}

/** 86,400 (one day): what a service has to change over, unless told otherwise. */
const OVERLAP = 24 * 60 * 60

/**
 * Makes a key in the place of another: same name, rights and length of life. The old one goes on for `overlapSeconds`
 * (a day unless told otherwise; 0 ends it now). Null when there is none that could be used. Throws
 * `changed_meanwhile` when there is one in its place already, `not_recorded`.
 */
export async function rotateServiceKey(
  deps: Recording,
  organisationId: string,
  id: string,
  by: Actor,
  overlapSeconds = OVERLAP,
): Promise<(Made & { readonly old: ServiceKeyRow }) | null> {
  const now = deps.now()
  const old = await findUsable(deps, organisationId, id)
  if (!old) return null
  if (old.replacedBy !== null) throw new ConsentryError('changed_meanwhile')
  const life = old.expiresAt ? old.expiresAt.getTime() - old.createdAt.getTime() : null
  const expiresAt = life === null ? null : new Date(now.getTime() + life)
  const made = newServiceKey(deps, { ...old, expiresAt })
  await recordKey(deps, old, by, 'service_key.rotated', { by: made.row.id, overlapSeconds })
  const end = new Date(now.getTime() + overlapSeconds * 1000)
  const ending = old.expiresAt && old.expiresAt < end ? old.expiresAt : end
  if (!(await deps.store.replaceServiceKey(id, ending, made.row)))
    throw new ConsentryError('changed_meanwhile')
  return { ...made, old: { ...old, expiresAt: ending } }
}

/** The organisation's keys, oldest first. */
export async function listServiceKeys({ store }: Pick<Deps, 'store'>, organisationId: string) {
  return (await store.listServiceKeys(organisationId)).filter((it) => it.issuer === null)
}

async function findUsable(deps: Recording, organisationId: string, id: string) {
  const row = (await listServiceKeys(deps, organisationId)).find((it) => it.id === id)
  return row && !row.revokedAt && !(row.expiresAt && row.expiresAt <= deps.now()) ? row : null
}

/** Ends a key at once. False when there is none to end. */
export async function revokeServiceKey(
  deps: Recording,
  organisationId: string,
  id: string,
  by: Actor,
): Promise<boolean> {
  const row = (await listServiceKeys(deps, organisationId)).find((it) => it.id === id)
  if (!row || row.revokedAt) return false
  await recordKey(deps, row, by, 'service_key.revoked')
  return deps.store.revokeServiceKey(organisationId, id, deps.now())
}

async function recordKey(
  deps: Recording,
  { organisationId, id, name, prefix, scopes, connections }: ServiceKeyRow,
  actor: Actor,
  action: AuditAction,
  more: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const details = { key: id, name, prefix, scopes, ...(connections ? { connections } : {}), ...more }
  await record(deps, { organisationId, actor, action, details })
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
