import type { Problem } from './types.ts'

/** What the API refused, in the catalogue's words; `code` is `unreachable` when no answer came. */
export class ApiProblem extends Error {
  readonly status: number
  readonly problem: Problem
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, problem: Problem, retryAfterSeconds?: number, cause?: unknown) {
    super(problem.title, { cause })
    this.status = status
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** What the API refused, where this is a refusal. */
export function problemOf(error: unknown): Problem | null {
  return error instanceof ApiProblem ? error.problem : null
}

/** Waited after a 429 that does not say how long. */
export const DEFAULT_WAIT_SECONDS = 10

export type Answer<T> = { readonly body: T; readonly etag: string | null }
export type RequestOptions = {
  readonly body?: unknown
  /** What was seen and may be replaced; null: nothing was there. Without it, whatever is there is replaced. */
  readonly etag?: string | null
  readonly signal?: AbortSignal
  /** Reads numbers as the text the server sent, so that no digit of an amount is lost. */
  readonly exactNumbers?: boolean
}

const signedOutListeners = new Set<() => void>()
const limitedListeners = new Set<(seconds: number) => void>()

/** Calls back whenever the API answers 401 to somebody who was signed in. */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.add(listener)
}

/** Calls back with the seconds to wait whenever the API asks to slow down. */
export function onLimited(listener: (seconds: number) => void): void {
  limitedListeners.add(listener)
}

/** Throws ApiProblem for every answer that is not 2xx and when there is none. */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  const response = await send(method, path, options)
  const text = await response.text()
  if (!response.ok) throw readProblem(response, text)
  // The API is the only speaker here and its contract test guarantees the shape.
  const body = parseBody(text, options.exactNumbers ?? false) as T
  return { body, etag: response.headers.get('etag') }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request<T>('GET', path, signal ? { signal } : {})).body
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await request<T>('POST', path, { body })).body
}

/** Builds a query string, leaving out what is empty. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.etag) headers['if-match'] = options.etag
  if (options.etag === null) headers['if-none-match'] = '*'
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' }
  if (options.body !== undefined) init.body = JSON.stringify(options.body)
  if (options.signal) init.signal = options.signal
  try {
    return await fetch(path, init)
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ApiProblem(0, { code: 'unreachable', title: '', detail: '' }, undefined, cause)
  }
}

function readProblem(response: Response, text: string): ApiProblem {
  if (response.status === 401) for (const listener of signedOutListeners) listener()
  const body = safeParse(text)
  const retryAfter = Number(body['retryAfterSeconds'] ?? response.headers.get('retry-after') ?? Number.NaN)
  // A problem document, checked field by field only where the console decides by it.
  const given = body as Partial<Problem>
  const problem: Problem = {
    ...given,
    code: given.code ?? 'server_error',
    title: given.title ?? '',
    // Sign-in answers with a message of its own.
    detail: given.detail ?? (typeof body['message'] === 'string' ? body['message'] : ''),
  }
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined
  if (response.status === 429)
    for (const listener of limitedListeners) listener(seconds ?? DEFAULT_WAIT_SECONDS)
  return new ApiProblem(response.status, problem, seconds)
}

function safeParse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    // Arrays and plain values have no such fields, which is all that the caller asks.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function parseBody(text: string, exactNumbers: boolean): unknown {
  if (text === '') return null
  if (!exactNumbers) return JSON.parse(text)
  return JSON.parse(text, keepNumberText)
}

function keepNumberText(_key: string, value: unknown, ...rest: unknown[]): unknown {
  if (typeof value !== 'number') return value
  // ES2026 hands the source text to revivers; browsers without it fall back to the shortest exact form.
  const context = rest[0] as { source?: string } | undefined
  return context?.source ?? String(value)
}
