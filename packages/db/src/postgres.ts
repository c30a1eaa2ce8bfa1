import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'

import type { Handle, Statements } from './store/handle.ts'
import type { Tables } from './tables.ts'

export type PostgresConnection = Pick<Handle, 'db' | 'transact'> & {
  /** Runs `work` on the database as it is at this moment. */
  snapshot<T>(work: (db: Statements) => Promise<T>): Promise<T>
  readonly pool: Pool
  readonly drizzle: NodePgDatabase
}

const CONNECTIONS = 10
const CONNECTION_PATIENCE = 5_000
const STATEMENT_PATIENCE = 30_000

/** Opens a pool; the first statement connects. */
export function openPostgres(url: string): PostgresConnection {
  const pool = new Pool({
    connectionString: url,
    application_name: 'consentry',
    max: CONNECTIONS,
    // Callers are told to come back rather than kept waiting.
    connectionTimeoutMillis: CONNECTION_PATIENCE,
    keepAlive: true,
    // The server gives up on what hangs, so that its outcome is certain: nothing was done.
    statement_timeout: STATEMENT_PATIENCE,
  })
  // A server that goes away makes idle and waiting clients emit `error`, which ends the process if nobody listens.
  // Nothing to do: the statement under way fails by itself, and the pool replaces the client.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const database = drizzle(pool)
  return {
    pool,
    drizzle: database,
    db: asStatements(database),
    transact: (work) => database.transaction((tx) => work(asStatements(tx))),
    snapshot: (work) =>
      database.transaction((tx) => work(asStatements(tx)), {
        isolationLevel: 'repeatable read',
        accessMode: 'read only',
      }),
  }
}

/** The builders of both dialects have the same methods for all that the store uses; the store's contract test proves it. */
function asStatements(database: Pick<NodePgDatabase, keyof Statements>): Statements {
  return database as unknown as Statements
}

/** Sets the sequence of every table that has one behind the highest number there is. */
export async function countOnSequences(db: Statements, tables: Tables): Promise<void> {
  for (const table of Object.values(tables)) {
    for (const column of Object.values(getTableColumns(table))) {
      if (column.getSQLType() !== 'bigserial') continue
      const sequence = sql`pg_get_serial_sequence(${getTableName(table)}, ${column.name})`
      await db.select({ next: sql`setval(${sequence}, coalesce(max(${column}), 0) + 1, false)` }).from(table)
    }
  }
}
