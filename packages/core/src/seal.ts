import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { decrypt, encrypt } from './cipher.ts'
import { ConfigError, type Env } from './config.ts'
import type { DataKeyRow, Store } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { ConnectionRow } from './types.ts'
import { readVaultKey } from './vault-key.ts'
import { openVault, type VaultWorld } from './vault.ts'

/** The ring's keys: one seals, all unseal. Each wraps the data keys of connections, never a token itself. */
export type KeyRing = {
  /** The keys that are in the configuration itself. A vault's are known by `opens` alone. */
  readonly ids: readonly string[]
  /** Whether a key of this id is one of the ring's. */
  opens(id: string): boolean
  /** The key that seals. A vault is asked for its newest version: throws `vault_away`, `vault_refused`. */
  activeId(): Promise<string>
  /** Seals a secret for its owner: the id of the key, a dot, and what only that key opens. */
  wrap(secret: Buffer, owner: string): Promise<string>
  /**
   * Throws `keys_missing` when the ring lacks the key, `sealed_altered` when the text was altered or moved,
   * `vault_away` when the vault that has the key does not answer, `vault_refused` when it answers that it will not.
   */
  unwrap(wrapped: string, owner: string): Promise<Buffer>
}

/** Which key wrapped it. */
export function keyIdOf(wrapped: string): string {
  return wrapped.slice(0, wrapped.lastIndexOf('.'))
}

/** What a sealed text belongs to. Opened with any other, it does not open. */
export type SealContext = {
  readonly connectionId: string
  readonly purpose: 'refresh-token' | 'access-token' | 'code-verifier' | 'application'
  /** Generation, cache key, attempt or client id: tells two texts of one purpose apart. */
  readonly subject: string | number
}

/**
 * Reads the ring: the key vault's key of `CONSENTRY_KEY_VAULT_KEY`, which then seals, and the keys of `CONSENTRY_KEYS`
 * or the file named by `CONSENTRY_KEYS_FILE` (`id:base64-of-32-bytes`, several separated by commas or lines). Nothing
 * is asked of the vault yet. Throws `ConfigError`.
 */
export function readKeyRing(env: Env, world?: VaultWorld): KeyRing {
  const key = readVaultKey(env)
  if (!key) return readLocalRing(env)
  if (!world) throw new TypeError('A key vault is reached with fetch and a clock.')
  const vault = openVault(key, world)
  const hasLocal = Boolean(env.CONSENTRY_KEYS?.trim() || env.CONSENTRY_KEYS_FILE?.trim())
  return hasLocal ? joined(vault, readLocalRing(env)) : vault
}

/** The ring of both that seals with `CONSENTRY_KEYS` again, to leave the vault. Throws `ConfigError` without both. */
export function readRingOnLeaving(env: Env, world: VaultWorld): KeyRing {
  const key = readVaultKey(env)
  if (!key)
    throw new ConfigError('CONSENTRY_KEY_VAULT_KEY: is missing; keep it set until all is moved away from it')
  return joined(readLocalRing(env), openVault(key, world))
}

/** Seals with the one and opens with both. */
function joined(sealing: KeyRing, other: KeyRing): KeyRing {
  return {
    ids: [...sealing.ids, ...other.ids],
    opens: (id) => sealing.opens(id) || other.opens(id),
    activeId: () => sealing.activeId(),
    wrap: (secret, owner) => sealing.wrap(secret, owner),
    unwrap: (wrapped, owner) => (sealing.opens(keyIdOf(wrapped)) ? sealing : other).unwrap(wrapped, owner),
  }
}

function readLocalRing(env: Env): KeyRing {
  const name = env.CONSENTRY_KEYS?.trim() ? 'CONSENTRY_KEYS' : 'CONSENTRY_KEYS_FILE'
  const entries = readEntries(env, name)
    .split(/[,\s]+/)
    .filter((it) => it !== '')
    .map((entry) => readEntry(entry, name))
  const first = entries[0]
  if (!first) throw new ConfigError(MISSING)
  const keys = new Map(entries)
  if (keys.size < entries.length)
    throw new ConfigError(`${name}: names a key twice; give each key its own id`)
  return keyRing(first[0], keys)
}

const MISSING =
  'CONSENTRY_KEYS: is missing; set id:base64-of-32-bytes (make one with: consentry keys generate), CONSENTRY_KEYS_FILE, or CONSENTRY_KEY_VAULT_KEY'

function readEntries(env: Env, name: string): string {
  if (name === 'CONSENTRY_KEYS') return env.CONSENTRY_KEYS ?? ''
  const file = env.CONSENTRY_KEYS_FILE?.trim()
  if (!file) throw new ConfigError(MISSING)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new ConfigError(`CONSENTRY_KEYS_FILE: the file cannot be read; set the path of a readable key file`)
  }
}

function readEntry(entry: string, name: string): [string, Buffer] {
  const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]+={0,2})$/.exec(entry) ?? []
  const key = Buffer.from(encoded ?? '', 'base64')
  if (!id || key.length !== 32) {
    throw new ConfigError(
      `${name}: has an entry that is not id:base64-of-32-bytes; make one with: consentry keys generate`,
    )
  }
  return [id, key]
}

function keyRing(activeId: string, keys: ReadonlyMap<string, Buffer>): KeyRing {
  function find(id: string): Buffer {
    const key = keys.get(id)
    if (!key) throw new ConsentryError('keys_missing', { values: { id } })
    return key
  }
  return {
    ids: [...keys.keys()],
    opens: (id) => keys.has(id),
    activeId: async () => activeId,
    async wrap(secret, owner) {
      return `${activeId}.${encrypt(find(activeId), secret, `data-key\n${owner}`)}`
    },
    async unwrap(wrapped, owner) {
      const id = keyIdOf(wrapped)
      return decrypt(find(id), wrapped.slice(id.length + 1), `data-key\n${owner}`)
    },
  }
}

/** A new ring entry, `id:base64`; the id carries the day, so that operators can tell old from new. */
export function generateKeyEntry(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  return `k${day}-${randomBytes(3).toString('hex')}:${randomBytes(32).toString('base64')}`
}

type Owner = Pick<ConnectionRow, 'organisationId' | 'microsoftId'>
type Sealed = Owner & Pick<ConnectionRow, 'id' | 'dataKey'>

/** A connection's own data key, wrapped by the ring's active key. */
export async function newDataKey(keys: KeyRing, owner: Owner) {
  return withKeyId(await keys.wrap(randomBytes(32), ownerOf(owner)))
}

/** The same data key under the ring's active key. Throws `keys_missing` or `sealed_altered` when it does not open. */
export async function rewrap(keys: KeyRing, connection: Owner & Pick<ConnectionRow, 'dataKey'>) {
  const owner = ownerOf(connection)
  const dataKey = await keys.unwrap(connection.dataKey, owner)
  return withKeyId(await keys.wrap(dataKey, owner))
}

function withKeyId(dataKey: string) {
  return { dataKey, dataKeyId: keyIdOf(dataKey) }
}

/** Whom a data key belongs to: it stays true when a disconnected connection comes back under its old id. */
function ownerOf({ organisationId, microsoftId }: Owner): string {
  return `${organisationId}\n${microsoftId}`
}

/** Seals with the connection's data key. */
export async function seal(
  keys: KeyRing,
  connection: Sealed,
  context: Omit<SealContext, 'connectionId'>,
  text: string,
) {
  const dataKey = await dataKeyOf(keys, connection)
  return encrypt(dataKey, Buffer.from(text, 'utf8'), associate({ ...context, connectionId: connection.id }))
}

/**
 * Opens what `seal` made for the same connection, purpose and subject. Throws `keys_missing`, or `sealed_altered` when
 * anything was altered or moved.
 */
export async function unseal(
  keys: KeyRing,
  connection: Sealed,
  context: Omit<SealContext, 'connectionId'>,
  sealed: string,
) {
  const dataKey = await dataKeyOf(keys, connection)
  return decrypt(dataKey, sealed, associate({ ...context, connectionId: connection.id })).toString('utf8')
}

const opened = new WeakMap<KeyRing, WeakMap<Sealed, Promise<Buffer>>>()

// Opened once for each row that was read: what a redemption brought can then be sealed whatever became of the vault
// since the sign-in was opened for it. It is forgotten with the row.
async function dataKeyOf(keys: KeyRing, connection: Sealed): Promise<Buffer> {
  const rows = opened.get(keys) ?? new WeakMap<Sealed, Promise<Buffer>>()
  opened.set(keys, rows)
  const dataKey = rows.get(connection) ?? keys.unwrap(connection.dataKey, ownerOf(connection))
  rows.set(connection, dataKey)
  try {
    return await dataKey
  } catch (error) {
    rows.delete(connection)
    throw error
  }
}

function associate(context: SealContext): string {
  return `${context.purpose}\n${context.connectionId}\n${context.subject}`
}

/**
 * Throws `keys_missing` when stored connections need a key that the ring lacks, and `keys_wrong` when one of its keys
 * opens nothing of what was sealed under its name; `vault_away` and `vault_refused` when a vault has the keys and they
 * cannot be used.
 */
export async function checkKeyRing(deps: {
  readonly store: Pick<Store, 'countByDataKey' | 'sampleDataKeys'>
  readonly keys: KeyRing
}): Promise<void> {
  await deps.keys.activeId()
  const needed = (await deps.store.countByDataKey()).filter((it) => it.rows > 0).map((it) => it.id)
  const lacking = needed.filter((id) => !deps.keys.opens(id))
  if (lacking.length > 0) throw new ConsentryError('keys_missing', { values: { id: lacking.join(', ') } })
  for (const id of needed) {
    const samples = await deps.store.sampleDataKeys(id, SAMPLES)
    if (samples.length > 0 && !(await opensAny(deps.keys, samples)))
      throw new ConsentryError('keys_wrong', { values: { id } })
  }
}

/** One data key alone may have been altered; that is its connection's misfortune and not the deployment's. */
const SAMPLES = 10

async function opensAny(keys: KeyRing, rows: readonly DataKeyRow[]): Promise<boolean> {
  for (const row of rows) if (await opens(keys, row)) return true
  return false
}

async function opens(keys: KeyRing, row: DataKeyRow): Promise<boolean> {
  try {
    await keys.unwrap(row.dataKey, ownerOf(row))
    return true
  } catch (error) {
    // What the vault does not do now says nothing of the row.
    if (isVaultFault(error)) throw error
    return false
  }
}

/** Whether it is the vault that cannot or will not, and not what is stored. */
export function isVaultFault(error: unknown): boolean {
  return error instanceof ConsentryError && (error.code === 'vault_away' || error.code === 'vault_refused')
}
