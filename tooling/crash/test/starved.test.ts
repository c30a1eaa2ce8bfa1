import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { openDatabase } from '@consentry/db'
import { createAuth, createPerson } from '@consentry/db/sign-in'
import { Client } from 'pg'
import { afterEach, describe, expect, it } from 'vitest'

import { askToken, call, insist, redemptions, type Call } from '../src/callers.ts'
import { startApi, startWorker, type Env, type Server } from '../src/program.ts'
import { connectTenant, openWorld, type Tenant, type World } from '../src/world.ts'
import type { ConnectionRow } from '@consentry/core'

const SECOND = 1000

let world: World
let programs: Pick<Server, 'signal' | 'ended'>[] = []
const cleanUp: (() => void)[] = []

afterEach(async () => {
  for (const program of programs) program.signal('SIGKILL')
  await Promise.all(programs.map((it) => it.ended))
  programs = []
  await world.close()
  for (const step of cleanUp.splice(0)) step()
})

/** An api and a worker, and a tenant that is due and has no access token left. */
async function given(
  env: Env = world.env,
): Promise<{ api: Server; tenant: Tenant & { row: ConnectionRow } }> {
  const tenant = await connectTenant(world)
  await world.deps.store.dropAccessTokens(tenant.row.id)
  await world.deps.store.updateConnection(tenant.row.id, { nextRefreshAt: new Date(Date.now() + 3_600_000) })
  const api = await startApi(env)
  programs = [api, startWorker(env)]
  world.microsoft.control.clearRequests()
  return { api, tenant }
}

const key = () => ({ authorization: `Bearer ${world.serviceKey}`, 'content-type': 'application/json' })

async function everyAnswer(api: Server, { id }: Tenant): Promise<Call[]> {
  const refresh = call(api.url, `/api/v1/connections/${id}/refresh`, {
    method: 'POST',
    headers: key(),
    body: '{}',
  })
  const test = call(api.url, `/api/v1/connections/${id}/test`, { method: 'POST', headers: key(), body: '{}' })
  const many = Array.from({ length: 20 }, () => askToken(world, api.url, id))
  return Promise.all([refresh, test, ...many])
}

function expectWaiting(answers: readonly Call[]): void {
  expect(answers.map((it) => [it.status, it.body.code])).toEqual(answers.map(() => [503, 'not_ready']))
  expect(answers.every((it) => (it.retryAfter ?? 0) > 0)).toBe(true)
  expect(Math.max(...answers.map((it) => it.ms))).toBeLessThan(15 * SECOND)
}

function sentToMicrosoft(): number {
  return world.microsoft.requests.filter((it) => it.route === 'token').length
}

/** Without anybody's doing anything: a token, also at night. */
async function expectRecovered(api: Server, { id, row }: Tenant & { row: ConnectionRow }): Promise<void> {
  expect((await insist(world, api.url, id)).at(-1)).toMatchObject({ status: 200 })
  await expect
    .poll(async () => (await world.deps.store.getConnection(row.id))?.status, { timeout: 20_000 })
    .toBe('connected')
  expect(Math.max(...redemptions(world))).toBe(1)
}

describe('a database file that cannot be written', () => {
  it('costs no redemption: callers are told to wait, and all goes on when it can be', async () => {
    world = await openWorld('sqlite')
    const control = join(tmpdir(), `consentry-starve-${randomUUID()}`)
    const { api, tenant } = await given({ ...world.env, STARVE: control })
    writeFileSync(control, '')
    expectWaiting(await everyAnswer(api, tenant))
    expect(sentToMicrosoft()).toBe(0)
    rmSync(control)
    await expectRecovered(api, tenant)
    console.log('read-only file: 22 calls answered 503 with Retry-After, 0 redemptions, recovered by itself')
  }, 60_000)
})

const SMALL = join(tmpdir(), `consentry-small-${process.pid}`)

/** A disk of 16 MiB, where this process may make one. */
function mountSmall(): boolean {
  try {
    mkdirSync(SMALL)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', SMALL], { stdio: 'ignore' })
    return true
  } catch {
    rmSync(SMALL, { recursive: true, force: true })
    return false
  }
}

function unmountSmall(): void {
  execFileSync('umount', ['-l', SMALL])
  rmSync(SMALL, { recursive: true, force: true })
}

describe('a full disk', () => {
  it('costs no redemption: callers are told to wait, and all goes on when there is room', async (context) => {
    if (!mountSmall()) return context.skip('only root may mount a small disk to fill')
    try {
      world = await openWorld('sqlite', SMALL)
      const { api, tenant } = await given()
      const ballast = join(SMALL, 'ballast')
      const { bavail, bsize } = statfsSync(SMALL)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
      expectWaiting(await everyAnswer(api, tenant))
      expect(sentToMicrosoft()).toBe(0)
      rmSync(ballast)
      await expectRecovered(api, tenant)
      console.log('full disk: 22 calls answered 503 with Retry-After, 0 redemptions, recovered by itself')
    } finally {
      cleanUp.push(unmountSmall)
    }
  }, 60_000)
})

describe('PostgreSQL', () => {
  it('that is away costs no redemption; everybody is told to wait, also who is signed in', async () => {
    world = await openWorld('postgres')
    const { api, tenant } = await given()
    const cookie = await signIn(api)
    const list = () => call(api.url, '/api/v1/connections', { headers: { cookie } })
    expect((await list()).status).toBe(200)
    const away = world.restartServer(6 * SECOND)
    await sleep(1.5 * SECOND)
    const answers = [...(await everyAnswer(api, tenant)), await list(), await signingIn(api)]
    const ready = await call(api.url, '/ready')
    await away
    expectWaiting(answers)
    expect(ready.status).toBe(503)
    expect(sentToMicrosoft()).toBe(0)
    await expectRecovered(api, tenant)
    expect((await list()).status).toBe(200)
    console.log(
      'PostgreSQL away for 6 s: 24 calls answered 503 with Retry-After, 0 redemptions, recovered by itself',
    )
  }, 90_000)

  it('that goes away while a renewal is at Microsoft gets it once it is back, where each token works once', async () => {
    world = await openWorld('postgres')
    const { api, tenant } = await given()
    world.microsoft.control.setRotation('strict')
    world.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { delayMs: 2 * SECOND } })
    const asked = insist(world, api.url, tenant.id)
    await expect
      .poll(async () => (await world.deps.store.getConnection(tenant.row.id))?.leaseUntil)
      .toBeTruthy()
    await sleep(200)
    await world.restartServer(5 * SECOND)
    expect((await asked).at(-1)).toMatchObject({ status: 200 })
    const again = await call(api.url, `/api/v1/connections/${tenant.id}/refresh`, {
      method: 'POST',
      headers: key(),
      body: '{}',
    })
    expect(again).toMatchObject({ status: 200, body: { ok: true } })
    expect(redemptions(world)).toEqual([1, 1])
    console.log(
      'PostgreSQL away for 5 s during a renewal, strict rotation: saved afterwards, 1 redemption a generation',
    )
  }, 60_000)

  it('restarted under load loses nothing, where each token works once', async () => {
    world = await openWorld('postgres')
    const { api } = await given()
    const tenants = []
    for (let n = 0; n < 12; n += 1) tenants.push(await connectTenant(world))
    world.microsoft.control.setRotation('strict')
    world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 300 } })
    world.microsoft.control.clearRequests()
    for (const { row } of tenants) await world.deps.store.dropAccessTokens(row.id)
    const calls = tenants.flatMap(({ id }) => Array.from({ length: 15 }, () => insist(world, api.url, id)))
    await sleep(250)
    await world.restartServer(1 * SECOND)
    const answers = await Promise.all(calls)
    expect(answers.map((it) => it.at(-1)?.status)).toEqual(answers.map(() => 200))
    const odd = answers.flat().filter((it) => it.status !== 200 && it.status !== 503)
    expect(odd).toEqual([])
    expect(Math.max(...redemptions(world))).toBe(1)
    for (const { id } of tenants) {
      const again = await call(api.url, `/api/v1/connections/${id}/refresh`, {
        method: 'POST',
        headers: key(),
        body: '{}',
      })
      expect(again.body).toMatchObject({ ok: true })
    }
    console.log(
      `PostgreSQL restarted under ${calls.length} callers, strict rotation: ${answers.flat().length - calls.length} answers 503, then all 200; 12 of 12 tenants renew`,
    )
  }, 120_000)

  it('whose connections are all taken makes nobody hang', async () => {
    world = await openWorld('postgres')
    const { api, tenant } = await given()
    const blocker = new Client({ connectionString: world.env.DATABASE_URL })
    await blocker.connect()
    await blocker.query('begin; lock table connections in access exclusive mode')
    const asked = Array.from({ length: 60 }, () => askToken(world, api.url, tenant.id))
    await sleep(9 * SECOND)
    await blocker.query('rollback')
    await blocker.end()
    const answers = await Promise.all(asked)
    const refused = answers.filter((it) => it.status !== 200)
    expect(refused.length).toBeGreaterThan(20)
    expectWaiting(refused)
    await expectRecovered(api, tenant)
    console.log(
      `every connection of the pool taken for 9 s: ${refused.length} of 60 callers told to wait after ${Math.round(Math.max(...refused.map((it) => it.ms)) / 100) / 10} s at most, recovered by itself`,
    )
  }, 60_000)
})

const PERSON = { email: 'olga@example.com', password: 'a long enough password', name: 'Olga' }

function signingIn(api: Server): Promise<Call> {
  const { email, password } = PERSON
  return call(api.url, '/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
}

/** Somebody who is signed in: the cookie. */
async function signIn(api: Server): Promise<string> {
  const database = await openDatabase(world.deps.config.database)
  const { secret, url } = world.deps.config
  const userId = await createPerson(createAuth({ database, secret, url }), PERSON)
  const member = { organisationId: 'org', userId, role: 'owner', createdAt: new Date() } as const
  await database.store.putMember({ id: randomUUID(), ...member })
  await database.close()
  const response = await fetch(`${api.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: PERSON.email, password: PERSON.password }),
  })
  return response.headers
    .getSetCookie()
    .map((it) => it.split(';')[0])
    .join('; ')
}
