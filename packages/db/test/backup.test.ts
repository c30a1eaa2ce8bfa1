import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'

import { type DatabaseConfig, generateKeyEntry, readKeyRing } from '@consentry/core'
import { checkRow, MONDAY, reportRow } from '@consentry/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type Database, openDatabase, restore } from '../src/index.ts'
import { migrateSqlite } from '../src/migrate.ts'
import { openSqlite } from '../src/sqlite.ts'
import { startPostgres, type TestPostgres } from '../testing/index.ts'
import { fill, MANY, SECRETS } from './full.ts'

const TUESDAY = new Date(MONDAY.getTime() + 86_400_000)
const keys = readKeyRing({ CONSENTRY_KEYS: generateKeyEntry(MONDAY) })
const LEFT_BEHIND = ['session', 'verification', 'tries', 'invitations', 'accessTokens', 'coolDowns', 'turns']

let folder: string
let server: TestPostgres
let file: string

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consentry-backup-'))
  file = join(folder, 'backup.db')
})
afterEach(() => rm(folder, { recursive: true }))

async function emptyDatabase(kind: DatabaseConfig['kind'] = 'sqlite'): Promise<DatabaseConfig> {
  if (kind === 'postgres') return { kind, url: await server.createDatabase() }
  return { kind, file: join(folder, `${randomUUID()}.db`) }
}

async function withOpen<T>(config: DatabaseConfig, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(config)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function fullDatabase(kind: DatabaseConfig['kind'] = 'sqlite'): Promise<DatabaseConfig> {
  const config = await emptyDatabase(kind)
  await withOpen(config, (database) => fill(database, keys))
  return config
}

type Rows = Record<string, Record<string, unknown>[]>

/** Every row of every table, in an order that does not depend on the database. */
function rowsOf(config: DatabaseConfig): Promise<Rows> {
  return withOpen(config, async ({ db, tables }) => {
    const found: Rows = {}
    for (const [name, table] of Object.entries(tables)) {
      const rows: Record<string, unknown>[] = await db.select().from(table)
      found[name] = rows.toSorted((a, b) => (inspect(a) < inspect(b) ? -1 : 1))
    }
    return found
  })
}

const FREE = { leaseUntil: null, leaseHolder: null }

/** The rows as they are to arrive: everything, but nothing under way, and what works to be verified first. */
function arrived(rows: Rows): Rows {
  function changed(name: string, change: (row: Record<string, unknown>) => object) {
    return (rows[name] ?? []).map((row) => ({ ...row, ...change(row) }))
  }
  return {
    ...rows,
    ...Object.fromEntries(LEFT_BEHIND.map((name) => [name, []])),
    account: changed('account', () => ({ accessToken: null, refreshToken: null, idToken: null })),
    connections: changed('connections', ({ generation }) =>
      generation === null ? {} : { ...FREE, intent: null, verify: 'restored', nextRefreshAt: TUESDAY },
    ),
    reports: changed('reports', ({ status }) => (status === 'running' ? { ...FREE, status: 'queued' } : {})),
    attempts: changed('attempts', ({ status }) => ({
      sealedVerifier: null,
      ...(status === 'waiting' || status === 'proving'
        ? { status: 'expired', finishedAt: TUESDAY, stateHash: null, provingBy: null }
        : {}),
    })),
  }
}

describe.each([
  ['sqlite', 'sqlite'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
  ['postgres', 'postgres'],
] as const)('a backup of %s restored into %s', (from, into) => {
  it('has every row of every table, numbers new ones on, and ends what was under way', async () => {
    const source = await fullDatabase(from)
    expect(await backUp(source, file, new Date(TUESDAY.getTime() + 999))).toMatchObject({
      organisations: 1,
      connections: MANY,
      takenAt: TUESDAY,
    })
    const target = await emptyDatabase(into)
    const restored = { organisations: 1, connections: MANY, verifyFirst: 1, takenAt: TUESDAY }
    expect(await restore(target, file, keys, TUESDAY)).toEqual(restored)
    const [before, after] = [await rowsOf(source), await rowsOf(target)]
    for (const name of LEFT_BEHIND) expect([name, before[name]?.length]).toEqual([name, 1])
    const wanted = arrived(before)
    for (const [name, rows] of Object.entries(after)) {
      const sorted = (wanted[name] ?? []).toSorted((a, b) => (inspect(a) < inspect(b) ? -1 : 1))
      expect([name, rows]).toEqual([name, sorted])
    }
    await withOpen(target, async ({ db, tables }) => {
      const connectionId = String(after.connections?.[0]?.id)
      const more = reportRow({ connectionId, organisationId: 'o' })
      const numbered = [
        ...(await db.insert(tables.checks).values(checkRow({ connectionId })).returning()),
        ...(await db.insert(tables.reports).values(more).returning()),
      ]
      expect(numbered.map((it) => it.sequence)).toEqual([MANY + 1, MANY + 1])
    })
  })
})

describe('a backup', () => {
  it.each(['sqlite', 'postgres'] as const)('of %s holds nothing that lets a thief in', async (kind) => {
    await backUp(await fullDatabase(kind), file, TUESDAY)
    const bytes = await readFile(file)
    expect(bytes.includes('asa@example.com')).toBe(true)
    for (const secret of SECRETS) expect([secret, bytes.includes(secret)]).toEqual([secret, false])
  })

  it.each(['sqlite', 'postgres'] as const)('of %s is of one moment, though others write', async (kind) => {
    const source = await fullDatabase(kind)
    const { connections } = await rowsOf(source)
    const workerData = { config: source, connectionId: connections?.[0]?.id }
    const writer = new Worker(new URL('writer.ts', import.meta.url), { workerData })
    await once(writer, 'message')
    await backUp(source, file, TUESDAY)
    writer.postMessage('stop')
    const [written] = await once(writer, 'message')
    const target = await emptyDatabase()
    await restore(target, file, keys, TUESDAY)
    const { organisations, checks } = await rowsOf(target)
    // Each organisation was followed by one check: at any one moment there is at most one without.
    const [made = 0, checked = 0] = [(organisations?.length ?? 0) - 1, (checks?.length ?? 0) - MANY]
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(Number(written))
    expect([made, made - 1]).toContain(checked)
  })

  it('is not made of what is not there, and nothing is made by asking', async () => {
    const none: DatabaseConfig = { kind: 'sqlite', file: join(folder, 'none', 'consentry.db') }
    await expect(backUp(none, file, TUESDAY)).rejects.toThrow('There is no database')
    const foreign = await emptyDatabase()
    if (foreign.kind === 'sqlite') await writeFile(foreign.file, '')
    await expect(backUp(foreign, file, TUESDAY)).rejects.toThrow('are not those of this version')
    const empty: DatabaseConfig = { kind: 'postgres', url: await server.createDatabase() }
    await expect(backUp(empty, file, TUESDAY)).rejects.toThrow('are not those of this version')
    const left = (await readdir(folder)).filter((name) => name.startsWith('backup') || name === 'none')
    expect(left).toEqual([])
  })

  it('that lost a part, or has one altered, is not restored, nor is anything of a later version', async () => {
    await backUp(await fullDatabase(), file, TUESDAY)
    const whole = await readFile(file)
    const target = await emptyDatabase()
    await writeFile(file, whole.subarray(0, whole.length / 2))
    await expect(restore(target, file, keys, TUESDAY)).rejects.toThrow('has lost a part')
    await writeFile(
      file,
      Buffer.concat([whole.subarray(0, 8192), Buffer.alloc(8192), whole.subarray(16_384)]),
    )
    await expect(restore(target, file, keys, TUESDAY)).rejects.toThrow('has lost a part')
    await writeFile(file, whole)
    const { client } = openSqlite(file)
    client.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 9999999999999)")
    client.close()
    await expect(restore(target, file, keys, TUESDAY)).rejects.toThrow('a later version')
  })

  it('of an older version gets the tables of this one, and stays as it is itself', async () => {
    await backUp(await fullDatabase(), file, TUESDAY)
    const old = join(folder, 'old.db')
    await makeOlder(file, old)
    const bytes = await readFile(old)
    const target = await emptyDatabase('postgres')
    expect(await restore(target, old, keys, TUESDAY)).toMatchObject({ connections: MANY, verifyFirst: 1 })
    expect((await readFile(old)).equals(bytes)).toBe(true)
    expect((await rowsOf(target)).grants).toHaveLength(MANY)
  })

  it('that does not fit fails with an error that holds no value, and leaves the database as it was', async () => {
    await backUp(await fullDatabase(), file, TUESDAY)
    for (const kind of ['sqlite', 'postgres'] as const) {
      const target = await emptyDatabase(kind)
      await withOpen(target, async ({ db, tables }) => {
        const made = { createdAt: MONDAY, updatedAt: MONDAY, emailVerified: true, image: null }
        await db.insert(tables.user).values({ id: 'other', name: 'N', email: 'asa@example.com', ...made })
      })
      const error: unknown = await restore(target, file, keys, TUESDAY).catch((reason: unknown) => reason)
      expect(String(error)).toMatch(/unique/i)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('asa@example.com')
      const rows = await rowsOf(target)
      expect(Object.values(rows).flat()).toHaveLength(1)
    }
  })
})

/** The same backup as the first version would have written it: its tables, and of the rows what they had then. */
async function makeOlder(from: string, to: string): Promise<void> {
  const migrations = join(folder, 'migrations')
  await cp(join(import.meta.dirname, '../migrations/sqlite'), migrations, { recursive: true })
  const journal = join(migrations, 'meta/_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as { entries: unknown[] }
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 1) }))
  const connection = openSqlite(to)
  await migrateSqlite(connection, { migrationsFolder: migrations })
  const { client } = connection
  client.pragma('foreign_keys = OFF')
  client.exec(`ATTACH '${from}' AS newer`)
  const names = client
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all()
    .map(String)
  for (const name of names.filter((it) => !/^(?:sqlite_|__)/.test(it))) {
    const both = `SELECT name FROM pragma_table_info('${name}') WHERE name IN (SELECT name FROM pragma_table_info('${name}', 'newer'))`
    const columns = client
      .prepare(both)
      .pluck()
      .all()
      .map((it) => `"${String(it)}"`)
      .join(', ')
    if (columns) client.exec(`INSERT INTO "${name}" (${columns}) SELECT ${columns} FROM newer."${name}"`)
  }
  client.exec('DETACH newer')
  for (const pragma of ['application_id', 'user_version']) {
    const source = openSqlite(from, { readonly: true })
    client.pragma(`${pragma} = ${Number(source.client.pragma(pragma, { simple: true }))}`)
    source.client.close()
  }
  client.pragma('journal_mode = DELETE')
  client.close()
}
