import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { DatabaseConfig } from '@consentry/core'
import { afterAll, beforeAll, describe } from 'vitest'

import { type Database, openDatabase } from '../src/index.ts'
import { startPostgres, type TestPostgres } from '../testing/index.ts'

/** Runs the suite on an empty SQLite file and on an empty PostgreSQL database. */
export function onBothDialects(
  suite: (database: () => Database, config: () => DatabaseConfig) => void,
): void {
  describe('on a SQLite file', () => {
    let folder: string
    let config: DatabaseConfig
    let database: Database

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'consentry-'))
      config = { kind: 'sqlite', file: join(folder, 'consentry.db') }
      database = await openDatabase(config)
    })

    afterAll(async () => {
      await database.close()
      await rm(folder, { recursive: true })
    })

    suite(
      () => database,
      () => config,
    )
  })

  describe('on PostgreSQL', () => {
    let server: TestPostgres
    let config: DatabaseConfig
    let database: Database

    beforeAll(async () => {
      server = await startPostgres()
      config = { kind: 'postgres', url: server.url }
      database = await openDatabase(config)
    })

    afterAll(async () => {
      await database.close()
      await server.stop()
    })

    suite(
      () => database,
      () => config,
    )
  })
}
