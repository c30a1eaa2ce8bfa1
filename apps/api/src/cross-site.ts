import { ConsentryError } from '@consentry/core'
import type { Request } from 'express'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const OWN_SITES = new Set(['same-origin', 'none'])

/**
 * Throws `cross_site` when a page of another site makes the browser write with the session cookie. Browsers tell where
 * a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; a client that sends neither is no browser, and
 * nobody can make it send somebody else's cookie.
 */
export function refuseCrossSite(request: Request, ownOrigin: string): void {
  if (SAFE.has(request.method)) return
  const site = request.get('sec-fetch-site')
  const origin = request.get('origin')
  const own =
    site === undefined ? origin === undefined || isOwn(origin, request, ownOrigin) : OWN_SITES.has(site)
  if (!own) throw new ConsentryError('cross_site')
}

function isOwn(origin: string, request: Request, ownOrigin: string): boolean {
  if (origin === ownOrigin) return true
  // On this machine the console may be opened under 127.0.0.1 as well as under localhost.
  const url = URL.canParse(origin) ? new URL(origin) : null
  return url !== null && isLoopbackHost(url.hostname) && url.host === request.get('host')
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
