import { ConfigError, type DatabaseConfig, type Store } from '@consentry/core'

import { postgresColumns, sqliteColumns } from './columns.ts'
import type { Holder } from './holder.ts'
import { postgresHolder } from './holder-postgres.ts'
import { sqliteHolder } from './holder-sqlite.ts'
import { migratePostgres, migrateSqlite } from './migrate.ts'
import type { Side } from './copy.ts'
import { countOnSequences, openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import { createStore } from './store.ts'
import type { Handle, Statements } from './store/handle.ts'
import { defineTables } from './tables.ts'

/** An open database: the store, and what sign-in needs of it. */
export type Database = Handle & {
  readonly dialect: DatabaseConfig['kind']
  readonly store: Store
  /** Makes rows that the database numbers go on after those that came with their numbers; at once, whatever ends how. */
  countOn(db: Statements): Promise<void>
  /** Also what `store.close` does. Calling it twice is fine. */
  close(): Promise<void>
}

export type OpenOptions = {
  /** Bring the schema up to date first. Default true. */
  readonly migrate?: boolean
}

/**
 * Opens the database, creating a SQLite file and its folder when they are missing, and brings the schema up to date.
 * Several processes may do so at once. Fails with the driver's error when the database cannot be reached.
 */
export async function openDatabase(config: DatabaseConfig, options: OpenOptions = {}): Promise<Database> {
  const database = config.kind === 'sqlite' ? sqliteDatabase(config.file) : postgresDatabase(config.url)
  try {
    if (options.migrate ?? true) await database.migrate()
  } catch (error) {
    await database.close()
    throw error
  }
  const { dialect, handle, countOn, close } = database
  return { ...handle, dialect, store: createStore(handle, close), countOn, close }
}

/** As `openDatabase`, for what the environment names. Throws `ConfigError` with the variable and the reason. */
export async function openConfigured(config: DatabaseConfig): Promise<Database> {
  try {
    return await openDatabase(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : 'no reason given'
    throw new ConfigError(`DATABASE_URL: the database cannot be opened (${why}); set one that can be`, {
      cause,
    })
  }
}

/** Works on the database as it is at this one moment, reading only; others go on writing meanwhile. */
export async function openSnapshot<T>(config: DatabaseConfig, work: (side: Side) => Promise<T>): Promise<T> {
  if (config.kind === 'postgres') {
    const { pool, snapshot } = openPostgres(config.url)
    try {
      return await snapshot((db) => work({ db, tables: defineTables(postgresColumns) }))
    } finally {
      await pool.end()
    }
  }
  const { client, db } = openSqlite(config.file)
  try {
    // In a transaction every statement sees what the first one saw (sqlite.org/isolation.html).
    client.exec('BEGIN')
    return await work({ db, tables: defineTables(sqliteColumns) })
  } finally {
    client.close()
  }
}

/** Brings the schema up to date and closes the database again. */
export async function migrate(config: DatabaseConfig): Promise<void> {
  const database = await openDatabase(config)
  await database.close()
}

function sqliteDatabase(file: string) {
  const connection = openSqlite(file)
  const { client, db, transact, assertRoom } = connection
  const holder = once(async () => sqliteHolder(file))
  return {
    dialect: 'sqlite' as const,
    handle: { db, transact, tables: defineTables(sqliteColumns), assertRoom, holder: holder.get },
    migrate: () => migrateSqlite(connection),
    // SQLite does so by itself.
    countOn: async () => undefined,
    async close() {
      await holder.close()
      client.close()
    },
  }
}

function postgresDatabase(url: string) {
  const { pool, db, transact } = openPostgres(url)
  const tables = defineTables(postgresColumns)
  const holder = once(() => postgresHolder(url, pool))
  return {
    dialect: 'postgres' as const,
    handle: {
      db,
      transact,
      tables,
      // The server's matter: its own log runs full before its tables do.
      assertRoom: () => undefined,
      holder: holder.get,
    },
    migrate: () => migratePostgres(pool),
    countOn: (statements: Statements) => countOnSequences(statements, tables),
    async close() {
      await holder.close()
      if (!pool.ended) await pool.end()
    },
  }
}

/** Becomes a holder when it is first asked for: who only reads never does. Asked again after it could not. */
function once(become: () => Promise<Holder>) {
  let made: Promise<Holder> | undefined
  async function get(): Promise<Holder> {
    made ??= become()
    try {
      return await made
    } catch (error) {
      made = undefined
      throw error
    }
  }
  return { get, close: async () => (await made?.catch(() => undefined))?.close() }
}
