import { ConsentryError } from '@consentry/core'
import { CLIENT_ADDRESS_HEADER } from '@consentry/db'
import { toNodeHandler } from 'better-auth/node'
import express, { type RequestHandler } from 'express'

import { addressOf, countedAs } from './address.ts'
import type { Auth } from './callers.ts'
import type { Context } from './context.ts'
import { refuseCrossSite } from './cross-site.ts'

const SIGN_IN = '/api/auth'
/** Every page of the console asks for it; it costs a look at one row, and nothing is written. */
const ASKED_OFTEN = '/get-session'

/** The sign-in library behind the server's own rules. What it answers stays its own, but for too many tries. */
export function signIn(context: Context): RequestHandler[] {
  return [admit(context), readText, hand(context)]
}

// The library would take a body of any size into memory, from anybody.
const readText = express.text({ type: () => true, limit: 100 * 1024, inflate: false })

function hand({ auth, config }: Context): RequestHandler {
  const { origin, host, protocol } = new URL(config.url)
  const handle = toNodeHandler(async (request: globalThis.Request) =>
    refuseTooMany(await auth.handler(request)),
  )
  return (request, response) => {
    // What it takes for its own address, and for where a caller comes from, is nobody's word but the configuration's.
    Object.assign(request.headers, { host, origin, 'x-forwarded-proto': protocol.slice(0, -1) })
    return handle(request, response)
  }
}

/** Refuses what the library need not see, and tells it where the caller is. */
function admit({ auth, config, deps, limiters }: Context): RequestHandler {
  const { origin } = new URL(config.url)
  const isKnown = knownPaths(auth)
  return async (request, response, next) => {
    response.locals.route = SIGN_IN
    // It notes a try under whatever path was asked for, in the database: one that is none would be a row each.
    const path = request.path.slice(SIGN_IN.length)
    if (!isKnown(path)) throw new ConsentryError('not_found')
    if (request.method !== 'GET' && request.method !== 'POST') {
      response.set('allow', 'GET, POST')
      throw new ConsentryError('method_not_allowed')
    }
    if (path !== ASKED_OFTEN) await limiters.stranger(countedAs(addressOf(request)))
    // It counts tries per address, and takes the address from this header alone, over whatever the caller sent.
    request.headers[CLIENT_ADDRESS_HEADER] = addressOf(request)
    // Whether a write comes from another site is decided by one rule here; its own refuses every caller without an
    // Origin, scripts among them.
    refuseCrossSite(request, origin)
    // It would answer 500 for a database that is away.
    await deps.store.ping()
    next()
  }
}

/** Its own refusal says when to try again under a name that no client knows. */
function refuseTooMany(answer: Response): Response {
  if (answer.status !== 429) return answer
  const retryAfterSeconds = Number(answer.headers.get('x-retry-after')) || 60
  throw new ConsentryError('too_many_requests', { retryAfterSeconds })
}

/** Tells the addresses that the library serves, read from the library itself, from all others. */
function knownPaths({ api }: Auth): (path: string) => boolean {
  const known = Object.values(api).flatMap((endpoint: unknown) => {
    const path = typeof endpoint === 'function' && 'path' in endpoint ? endpoint.path : undefined
    return typeof path === 'string' ? [new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)] : []
  })
  return (path) => known.some((it) => it.test(path))
}
