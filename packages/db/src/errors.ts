import type { Store } from '@consentry/core'
import { DrizzleQueryError } from 'drizzle-orm'

/** A statement that the database refused: what it said and its code, and never a value that was sent along. */
export class DatabaseError extends Error {
  /** The driver's, e.g. `SQLITE_BUSY`, `23505` or `ECONNREFUSED`. */
  readonly code: string | undefined

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message || cause.name : 'The database refused the statement')
    this.name = 'DatabaseError'
    this.code = codeOf(cause)
  }

  /** Whether it may go by itself (unreachable, full, busy, read-only); false when the statement itself was wrong. */
  get passes(): boolean {
    return !WRONG_STATEMENT.test(this.code ?? '')
  }
}

// SQLite's own names; PostgreSQL's classes 22 data, 23 integrity, 42 syntax or access rule (its Appendix A).
const WRONG_STATEMENT = /^(?:SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG)|(?:22|23|42)[0-9A-Z]{3}$)/

/**
 * Drizzle's error carries every value of the statement in its message, and PostgreSQL's may quote the whole row: session
 * tokens, password hashes, sealed grants. None of that may reach a log.
 */
export function withoutValues(error: unknown): unknown {
  if (error instanceof DrizzleQueryError) return new DatabaseError(error.cause)
  return isDrivers(error) ? new DatabaseError(error) : error
}

// What comes from below drizzle: SQLite's and PostgreSQL's codes, the system's (ECONNREFUSED, EROFS), and what pg says
// without a code.
const DRIVER_CODE = /^(?:SQLITE_\w+|[0-9A-Z]{5}|E[A-Z]{3,})$/
const DRIVER_WORDS =
  /connection terminated|timeout exceeded when trying to connect|not queryable|end on the pool/i

/** Whether a driver's own error says that the database cannot be used just now. */
export function isLoss(error: unknown): boolean {
  return isDrivers(error) && new DatabaseError(error).passes
}

function isDrivers(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof DatabaseError) return false
  return DRIVER_CODE.test(codeOf(error) ?? '') || DRIVER_WORDS.test(error.message)
}

/** The same store, with errors that are safe to log. */
export function withSafeErrors(store: Store): Store {
  const methods = Object.entries(store).map(([name, method]) => {
    const call: (...args: never[]) => Promise<unknown> = method
    const safe = async (...args: never[]) => {
      try {
        return await call(...args)
      } catch (error) {
        throw withoutValues(error)
      }
    }
    return [name, safe]
  })
  // The same names with functions of the same arguments and results.
  return Object.fromEntries(methods) as Store
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  return typeof cause.code === 'string' ? cause.code : undefined
}
