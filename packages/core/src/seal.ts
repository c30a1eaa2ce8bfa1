import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { ConfigError, type Env } from './config.ts'
import type { DataKeyRow, Store } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { ConnectionRow } from './types.ts'

/** The ring's keys: the first seals, all unseal. Each wraps the data keys of connections, never a token itself. */
export type KeyRing = {
  readonly activeId: string
  readonly ids: readonly string[]
  wrap(dataKey: Buffer, owner: string): Promise<string>
  /** Throws `keys_missing` when the ring lacks the key, `sealed_altered` when the text was altered or moved. */
  unwrap(wrapped: string, owner: string): Promise<Buffer>
}

/** What a sealed text belongs to. Opened with any other, it does not open. */
export type SealContext = {
  readonly connectionId: string
  readonly purpose: 'refresh-token' | 'access-token' | 'code-verifier'
  /** Generation, cache key or attempt: tells two texts of one purpose apart. */
  readonly subject: string | number
}

/**
 * Reads the ring from `CONSENTRY_KEYS` or the file named by `CONSENTRY_KEYS_FILE`: `id:base64-of-32-bytes`, several
 * separated by commas or lines. Throws `ConfigError`.
 */
export function readKeyRing(env: Env): KeyRing {
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
  'CONSENTRY_KEYS: is missing; set id:base64-of-32-bytes (make one with: consentry keys generate), or CONSENTRY_KEYS_FILE'

function readEntries(env: Env, name: string): string {
  if (name === 'CONSENTRY_KEYS') return env.CONSENTRY_KEYS ?? ''
  const file = env.CONSENTRY_KEYS_FILE?.trim()
  if (!file) {
    if (env.CONSENTRY_KEY_VAULT_KEY?.trim()) {
      throw new ConfigError(
        'CONSENTRY_KEY_VAULT_KEY: is not supported by this version; set CONSENTRY_KEYS or CONSENTRY_KEYS_FILE',
      )
    }
    throw new ConfigError(MISSING)
  }
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
    activeId,
    ids: [...keys.keys()],
    async wrap(dataKey, owner) {
      return `${activeId}.${encrypt(find(activeId), dataKey, `data-key\n${owner}`)}`
    },
    async unwrap(wrapped, owner) {
      const split = wrapped.lastIndexOf('.')
      return decrypt(find(wrapped.slice(0, split)), wrapped.slice(split + 1), `data-key\n${owner}`)
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
  return { dataKey: await keys.wrap(randomBytes(32), ownerOf(owner)), dataKeyId: keys.activeId }
}

/** The same data key under the ring's active key. Throws `keys_missing` or `sealed_altered` when it does not open. */
export async function rewrap(keys: KeyRing, connection: Owner & Pick<ConnectionRow, 'dataKey'>) {
  const owner = ownerOf(connection)
  const dataKey = await keys.unwrap(connection.dataKey, owner)
  return { dataKey: await keys.wrap(dataKey, owner), dataKeyId: keys.activeId }
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
  const dataKey = await keys.unwrap(connection.dataKey, ownerOf(connection))
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
  const dataKey = await keys.unwrap(connection.dataKey, ownerOf(connection))
  return decrypt(dataKey, sealed, associate({ ...context, connectionId: connection.id })).toString('utf8')
}

function associate(context: SealContext): string {
  return `${context.purpose}\n${context.connectionId}\n${context.subject}`
}

// AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D): nonce, ciphertext and tag in one base64url text.
function encrypt(key: Buffer, plain: Buffer, associated: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

function decrypt(key: Buffer, sealed: string, associated: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(associated)).setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  } catch (cause) {
    throw new ConsentryError('sealed_altered', { cause })
  }
}

/**
 * Throws `keys_missing` when stored connections need a key that the ring lacks, and `keys_wrong` when one of its keys
 * opens nothing of what was sealed under its name.
 */
export async function checkKeyRing(deps: {
  readonly store: Pick<Store, 'countByDataKey' | 'sampleDataKeys'>
  readonly keys: KeyRing
}): Promise<void> {
  const needed = (await deps.store.countByDataKey()).filter((it) => it.rows > 0).map((it) => it.id)
  const lacking = needed.filter((id) => !deps.keys.ids.includes(id))
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
  } catch {
    return false
  }
}
