import type { DomainEvent } from '@consentry/core'
import { multistream, pino, type Logger } from 'pino'

export type Log = Logger

/**
 * The log: JSON lines, warnings and worse on stderr, the rest on stdout; all of it on stderr when stdout carries a
 * result.
 */
export function createLog(level: string, options: { readonly stdoutIsTaken: boolean }): Log {
  const calm = options.stdoutIsTaken ? process.stderr : process.stdout
  const streams = multistream(
    [
      { level: 'trace', stream: calm },
      { level: 'warn', stream: process.stderr },
    ],
    { dedupe: true },
  )
  return pino({ level, base: null, serializers: { err: describeError } }, streams)
}

/** Writes what the domain tells; an event that says "fault" is one that nobody foresaw. */
export function logEvent(log: Log): (event: DomainEvent) => void {
  return ({ name, ...facts }) => {
    const told = facts.detail ? { ...facts, detail: withoutParameters(facts.detail) } : facts
    log[name.endsWith('.fault') ? 'error' : 'info'](told, name)
  }
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an Error' }
  return {
    type: error.name,
    message: withoutParameters(error.message),
    stack: withoutParameters(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** A database error's message lists the statement's parameters, sealed tokens among them. */
function withoutParameters(text: string): string {
  return text.replaceAll(/\nparams: .*/g, '\nparams: [redacted]')
}
