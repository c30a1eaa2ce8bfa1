import { ConsentryError } from '@consentry/core'
import { CLIENT_ADDRESS_HEADER } from '@consentry/db/sign-in'
import { toNodeHandler } from 'better-auth/node'
import express, { type RequestHandler } from 'express'

import { addressOf, countedAs } from './address.ts'
import type { Context } from './context.ts'
import { refuseCrossSite } from './cross-site.ts'
import { USED } from './sign-in-paths.ts'

const SIGN_IN = '/api/auth'
/** Every page of the console asks for the one, and nobody is kept from leaving. */
const FREE: ReadonlySet<string> = new Set(['GET /get-session', 'POST /sign-out'])

/** The sign-in library behind the server's own rules. */
export function signIn(context: Context): RequestHandler[] {
  return [admit(context), readText, hand(context)]
}

// The library would take a body of any size into memory, from anybody.
const readText = express.text({ type: () => true, limit: 100 * 1024, inflate: false })

function hand({ auth, config }: Context): RequestHandler {
  const { origin, host, protocol } = new URL(config.url)
  const handle = toNodeHandler({ handler: async (request) => withoutTokens(await auth.handler(request)) })
  return (request, response) => {
    // What it takes for its own address, and for where a caller comes from, is nobody's word but the configuration's.
    Object.assign(request.headers, { host, origin, 'x-forwarded-proto': protocol.slice(0, -1) })
    return handle(request, response)
  }
}

/** Refuses what the library need not see, and tells it where the caller is. */
function admit({ config, deps, limiters }: Context): RequestHandler {
  const { origin } = new URL(config.url)
  return async (request, response, next) => {
    response.locals.route = SIGN_IN
    response.set('cache-control', 'no-store')
    const address = addressOf(request)
    const path = request.path.slice(SIGN_IN.length)
    const operation = `${request.method} ${path}`
    if (!USED.has(operation)) {
      await limiters.stranger(countedAs(address))
      const allowed = ['GET', 'POST'].filter((method) => USED.has(`${method} ${path}`))
      if (allowed.length === 0) throw new ConsentryError('not_found')
      response.set('allow', allowed.join(', '))
      throw new ConsentryError('method_not_allowed')
    }
    if (!FREE.has(operation)) await limiters.signIn(countedAs(address))
    request.headers[CLIENT_ADDRESS_HEADER] = address
    // Whether a write comes from another site is decided by one rule here; the library's own refuses every caller
    // without an Origin, scripts among them.
    refuseCrossSite(request, origin)
    // It would answer 500 for a database that is away.
    await deps.store.ping()
    next()
  }
}

// The session's token travels in its HttpOnly cookie alone: in a body any script of the page could read it.
async function withoutTokens(response: Response): Promise<Response> {
  const headers = new Headers(response.headers)
  headers.set('cache-control', 'no-store')
  if (!headers.get('content-type')?.includes('json'))
    return new Response(response.body, { status: response.status, headers })
  headers.delete('content-length')
  const body: unknown = await response.json().catch(() => null)
  return new Response(JSON.stringify(strip(body)), { status: response.status, headers })
}

function strip(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { token: _token, ...rest }: { token?: unknown; session?: unknown } = value
  return 'session' in rest ? { ...rest, session: strip(rest.session) } : rest
}
