import { beforeEach, describe, expect, it, vi } from 'vitest'

import { importConnections, problem, refreshDue } from '../src/index.ts'
import {
  add,
  ASKER,
  consent,
  createBench,
  DAY,
  MINUTE,
  otherTenant,
  stored,
  tenant,
  type Bench,
} from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
})

describe('the nightly run', () => {
  it('refreshes what is due and nothing else', async () => {
    await consent(bench)
    expect(await refreshDue(bench)).toMatchObject({ due: 0, refreshed: 0, failed: 0, skipped: 0 })
    bench.pass(DAY)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1, failed: 0, skipped: 0 })
    expect(await refreshDue(bench)).toMatchObject({ due: 0 })
  })

  it('catches up a missed week with one refresh', async () => {
    await consent(bench)
    bench.microsoft.control.clearRequests()
    bench.pass(7 * DAY)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(redemptions()).toHaveLength(1)
  })

  it('keeps a tenant signed in for 400 days of inactivity of everybody else', async () => {
    await consent(bench)
    for (let day = 0; day < 400; day += 1) {
      bench.pass(DAY)
      expect((await refreshDue(bench)).failed).toBe(0)
    }
    expect((await stored(bench)).status).toBe('connected')
  }, 60_000)

  it('counts a failure, goes on with the others, and does not try twice in one run', async () => {
    await consent(bench)
    await consentOther()
    bench.microsoft.control.revokeSessions(tenant.users.service)
    bench.pass(DAY)
    expect(await refreshDue(bench)).toMatchObject({ due: 2, refreshed: 1, failed: 1 })
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'signed_out', nextRefreshAt: null })
    expect((await stored(bench, otherTenant.id)).status).toBe('connected')
  })

  it('tries again within minutes after a passing failure', async () => {
    await consent(bench)
    bench.pass(DAY)
    bench.microsoft.control.addFault({ on: { host: 'login' }, times: 1, then: { status: 503, body: '' } })
    expect(await refreshDue(bench)).toMatchObject({ failed: 1 })
    bench.pass(6 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
  })

  it('run twice at the same moment refreshes each connection once', async () => {
    await consent(bench)
    bench.pass(DAY)
    bench.microsoft.control.clearRequests()
    const runs = await Promise.all([refreshDue(bench), refreshDue(bench)])
    expect(runs.reduce((sum, it) => sum + it.failed, 0)).toBe(0)
    expect(redemptions()).toHaveLength(1)
  })

  it('is written down with its counts, one row a night however many rounds it takes', async () => {
    await consent(bench)
    await consentOther()
    bench.microsoft.control.disableUser(otherTenant.users.service)
    for (const hours of [22, 2, 22, 2]) {
      bench.pass(hours * 60 * MINUTE)
      await refreshDue(bench)
    }
    expect(await bench.store.listNights(bench.organisation.id, 5)).toMatchObject([
      { night: '2026-11-25', refreshed: 1, failed: 1 },
      { night: '2026-11-24', refreshed: 1, failed: 1 },
    ])
  })

  it('asks Microsoft once a minute for a tenant that three organisations have, and comes to all', async () => {
    await consent(bench)
    await consentIn('org-2')
    await consentIn('org-3')
    bench.pass(DAY)
    for (const left of [2, 1, 0]) {
      expect(await refreshFor(50)).toMatchObject({ due: left + 1, refreshed: 1, skipped: left })
      bench.pass(59_000)
      expect(await refreshFor(50)).toMatchObject({ due: left, refreshed: 0, skipped: left })
      bench.pass(1_000)
    }
  })

  it('counts the minute of a tenant from when Microsoft is asked', async () => {
    await consent(bench)
    await consentIn('org-2')
    bench.pass(DAY)
    const { store } = bench
    const slow = {
      ...bench,
      store: {
        ...store,
        takeTurn: (wish: Parameters<typeof store.takeTurn>[0]) => {
          if (wish.name === 'refresh') bench.pass(20_000)
          return store.takeTurn(wish)
        },
      },
    }
    expect(await refreshDue(slow, { signal: AbortSignal.timeout(50) })).toMatchObject({ refreshed: 1 })
    bench.pass(59_000)
    expect(await refreshFor(50)).toMatchObject({ refreshed: 0, skipped: 1 })
    bench.pass(1_000)
    expect(await refreshFor(50)).toMatchObject({ refreshed: 1 })
  })

  it('lets those that wait for another one of their tenant come last', async () => {
    await consent(bench)
    await consentIn('org-2')
    bench.pass(DAY)
    const others = bench.microsoft.control.addPartnerTenants(300)
    const lines = others.map(({ id }) => JSON.stringify({ microsoftId: id, refreshToken: 'x'.repeat(300) }))
    await importConnections(bench, bench.organisation.id, lines, { by: ASKER })
    const stopping = new AbortController()
    const running = refreshDue(bench, { signal: stopping.signal })
    const all = others.map((it) => it.id)
    await vi.waitFor(
      async () => {
        const rows = await Promise.all(all.map((id) => stored(bench, id)))
        expect(rows.filter((it) => it.doubtCode !== null)).toHaveLength(300)
      },
      { timeout: 10_000 },
    )
    stopping.abort()
    expect(await running).toMatchObject({ due: 302, refreshed: 1, failed: 300, skipped: 1 })
  }, 20_000)

  it('sends nothing while Microsoft asked to wait, counts no failure, and comes again then', async () => {
    await consent(bench)
    bench.pass(DAY)
    const { id } = await stored(bench)
    const told = { problem: problem('microsoft_slow'), verdict: 'transient' } as const
    const until = new Date(bench.now().getTime() + 10 * MINUTE)
    await bench.store.putCoolDown({ connectionId: id, key: '*', until, told })
    bench.microsoft.control.clearRequests()
    expect(await refreshDue(bench)).toMatchObject({ due: 1, failed: 0, skipped: 1 })
    expect(bench.microsoft.requests).toEqual([])
    expect(await stored(bench)).toMatchObject({ failures: 0, nextRefreshAt: until })
    bench.pass(10 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
  })

  it('puts off what goes wrong in a way nobody foresaw, tells of it, and refreshes the others', async () => {
    await consent(bench)
    await consentOther()
    bench.pass(DAY)
    const { id } = await stored(bench)
    const { store } = bench
    const faulty = {
      ...bench,
      store: {
        ...store,
        takeLease: async (asked: string, now: Date, until: Date) => {
          if (asked === id) throw new Error('nobody foresaw this')
          return store.takeLease(asked, now, until)
        },
      },
    }
    for (const minutes of [5, 15, 60]) {
      expect(await refreshDue(faulty)).toMatchObject({ failed: 1, skipped: 0 })
      const { nextRefreshAt } = await stored(bench)
      expect(nextRefreshAt?.getTime()).toBe(bench.now().getTime() + minutes * MINUTE)
      bench.pass(minutes * MINUTE)
    }
    expect((await stored(bench, otherTenant.id)).failures).toBe(0)
    const faults = bench.events.filter((it) => it.name === 'nightly.fault')
    expect(faults).toHaveLength(3)
    expect(faults[0]).toMatchObject({ microsoftId: tenant.id, detail: 'Error: nobody foresaw this' })
    expect(await refreshDue(bench)).toMatchObject({ refreshed: 1 })
  })

  it('refreshes nothing twice when the clock is set back an hour', async () => {
    await consent(bench)
    bench.pass(DAY)
    expect(await refreshDue(bench)).toMatchObject({ refreshed: 1 })
    bench.pass(-60 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 0 })
    bench.pass(60 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 0 })
  })

  it.each([
    ['Europe/Stockholm', '2026-10-22T20:00:00Z'],
    ['Europe/Stockholm', '2027-03-26T20:00:00Z'],
    ['America/New_York', '2026-10-30T20:00:00Z'],
    ['America/New_York', '2027-03-12T20:00:00Z'],
  ])('comes exactly once a night in %s over the change of clocks after %s', async (timeZone, start) => {
    const env = { CONSENTRY_REFRESH_PER_SECOND: '1000', CONSENTRY_TIME_ZONE: timeZone }
    bench = await createBench(env, new Date(start))
    await consent(bench)
    bench.microsoft.control.clearRequests()
    for (let hour = 0; hour < 4 * 24; hour += 0.5) {
      bench.pass(30 * MINUTE)
      await refreshDue(bench)
    }
    const nights = await bench.store.listNights(bench.organisation.id, 9)
    expect(nights.map((it) => it.refreshed)).toEqual([1, 1, 1, 1])
    expect(redemptions()).toHaveLength(4)
  })
})

/** Refreshes that were started: each brings a token for Partner Center, and one for Graph that its proof needs. */
function redemptions() {
  return bench.microsoft.requests.filter((it) => it.route === 'token' && it.scope?.includes('partnercenter'))
}

/** The same tenant in another organisation. */
async function consentIn(id: string): Promise<void> {
  const theirs = { ...bench, organisation: { ...bench.organisation, id, slug: id } }
  await bench.store.createOrganisation(theirs.organisation)
  await consent(theirs)
}

/** A run that is told to end after so many milliseconds. */
function refreshFor(ms: number) {
  return refreshDue(bench, { signal: AbortSignal.timeout(ms) })
}

async function consentOther(): Promise<void> {
  await consent(bench, { user: otherTenant.users.service }, await add(bench, otherTenant.id))
}

/** A grant that another system obtained and a person exported. */
async function importedFromElsewhere(): Promise<number> {
  const refreshToken = await obtainedElsewhere()
  const line = JSON.stringify({
    microsoftId: otherTenant.id,
    refreshToken,
    username: otherTenant.users.service,
  })
  return (await importConnections(bench, bench.organisation.id, [line], { by: ASKER })).imported
}

/** Another deployment at the same Microsoft, whose token answers are listened to. */
async function obtainedElsewhere(): Promise<string> {
  const seen: string[] = []
  const elsewhere: Bench = {
    ...(await createBench()),
    microsoft: bench.microsoft,
    fetch: async (input, init) => {
      const response = await bench.fetch(input, init)
      const body: unknown = String(input).includes('/oauth2/v2.0/token')
        ? await response.clone().json()
        : null
      if (typeof body === 'object' && body && 'refresh_token' in body) seen.push(String(body.refresh_token))
      return response
    },
  }
  await consent(elsewhere, { user: otherTenant.users.service }, await add(elsewhere, otherTenant.id))
  return seen.at(-1) ?? ''
}

describe('an import', () => {
  it('is sealed at once, due at once and proven at the next refresh', async () => {
    expect(await importedFromElsewhere()).toBe(1)
    const before = await stored(bench, otherTenant.id)
    expect(before).toMatchObject({ accountUsername: otherTenant.users.service, status: 'new' })
    expect(before.nextRefreshAt).toEqual(bench.now())
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(await stored(bench, otherTenant.id)).toMatchObject({
      status: 'connected',
      accountUsername: otherTenant.users.service,
    })
  })

  it('rejects bad lines by number without repeating a token, and takes the rest', async () => {
    const secret = 'x'.repeat(300)
    const lines = [
      'not json',
      JSON.stringify({ microsoftId: 'nope', refreshToken: secret }),
      JSON.stringify({ microsoftId: tenant.id, refreshToken: `${secret}\n${secret}` }),
      '',
      JSON.stringify({ microsoftId: tenant.id, refreshToken: secret }),
      JSON.stringify({ microsoftId: tenant.id.toUpperCase(), refreshToken: secret }),
    ]
    const result = await importConnections(bench, bench.organisation.id, lines, { by: ASKER })
    expect(result).toMatchObject({ imported: 1, skipped: 0 })
    expect(result.rejected.map((it) => it.line)).toEqual([1, 2, 3, 6])
    expect(JSON.stringify(result)).not.toContain(secret)
  })

  it('tried dry changes nothing', async () => {
    const line = JSON.stringify({ microsoftId: tenant.id, refreshToken: 'x'.repeat(300) })
    expect(
      await importConnections(bench, bench.organisation.id, [line], { by: ASKER, dryRun: true }),
    ).toMatchObject({
      imported: 1,
    })
    expect(await bench.store.findConnection(bench.organisation.id, tenant.id)).toBeNull()
  })
})
