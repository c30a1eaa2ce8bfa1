import { beforeEach, describe, expect, it } from 'vitest'

import {
  acceptAccount,
  createConsentLink,
  finishConsent,
  getAccessToken,
  LADDER,
  randomToken,
  readAttempt,
  showConsentLink,
  startConsent,
} from '../src/index.ts'
import {
  add,
  arrive,
  consent,
  createBench,
  DAY,
  newLink,
  otherTenant,
  stored,
  tenant,
  travel,
  type Bench,
  ASKER,
} from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
})

async function grantsOf(bench: Bench) {
  return bench.store.listGrants((await stored(bench)).id)
}

describe('a consent by the right account', () => {
  it('connects the tenant with every rung of the ladder proven', async () => {
    const attempt = await consent(bench)
    expect(attempt.problem).toBeNull()
    expect(attempt.status).toBe('succeeded')
    const checks = await bench.store.listAttemptChecks(attempt.id)
    expect(checks.map((it) => [it.kind, it.ok])).toEqual(LADDER.map((kind) => [kind, true]))
    const row = await stored(bench)
    expect(row).toMatchObject({
      status: 'connected',
      reason: null,
      action: null,
      name: tenant.name,
      accountUsername: tenant.users.service,
      capabilities: { signIn: 'ok', partnerCenter: 'ok', graph: 'ok', mfa: 'ok', billing: 'ok' },
      missingScopes: [],
    })
    expect(row.stopsWorkingBy).toEqual(new Date(bench.now().getTime() + 90 * DAY))
    expect(row.nextRefreshAt?.getTime()).toBeGreaterThan(bench.now().getTime())
  })

  it('keeps nothing of the trial but the working generation', async () => {
    await consent(bench)
    const row = await stored(bench)
    expect((await grantsOf(bench)).map((it) => it.generation)).toEqual([row.generation])
  })

  it("connects although Microsoft's directory does not answer at once", async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    bench.microsoft.control.addFault({
      on: { host: 'login', method: 'GET' },
      times: 2,
      then: { status: 503, body: '' },
    })
    expect((await arrive(bench, trip)).status).toBe('succeeded')
  })

  it('connects under single-use rotation too', async () => {
    bench.microsoft.control.setRotation('strict')
    await consent(bench)
    bench.pass(2 * 60 * 60_000)
    const token = await getAccessToken(bench, await stored(bench), { resource: 'graph' })
    expect(token.source).toBe('refreshed')
  })

  it('asks Microsoft with state, nonce, PKCE S256 and the full set of permissions', async () => {
    const { location } = await startConsent(bench, await newLink(bench, await add(bench)), {
      browser: randomToken(),
      member: null,
    })
    const url = new URL(location)
    expect(url.pathname).toBe(`/${tenant.id}/oauth2/v2.0/authorize`)
    const query = Object.fromEntries(url.searchParams)
    expect(query).toMatchObject({
      response_type: 'code',
      response_mode: 'query',
      code_challenge_method: 'S256',
    })
    expect(query.state).toHaveLength(43)
    expect(query.nonce).toHaveLength(43)
    expect(query.code_challenge).toHaveLength(43)
    expect(query.scope?.split(' ').toSorted()).toEqual([
      'https://api.partnercenter.microsoft.com/user_impersonation',
      'https://graph.microsoft.com/PartnerBilling.Read.All',
      'offline_access',
      'openid',
      'profile',
    ])
  })
})

describe('stores nothing', () => {
  it.each([
    ['by a guest', tenant.users.guest, true, 'guest_account'],
    ['without a second step', tenant.users.noMfa, false, 'mfa_missing'],
    ['by an account that skipped its second step', tenant.users.service, false, 'mfa_missing'],
  ])('when consent is finished %s', async (_, user, mfa, code) => {
    const attempt = await consent(bench, { user, mfa })
    expect(attempt).toMatchObject({ status: 'failed', problem: { code } })
    expect(await grantsOf(bench)).toEqual([])
    expect(await stored(bench)).toMatchObject({
      generation: null,
      lastGeneration: 0,
      status: 'waiting',
      accountUsername: null,
    })
  })

  it('when the answer belongs to an account of another tenant', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      then: { mutate: 'wrong-tid-id-token' },
    })
    const attempt = await consent(bench)
    expect(attempt).toMatchObject({
      status: 'failed',
      problem: { code: 'wrong_tenant', action: 'reconsent' },
    })
    expect(await grantsOf(bench)).toEqual([])
  })

  it.each(['bad-signature', 'no-id-token'] as const)(
    'when the identity cannot be believed (%s)',
    async (mutate) => {
      bench.microsoft.control.addFault({ on: { host: 'login', route: 'token' }, then: { mutate } })
      const attempt = await consent(bench)
      expect(attempt.status).toBe('failed')
      expect(['answer_mismatch', 'wrong_tenant']).toContain(attempt.problem?.code)
      expect(await grantsOf(bench)).toEqual([])
    },
  )

  it('when Microsoft gives no refresh token', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      then: { mutate: 'no-refresh-token' },
    })
    const attempt = await consent(bench)
    expect(attempt.problem?.code).toBe('no_lasting_sign_in')
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when somebody presses Cancel at Microsoft', async () => {
    const attempt = await consent(bench, { decision: 'cancel' })
    expect(attempt.problem).toMatchObject({
      code: 'consent_declined',
      microsoft: {
        code: '65004',
        traceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        timestamp: expect.stringMatching(/^2026-/),
      },
    })
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when the callback is replayed', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    await arrive(bench, trip)
    const before = await grantsOf(bench)
    await expect(arrive(bench, trip)).rejects.toMatchObject({ code: 'answer_mismatch' })
    expect(await grantsOf(bench)).toEqual(before)
  })

  it('when the callback comes from another browser, and leaves the trip to the first', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    await expect(arrive(bench, { ...trip, browser: randomToken() })).rejects.toMatchObject({
      code: 'answer_mismatch',
    })
    expect(await grantsOf(bench)).toEqual([])
    expect((await arrive(bench, trip)).status).toBe('succeeded')
  })

  it('when the callback comes without a cookie', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    const callback = { state: trip.query.get('state') ?? '', code: trip.query.get('code') ?? '' }
    await expect(finishConsent(bench, callback, null)).rejects.toMatchObject({ code: 'other_browser' })
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when the callback carries a state that nobody sent', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    trip.query.set('state', randomToken())
    await expect(arrive(bench, trip)).rejects.toMatchObject({ code: 'answer_mismatch' })
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when the link ended while the browser was at Microsoft', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    bench.pass(2 * DAY)
    await expect(arrive(bench, trip)).rejects.toMatchObject({ code: 'answer_mismatch' })
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when the code has run out', async () => {
    const trip = await travel(bench, await add(bench), { user: tenant.users.service })
    bench.pass(11 * 60_000)
    expect((await arrive(bench, trip)).problem?.code).toBe('took_too_long')
    expect(await grantsOf(bench)).toEqual([])
  })

  it('when Partner Center answers for another company', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'partnerCenter', tenantId: tenant.id },
      then: { status: 200, json: { tenantId: otherTenant.id, companyName: otherTenant.name } },
    })
    expect((await consent(bench)).problem?.code).toBe('other_company')
    expect(await grantsOf(bench)).toEqual([])
  })
})

describe('a re-consent', () => {
  beforeEach(async () => {
    await consent(bench)
  })

  it.each([
    ['is declined', { decision: 'cancel' as const }],
    ['lacks a second step', { mfa: false }],
    ['comes from a guest', { user: tenant.users.guest }],
  ])('that %s leaves the working grant working', async (_, as) => {
    const before = await stored(bench)
    bench.microsoft.control.removeConsent(tenant.id)
    expect((await consent(bench, as, before)).status).toBe('failed')
    const after = await stored(bench)
    expect(after).toMatchObject({ status: 'connected', generation: before.generation })
    expect((await getAccessToken(bench, after, { resource: 'partner-center' })).accessToken).not.toBe('')
  })

  it('that proves worse than the working grant does not replace it', async () => {
    const before = await stored(bench)
    bench.microsoft.control.addFault({
      on: { host: 'partnerCenter' },
      then: { status: 403, json: { code: 900150 } },
    })
    expect((await consent(bench, {}, before)).problem?.code).toBe('role_missing')
    expect(await stored(bench)).toMatchObject({ status: 'connected', generation: before.generation })
  })

  it('that was not kept says so', async () => {
    bench.pass(DAY)
    const before = await stored(bench)
    const attempt = await consent(bench, { mfa: false }, before)
    expect((await readAttempt(bench, await stored(bench), attempt.id))?.kept).toBe(false)
  })

  it('by another account of the tenant waits for somebody to accept it', async () => {
    const before = await stored(bench)
    const attempt = await consent(bench, { user: tenant.users.second }, before)
    expect(attempt).toMatchObject({ status: 'failed', problem: { code: 'other_account' } })
    expect(await stored(bench)).toMatchObject({
      generation: before.generation,
      accountUsername: tenant.users.service,
    })
    await acceptAccount(bench, before, attempt.id, ASKER)
    expect(await stored(bench)).toMatchObject({ status: 'connected', accountUsername: tenant.users.second })
    expect((await readAttempt(bench, before, attempt.id))?.attempt.status).toBe('succeeded')
  })

  it('by another account cannot be accepted once the attempt is over', async () => {
    const before = await stored(bench)
    const attempt = await consent(bench, { user: tenant.users.second }, before)
    bench.pass(2 * DAY)
    await expect(acceptAccount(bench, before, attempt.id, ASKER)).rejects.toMatchObject({
      code: 'link_ended',
    })
  })
})

describe('a first consent that shows a fault outside the sign-in', () => {
  it('is kept and named when the account is not Admin Agent, so that a test is enough later', async () => {
    const attempt = await consent(bench, { user: tenant.users.noAgent })
    expect(attempt).toMatchObject({
      status: 'failed',
      problem: { code: 'role_missing', action: 'fix_policy' },
    })
    expect((await stored(bench)).generation).not.toBeNull()
    expect((await readAttempt(bench, await stored(bench), attempt.id))?.kept).toBe(true)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'role_missing' })
  })
})

describe('a consent link', () => {
  it('is not used up by looking at it', async () => {
    const token = await newLink(bench, await add(bench))
    await showConsentLink(bench, token)
    expect(await showConsentLink(bench, token)).not.toBeNull()
    expect(
      (
        await arrive(
          bench,
          await travel(bench, await stored(bench), { user: tenant.users.service }, { token }),
        )
      ).status,
    ).toBe('succeeded')
    expect(await showConsentLink(bench, token)).toBeNull()
  })

  it('stays with the first browser that sets off, which may try again until it succeeds', async () => {
    const connection = await add(bench)
    const first = await travel(bench, connection, { user: tenant.users.service, decision: 'cancel' })
    await arrive(bench, first)
    const other = { browser: randomToken(), member: null }
    await expect(startConsent(bench, first.token, other)).rejects.toMatchObject({ code: 'link_ended' })
    const again = await travel(bench, connection, { user: tenant.users.service }, first)
    expect((await arrive(bench, again)).status).toBe('succeeded')
  })

  it('leads back only to this deployment or a registered origin', async () => {
    const connection = await add(bench)
    const returnUrl = 'https://erp.example/done'
    await expect(createConsentLink(bench, connection, ASKER, { returnUrl })).rejects.toMatchObject({
      code: 'return_url_not_registered',
    })
    await bench.store.putReturnOrigins(bench.organisation.id, ['https://erp.example'])
    await expect(createConsentLink(bench, connection, ASKER, { returnUrl })).resolves.toMatchObject({
      attemptId: expect.any(String),
    })
  })

  it('is stored as a hash only', async () => {
    const token = await newLink(bench, await add(bench))
    expect(
      JSON.stringify(await bench.store.listOpenAttempts((await stored(bench)).id, bench.now())),
    ).not.toContain(token)
  })
})

describe('a connection whose account Partner Center refuses', () => {
  it('takes another account at the next consent without asking', async () => {
    await consent(bench, { user: tenant.users.noAgent })
    expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
    expect(await stored(bench)).toMatchObject({ status: 'connected', accountUsername: tenant.users.service })
  })

  it('is not said to have billing that was never reached', async () => {
    await consent(bench, { user: tenant.users.noAgent })
    expect((await stored(bench)).capabilities).toMatchObject({ partnerCenter: 'failing', billing: 'unknown' })
  })
})
