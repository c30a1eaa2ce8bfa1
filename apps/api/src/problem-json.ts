import { ConsentryError, httpStatus, problemDocument } from '@consentry/core'
import type { Problem } from '@consentry/core'
import { DatabaseError } from '@consentry/db'
import type { ErrorRequestHandler, Response } from 'express'
import { ZodError } from 'zod'

import type { Log } from './log.ts'

/** What a caller is told to wait when waiting helps and the problem itself names no time, in seconds. */
const RETRY_AFTER = 5

/** One error as the outside sees it. */
type Refusal = {
  readonly status: number
  readonly problem: Problem
  readonly retryAfterSeconds: number | undefined
}

/** Sends JSON as it is. Express' own `json` would answer 304 to an ETag that says nothing about the status. */
export function sendJson(response: Response, status: number, body: unknown, type = 'application/json'): void {
  response.status(status).set('content-type', type).end(JSON.stringify(body))
}

/** Sends `application/problem+json` (RFC 9457), with `Retry-After` when waiting helps. */
function sendProblem(response: Response, url: string, refusal: Refusal): void {
  const { status, problem, retryAfterSeconds } = refusal
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds))
  if (status === 401) response.set('www-authenticate', 'Bearer')
  // A cache may keep a 404 or 405 that does not forbid it (RFC 9110 15.1).
  response.set('cache-control', 'no-store')
  sendJson(
    response,
    status,
    problemDocument(url, status, problem, retryAfterSeconds),
    'application/problem+json',
  )
}

/**
 * What an error means to the caller. Whatever is not the domain's own or the request's fault is a bare `server_error`
 * with the reference under which it was logged.
 */
export function refusalOf(error: unknown, reference: string): Refusal {
  const known = asConsentryError(error)
  if (!known) return refuse(new ConsentryError('server_error', { values: { reference } }))
  return refuse(known)
}

function refuse(error: ConsentryError): Refusal {
  const status = httpStatus(error.code)
  const waitingHelps = status === 429 || (status === 503 && error.action === 'retry')
  const seconds = error.retryAfterSeconds ?? (waitingHelps ? RETRY_AFTER : undefined)
  return { status, problem: error.problem, retryAfterSeconds: seconds && Math.ceil(seconds) }
}

function asConsentryError(error: unknown): ConsentryError | null {
  if (error instanceof ConsentryError) return error
  if (error instanceof ZodError) return malformed(describe(error))
  if (error instanceof DatabaseError && error.passes) {
    return new ConsentryError('not_ready', {
      values: { problem: 'The database cannot be used just now.' },
      cause: error,
    })
  }
  const type = error instanceof Error && 'type' in error ? error.type : undefined
  if (type === 'entity.too.large') return new ConsentryError('too_large')
  if (type === 'entity.parse.failed') return malformed('The body is not JSON.')
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  // Express and its body parser mark what the sender got wrong, such as a broken % in the address.
  if (typeof status === 'number' && status >= 400 && status < 500) return malformed('It cannot be read.')
  return null
}

/** A request that does not have the documented form; `what` is a sentence. */
export function malformed(what: string): ConsentryError {
  return new ConsentryError('malformed_request', { values: { problem: what } })
}

// Only names and rules: a value that the caller sent may be a secret.
function describe(error: ZodError): string {
  const faults = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'the body'}: ${issue.message}`)
  return `${faults.join('; ')}.`
}

/** The one place where errors become answers. */
export function errorHandler(log: Log, url: string): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const reference = String(request.id)
    const refusal = refusalOf(error, reference)
    logIfUnknown(log, error, refusal.problem, reference)
    // Too late for another answer: breaking off is the only way left to say that it is incomplete.
    if (response.headersSent) response.destroy()
    else sendProblem(response, url, refusal)
  }
}

/** Writes down what went wrong on our side, under the reference that the caller was given. */
export function logIfUnknown(log: Log, error: unknown, { code }: Problem, reference: string): void {
  if (code === 'server_error' || code === 'not_ready') log.error({ err: error, reference }, 'request failed')
}
