import { expect, it } from 'vitest'

import { refreshConnection, testConnection } from '../src/index.ts'
import { consent, createBench, DAY, stored, tenant, type Bench } from './bench.ts'

/** Somebody granted the permission to read policies besides, for another reason. */
function allow({ microsoft }: Bench): void {
  for (const grant of microsoft.state.grants.get(tenant.id) ?? [])
    if (grant.scopes.includes('PartnerBilling.Read.All')) grant.scopes.push('Policy.Read.All')
}

const asked = ({ microsoft }: Bench) => microsoft.requests.filter((it) => it.route === 'mfa-policy').length
const inDays = async (bench: Bench) => {
  const { signedInAt, stopsWorkingBy } = await stored(bench)
  return ((stopsWorkingBy?.getTime() ?? 0) - (signedInAt?.getTime() ?? 0)) / DAY
}

async function opened(days: number | null): Promise<Bench> {
  const bench = await createBench()
  bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: days })
  await consent(bench)
  return bench
}

it('knows beforehand when a remembered second step runs out, where the tenant lets its policy be read', async () => {
  const bench = await opened(60)
  allow(bench)
  await testConnection(bench, await stored(bench))
  expect(await inDays(bench)).toBe(60)
  expect(await stored(bench)).toMatchObject({
    status: 'connected',
    limits: [{ kind: 'mfa_age', from: 'policy' }],
    stopsWorkingBecause: {
      kind: 'mfa_age',
      everyDays: 60,
      evidence: expect.stringContaining("tenant's settings"),
    },
  })
  bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: 10 })
  await testConnection(bench, await stored(bench))
  expect(await inDays(bench)).toBe(10)
  expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'mfa_too_old' })
  bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: null })
  await testConnection(bench, await stored(bench))
  expect(await stored(bench)).toMatchObject({ status: 'connected', limits: [], reason: null })
})

it('asks for no permission because of it, and says nothing where it was not granted', async () => {
  const bench = await opened(60)
  await testConnection(bench, await stored(bench))
  expect(asked(bench)).toBe(0)
  const row = await stored(bench)
  expect([row.limits, row.missingScopes]).toEqual([null, []])
})

it.each([
  [403, '{"error":{"code":"Authorization_RequestDenied","message":"no"}}'],
  [200, '<html>busy</html>'],
  [200, '{}'],
  [200, '{"rememberMfaOnTrustedDevice":{"isEnabled":true,"allowedNumberOfDays":"many"}}'],
  [503, ''],
])('takes %i %s for no answer, and lets what is proven stand', async (status, body) => {
  const bench = await opened(60)
  allow(bench)
  await testConnection(bench, await stored(bench))
  const fetch: typeof bench.fetch = (input, init) =>
    String(input).includes('mfaServicePolicy')
      ? Promise.resolve(new Response(body, { status }))
      : bench.fetch(input, init)
  expect((await testConnection({ ...bench, fetch }, await stored(bench))).ok).toBe(true)
  expect((await stored(bench)).limits).toHaveLength(1)
})

it('does not hold a sign-in to what it has outlived', async () => {
  const bench = await opened(null)
  allow(bench)
  bench.pass(20 * DAY)
  await refreshConnection(bench, await stored(bench))
  // Settings take up to a day to count at Microsoft.
  bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: 14 })
  const fetch: typeof bench.fetch = async (input, init) => {
    const isToken = String(input).includes('/oauth2/')
    bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: isToken ? null : 14 })
    return bench.fetch(input, init)
  }
  expect((await testConnection({ ...bench, fetch }, await stored(bench))).ok).toBe(true)
  expect((await stored(bench)).limits).toBeNull()
})
