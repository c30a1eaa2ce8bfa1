import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits as text that is safe in addresses and cookies. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** SHA-256 of a random token, the only form in which it is stored; such tokens need no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Tells one access token from another without being of use: the first 96 bits of its SHA-256, in hex. */
export function tokenIdOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 24)
}

/** Compares two texts in a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(one).digest(),
    createHash('sha256').update(other).digest(),
  )
}
