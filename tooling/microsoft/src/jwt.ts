import { sign, verify } from 'node:crypto'
import type { KeyRing, SigningKey } from './keys.ts'

export type Claims = Record<string, unknown>

/** A compact JWS with RS256 and the headers Entra sets: v1.0 tokens carry `x5t` beside `kid`. */
export function signJwt(claims: Claims, key: SigningKey, options: { x5t?: boolean } = {}): string {
  const header = { typ: 'JWT', alg: 'RS256', ...(options.x5t ? { x5t: key.kid } : {}), kid: key.kid }
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`
}

/** Claims of a token that one of the published keys has signed, or undefined. */
export function readJwt(token: string, keys: KeyRing): Claims | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.')
  try {
    const { kid, alg }: Claims = JSON.parse(Buffer.from(header, 'base64url').toString())
    const key = typeof kid === 'string' && alg === 'RS256' ? keys.find(kid) : undefined
    const bytes = Buffer.from(signature, 'base64url')
    if (!key || !verify('sha256', Buffer.from(`${header}.${payload}`), key.publicKey, bytes)) return undefined
    const claims: Claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return claims
  } catch {
    return undefined
  }
}

/** The same token with a signature that doesn't fit. */
export function spoilSignature(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  return `${header}.${payload}.${Buffer.from(signature, 'base64url').reverse().toString('base64url')}`
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
