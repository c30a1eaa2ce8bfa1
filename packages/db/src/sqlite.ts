import { closeSync, mkdirSync, openSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import Database from 'better-sqlite3'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'

import { DatabaseError } from './errors.ts'

export type SqliteConnection = {
  readonly client: Database.Database
  readonly db: SqliteRemoteDatabase
  /** As `Handle.transact`, with drizzle's whole database for migrations. */
  transact<T>(work: (db: SqliteRemoteDatabase) => Promise<T>): Promise<T>
  /** As `Handle.assertRoom`: throws `SQLITE_FULL` when the disk has less than 4 MiB left. */
  assertRoom(): void
}

/** How long a statement waits for somebody else to finish writing, in milliseconds. */
const PATIENCE = 10_000

/**
 * Opens the file. A missing folder or file is made, for the owner only. A commit is on the disk when it
 * returns (`synchronous = FULL`): a refresh token lost to a power cut costs a consent.
 */
export function openSqlite(file: string, { readonly = false } = {}): SqliteConnection {
  if (readonly) {
    const client = new Database(file, { readonly })
    return { client, ...statements(client), assertRoom: () => undefined }
  }
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // SQLite gives its journals the mode of the file.
    closeSync(openSync(file, 'a', 0o600))
  }
  const client = new Database(file, { timeout: PATIENCE })
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = FULL')
  client.pragma('foreign_keys = ON')
  // From here on waiting is ours: SQLite's own would stop the whole process, and with it a writer in this very process.
  client.pragma('busy_timeout = 0')
  return { client, ...statements(client), assertRoom: () => assertRoom(file) }
}

/** More than a write-ahead log grows by until its next checkpoint: a small write may fit where the next does not. */
const ROOM = 4 * 1024 * 1024

function assertRoom(file: string): void {
  if (file === ':memory:') return
  const { bavail, bsize } = statfsSync(dirname(file))
  if (bavail * bsize >= ROOM) return
  const full = new Error(`The disk of the database has less than ${ROOM / 1024 / 1024} MiB left`)
  throw new DatabaseError(Object.assign(full, { code: 'SQLITE_FULL' }))
}

/** Ends with the transaction under way. */
type Turn = { taken: Promise<void> | null }

/**
 * Drizzle's own driver for better-sqlite3 knows no asynchronous transaction, and on one connection a statement of
 * somebody else would slip into it and share its fate. So statements go through here: they wait while a transaction
 * is under way, and transactions take turns.
 */
function statements(client: Database.Database): Pick<SqliteConnection, 'db' | 'transact'> {
  const turn: Turn = { taken: null }

  async function transact<T>(work: (db: SqliteRemoteDatabase) => Promise<T>): Promise<T> {
    while (turn.taken) await turn.taken
    const { promise, resolve } = Promise.withResolvers<void>()
    turn.taken = promise
    try {
      await patiently(() => client.exec('BEGIN IMMEDIATE'))
      const result = await work(inside)
      client.exec('COMMIT')
      return result
    } catch (error) {
      if (client.inTransaction) client.exec('ROLLBACK')
      throw error
    } finally {
      turn.taken = null
      resolve()
    }
  }

  const inside = drizzle(async (sql, params, method) => run(client, sql, params, method))
  const db = drizzle((sql, params, method) => patiently(() => run(client, sql, params, method), turn))
  return { db, transact }
}

/** Takes the step as soon as it is nobody's turn and no other connection is writing. */
async function patiently<T>(step: () => T, turn: Turn = { taken: null }): Promise<T> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    while (turn.taken) await turn.taken
    try {
      return step()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
    }
    await setTimeout(1 + Math.random() * 10)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

type Method = 'run' | 'all' | 'values' | 'get'

function run(client: Database.Database, sql: string, params: unknown[], method: Method) {
  const statement = client.prepare(sql)
  if (method === 'run') return { rows: [], changes: statement.run(...params).changes }
  if (method === 'get') return { rows: oneRow(statement.raw().get(...params)) }
  return { rows: statement.raw().all(...params) }
}

/** Drizzle takes `undefined` for no row, though its type does not say so. */
function oneRow(row: unknown): unknown[] {
  return row as unknown[]
}
