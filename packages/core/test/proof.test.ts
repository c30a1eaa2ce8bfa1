import { beforeEach, describe, expect, it } from 'vitest'

import { refreshDue, testConnection } from '../src/index.ts'
import { consent, createBench, MINUTE, stored, tenant, type Bench } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
})

async function test() {
  return testConnection(bench, await stored(bench))
}

async function testAgain() {
  bench.pass(2 * MINUTE)
  return (await test()).checks
}

describe('the ladder on a working connection', () => {
  it('passes every rung and names the newest invoice', async () => {
    const { ok, checks } = await test()
    expect(ok).toBe(true)
    expect(checks).toHaveLength(8)
    expect(checks.at(-1)?.detail).toMatch(/^Newest invoice: G\d+, 2026-/)
  })

  it.each([
    [
      'the partner role was taken away',
      () => bench.microsoft.control.removePartnerRole(tenant.users.service),
      'role_missing',
      'broken',
    ],
    [
      'the agreement is not accepted',
      () => bench.microsoft.control.unsignAgreement(tenant.id),
      'agreement_missing',
      'broken',
    ],
    [
      'the programme is inactive',
      () => bench.microsoft.control.setProgramStatus(tenant.id, 'inactive'),
      'programme_inactive',
      'broken',
    ],
    [
      'a rule blocks Graph',
      () =>
        bench.microsoft.control.setPolicies(tenant.id, { blockResources: ['https://graph.microsoft.com'] }),
      'graph_refused',
      'attention',
    ],
    [
      'a rule blocks Partner Center',
      () =>
        bench.microsoft.control.setPolicies(tenant.id, {
          blockResources: ['https://api.partnercenter.microsoft.com'],
        }),
      'policy_block',
      'broken',
    ],
    [
      'consent was removed',
      () => bench.microsoft.control.removeConsent(tenant.id),
      'permission_missing',
      'broken',
    ],
  ])('says so when %s', async (_, happen, code, status) => {
    happen()
    const { ok, checks } = await test()
    expect(ok).toBe(false)
    expect(checks.find((it) => !it.ok)?.code).toBe(code)
    expect(await stored(bench)).toMatchObject({ status, reason: code })
  })

  it('says that the second step is missing when Partner Center keeps to it (401, 900421)', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'partnerCenter' },
      then: { status: 401, json: { code: 900421, description: 'MFA required' } },
    })
    const { checks } = await test()
    expect(checks.at(-1)).toMatchObject({
      kind: 'partner_center',
      code: 'looking_again',
      microsoft: { code: '900421' },
    })
    expect(await stored(bench)).toMatchObject({ status: 'connected', capabilities: { mfa: 'ok' } })
    const again = await testAgain()
    expect(again.at(-1)).toMatchObject({ kind: 'partner_center', code: 'mfa_missing', action: 'reconsent' })
    expect(await stored(bench)).toMatchObject({ status: 'broken', capabilities: { mfa: 'failing' } })
  })

  it('warns when Partner Center still answers but does not count the sign-in as one with MFA', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'partnerCenter', route: 'profile-organization' },
      times: 2,
      then: {
        status: 200,
        headers: { isMfaCompliant: 'false' },
        json: { tenantId: tenant.id, companyName: 'X' },
      },
    })
    await test()
    expect((await stored(bench)).status).toBe('connected')
    await testAgain()
    expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'mfa_missing' })
  })

  it('that meets a bare refusal is looked at again by the worker, minutes later', async () => {
    bench.microsoft.control.addFault({ on: { route: 'invoices' }, times: 2, then: { status: 403, body: '' } })
    await test()
    expect(await stored(bench)).toMatchObject({ status: 'connected', doubtCode: 'billing_refused' })
    bench.pass(2 * MINUTE)
    expect(await refreshDue(bench)).toMatchObject({ due: 1 })
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'billing_refused',
      doubtCode: null,
      openProof: null,
    })
  })

  it.each([
    ['429', { retryAfter: 60 }],
    ['an HTML 503', { status: 503, body: '<html><body>Service unavailable</body></html>' }],
    ['an empty 502', { status: 502, body: '' }],
  ])('that meets %s at Partner Center changes no capability', async (_, then) => {
    bench.microsoft.control.addFault({ on: { host: 'partnerCenter' }, then })
    const { ok, checks } = await test()
    expect(ok).toBe(false)
    expect(checks.at(-1)).toMatchObject({ code: 'microsoft_slow', action: 'retry' })
    expect(await stored(bench)).toMatchObject({ status: 'connected', capabilities: { partnerCenter: 'ok' } })
  })

  it('heals the status once everything works again', async () => {
    bench.microsoft.control.unsignAgreement(tenant.id)
    await test()
    bench.microsoft.control.setTenant(tenant.id, {
      program: { kind: 'direct', status: 'active', agreementSigned: true },
    })
    expect((await test()).ok).toBe(true)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, action: null })
  })

  it('that meets one unclear refusal for Graph changes no capability and no status', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      skip: 1,
      times: 1,
      then: { aadsts: 70000 },
    })
    const { checks } = await test()
    expect(checks.find((it) => it.kind === 'graph')).toMatchObject({ ok: false, code: 'looking_again' })
    expect(await stored(bench)).toMatchObject({
      status: 'connected',
      reason: null,
      capabilities: { graph: 'ok', billing: 'ok' },
    })
  })

  it('that loses its sign-in half way leaves the connection broken, whatever was proven before', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      skip: 1,
      times: 1,
      then: { aadsts: 50173 },
    })
    await test()
    expect(await stored(bench)).toMatchObject({
      status: 'broken',
      reason: 'signed_out',
      capabilities: { signIn: 'failing' },
    })
  })

  it("that meets the application's expired secret half way is the operator's problem", async () => {
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      skip: 1,
      times: 1,
      then: { aadsts: 7000222 },
    })
    await test()
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'app_secret',
      action: 'fix_app',
    })
  })
})
