import type { RequestRecord } from './requests.ts'
import type { HostName } from './urls.ts'
import type { World } from './world.ts'

/** What a token answer is to get wrong, by a fault. */
export type Mutation = 'no-refresh-token' | 'wrong-tid-id-token' | 'bad-signature' | 'no-id-token'

/** One request on its way through the simulator. */
export type Call = {
  world: World
  request: Request
  host: HostName
  /** Path below the host's base. */
  path: string
  query: URLSearchParams
  params: Record<string, string>
  /** Fields of the log entry that only the route knows. */
  note: Partial<RequestRecord>
  /** Set by a fault: answer this AADSTS error, spoil the answer that way. */
  forcedAadsts?: number
  mutation?: Mutation
}

export type HeaderInput = Headers | Record<string, string>

export type Handler = (call: Call) => Response | Promise<Response>

export type Route = { name: string; method: string; pattern: RegExp; handler: Handler }

/** `route('token', 'POST', '/:tenant/oauth2/v2.0/token', …)`; a method `*` takes any, `:name+` the rest of a path. */
export function route(name: string, method: string, path: string, handler: Handler): Route {
  const source = path
    .replace(/[.()*?]/g, '\\$&')
    .replace(/:(\w+)(\+?)/g, (_, group: string, rest: string) => `(?<${group}>${rest ? '.+' : "[^/']+"})`)
  return { name, method, pattern: new RegExp(`^${source}/?$`, 'i'), handler }
}

export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const candidate of routes) {
    if (candidate.method !== '*' && candidate.method !== method) continue
    const match = candidate.pattern.exec(path)
    if (!match) continue
    const entries = Object.entries(match.groups ?? {})
    return {
      route: candidate,
      params: Object.fromEntries(entries.map(([name, value]) => [name, decode(value)])),
    }
  }
  return undefined
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

export function json(status: number, body: unknown, headers: HeaderInput = {}): Response {
  const all = new Headers(headers)
  if (!all.has('content-type')) all.set('content-type', 'application/json; charset=utf-8')
  return new Response(JSON.stringify(body), { status, headers: all })
}

export function html(status: number, body: string, headers: HeaderInput = {}): Response {
  const all = new Headers(headers)
  all.set('content-type', 'text/html; charset=utf-8')
  all.set('cache-control', 'no-store, no-cache')
  return new Response(body, { status, headers: all })
}

export function seeOther(location: string, headers: HeaderInput = {}): Response {
  const all = new Headers(headers)
  all.set('location', location)
  all.set('cache-control', 'no-store, no-cache')
  return new Response(null, { status: 302, headers: all })
}

/** A parameter that is there and not empty. */
export function parameter(values: URLSearchParams, name: string): string | undefined {
  return values.get(name)?.trim() || undefined
}

/** The fields of a form post, or undefined when the body is something else. */
export async function formFields(request: Request): Promise<URLSearchParams | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) return undefined
  return new URLSearchParams(await request.text())
}

export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}
