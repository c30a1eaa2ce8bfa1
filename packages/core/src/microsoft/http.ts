import type { Fetch } from '../deps.ts'

/** What came back. Status 0 means that nothing usable did: unreachable, cut off or too slow. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body when it is JSON. */
  readonly json: unknown
  /** It is known to pass by itself, whatever it says. */
  readonly passes?: boolean
}

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

export type SendOptions = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

/**
 * Sends one request and reads the whole answer; 30 seconds unless told otherwise. Never throws for what the other side
 * or the network does. Redirects are not followed: a redirect could lead a credential to another host.
 */
export async function send(fetch: Fetch, url: string, options: SendOptions = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: options.method ?? 'GET',
      headers: { accept: 'application/json', ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs ?? 30 * SECOND),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parseJson(text) }
  } catch (error) {
    return { status: 0, headers: new Headers(), text: describe(error), json: undefined }
  }
}

/** The body as JSON, or undefined: error pages of gateways are HTML or empty. */
export function parseJson(text: string): unknown {
  try {
    // As JSON.parse gives any.
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A member of an unknown value, undefined when it has none. */
export function field(value: unknown, name: string): unknown {
  // The `in` check makes the access sound; TypeScript cannot carry a computed name through it.
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

/** A text member of an unknown value; numbers are given as text, everything else as undefined. */
export function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name)
  if (typeof found === 'string') return found === '' ? undefined : found
  return typeof found === 'number' ? String(found) : undefined
}

/** `Retry-After` in seconds, from its number or date form (RFC 9110, 10.2.3); undefined when absent or unreadable. */
export function retryAfterSeconds(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Math.min(Number(value), 3600)
  const date = Date.parse(value)
  return Number.isNaN(date)
    ? undefined
    : Math.min(Math.max(Math.ceil((date - now.getTime()) / SECOND), 1), 3600)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unreachable'
  const code = textField(error.cause, 'code')
  return error.name === 'TimeoutError' ? 'timeout' : (code ?? 'unreachable')
}
