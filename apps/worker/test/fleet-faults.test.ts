import { join } from 'node:path'

import { startPostgres, type TestPostgres } from '@consentry/db/testing'
import { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createFleet, heldLeases, importDue, redemptions, stillDue, untilNothingIsDue } from './fleet.ts'
import { openWorld, type World } from './world.ts'

const HOUR = 3_600_000

let server: TestPostgres
let world: World
let pool: Pool
const fleet = createFleet()

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

beforeEach(async () => {
  world = await openWorld({ DATABASE_URL: await server.createDatabase(), CONSENTRY_REFRESH_PER_SECOND: '50' })
  pool = new Pool({ connectionString: world.env.DATABASE_URL, max: 1 })
  pool.on('error', () => {})
})
afterEach(async () => {
  await fleet.end()
  await pool.end()
  await world.close()
})

async function due(id: string): Promise<void> {
  await world.deps.store.updateConnection(id, { nextRefreshAt: new Date(Date.now() - 2 * HOUR) })
}

describe('a worker on PostgreSQL', () => {
  it('goes on by itself when the server was away in the middle of a night', async () => {
    await importDue(world, 150)
    fleet.start(world.env)
    await expect.poll(() => redemptions(world).length, { timeout: 60_000 }).toBeGreaterThan(20)
    await server.restart(2_000)
    await untilNothingIsDue(world)
    expect(redemptions(world)).toEqual(Array.from({ length: 150 }, () => 1))
  }, 180_000)

  it('ends within ten seconds of SIGTERM, and stores what Microsoft was asked for before', async () => {
    await importDue(world, 4)
    world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 2_500 } })
    const { child, ended } = fleet.start(world.env)
    await expect.poll(() => heldLeases(world), { timeout: 30_000 }).toBe(4)
    const told = performance.now()
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect(performance.now() - told).toBeLessThan(10_000)
    expect(redemptions(world)).toEqual([1, 1, 1, 1])
    expect(await stillDue(world.deps)).toBe(0)
  }, 60_000)

  it('ends within ten seconds also when Microsoft does not answer, and leaves its jobs to the next', async () => {
    await importDue(world, 4)
    world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 30_000 } })
    const { child, ended } = fleet.start(world.env)
    await expect.poll(() => heldLeases(world), { timeout: 30_000 }).toBe(4)
    const told = performance.now()
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    const took = performance.now() - told
    expect(took).toBeLessThan(10_000)
    const { rows } = await pool.query('select key from graphile_worker.jobs where locked_at is not null')
    expect(rows).toEqual([])
    world.microsoft.control.clearFaults()
    const started = performance.now()
    fleet.start(world.env)
    await untilNothingIsDue(world)
    const next = performance.now() - started
    expect(next).toBeLessThan(15_000)
    console.log(
      `SIGTERM with Microsoft silent: ended after ${Math.round(took)} ms, the next worker had all after ${Math.round(next)} ms`,
    )
  }, 90_000)

  it('finds what is due though its clock was set back an hour, and refreshes nothing twice', async () => {
    const [one = '', other = ''] = await importDue(world, 2)
    await world.deps.store.updateConnection(other, { nextRefreshAt: new Date(Date.now() + HOUR) })
    const preload = `--import ${join(import.meta.dirname, 'clock.ts')}`
    const { child, printed } = fleet.start({ ...world.env, NODE_OPTIONS: preload })
    await untilNothingIsDue(world)
    child.kill('SIGUSR2')
    await due(other)
    await untilNothingIsDue(world)
    expect(redemptions(world)).toEqual([1, 1])
    const back = await world.deps.store.getConnection(other)
    expect(back?.refreshedAt?.getTime()).toBeLessThan(Date.now() - HOUR / 2)
    expect((await world.deps.store.getConnection(one))?.failures).toBe(0)
    expect(printed.stderr).toBe('')
  }, 60_000)

  it('tries what nobody foresaw again, later each time, then puts it off and takes it up when it is due', async () => {
    const [id = ''] = await importDue(world, 3)
    const sealed = await alterGrant(id)
    const { printed } = fleet.start(world.env)
    await expect.poll(() => redemptions(world), { timeout: 30_000 }).toEqual([1, 1])
    await expect.poll(() => jobOf(id), { timeout: 10_000 }).toMatchObject({ attempts: 1, locked_at: null })
    const tried = await jobOf(id)
    await lookAgain()
    expect(await jobOf(id)).toMatchObject({ revision: tried?.revision })

    await pool.query(
      'select graphile_worker.reschedule_jobs(array_agg(id), run_at := now(), attempts := 4) from graphile_worker.jobs where key = $1',
      [`refresh ${id}`],
    )
    await expect.poll(() => jobOf(id), { timeout: 10_000 }).toMatchObject({ attempts: 5, locked_at: null })
    const putOff = await world.deps.store.getConnection(id)
    expect(putOff).toMatchObject({ failures: 1 })
    expect(putOff?.nextRefreshAt?.getTime()).toBeGreaterThan(Date.now() + 4 * 60_000)
    expect(printed.stdout + printed.stderr).toContain('"msg":"nightly.fault"')
    // A refresh is counted in the write that saves it, a moment after Microsoft has answered.
    await expect
      .poll(() => world.deps.store.listNights('org', 1))
      .toMatchObject([{ refreshed: 2, failed: 1 }])

    await pool.query('update grants set sealed = $1 where connection_id = $2', [sealed, id])
    await due(id)
    await lookAgain()
    await untilNothingIsDue(world)
    expect(redemptions(world)).toEqual([1, 1, 1])
  }, 90_000)
})

/** Makes the sealed grant unreadable, and gives it as it was. */
async function alterGrant(id: string): Promise<string> {
  const { rows } = await pool.query<{ sealed: string }>(
    'select sealed from grants where connection_id = $1',
    [id],
  )
  await pool.query("update grants set sealed = left(sealed, -8) || 'AAAAAAAA' where connection_id = $1", [id])
  return rows[0]?.sealed ?? ''
}

async function jobOf(id: string) {
  const { rows } = await pool.query<{ revision: number }>(
    'select * from graphile_worker.jobs where key = $1',
    [`refresh ${id}`],
  )
  return rows[0]
}

/** Has what is due looked for, and waits until that is over. */
async function lookAgain(): Promise<void> {
  await pool.query("select graphile_worker.add_job('find-due', job_key := 'look', priority := -1)")
  await expect
    .poll(async () => (await pool.query("select from graphile_worker.jobs where key = 'look'")).rowCount, {
      timeout: 10_000,
    })
    .toBe(0)
}
