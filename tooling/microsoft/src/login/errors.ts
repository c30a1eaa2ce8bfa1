import { randomUUID } from 'node:crypto'
import { json, type Call } from '../http.ts'
import type { World } from '../world.ts'
import { aadstsEntry, aadstsStatus, type AadstsEntry } from './aadsts.ts'

export type EntraErrorOptions = {
  values?: Record<string, string>
  /** JSON text for the `claims` member. */
  claims?: string
  suberror?: string
  error?: string
  /** Age of the refresh token, told in `x-ms-clitelem`. */
  tokenAgeMs?: number
}

/** A refusal of the login host, thrown by the check that found it and rendered by the endpoint. */
export class EntraError extends Error {
  readonly code: number
  readonly options: EntraErrorOptions
  readonly entry: AadstsEntry

  constructor(code: number, options: EntraErrorOptions = {}) {
    const entry = aadstsEntry(code)
    const text = entry.text.replace(/\{(\w+)\}/g, (_, name: string) => options.values?.[name] ?? name)
    super(`AADSTS${code}: ${text}`)
    this.name = 'EntraError'
    this.code = code
    this.options = options
    this.entry = {
      ...entry,
      ...(options.error ? { error: options.error } : {}),
      ...(options.suberror ? { suberror: options.suberror } : {}),
    }
  }
}

/** Short for throwing one, with the values that its text names. */
export function refuse(code: number, values: Record<string, string> = {}): never {
  throw new EntraError(code, { values })
}

export type ErrorTrace = { traceId: string; correlationId: string; timestamp: string }

/** Ids of one refusal; the correlation id is the caller's own when it sent one. */
export function traceOf(world: World, request: Request, fields?: URLSearchParams): ErrorTrace {
  const sent = request.headers.get('client-request-id') ?? fields?.get('client-request-id')
  return {
    traceId: randomUUID(),
    correlationId: sent ?? randomUUID(),
    timestamp: `${world.now().toISOString().slice(0, 19).replace('T', ' ')}Z`,
  }
}

/** `error_description` as Microsoft writes it: text, then the ids, parted by the configured separator. */
export function describe(error: EntraError, trace: ErrorTrace, separator: string): string {
  const { traceId, correlationId, timestamp } = trace
  return [
    error.message,
    `Trace ID: ${traceId}`,
    `Correlation ID: ${correlationId}`,
    `Timestamp: ${timestamp}`,
  ].join(separator)
}

/** The documented JSON body, status and headers of a refusal. */
export function errorResponse(call: Call, error: EntraError, fields?: URLSearchParams): Response {
  const { world, request, note } = call
  const trace = traceOf(world, request, fields)
  note.aadsts = error.code
  const { suberror } = error.entry
  const { claims } = error.options
  const body = {
    error: error.entry.error,
    error_description: describe(error, trace, world.settings.errorSeparator),
    error_codes: [error.code],
    timestamp: trace.timestamp,
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
    error_uri: `${world.urls.login}/error?code=${error.code}`,
    ...(suberror ? { suberror } : {}),
    ...(claims ? { claims } : {}),
  }
  return json(aadstsStatus(error.entry), body, stsHeaders(trace, error.code, error.options.tokenAgeMs))
}

/** Headers on every answer of the token service, successes included. */
export function stsHeaders(trace: ErrorTrace, code = 0, tokenAgeMs?: number): Headers {
  const headers = new Headers({
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    'client-request-id': trace.correlationId,
    'x-ms-request-id': trace.traceId,
    'x-ms-ests-server': '2.1.12171.14 - NCUS ProdSlices',
    'x-ms-clitelem': `1,${code},0,${tokenAgeMs ?? ''},`,
  })
  headers.append(
    'set-cookie',
    `fpc=${trace.traceId.replaceAll('-', '')}; path=/; secure; HttpOnly; SameSite=None`,
  )
  headers.append('set-cookie', 'x-ms-gateway-slice=estsfd; path=/; secure; HttpOnly')
  headers.append('set-cookie', 'stsservicecookie=estsfd; path=/; secure; HttpOnly')
  return headers
}
