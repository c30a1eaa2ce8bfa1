import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { storeContract } from '@consentry/core/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll } from 'vitest'

import { type Database, openDatabase } from '../src/open.ts'
import { startPostgres, type TestPostgres } from '../testing/index.ts'

function addUser({ db, tables }: Database) {
  return async (user: { id: string; email: string; name: string }) => {
    const now = new Date()
    await db.insert(tables.user).values({ ...user, emailVerified: false, createdAt: now, updatedAt: now })
  }
}

storeContract('a SQLite file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'consentry-'))
  const database = await openDatabase({ kind: 'sqlite', file: join(folder, 'data', 'consentry.db') })
  return {
    store: database.store,
    addUser: addUser(database),
    async close() {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
})

let server: TestPostgres
let url: string

beforeAll(async () => {
  server = await startPostgres()
  url = await server.createDatabase()
})

afterAll(() => server.stop())

storeContract('PostgreSQL', async () => {
  const database = await openDatabase({ kind: 'postgres', url })
  return {
    store: database.store,
    addUser: addUser(database),
    async close() {
      // Everything hangs on an organisation or a person, or on nothing.
      const { tables, db } = database
      for (const table of [tables.connections, tables.organisations, tables.user, tables.nightlyRuns]) {
        await db.delete(table).where(sql`true`)
      }
      await database.close()
    },
  }
})
