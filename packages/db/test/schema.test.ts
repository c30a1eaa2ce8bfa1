import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

import { connectionRow, grantRow, organisationRow } from '@consentry/core/testing'
import { getTableColumns, getTableName, type Table } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openDatabase } from '../src/index.ts'
import { migrateSqlite } from '../src/migrate.ts'
import * as postgres from '../src/schema.postgres.ts'
import * as sqlite from '../src/schema.sqlite.ts'
import { openSqlite } from '../src/sqlite.ts'

const PACKAGE = join(import.meta.dirname, '..')

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consentry-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('the schema', () => {
  it('has the same tables and columns on both dialects', () => {
    const shape = (schema: Record<string, Table>) =>
      Object.entries(schema).map(([name, table]) => ({
        name,
        table: getTableName(table),
        columns: Object.entries(getTableColumns(table)).map(([key, column]) => ({
          key,
          name: column.name,
          required: column.notNull,
          primary: column.primary,
          unique: column.isUnique,
        })),
      }))
    expect(shape(postgres)).toEqual(shape(sqlite))
    expect(Object.keys(sqlite)).toHaveLength(33)
  })

  it.each([
    ['sqlite', 'sqlite'],
    ['postgres', 'postgresql'],
  ])('of %s is what its migrations make: none is missing', async (name, dialect) => {
    await cp(join(PACKAGE, 'migrations', name), folder, { recursive: true })
    const before = await readdir(folder)
    const schema = `./src/schema.${name}.ts`
    await promisify(execFile)(
      join(PACKAGE, 'node_modules/.bin/drizzle-kit'),
      ['generate', '--dialect', dialect, '--schema', schema, '--out', folder],
      { cwd: PACKAGE },
    )
    expect(await readdir(folder)).toEqual(before)
  })
})

describe('a SQLite file', () => {
  it('is made in a new folder for its owner only, and survives being closed', async () => {
    const config = { kind: 'sqlite', file: join(folder, 'new', 'data', 'consentry.db') } as const
    const first = await openDatabase(config)
    expect((await stat(join(folder, 'new', 'data'))).mode & 0o777).toBe(0o700)
    const organisation = organisationRow()
    await first.store.createOrganisation(organisation)
    await first.close()
    await first.store.close()
    const second = await openDatabase(config)
    expect(await second.store.listOrganisations()).toEqual([organisation])
    await second.close()
  })

  it('keeps a commit through a power cut, and the references between rows', () => {
    const { client } = openSqlite(join(folder, 'consentry.db'))
    const FULL = 2
    expect(client.pragma('synchronous', { simple: true })).toBe(FULL)
    expect(client.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(client.pragma('foreign_keys', { simple: true })).toBe(1)
    client.close()
  })

  it('lets a writer wait for another one, also in the same process, which goes on meanwhile', async () => {
    const config = { kind: 'sqlite', file: join(folder, 'consentry.db') } as const
    const [one, other] = [await openDatabase(config), await openDatabase(config)]
    const slow = one.transact(async (tx) => {
      await tx.insert(one.tables.organisations).values(organisationRow())
      await setTimeout(50)
    })
    await setTimeout(10)
    const row = organisationRow()
    await Promise.all([slow, other.store.createOrganisation(row), other.store.putReturnOrigins(row.id, [])])
    expect(await one.store.listOrganisations()).toHaveLength(2)
    await one.close()
    await other.close()
  })

  it('keeps the grants when a migration makes a table anew that they hang on', async () => {
    const file = join(folder, 'consentry.db')
    const { store, close } = await openDatabase({ kind: 'sqlite', file })
    const organisation = organisationRow()
    await store.createOrganisation(organisation)
    const connection = connectionRow({ organisationId: organisation.id })
    await store.createConnection(connection)
    await store.saveGrant(grantRow({ connectionId: connection.id, generation: 1 }))
    await close()

    const next = await withMigration(`
      CREATE TABLE anew AS SELECT * FROM connections;--> statement-breakpoint
      DROP TABLE connections;--> statement-breakpoint
      CREATE TABLE connections (id text PRIMARY KEY NOT NULL);--> statement-breakpoint
      INSERT INTO connections SELECT id FROM anew;`)
    const reopened = openSqlite(file)
    await migrateSqlite(reopened, { migrationsFolder: next })
    expect(reopened.client.prepare('SELECT generation FROM grants').all()).toEqual([{ generation: 1 }])
    expect(reopened.client.pragma('foreign_keys', { simple: true })).toBe(1)
    reopened.client.close()
  })

  it('is left as it was by a migration that fails or would leave a row without its parent', async () => {
    const file = join(folder, 'consentry.db')
    const { store, close } = await openDatabase({ kind: 'sqlite', file })
    const organisation = organisationRow()
    await store.createOrganisation(organisation)
    await store.createConnection(connectionRow({ organisationId: organisation.id }))
    await close()

    const reopened = openSqlite(file)
    const orphaning = await withMigration('DELETE FROM organisations;')
    await expect(migrateSqlite(reopened, { migrationsFolder: orphaning })).rejects.toThrow(
      'without its parent',
    )
    const half = await withMigration('DELETE FROM connections;--> statement-breakpoint\nNONSENSE;')
    await expect(migrateSqlite(reopened, { migrationsFolder: half })).rejects.toThrow('syntax error')
    for (const table of ['organisations', 'connections']) {
      expect(reopened.client.prepare(`SELECT count(*) AS n FROM ${table}`).get()).toEqual({ n: 1 })
    }
    reopened.client.close()
  })
})

/** A copy of the migrations with one more after them. */
async function withMigration(statements: string): Promise<string> {
  const copy = await mkdtemp(join(folder, 'migrations-'))
  await cp(join(PACKAGE, 'migrations', 'sqlite'), copy, { recursive: true })
  const journalFile = join(copy, 'meta', '_journal.json')
  const journal: { entries: object[] } = JSON.parse(await readFile(journalFile, 'utf8'))
  journal.entries.push({ idx: 99, version: '6', when: Date.now() + 1e9, tag: '9999_next', breakpoints: true })
  await writeFile(journalFile, JSON.stringify(journal))
  await writeFile(join(copy, '9999_next.sql'), statements)
  return copy
}
