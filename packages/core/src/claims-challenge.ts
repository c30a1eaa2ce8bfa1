import type { Answer } from './microsoft/http.ts'

/**
 * A claims challenge as the token endpoint wants it, JSON text, from that or from the base64 of a `WWW-Authenticate`
 * header (learn.microsoft.com/entra/identity-platform/claims-challenge). Null when it is no JSON object either way.
 */
export function readChallenge(text: string): string | null {
  if (isJsonObject(text)) return text
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null
  const decoded = Buffer.from(text, 'base64').toString('utf8')
  return isJsonObject(decoded) ? decoded : null
}

/** The challenge that a resource answered a token with, as JSON text; null when it answered something else. */
export function challengeOf({ status, headers }: Pick<Answer, 'status' | 'headers'>): string | null {
  const header = headers.get('www-authenticate') ?? ''
  if (status !== 401 || !/\berror="?insufficient_claims\b/.test(header)) return null
  return readChallenge(/\bclaims="([^"]+)"/.exec(header)?.[1] ?? '')
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
