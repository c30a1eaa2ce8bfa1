import { fileURLToPath } from 'node:url'

import type Sqlite from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as migratePg } from 'drizzle-orm/node-postgres/migrator'
import { migrate as migrateProxy } from 'drizzle-orm/sqlite-proxy/migrator'
import type { Pool } from 'pg'

import type { SqliteConnection } from './sqlite.ts'

const folder = (dialect: 'sqlite' | 'postgres') => ({
  migrationsFolder: fileURLToPath(new URL(`../migrations/${dialect}`, import.meta.url)),
})

/** Any number, but the same in every process: whoever holds it migrates, the others wait. */
const MIGRATION_LOCK = 0x636f6e73

export async function migratePostgres(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    // Another process may migrate for long.
    await client.query('set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migratePg(drizzle(client), folder('postgres'))
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
    await client.query('reset statement_timeout')
    client.release()
  } catch (error) {
    // Closing the connection lets go of the lock, whatever went wrong.
    client.release(true)
    throw error
  }
}

/**
 * One transaction for all of it. Foreign keys are off meanwhile: SQLite changes a table by making it anew, and
 * dropping the old one would take the rows that refer to it along, grants among them.
 */
export async function migrateSqlite(
  { client, transact }: SqliteConnection,
  { migrationsFolder } = folder('sqlite'),
): Promise<void> {
  client.pragma('foreign_keys = OFF')
  try {
    await transact(async (db) => {
      await migrateProxy(
        db,
        async (statements) => {
          for (const statement of statements) client.exec(statement)
        },
        { migrationsFolder },
      )
      const [broken] = client.pragma('foreign_key_check') as unknown[]
      if (broken) throw new Error(`The migration left a row without its parent: ${JSON.stringify(broken)}`)
    })
  } finally {
    client.pragma('foreign_keys = ON')
  }
}

/** Whether the file went through a migration that this version does not know. */
export function isOfLaterVersion(client: Sqlite.Database): boolean {
  const newest = client.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()
  return Number(newest) > Math.max(...readMigrationFiles(folder('sqlite')).map((it) => it.folderMillis))
}
