import { randomBytes } from 'node:crypto'

import type { CookieOptions, Request, Response } from 'express'

const DAY = 24 * 60 * 60 * 1000

/** One cookie of the request, or undefined. */
export function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split(/=(.*)/s)
    if (key === name && value !== undefined) return value
  }
  return undefined
}

// `__Host-` makes the browser itself refuse a copy planted by a sibling domain or over plain http (RFC 6265bis).
function browserCookieName(secure: boolean): string {
  return secure ? '__Host-consentry_browser' : 'consentry_browser'
}

// Lax, not Strict: the cookie has to come along when Microsoft sends the browser back.
function options(secure: boolean, path: string, maxAge: number): CookieOptions {
  return { httpOnly: true, secure, sameSite: 'lax', path, maxAge }
}

/** The random value that tells this browser from all others, if it has one. */
export function readBrowser(request: Request, secure: boolean): string | null {
  const value = readCookie(request, browserCookieName(secure))
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null
}

/** Gives the browser its value, or renews the one it has, so that several trips of one browser do not disturb each other. */
export function keepBrowser(request: Request, response: Response, secure: boolean): string {
  const browser = readBrowser(request, secure) ?? randomBytes(32).toString('base64url')
  response.cookie(browserCookieName(secure), browser, options(secure, '/', 30 * DAY))
  return browser
}

const TRIP = 'consentry_trip'

/** The link's token, kept by the browser that set off: the server has only its hash, and "try again" needs it. */
export function keepTrip(response: Response, token: string, secure: boolean): void {
  response.cookie(TRIP, token, options(secure, '/consent', 5 * DAY))
}

export function readTrip(request: Request): string | null {
  const token = readCookie(request, TRIP)
  return token !== undefined && /^[\w-]{20,200}$/.test(token) ? token : null
}
