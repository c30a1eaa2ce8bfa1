import type { App } from '../state.ts'

/**
 * The registered redirect URI that a request's one matches. Matching is exact, but on loopback over http the port is
 * ignored (RFC 8252 7.3; Entra "Redirect URI restrictions", localhost exceptions).
 */
export function matchRedirectUri(app: App, uri: string): { uri: string; type: 'web' | 'spa' } | undefined {
  return app.redirectUris.find((registered) => registered.uri === uri || sameLoopback(registered.uri, uri))
}

function sameLoopback(registered: string, asked: string): boolean {
  if (!URL.canParse(asked) || !URL.canParse(registered)) return false
  const [one, other] = [new URL(registered), new URL(asked)]
  const loopback = one.hostname === 'localhost' || one.hostname === '127.0.0.1'
  if (!loopback || one.protocol !== 'http:' || other.protocol !== 'http:') return false
  return one.hostname === other.hostname && one.pathname === other.pathname && one.search === other.search
}
