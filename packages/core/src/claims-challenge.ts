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

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
