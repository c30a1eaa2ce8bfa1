import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { DatabaseConfig } from '@consentry/core'
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

/** To the database each opening is a process of its own. */
function otherProcesses(config: DatabaseConfig) {
  const opened: Database[] = []
  return {
    async open() {
      const database = await openDatabase(config, { migrate: false })
      opened.push(database)
      return database.store
    },
    async close() {
      for (const database of opened) await database.close()
    },
  }
}

storeContract('a SQLite file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'consentry-'))
  const config = { kind: 'sqlite', file: join(folder, 'data', 'consentry.db') } as const
  const database = await openDatabase(config)
  const others = otherProcesses(config)
  return {
    store: database.store,
    another: others.open,
    addUser: addUser(database),
    async close() {
      await others.close()
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
  const config = { kind: 'postgres', url } as const
  const database = await openDatabase(config)
  const others = otherProcesses(config)
  return {
    store: database.store,
    another: others.open,
    addUser: addUser(database),
    async close() {
      await others.close()
      // Everything hangs on an organisation or a person, or on nothing.
      const { tables, db } = database
      const { connections, organisations, user, turns, audit, auditHead, auditNotes } = tables
      for (const table of [connections, organisations, user, turns, audit, auditHead, auditNotes]) {
        await db.delete(table).where(sql`true`)
      }
      await database.close()
    },
  }
})
