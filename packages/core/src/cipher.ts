import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

import { ConsentryError } from './errors.ts'

// AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D): nonce, ciphertext and tag in one base64url text.
/** Seals bytes under a key, bound to what they belong to. */
export function encrypt(key: Buffer, plain: Buffer, associated: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

/** Opens what `encrypt` made for the same. Throws `sealed_altered`. */
export function decrypt(key: Buffer, sealed: string, associated: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(associated)).setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  } catch (cause) {
    throw new ConsentryError('sealed_altered', { cause })
  }
}
