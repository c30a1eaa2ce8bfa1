import { readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { readConfig, refreshConnection, requestReport, type Deps } from '@consentry/core'
import { openGrant, TESTER } from '@consentry/core/testing'
import { openDatabase } from '@consentry/db'
import { startPostgres, type TestPostgres } from '@consentry/db/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { pointsOf, run, startApi, type Env } from '../src/program.ts'
import { connectTenant, openWorld, type Dialect, type World } from '../src/world.ts'

const CLI = 'apps/cli/src/main.ts'
const NIGHT = ['apps/worker/src/main.ts', '--once']
const TENANTS = 3

let server: TestPostgres
let files: string[] = []

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
afterEach(async () => {
  for (const file of files)
    for (const rest of ['', '-wal', '-shm']) await rm(`${file}${rest}`, { force: true })
  files = []
})

function newFile(): string {
  const file = join(tmpdir(), `consentry-drill-${process.pid}-${Math.random().toString(36).slice(2)}`)
  files.push(file)
  return file
}

async function emptyDatabase(dialect: Dialect): Promise<string> {
  return dialect === 'postgres' ? server.createDatabase() : `file:${newFile()}`
}

async function consentry(env: Env, ...args: string[]) {
  const { code, words } = await run([CLI, ...args, '--json'], env)
  return { code, words, value: code === 0 ? (JSON.parse(words) as unknown) : null }
}

/** The same deployment on another database. */
async function moved(world: World, url: string): Promise<{ env: Env; deps: Deps; close(): Promise<void> }> {
  const env = { ...world.env, DATABASE_URL: url }
  const config = readConfig(env)
  const { store, close } = await openDatabase(config.database)
  return { env, deps: { ...world.deps, store, config }, close }
}

describe.each([
  ['sqlite', 'sqlite'],
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
] as const)('a backup of %s restored into %s', (from, into) => {
  let world: World
  beforeEach(async () => {
    world = await openWorld(from)
  })
  afterEach(() => world.close())

  it('taken while the night runs brings every tenant back', async () => {
    const tenants = []
    for (let n = 0; n < TENANTS; n += 1) tenants.push(await connectTenant(world))
    await requestReport(world.deps, tenants[0]?.row ?? never(), TESTER, { kind: 'unbilled' })
    const file = newFile()
    const [backup] = await Promise.all([consentry(world.env, 'backup', file), run(NIGHT, world.env)])
    expect(backup.value).toMatchObject({ file, organisations: 1, connections: TENANTS })
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    const url = await emptyDatabase(into)
    const restored = await consentry({ ...world.env, DATABASE_URL: url }, 'restore', file)
    expect(restored.value).toMatchObject({ organisations: 1, connections: TENANTS, verifyFirst: TENANTS })
    const { env, deps, close } = await moved(world, url)
    for (const { row } of tenants) {
      const now = await deps.store.getConnection(row.id)
      expect(now).toMatchObject({ verify: 'restored', leaseUntil: null, intent: null })
      const { items } = await deps.store.listChecks(row.id, { limit: 20 })
      expect(items.length).toBeGreaterThanOrEqual(8)
    }
    expect(await run(NIGHT, env)).toMatchObject({ code: 0 })
    const api = await startApi(env)
    for (const { id, row } of tenants) {
      expect(await deps.store.getConnection(row.id)).toMatchObject({ status: 'connected', verify: null })
      // The night's proof says the rest; its first rung is the sign-in.
      const { items } = await deps.store.listChecks(row.id, { limit: 8 })
      const newest = items.find((it) => it.kind === 'grant')
      expect(newest).toMatchObject({ ok: true, detail: expect.stringContaining('came from a backup') })
      const answer = await fetch(`${api.url}/api/v1/connections/${id}/token`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.serviceKey}`, 'content-type': 'application/json' },
        body: '{"resource":"partner-center"}',
      })
      expect(answer.status).toBe(200)
    }
    await api.stop()
    await close()
  }, 90_000)
})

function never(): never {
  throw new Error('There are tenants.')
}

describe.each(['sqlite', 'postgres'] as const)('a restore into %s', (into) => {
  let world: World
  beforeEach(async () => {
    world = await openWorld('sqlite')
  })
  afterEach(() => world.close())

  it('that is killed anywhere has done all or nothing, and is done by doing it again', async () => {
    const { row } = await connectTenant(world)
    const file = newFile()
    await consentry(world.env, 'backup', file)
    const points = await pointsOf([CLI, 'restore', file], {
      ...world.env,
      DATABASE_URL: await emptyDatabase(into),
    })
    // What was done before everything's one commit is undone; the rest counts.
    const last = points.indexOf('after commit', points.lastIndexOf('after insert grants')) + 1
    expect(points[last - 2]).toBe('before commit')
    expect(points).toContain('after insert grants')
    for (const killAt of [1, last - 2, last - 1, last]) {
      const url = await emptyDatabase(into)
      const env = { ...world.env, DATABASE_URL: url }
      expect(await run([CLI, 'restore', file], env, { killAt })).toMatchObject({ killed: true })
      const again = await consentry(env, 'restore', file)
      const nothing = { code: 0, value: { connections: 1 } }
      const all = { code: 1, words: expect.stringContaining('holds an organisation already') }
      expect(again).toMatchObject(killAt < last ? nothing : all)
      const { deps, close } = await moved(world, url)
      expect(await run(NIGHT, env)).toMatchObject({ code: 0 })
      expect(await deps.store.getConnection(row.id)).toMatchObject({ status: 'connected', verify: null })
      await close()
    }
  }, 120_000)
})

describe('a backup', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld('sqlite')
  })
  afterEach(() => world.close())

  it('holds no token in clear, no session, and opens nothing without the key ring', async () => {
    const { row } = await connectTenant(world)
    const file = newFile()
    await consentry(world.env, 'backup', file)
    const bytes = (await readFile(file)).toString('latin1')
    const { refreshToken: token } = await openGrant(world.deps, row, row.generation ?? 0)
    expect(bytes).not.toContain(token)
    expect(bytes).not.toContain(token.slice(0, 40))
    expect(bytes).not.toContain(world.serviceKey)
    const held = await world.deps.store.getGrant(row.id, row.generation ?? 0)
    expect(bytes).toContain(held?.sealed)
    const url = await emptyDatabase('sqlite')
    const other = (await consentry(world.env, 'keys', 'generate')).value as { entry: string }
    const lacking = await consentry(
      { ...world.env, CONSENTRY_KEYS: other.entry, DATABASE_URL: url },
      'restore',
      file,
    )
    expect(lacking.code).toBe(1)
    expect(lacking.words).toContain('The key ring lacks the key')
  })

  it('is not written over, and not read into a database that is in use, nor is anything else read', async () => {
    await connectTenant(world)
    const file = newFile()
    expect(await consentry(world.env, 'backup', file)).toMatchObject({ code: 0 })
    const again = await consentry(world.env, 'backup', file)
    expect(again).toMatchObject({ code: 1, words: expect.stringContaining('is there already') })
    const used = await consentry(world.env, 'restore', file)
    expect(used).toMatchObject({ code: 1, words: expect.stringContaining('holds an organisation already') })
    const url = await emptyDatabase('sqlite')
    const wrong = await consentry(
      { ...world.env, DATABASE_URL: url },
      'restore',
      join(import.meta.dirname, '../package.json'),
    )
    expect(wrong).toMatchObject({ code: 1, words: expect.stringContaining('is not a backup') })
  })

  it('older than the last renewal: where each token works once the loss is told, and what was not renewed works', async () => {
    world.microsoft.control.setRotation('strict')
    const [renewed, left] = [await connectTenant(world), await connectTenant(world)]
    const file = newFile()
    await consentry(world.env, 'backup', file)
    await refreshConnection(world.deps, renewed.row)
    const url = await emptyDatabase('sqlite')
    await consentry({ ...world.env, DATABASE_URL: url }, 'restore', file)
    const { env, deps, close } = await moved(world, url)
    await run(NIGHT, env)
    expect(await deps.store.getConnection(left.row.id)).toMatchObject({ status: 'connected' })
    expect(await deps.store.getConnection(renewed.row.id)).toMatchObject({
      status: 'broken',
      reason: 'rotation_unconfirmed',
      action: 'reconsent',
    })
    const { items } = await deps.store.listChecks(renewed.row.id, { limit: 1 })
    expect(items[0]).toMatchObject({ ok: false, code: 'rotation_unconfirmed' })
    await close()
  })
})
