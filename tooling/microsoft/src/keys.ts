import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { certificateDer } from './certificate.ts'

export type SigningKey = {
  kid: string
  privateKey: KeyObject
  publicKey: KeyObject
  /** The JWK fields Microsoft publishes, without `issuer`. */
  jwk: { kty: 'RSA'; use: 'sig'; kid: string; x5t: string; n: string; e: string; x5c: string[] }
}

export type KeyRing = {
  /** Published keys, the signing one first. */
  published(): readonly SigningKey[]
  current(): SigningKey
  find(kid: string): SigningKey | undefined
  /** Signs with a new key from now on; the last `keep` others stay published. */
  rotate(keep?: number): void
}

const processKeys: SigningKey[] = []

/** Makes a key once per process: a simulator per test must not cost an RSA key each. */
function processKey(index: number): SigningKey {
  const known = processKeys[index]
  if (known) return known
  const key = createSigningKey()
  processKeys[index] = key
  return key
}

function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = certificateDer({ privateKey, publicKey, commonName: 'accounts.accesscontrol.windows.net' })
  const kid = createHash('sha1').update(der).digest('base64url')
  const { n = '', e = 'AQAB' } = publicKey.export({ format: 'jwk' })
  const x5c = [der.toString('base64')]
  return { kid, privateKey, publicKey, jwk: { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e, x5c } }
}

/** Microsoft's signing keys: one at first, more by `rotate`. */
export function createKeyRing(): KeyRing {
  let used = 1
  let keys: SigningKey[] | undefined
  function published(): SigningKey[] {
    return (keys ??= [processKey(0)])
  }
  function current(): SigningKey {
    const [key = processKey(0)] = published()
    return key
  }
  function find(kid: string): SigningKey | undefined {
    return published().find((key) => key.kid === kid)
  }
  function rotate(keep = 1): void {
    keys = [processKey(used), ...published().slice(0, keep)]
    used += 1
  }
  return { published, current, find, rotate }
}
