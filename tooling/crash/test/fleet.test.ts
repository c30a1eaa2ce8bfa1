import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { askToken, insist, redemptions } from '../src/callers.ts'
import { startApi, startWorker, type Server } from '../src/program.ts'
import { connectTenant, DIALECTS, openWorld, type Dialect, type World } from '../src/world.ts'

const SECOND = 1000
const CALLERS = 1_000

type Fleet = { readonly world: World; readonly apis: readonly Server[] }

/** A world with so many apis and workers, for as long as `work` takes. */
async function withFleet(
  dialect: Dialect,
  { apis: count, workers = 0 }: { readonly apis: number; readonly workers?: number },
  work: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const world = await openWorld(dialect)
  const apis = await Promise.all(Array.from({ length: count }, () => startApi(world.env)))
  const programs = [...apis, ...Array.from({ length: workers }, () => startWorker(world.env))]
  try {
    await work({ world, apis })
  } finally {
    for (const program of programs) program.signal('SIGKILL')
    await Promise.all(programs.map((it) => it.ended))
    await world.close()
  }
}

/** A tenant whose access tokens have all expired. */
async function givenExpired(world: World) {
  const tenant = await connectTenant(world)
  await world.deps.store.updateConnection(tenant.row.id, { nextRefreshAt: new Date(Date.now() + 3_600_000) })
  await world.deps.store.dropAccessTokens(tenant.row.id)
  world.microsoft.control.clearRequests()
  return tenant
}

async function untilHeld(world: World, id: string): Promise<void> {
  await expect
    .poll(async () => (await world.deps.store.getConnection(id))?.leaseUntil, { timeout: 10_000 })
    .toBeTruthy()
  // Long enough for the request to have left.
  await sleep(300)
}

// Both at once: most of it is waiting.
describe.concurrent.each(DIALECTS)('four apis and two workers on %s', (dialect) => {
  it('redeem once for a thousand callers, though Microsoft is slower than the lease and its holder is stopped past it', async () => {
    await withFleet(dialect, { apis: 4, workers: 2 }, async ({ world, apis }) => {
      const { id, row } = await givenExpired(world)
      world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 32 * SECOND } })
      const [holder, ...others] = apis
      const first = insist(world, holder?.url ?? '', id)
      await untilHeld(world, row.id)
      holder?.signal('SIGSTOP')
      const started = performance.now()
      const calling = Array.from({ length: CALLERS - 1 }, (_, n) =>
        insist(world, others[n % others.length]?.url ?? '', id),
      )
      await sleep(36 * SECOND)
      holder?.signal('SIGCONT')
      const answers = [await first, ...(await Promise.all(calling))]
      const last = answers.map((it) => it.at(-1))
      expect(last.map((it) => it?.status)).toEqual(last.map(() => 200))
      expect(new Set(last.map((it) => it?.body.accessToken)).size).toBe(1)
      const early = answers.flatMap((it) => it.slice(0, -1))
      expect(early.filter((it) => it.status !== 503 || !it.retryAfter)).toEqual([])
      expect(new Set(early.map((it) => it.body.code))).toEqual(new Set(['refresh_under_way']))
      expect(redemptions(world)).toEqual([1])
      const seconds = Math.round((performance.now() - started) / SECOND)
      console.log(
        `${dialect}: ${CALLERS} callers, holder stopped for 36 s, Microsoft 32 s late: 1 redemption, ${early.length} answers 503, all served after ${seconds} s`,
      )
    })
  }, 150_000)
})

describe.each(DIALECTS)('on %s', (dialect) => {
  it('others go on at once where the holder was killed', async () => {
    await withFleet(dialect, { apis: 2 }, async ({ world, apis: [holder, other] }) => {
      const { id, row } = await givenExpired(world)
      world.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { delayMs: 60 * SECOND } })
      void askToken(world, holder?.url ?? '', id)
      await untilHeld(world, row.id)
      holder?.signal('SIGKILL')
      await holder?.ended
      const { status, ms } = await askToken(world, other?.url ?? '', id)
      expect(status).toBe(200)
      expect(ms).toBeLessThan(5 * SECOND)
      const [check] = (await world.deps.store.listChecks(row.id, { limit: 1 })).items
      expect(check).toMatchObject({ kind: 'grant', ok: true, detail: expect.stringContaining('was cut off') })
      console.log(`${dialect}: holder killed, next caller had its token after ${Math.round(ms)} ms`)
    })
  }, 60_000)

  it('an api that is told to end does so within ten seconds, after what was sent to Microsoft is stored', async () => {
    await withFleet(dialect, { apis: 1 }, async ({ world, apis: [api] }) => {
      const { id, row } = await givenExpired(world)
      world.microsoft.control.setRotation('strict')
      world.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { delayMs: 3 * SECOND } })
      const asked = askToken(world, api?.url ?? '', id)
      await untilHeld(world, row.id)
      const started = performance.now()
      api?.signal('SIGTERM')
      expect((await asked).status).toBe(200)
      expect(await api?.ended).toMatchObject({ code: 0 })
      const ms = performance.now() - started
      expect(ms).toBeLessThan(10 * SECOND)
      expect(await world.deps.store.getConnection(row.id)).toMatchObject({ intent: null, verify: null })
      expect(redemptions(world)).toEqual([1])
      console.log(
        `${dialect}: SIGTERM with a redemption at Microsoft: stored, ended after ${Math.round(ms)} ms`,
      )
    })
  }, 60_000)
})
