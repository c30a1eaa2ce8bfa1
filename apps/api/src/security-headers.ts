import { randomBytes } from 'node:crypto'

import type { Config } from '@consentry/core'
import type { RequestHandler, Response } from 'express'
import helmet from 'helmet'

/**
 * Security headers of every answer. `form-action` names Microsoft's login because browsers apply it to where a form's
 * answer redirects, too.
 */
export function securityHeaders(config: Config): RequestHandler[] {
  const secure = config.url.startsWith('https:')
  return [makeNonce, helmetFor(new URL(config.microsoft.login).origin, secure), denyDevices]
}

// Nothing here needs them; helmet has no word for this header.
const DEVICES = ['camera', 'display-capture', 'geolocation', 'microphone', 'midi', 'payment', 'serial', 'usb']
const NO_DEVICES = DEVICES.map((it) => `${it}=()`).join(', ')

function denyDevices(_request: unknown, response: Response, next: () => void): void {
  response.set('permissions-policy', NO_DEVICES)
  next()
}

function makeNonce(_request: unknown, response: Response, next: () => void): void {
  response.locals.nonce = randomBytes(16).toString('base64')
  next()
}

/** This answer's nonce for inline styles. */
export function nonceOf(response: Response): string {
  return String(response.locals.nonce)
}

function helmetFor(login: string, secure: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // helmet hands over node's response; it is the same object that Express extended.
        styleSrc: ["'self'", (_request, response) => `'nonce-${nonceOf(response as Response)}'`],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'", login],
      },
    },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
}
