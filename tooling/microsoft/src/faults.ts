import { setTimeout as delay } from 'node:timers/promises'
import type { Call, Mutation } from './http.ts'
import type { HostName } from './urls.ts'
import type { World } from './world.ts'

/** What is to go wrong, where and how often. Everything in `on` must fit; nothing in it fits all requests. */
export type Fault = {
  on: { host?: HostName; route?: string; tenantId?: string; method?: string; grantType?: string }
  /** How many requests it hits; without limit by default. */
  times?: number
  /** Fitting requests to let pass first. */
  skip?: number
  then: FaultEffect
}

export type FaultEffect = {
  /** Answer this instead of running the route. */
  status?: number
  headers?: Record<string, string>
  body?: string
  json?: unknown
  /** Seconds for Retry-After, null for none. Alone it means status 429 with the host's own throttling body. */
  retryAfter?: number | null
  /** Wait, then go on. */
  delayMs?: number
  /** Cut the connection: before the route runs, after it ran, or in the middle of the body. */
  reset?: 'before' | 'after' | 'body'
  /** Deliver only the first half of the body, as if that were all. */
  truncate?: true
  /** Answer this AADSTS error (login host). */
  aadsts?: number
  /** Spoil an otherwise good token answer. */
  mutate?: Mutation
}

/** Thrown to cut the connection; in-process fetch turns it into the `TypeError` that a real one gives. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset'
}

/** Takes the first fault that fits the request, counting it. */
export function takeFault(world: World, call: Call, route: string): FaultEffect | undefined {
  const index = world.faults.findIndex((fault) => fits(fault, call, route))
  const fault = world.faults[index]
  if (!fault) return undefined
  if (fault.skip) {
    fault.skip -= 1
    return undefined
  }
  if (fault.times !== undefined) {
    fault.times -= 1
    if (fault.times <= 0) world.faults.splice(index, 1)
  }
  return fault.then
}

function fits({ on }: Fault, call: Call, route: string): boolean {
  if (on.host && on.host !== call.host) return false
  if (on.route && on.route !== route) return false
  if (on.method && on.method.toUpperCase() !== call.request.method) return false
  if (on.grantType && on.grantType !== call.note.grantType) return false
  return !on.tenantId || on.tenantId === call.note.tenantId
}

/** The answer that a fault gives instead of the route's, if it does. */
export function faultAnswer(call: Call, effect: FaultEffect): Response | undefined {
  const { status, headers, body, json, retryAfter } = effect
  if (status === undefined && body === undefined && json === undefined && retryAfter === undefined)
    return undefined
  const all = new Headers(headers)
  const code = status ?? (retryAfter === undefined ? 200 : 429)
  if (typeof retryAfter === 'number') all.set('retry-after', String(retryAfter))
  const text = body ?? (json === undefined ? defaultBody(call, code, retryAfter) : JSON.stringify(json))
  if (!all.has('content-type'))
    all.set('content-type', text.startsWith('<') ? 'text/html' : 'application/json; charset=utf-8')
  return new Response([204, 304].includes(code) ? null : text, { status: code, headers: all })
}

/** What the host itself says when it throttles or breaks down: JSON for 429, an HTML page for the rest. */
function defaultBody({ host }: Call, status: number, retryAfter: number | null | undefined): string {
  if (status !== 429)
    return `<html><head><title>${status}</title></head><body><h1>${status}</h1>Our services aren't available right now</body></html>`
  const seconds = retryAfter ?? 60
  if (host === 'partnerCenter') {
    return JSON.stringify({
      statusCode: 429,
      message: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
    })
  }
  if (host === 'graph')
    return JSON.stringify({ error: { code: 'TooManyRequests', message: 'Please retry again later.' } })
  return JSON.stringify({
    error: 'temporarily_unavailable',
    error_description: 'AADSTS90055: The tenant has been throttled.',
    error_codes: [90055],
  })
}

export async function halve(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { status, headers } = response
  return new Response(bytes.slice(0, Math.floor(bytes.length / 2)), { status, headers })
}

const FLUSH = 25

/** The first half of the body, then a broken connection. */
export async function breakBody(response: Response): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const half = bytes.slice(0, Math.floor(bytes.length / 2))
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(half),
    pull: async (controller) => {
      // What was sent must have left the socket before it is destroyed.
      await delay(FLUSH)
      controller.error(new TypeError('terminated', { cause: { code: 'UND_ERR_SOCKET' } }))
    },
  })
  const { status, headers } = response
  headers.set('content-length', String(bytes.length))
  return new Response(stream, { status, headers })
}
