import { ConsentryError } from '@consentry/core'
import { CLIENT_ADDRESS_HEADER } from '@consentry/db'
import { toNodeHandler } from 'better-auth/node'
import type { RequestHandler } from 'express'

import type { Context } from './context.ts'
import { refuseCrossSite } from './cross-site.ts'

/** What of the sign-in library is used. Everything else that it can do answers as if it were not there. */
const USED: ReadonlySet<string> = new Set([
  'POST /sign-in/email',
  'POST /sign-out',
  'GET /get-session',
  'POST /change-password',
  'POST /request-password-reset',
  'POST /reset-password',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
  'POST /two-factor/generate-backup-codes',
  'GET /passkey/generate-register-options',
  'POST /passkey/verify-registration',
  'GET /passkey/generate-authenticate-options',
  'POST /passkey/verify-authentication',
  'GET /passkey/list-user-passkeys',
  'POST /passkey/update-passkey',
  'POST /passkey/delete-passkey',
])

/** Reading who is signed in costs nothing and is asked on every page. */
const FREE: ReadonlySet<string> = new Set(['GET /get-session', 'POST /sign-out'])

/** Sign-in, mounted before any body parser: the library reads the stream itself. */
export function signIn({ auth, config, deps, limiters }: Context): RequestHandler {
  const handle = toNodeHandler({ handler: async (request) => withoutTokens(await auth.handler(request)) })
  const { origin } = new URL(config.url)
  return async (request, response) => {
    response.locals.route = '/api/auth'
    response.set('cache-control', 'no-store')
    const operation = `${request.method} ${request.path.slice('/api/auth'.length)}`
    if (!USED.has(operation)) {
      await limiters.stranger(request.ip ?? '')
      throw new ConsentryError('not_found')
    }
    if (!FREE.has(operation)) await limiters.signIn(request.ip ?? '')
    request.headers[CLIENT_ADDRESS_HEADER] = request.ip
    // Whether a write comes from another site is decided by one rule here; the library's own refuses every caller
    // without an Origin, scripts among them.
    refuseCrossSite(request, origin)
    // It would answer 500 for a database that is away.
    await deps.store.ping()
    request.headers.origin = origin
    await handle(request, response)
  }
}

// The session's token travels in its HttpOnly cookie alone: in a body any script of the page could read it.
async function withoutTokens(response: Response): Promise<Response> {
  if (!response.headers.get('content-type')?.includes('json')) return response
  const body: unknown = await response.json().catch(() => null)
  return new Response(JSON.stringify(strip(body)), { status: response.status, headers: headersOf(response) })
}

function strip(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { token: _token, ...rest }: { token?: unknown; session?: unknown } = value
  return 'session' in rest ? { ...rest, session: strip(rest.session) } : rest
}

function headersOf({ headers }: Response): Headers {
  const kept = new Headers(headers)
  kept.delete('content-length')
  kept.set('cache-control', 'no-store')
  return kept
}
