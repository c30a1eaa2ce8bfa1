import type { DomainEvent } from '@consentry/core'
import { multistream, pino, type Logger } from 'pino'

import type { Loop } from './schedule.ts'

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
  return pino({ level, base: null }, streams)
}

/** Writes what the domain tells; an event that ends in "fault" is one that nobody foresaw. */
export function logEvent(log: Log): (event: DomainEvent) => void {
  return ({ name, ...facts }) => log[name.endsWith('.fault') ? 'error' : 'info'](facts, name)
}

/** Tells of a round that failed. */
export function logFailure(log: Log, work: string): Loop['failed'] {
  return (error, failures) => log.error({ err: error, work, failures }, 'work failed, will be tried again')
}
