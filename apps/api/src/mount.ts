import { ConsentryError } from '@consentry/core'
import express, { Router, type Request, type RequestHandler, type Response } from 'express'

import { ACCESS } from './access.ts'
import { addressOf, countedAs } from './address.ts'
import { authorize, identify, type Caller } from './callers.ts'
import type { Context } from './context.ts'
import { refuseCrossSite } from './cross-site.ts'
import { faultOf } from './input-faults.ts'
import { malformed, sendJson } from './problem-json.ts'
import type { Answer, Route } from './route.ts'

export const API = '/api/v1'

/** Puts the operations on a router, each behind identity, access, limits and validation, in this order. */
export function mountRoutes(context: Context, routes: readonly Route[]): Router {
  const router = Router({ caseSensitive: true })
  for (const [path, group] of Map.groupBy(routes, (it) => methodAndPath(it).path)) {
    const at = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'))
    const methods = group.map((it) => methodAndPath(it).method)
    for (const it of group) at[methodAndPath(it).method](handlerOf(context, it))
    at.all((_request, response) => {
      response.set('allow', methods.map((it) => it.toUpperCase()).join(', '))
      throw new ConsentryError('method_not_allowed')
    })
  }
  return router
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** `GET /me` as its two parts. */
export function methodAndPath(route: Route): { method: Method; path: string } {
  const [method = '', path = ''] = route.operation.split(' ')
  // The operation's own type allows these five methods only.
  return { method: method.toLowerCase() as Method, path }
}

function handlerOf(context: Context, route: Route): RequestHandler {
  const { path } = methodAndPath(route)
  return async (request, response) => {
    response.locals.route = API + path
    response.set('cache-control', 'no-store')
    const caller = await admit(context, route, request)
    const input = { query: request.query, body: await readBody(route, request, response) }
    const fault = faultOf({ ...input, params: request.params })
    if (fault !== null) throw malformed(fault)
    // Paths of the table have named parameters only, never repeated ones.
    const params = request.params as Record<string, string>
    const answer = await route.handle({ context, caller, params, request, response }, input)
    if (answer) send(response, answer)
  }
}

async function admit(context: Context, route: Route, request: Request): Promise<Caller> {
  const caller = await identify(context.deps, context.auth, request)
  if (!caller) {
    await context.limiters.stranger(countedAs(addressOf(request)))
    throw new ConsentryError('unauthenticated')
  }
  if (caller.kind === 'member') refuseCrossSite(request, new URL(context.config.url).origin)
  authorize(caller, ACCESS[route.operation])
  const subject = caller.kind === 'member' ? caller.person.id : caller.key.id
  const limiter = route.operation === 'POST /connections/{id}/token' ? 'tokens' : 'caller'
  await context.limiters[limiter](subject)
  return caller
}

const parseJson = express.json({ limit: 100 * 1024 })

/** The body as JSON, `{}` when there is none; undefined for operations that take none. */
async function readBody(route: Route, request: Request, response: Response): Promise<unknown> {
  if (!route.body) return undefined
  if (!hasBody(request)) return {}
  if (!request.is('application/json'))
    throw malformed('The body is not marked as Content-Type: application/json.')
  await new Promise<void>((resolve, reject) => {
    parseJson(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
  })
  return request.body ?? {}
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  )
}

function send(response: Response, answer: Answer): void {
  response.set({ ...answer.headers })
  if (answer.body === undefined) response.status(answer.status).end()
  else sendJson(response, answer.status, answer.body)
}
