import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'

import type { Config } from './config.ts'
import type { Deps } from './deps.ts'
import { isLoopback } from './microsoft/clouds.ts'
import { field, MINUTE, SECOND, send, textField } from './microsoft/http.ts'

/** Identity providers that many organisations use; who runs Consentry adds others with `CONSENTRY_ISSUERS`. */
export const KNOWN_ISSUERS: readonly string[] = [
  'https://login.microsoftonline.com',
  'https://sts.windows.net',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
  'https://sts.chinacloudapi.cn',
  'https://accounts.google.com',
  // Google's keys and tokens.
  'https://www.googleapis.com',
  'https://oauth2.googleapis.com',
  'https://token.actions.githubusercontent.com',
]

/** Whether an entry is an https origin, `https://*.` and a domain, or http on this machine. */
export function isIssuerEntry(entry: string): boolean {
  const url = URL.canParse(entry.replace('://*.', '://')) ? new URL(entry.replace('://*.', '://')) : null
  if (!url || url.pathname !== '/' || url.search || url.hash || url.username) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url) && !entry.includes('*'))
}

/**
 * Whether Consentry may send a request there on behalf of an organisation: only to hosts that whoever runs it allows, so
 * that nobody can make it reach into the network it stands in.
 */
export function isAllowedIssuer({ issuers }: Pick<Config, 'issuers'>, address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.username || url.password || url.hash) return false
  return [...KNOWN_ISSUERS, ...issuers].some((entry) => {
    const [scheme, host = ''] = entry.replace(/\/$/, '').split('://')
    if (`${scheme}:` !== url.protocol) return false
    return host.startsWith('*.') ? url.host.endsWith(host.slice(1)) : url.host === host
  })
}

type Known = { readonly keys: JWTVerifyGetKey | null; readonly until: number }

const known = new WeakMap<Deps['fetch'], Map<string, Known>>()
const PATIENCE = 5 * SECOND

/**
 * The keys that an issuer signs with, by its own discovery document (OpenID Connect Discovery 1.0, 4). Null when the
 * issuer is not allowed, cannot be reached, or names itself otherwise; looked at again after half a minute.
 */
export async function keysOfIssuer(
  deps: Pick<Deps, 'fetch' | 'config' | 'now'>,
  issuer: string,
): Promise<JWTVerifyGetKey | null> {
  if (!isAllowedIssuer(deps.config, issuer)) return null
  const cache = known.get(deps.fetch) ?? new Map<string, Known>()
  known.set(deps.fetch, cache)
  const now = deps.now().getTime()
  const found = cache.get(issuer)
  if (found && found.until > now) return found.keys
  const keys = await discover(deps, issuer)
  cache.set(issuer, { keys, until: now + (keys ? 10 * MINUTE : 30 * SECOND) })
  return keys
}

async function discover({ fetch, config }: Pick<Deps, 'fetch' | 'config'>, issuer: string) {
  const at = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await send(fetch, at, { timeoutMs: PATIENCE })
  const jwks = textField(answer.json, 'jwks_uri')
  if (answer.status !== 200 || field(answer.json, 'issuer') !== issuer || !jwks) return null
  if (!isAllowedIssuer(config, jwks)) return null
  return createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: PATIENCE,
    [customFetch]: (url, options) => fetch(url, { ...options, redirect: 'manual' }),
  })
}
