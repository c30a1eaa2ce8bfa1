import { setTimeout as sleep } from 'node:timers/promises'

import { beforeEach, describe, expect, it } from 'vitest'

import {
  getAccessToken,
  recoverInterrupted,
  refreshConnection,
  refreshDue,
  type CheckRow,
  type Deps,
} from '../src/index.ts'
import {
  add,
  arrive,
  consent,
  createBench,
  DAY,
  MINUTE,
  stored,
  tenant,
  travel,
  type Bench,
} from './bench.ts'
import { startMortal } from './mortal.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
})

function redemptions(of: Bench = bench): number {
  return of.microsoft.requests.filter((it) => it.route === 'token').length
}

async function newestCheck(): Promise<CheckRow | undefined> {
  const { items } = await bench.store.listChecks((await stored(bench)).id, { limit: 20 })
  return items.find((it) => it.kind === 'grant')
}

/** A process that dies as soon as Microsoft has answered its renewal. */
async function dieInRenewal(): Promise<void> {
  const row = await stored(bench)
  const process = startMortal(bench)
  const fetch: Deps['fetch'] = async (input, init) => {
    await bench.fetch(input, init)
    process.dieAt(1)
    return process.bench.fetch(input, init)
  }
  const dying = refreshConnection({ ...process.bench, fetch }, row)
  await Promise.race([dying, process.died])
}

describe('a renewal that was cut off', () => {
  beforeEach(async () => {
    await consent(bench)
  })

  it('is due at once in another process, proven anew, and in the history', async () => {
    await dieInRenewal()
    expect(await recoverInterrupted(bench)).toEqual({ connections: 1, attempts: 0 })
    expect(await stored(bench)).toMatchObject({ verify: 'interrupted', nextRefreshAt: bench.now() })
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(await stored(bench)).toMatchObject({ status: 'connected', verify: null, intent: null })
    expect(await newestCheck()).toMatchObject({
      kind: 'grant',
      ok: true,
      detail: expect.stringContaining('The renewal before was cut off'),
    })
    expect(await recoverInterrupted(bench)).toEqual({ connections: 0, attempts: 0 })
  })

  it('is proven by whoever needs a token first, and that is in the history, too', async () => {
    await dieInRenewal()
    const token = await getAccessToken(bench, await stored(bench), { resource: 'graph' })
    expect(token.source).toBe('cache')
    await bench.store.dropAccessTokens((await stored(bench)).id)
    await getAccessToken(bench, await stored(bench), { resource: 'graph' })
    expect(await newestCheck()).toMatchObject({ ok: true, detail: expect.stringContaining('was cut off') })
  })

  it('is told as lost in the same run where a token works once, looked at again, and mended by a consent', async () => {
    bench.microsoft.control.setRotation('strict')
    await dieInRenewal()
    await recoverInterrupted(bench)
    expect(await refreshDue(bench)).toMatchObject({ failed: 1 })
    const lost = { status: 'broken', reason: 'rotation_unconfirmed', action: 'reconsent' }
    expect(await stored(bench)).toMatchObject(lost)
    expect(await newestCheck()).toMatchObject({ ok: false, code: 'rotation_unconfirmed' })
    bench.microsoft.control.clearRequests()
    bench.pass(3 * MINUTE)
    await refreshDue(bench)
    expect(redemptions()).toBeGreaterThan(0)
    expect(await stored(bench)).toMatchObject(lost)
    bench.pass(3 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 0 })
    await consent(bench, {}, await stored(bench))
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, verify: null })
  })

  it('is told wherever the process that found out dies, too', async () => {
    for (let step = 1; step <= 24; step += 1) {
      bench = await createBench()
      await consent(bench)
      bench.microsoft.control.setRotation('strict')
      await dieInRenewal()
      await recoverInterrupted(bench)
      const second = startMortal(bench)
      second.dieAt(step)
      await Promise.race([refreshDue(second.bench), second.died])
      await second.end()
      await recoverInterrupted(bench)
      await refreshDue(bench)
      expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'rotation_unconfirmed' })
      const { items } = await bench.store.listChecks((await stored(bench)).id, { limit: 50 })
      expect(items.map((it) => it.code)).toContain('rotation_unconfirmed')
    }
  })

  it('by the network, where a token works once, is told in the same words', async () => {
    bench.microsoft.control.setRotation('strict')
    const fault = { on: { route: 'token' }, times: 1, then: { reset: 'after' } } as const
    bench.microsoft.control.addFault(fault)
    await refreshConnection(bench, await stored(bench))
    expect(await stored(bench)).toMatchObject({ status: 'connected', verify: 'interrupted' })
    bench.pass(10 * MINUTE)
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'rotation_unconfirmed' })
  })

  it("mends itself when the refusal was a moment's fault", async () => {
    await dieInRenewal()
    await recoverInterrupted(bench)
    bench.microsoft.control.addFault({ on: { route: 'token' }, times: 3, then: { aadsts: 70000 } })
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'rotation_unconfirmed' })
    bench.microsoft.control.clearFaults()
    bench.pass(3 * MINUTE)
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, verify: null })
  })

  it('that came from a backup goes back to the generation before when the newest is refused', async () => {
    await refreshConnection(bench, await stored(bench))
    const row = await stored(bench)
    await bench.store.updateConnection(row.id, { verify: 'restored', nextRefreshAt: bench.now() })
    bench.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { aadsts: 70000 } })
    expect(await refreshDue(bench)).toMatchObject({ refreshed: 1 })
    expect(await newestCheck()).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/came from a backup.*an older one was accepted/),
    })
  })
})

describe('a consent that was being proven', () => {
  /** A process that takes the trip home and dies at this step of proving it. */
  async function dieInProof(at: number): Promise<void> {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    const process = startMortal(bench)
    process.dieAt(at)
    await Promise.race([arrive(process.bench, trip), process.died])
  }

  it.each(Array.from({ length: 26 }, (_, n) => 3 * n + 3))(
    'and died at step %i ends, connected or explained',
    async (at) => {
      await dieInProof(at)
      await recoverInterrupted(bench)
      const row = await stored(bench)
      const [attempt] = await attemptsOf(row.id)
      const connected = row.status === 'connected' && attempt?.status === 'succeeded'
      const explained =
        attempt?.status === 'failed' && attempt.problem?.code === 'interrupted' && row.generation === null
      // Before the trip was taken nothing has happened yet, and the browser may come back once more.
      const untouched = attempt?.status === 'waiting' && row.generation === null
      expect({ connected, explained, untouched, at }).toSatisfy(() => connected || explained || untouched)
    },
  )

  it('ends where each token works once, too, connected or explained', async () => {
    for (let at = 1; at <= 80; at += 1) {
      bench = await createBench()
      bench.microsoft.control.setRotation('strict')
      await dieInProof(at)
      await recoverInterrupted(bench)
      const row = await stored(bench)
      const [attempt] = await attemptsOf(row.id)
      const outcome = `${row.status}/${row.reason}, attempt ${attempt?.status}/${attempt?.problem?.code}, ${row.generation === null ? 'nothing' : 'a grant'} kept`
      expect(outcome).toMatch(
        /^(connected\/null, attempt succeeded\/undefined, a grant|waiting\/null, attempt (failed\/interrupted|waiting\/undefined), nothing) kept$/,
      )
    }
  })

  it('again never costs the sign-in that works, wherever it dies', async () => {
    for (let at = 1; at <= 80; at += 1) {
      bench = await createBench()
      bench.microsoft.control.setRotation(at % 2 ? 'strict' : 'entra')
      await consent(bench)
      await dieInProof(at)
      await recoverInterrupted(bench)
      const refreshed = await refreshConnection(bench, await stored(bench))
      const { status, leaseUntil, verify } = await stored(bench)
      expect({ at, ok: refreshed.ok, status, leaseUntil, verify }).toEqual({
        at,
        ok: true,
        status: 'connected',
        leaseUntil: null,
        verify: null,
      })
    }
  })

  it('goes on from the grant it had stored', async () => {
    await dieInProof(34)
    const row = await stored(bench)
    expect(row.generation).toBeNull()
    expect(await bench.store.listGrants(row.id)).not.toEqual([])
    expect(await recoverInterrupted(bench)).toMatchObject({ attempts: 1 })
    expect(await stored(bench)).toMatchObject({ status: 'connected', accountUsername: tenant.users.service })
  })

  it('for another account still waits for somebody to accept it', async () => {
    await consent(bench)
    const trip = await travel(bench, await stored(bench), { user: tenant.users.second })
    const process = startMortal(bench)
    process.dieAt(34)
    await Promise.race([arrive(process.bench, trip), process.died])
    await recoverInterrupted(bench)
    const [attempt] = await bench.store.listOpenAttempts((await stored(bench)).id, bench.now())
    expect(attempt).toMatchObject({ status: 'failed', problem: { code: 'other_account' } })
    expect(attempt?.candidate).toMatchObject({ username: tenant.users.second })
    expect(await stored(bench)).toMatchObject({ accountUsername: tenant.users.service, status: 'connected' })
  })

  async function attemptsOf(connectionId: string) {
    const { items } = await bench.store.listChecks(connectionId, { limit: 1 })
    const id = items[0]?.attemptId
    const known = id ? await bench.store.getAttempt(id) : null
    return known ? [known] : bench.store.listOpenAttempts(connectionId, bench.now())
  }
})

describe('what Microsoft asked for', () => {
  it('holds for every process: nobody asks again before the time it named', async () => {
    await consent(bench)
    const other: Bench = { ...bench, store: bench.store.fork() }
    const row = await stored(bench)
    await bench.store.dropAccessTokens(row.id)
    bench.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: { retryAfter: 120 } })
    await expect(getAccessToken(bench, row, { resource: 'graph' })).rejects.toMatchObject({
      retryAfterSeconds: 120,
    })
    bench.microsoft.control.clearRequests()
    bench.pass(30_000)
    await expect(getAccessToken(other, row, { resource: 'partner-center' })).rejects.toMatchObject({
      retryAfterSeconds: 90,
    })
    expect(redemptions()).toBe(0)
    bench.pass(91_000)
    expect((await getAccessToken(other, row, { resource: 'partner-center' })).source).toBe('refreshed')
  })
})

describe('a store that is away', () => {
  beforeEach(async () => {
    await consent(bench)
    await bench.store.dropAccessTokens((await stored(bench)).id)
  })

  /** The store refuses to save what a redemption brought until told otherwise. */
  function refusing(): { deps: Bench; giveIn: () => void } {
    let refuses = true
    const commit = bench.store.commitRotation.bind(bench.store)
    const store: Bench['store'] = {
      ...bench.store,
      commitRotation: async (rotation) => {
        if (refuses) throw Object.assign(new Error('The database is away'), { passes: true })
        return commit(rotation)
      },
    }
    return { deps: { ...bench, store }, giveIn: () => void (refuses = false) }
  }

  it('is given what Microsoft gave as soon as it is back', async () => {
    bench.microsoft.control.setRotation('strict')
    const { deps, giveIn } = refusing()
    const asked = getAccessToken(deps, await stored(bench), { resource: 'graph' })
    await sleep(200)
    giveIn()
    expect((await asked).source).toBe('refreshed')
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
    expect(bench.events.map((it) => it.name)).toContain('grant.unsaved.fault')
  })

  it('keeps the process until it was given it', async () => {
    const { deps, giveIn } = refusing()
    const tracked: Promise<unknown>[] = []
    const track = (work: Promise<unknown>) => void tracked.push(work)
    const asked = getAccessToken({ ...deps, track }, await stored(bench), { resource: 'graph' })
    await sleep(50)
    expect(tracked).toHaveLength(1)
    giveIn()
    await Promise.all(tracked)
    expect((await getAccessToken(bench, await stored(bench), { resource: 'graph' })).source).toBe('cache')
    await asked
  })
})

describe('a process that was paused', () => {
  it('sends nothing once another has taken its lease', async () => {
    await consent(bench)
    bench.pass(DAY)
    const row = await stored(bench)
    const paused = startMortal(bench)
    const { promise: stopped, resolve: goOn } = Promise.withResolvers<void>()
    const getGrant = paused.bench.store.getGrant.bind(paused.bench.store)
    const store = {
      ...paused.bench.store,
      getGrant: async (...args: Parameters<typeof getGrant>) => {
        const grant = await getGrant(...args)
        await stopped
        return grant
      },
    }
    bench.microsoft.control.clearRequests()
    const late = refreshConnection({ ...paused.bench, store }, row)
    const refused = late.catch((error: unknown) => error)
    await sleep(50)
    bench.pass(6 * MINUTE)
    const other: Bench = { ...bench, store: bench.store.fork() }
    expect((await refreshConnection(other, row)).ok).toBe(true)
    goOn()
    expect(await refused).toMatchObject({ code: 'refresh_under_way' })
    expect(redemptions()).toBe(1)
  })
})
