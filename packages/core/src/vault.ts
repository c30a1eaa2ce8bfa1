import { createHash, hkdfSync, randomBytes } from 'node:crypto'

import { decrypt, encrypt } from './cipher.ts'
import { ConsentryError } from './errors.ts'
import { MINUTE } from './microsoft/http.ts'
import type { KeyRing } from './seal.ts'
import { vaultClient, type VaultClient, type VaultWorld } from './vault-client.ts'
import type { VaultKey } from './vault-key.ts'

export type { VaultWorld } from './vault-client.ts'

/** How long a key is used without asking the vault again, how long at most while it is away, and how many are kept. */
const FRESH = 10 * MINUTE
const LONGEST = 240 * MINUTE
const KEPT = 10_000

const RSA = 1
const SYMMETRIC = 2
const ALGORITHM = { [RSA]: 'RSA-OAEP-256', [SYMMETRIC]: 'A256KW' } as const
type Kind = keyof typeof ALGORITHM

/**
 * A ring of one vault key, whose versions are its ids (`name/version`). Each secret is sealed under a fresh key, which
 * the vault wraps. Anybody can wrap with the public half of an RSA key, so what is sealed is bound to a signature that
 * only the vault makes, too: a key that somebody else put into the database does not open.
 */
export function openVault(key: VaultKey, world: VaultWorld): KeyRing {
  const client = vaultClient(key, world)
  const kept = keepKeys(world)
  const bindings = new Map<string, Promise<Buffer>>()
  const current = currentVersion(client, world)

  function binding(version: string): Promise<Buffer> {
    const known = bindings.get(version) ?? client.operate('sign', version, 'RS256', BINDING_DIGEST)
    bindings.set(version, known)
    known.catch(() => bindings.delete(version))
    return known
  }

  async function sealingKey(kind: Kind, version: string, secret: Buffer): Promise<Buffer> {
    const salt = kind === RSA ? await binding(version) : Buffer.alloc(0)
    return Buffer.from(hkdfSync('sha256', secret, salt, LABEL, 32))
  }

  async function wrapWith(version: string, symmetric: boolean, secret: Buffer, owner: string) {
    const kind = symmetric ? SYMMETRIC : RSA
    const fresh = randomBytes(32)
    const carried = await client.operate('wrapkey', version, ALGORITHM[kind], fresh)
    const head = Buffer.from([kind, carried.length >> 8, carried.length & 0xff])
    const sealed = encrypt(await sealingKey(kind, version, fresh), secret, associate(owner))
    const text = Buffer.concat([head, carried, Buffer.from(sealed, 'base64url')]).toString('base64url')
    return `${key.name}/${version}.${text}`
  }

  return {
    ids: [],
    opens: (id) => id.startsWith(`${key.name}/`),
    activeId: async () => `${key.name}/${(await current.get()).version}`,
    async wrap(secret, owner) {
      const { version, symmetric } = await current.get()
      try {
        return await wrapWith(version, symmetric, secret, owner)
      } catch (error) {
        if (!(error instanceof ConsentryError) || error.code === 'vault_away') throw error
        // That version may have been put out of use since it was the newest.
        const newest = await current.ask()
        if (newest.version === version) throw error
        return wrapWith(newest.version, newest.symmetric, secret, owner)
      }
    },
    async unwrap(wrapped, owner) {
      const { version, kind, carried, sealed } = read(wrapped, key.name)
      const opener = await kept.get(`${version}.${carried.toString('base64url')}`, async () => {
        const secret = await client.operate('unwrapkey', version, ALGORITHM[kind], carried)
        return sealingKey(kind, version, secret)
      })
      return decrypt(opener, sealed, associate(owner))
    },
  }
}

const LABEL = 'consentry key vault 1'
const BINDING_DIGEST = createHash('sha256').update('consentry key vault binding 1').digest()

function associate(owner: string): string {
  return `data-key\n${owner}`
}

/** Kind, length of the wrapped key, wrapped key, what is sealed under it. */
function read(wrapped: string, name: string) {
  const [, version, text] = /^[^/.]+\/([0-9a-f]{32})\.([\w-]+)$/.exec(wrapped) ?? []
  if (!wrapped.startsWith(`${name}/`))
    throw new ConsentryError('keys_missing', { values: { id: wrapped.slice(0, wrapped.lastIndexOf('.')) } })
  const bytes = Buffer.from(text ?? '', 'base64url')
  const kind = bytes[0]
  if (!version || bytes.length < 3 || (kind !== RSA && kind !== SYMMETRIC))
    throw new ConsentryError('sealed_altered')
  const end = 3 + bytes.readUInt16BE(1)
  const carried = bytes.subarray(3, end)
  return { version, kind, carried, sealed: bytes.subarray(end).toString('base64url') } as const
}

/** The version that wraps: asked for again after five minutes; while the vault is away the last known goes on. */
function currentVersion(client: VaultClient, { now }: VaultWorld) {
  let known: { readonly version: string; readonly symmetric: boolean; readonly at: number } | null = null
  async function ask() {
    known = { ...(await client.describe()), at: now().getTime() }
    return known
  }
  async function get() {
    if (known && now().getTime() - known.at < 5 * MINUTE) return known
    try {
      return await ask()
    } catch (error) {
      if (known && isAway(error)) return known
      throw error
    }
  }
  return { ask, get }
}

function isAway(error: unknown): boolean {
  return error instanceof ConsentryError && error.code === 'vault_away'
}

/**
 * Keys in memory, those longest not asked for forgotten first. After ten minutes the vault is asked again, so that a right that was
 * taken away takes effect; one that does not answer leaves them usable for four hours since it last did.
 */
function keepKeys({ now }: VaultWorld) {
  const keys = new Map<string, { readonly key: Buffer; readonly at: number }>()
  const asking = new Map<string, Promise<Buffer>>()

  function forget(id: string): void {
    keys.get(id)?.key.fill(0)
    keys.delete(id)
  }
  function sweep(): void {
    const before = now().getTime() - LONGEST
    for (const [id, { at }] of keys) if (at <= before || keys.size > KEPT) forget(id)
  }
  function ask(id: string, open: () => Promise<Buffer>): Promise<Buffer> {
    const under = asking.get(id) ?? open().finally(() => asking.delete(id))
    asking.set(id, under)
    return under
  }

  return {
    async get(id: string, open: () => Promise<Buffer>): Promise<Buffer> {
      const known = keys.get(id)
      if (known && now().getTime() - known.at < FRESH) return Buffer.from(known.key)
      try {
        const key = await ask(id, open)
        keys.delete(id)
        keys.set(id, { key: Buffer.from(key), at: now().getTime() })
        sweep()
        return key
      } catch (error) {
        if (known && isAway(error) && now().getTime() - known.at < LONGEST) return Buffer.from(known.key)
        forget(id)
        throw error
      }
    },
  }
}
