import { beforeEach, describe, expect, it } from 'vitest'

import { forgetHistory, refreshDue } from '../src/index.ts'
import { consent, createBench, DAY, MINUTE, stored, tenant, type Bench } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
  await consent(bench)
  bench.pass(DAY)
  bench.microsoft.control.clearRequests()
})

const routes = () => bench.microsoft.requests.map((it) => it.route)
const refuse = (route: string, times: number, then: object = { status: 403, body: '' }) =>
  bench.microsoft.control.addFault({ on: { route }, times, then })

describe('the proof of each night', () => {
  it('asks for a token per resource and makes one call for each thing, six in all', async () => {
    expect(await refreshDue(bench)).toMatchObject({ refreshed: 1 })
    expect(routes()).toEqual([
      'token',
      'token',
      'profile-organization',
      'profile-billing',
      'operation',
      'invoices',
    ])
    const checks = await bench.store.listChecks((await stored(bench)).id, { limit: 8 })
    expect(checks.items.map((it) => it.ok)).toEqual(Array.from({ length: 8 }, () => true))
    expect(await stored(bench)).toMatchObject({ status: 'connected', openProof: null })
  })

  it.each([
    [
      'role was taken away',
      'role_missing',
      'broken',
      () => bench.microsoft.control.removePartnerRole(tenant.users.service),
    ],
    [
      'rule blocks Graph',
      'graph_refused',
      'attention',
      () =>
        bench.microsoft.control.setPolicies(tenant.id, { blockResources: ['https://graph.microsoft.com'] }),
    ],
    [
      'agreement is no longer accepted',
      'agreement_missing',
      'broken',
      () => bench.microsoft.control.unsignAgreement(tenant.id),
    ],
  ])('says in the same night that a %s, though the token refreshes', async (_, reason, status, happen) => {
    happen()
    expect(await refreshDue(bench)).toMatchObject({ refreshed: 1, failed: 0 })
    expect(await stored(bench)).toMatchObject({ status, reason })
  })

  it('says in the same night that billing cannot be read, after a second look', async () => {
    refuse('invoices', 2)
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'connected', capabilities: { billing: 'ok' } })
    bench.pass(3 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'billing_refused',
      capabilities: { signIn: 'ok', billing: 'failing' },
      openProof: null,
    })
    expect(await bench.store.listNights(bench.organisation.id, 1)).toMatchObject([
      { refreshed: 1, failed: 0 },
    ])
  })

  it.each([
    ['an empty 403 at Partner Center', 'profile-organization', { status: 403, body: '' }],
    ['an empty 401 at the invoices', 'invoices', { status: 401, body: '' }],
    ['a gateway of Graph', 'operation', { status: 403, body: '<html>No</html>' }],
    [
      'a progressive refusal of sign-ins that have MFA',
      'profile-organization',
      { status: 401, json: { code: 900421, description: 'MFA required' } },
    ],
  ])('lets one refusal by %s pass', async (_, route, then) => {
    refuse(route, 1, then)
    await refreshDue(bench)
    bench.pass(3 * MINUTE)
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, openProof: null })
    bench.pass(60 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 0 })
  })

  it('that Microsoft is too slow for is tried again in the same night, not for ever, and is no trouble', async () => {
    refuse('invoices', 1_000, { retryAfter: 600 })
    await refreshDue(bench)
    const tries: number[] = []
    for (let minute = 0; minute < 8 * 60; minute += 1) {
      bench.pass(MINUTE)
      if ((await refreshDue(bench)).refreshed > 0) tries.push(minute + 1)
    }
    expect(tries).toEqual([5, 20, 80])
    expect(await stored(bench)).toMatchObject({ status: 'connected', openProof: null, failures: 0 })
    const { nextRefreshAt } = await stored(bench)
    expect(nextRefreshAt?.getTime()).toBeGreaterThan(bench.now().getTime() + 8 * 60 * MINUTE)
  })

  it('ends where it is when it is told to, and is made up for', async () => {
    const stopping = new AbortController()
    const stopped: Bench = {
      ...bench,
      fetch: async (input, init) => {
        const response = await bench.fetch(input, init)
        if (String(input).endsWith('/profiles/organization')) stopping.abort()
        return response
      },
    }
    expect(await refreshDue(stopped, { signal: stopping.signal })).toMatchObject({ refreshed: 1 })
    expect(routes().at(-1)).toBe('profile-organization')
    expect(await stored(bench)).toMatchObject({ status: 'connected', openProof: { tries: 1 } })
    bench.pass(5 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(routes().at(-1)).toBe('invoices')
    expect(await stored(bench)).toMatchObject({ openProof: null })
  })

  it('does not overwrite what somebody else learnt just before it was written down', async () => {
    const { id, capabilities } = await stored(bench)
    let seen = false
    const once = async () => {
      if (!seen) return
      seen = false
      const leased = await bench.store.takeLease(id, bench.now(), new Date(bench.now().getTime() + MINUTE))
      const learnt = { status: 'broken', reason: 'signed_out' } as const
      const patch = { ...learnt, capabilities: { ...capabilities, signIn: 'failing' } } as const
      expect(await bench.store.releaseLease(id, leased?.fence ?? -1, patch)).not.toBeNull()
    }
    const racing: Bench = {
      ...bench,
      fetch: async (input, init) => {
        seen ||= String(input).includes('/invoices')
        return bench.fetch(input, init)
      },
      store: {
        ...bench.store,
        takeLease: async (...of) => once().then(() => bench.store.takeLease(...of)),
        updateConnection: async (...of) => once().then(() => bench.store.updateConnection(...of)),
      },
    }
    await refreshDue(racing)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'signed_out' })
  })

  it('that a process did not live to finish is made up for minutes later', async () => {
    const dying: Bench = {
      ...bench,
      store: {
        ...bench.store,
        addCheck: () => Promise.reject(new Error('the process has ended')),
        updateConnection: () => Promise.reject(new Error('the process has ended')),
      },
    }
    const nights = () => bench.store.listNights(bench.organisation.id, 9)
    expect(await refreshDue(dying)).toMatchObject({ failed: 1 })
    expect(await nights()).toMatchObject([{ refreshed: 1, failed: 0 }])
    bench.pass(5 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(await stored(bench)).toMatchObject({ openProof: null })
    expect(await nights()).toMatchObject([{ refreshed: 1, failed: 0 }])
  })

  it.each([
    ['forgets one', false, 'connected'],
    ['confirms a second, minutes later,', true, 'attention'],
  ])('%s unclear refusal for Graph', async (_, again, status) => {
    const refused = { aadsts: 70000 }
    bench.microsoft.control.addFault({ on: { route: 'token' }, skip: 1, times: 1, then: refused })
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status: 'connected' })
    if (again) bench.microsoft.control.addFault({ on: { route: 'token' }, skip: 1, times: 9, then: refused })
    bench.pass(5 * MINUTE)
    await refreshDue(bench)
    expect(await stored(bench)).toMatchObject({ status, doubtCode: null, capabilities: { signIn: 'ok' } })
  })

  it('is forgotten after 90 days, but for what was refused and what a consent went through', async () => {
    const { id } = await stored(bench)
    refuse('invoices', 2)
    await refreshDue(bench)
    bench.pass(3 * MINUTE)
    await refreshDue(bench)
    bench.pass(90 * DAY - 6 * MINUTE)
    expect(await forgetHistory(bench)).toBe(0)
    bench.pass(7 * MINUTE)
    expect(await forgetHistory(bench)).toBe(14)
    const left = async () => (await bench.store.listChecks(id, { limit: 30 })).items
    const ofConsent = Array.from({ length: 8 }, () => true)
    expect((await left()).map((it) => it.ok)).toEqual([false, false, ...ofConsent])
    bench.pass(310 * DAY)
    expect(await forgetHistory(bench)).toBe(2)
    expect(await left()).toHaveLength(8)
  })
})
