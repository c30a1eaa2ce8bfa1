import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { pino, type DestinationStream, type Logger } from 'pino'
import { pinoHttp } from 'pino-http'

import { ACCESS } from './access.ts'
import { USED } from './sign-in-paths.ts'

export type Log = Logger

const SECRET_HEADERS = ['authorization', 'cookie', 'set-cookie', '["set-cookie"]']

/** The log: JSON lines. No header is ever written; the redaction stands guard should somebody log one later. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: {
      paths: SECRET_HEADERS.flatMap((it) => {
        const tail = it.startsWith('[') ? it : `.${it}`
        return [`headers${tail}`, `*.headers${tail}`]
      }),
      censor: '[redacted]',
    },
    serializers: { err: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** One line per request: method, address without its secrets, status, duration, request id. */
export function requestLog(log: Log) {
  return pinoHttp<IncomingMessage, ServerResponse>({
    logger: log,
    genReqId: (_request, response) => {
      const id = randomUUID()
      response.setHeader('x-request-id', id)
      return id
    },
    // pino-http's own error is the stack of "failed with status code"; the error handler logs the real one.
    serializers: { req: describeRequest, res: describeResponse, err: () => undefined },
    customLogLevel: (request, { statusCode }) => levelOf(request.url ?? '', statusCode),
  })
}

// Probes come every few seconds for ever; a 503 says that somebody else has to act or wait.
function levelOf(url: string, status: number) {
  if (status >= 500) return status === 500 ? 'error' : 'warn'
  return PROBES.has(safePath(url)) ? 'debug' : 'info'
}

const PROBES = new Set(['/health', '/ready', '/metrics'])

function describeRequest(request: { id: unknown; method: string; url: string; remoteAddress: string }) {
  return {
    id: request.id,
    method: request.method,
    path: safePath(request.url),
    address: request.remoteAddress,
  }
}

function describeResponse(response: { statusCode: number }) {
  return { status: response.statusCode }
}

const WORDS = new Set([
  ...Object.keys(ACCESS).flatMap((operation) => operation.split(/[ /]/).filter((it) => /^[a-z-]+$/.test(it))),
  ...['api', 'v1', 'openapi.json', 'console-settings', 'health', 'ready', 'metrics', 'assets', 'favicon.svg'],
  ...[...USED].flatMap((operation) => operation.split(/[ /]/).filter((it) => /^[a-z-]+$/.test(it))),
  ...['auth', 'sso', 'consent', 'start', 'callback', 'result', 'invitation', 'invitations', 'forgotten'],
])
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i

/**
 * A path fit for a log: without its query (codes and states travel there), and of its segments only the words that this
 * server knows, and ids. Whatever else somebody sends may be a secret in the wrong place.
 */
export function safePath(url: string): string {
  const path = url.split('?', 1)[0] ?? ''
  const segments = path.split('/')
  return segments.map((it) => (it === '' || WORDS.has(it) || UUID.test(it) ? it : '[redacted]')).join('/')
}

// A database error carries the statement's parameters in its message; those stay out of the log.
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an Error' }
  // The values may have line breaks of their own: they go on to the message's end.
  const message = error.message.replace(/\nparams: .*/s, '\nparams: [redacted]')
  return {
    type: error.name,
    message,
    // The stack begins with the message.
    stack: (error.stack ?? '').split(error.message).join(message),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
