import { createCertificate } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import {
  getAccessToken,
  randomToken,
  readChallenge,
  refreshConnection,
  startConsent,
  testConnection,
} from '../src/index.ts'
import { add, consent, createBench, DAY, MINUTE, newLink, stored, tenant, type Bench } from './bench.ts'
import { readClaims } from '../src/microsoft/tenant.ts'
import { readClaimsForTest } from './claims.ts'
import { fileWith } from './files.ts'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
  bench.microsoft.control.clearRequests()
})

function redemptions(): number {
  return bench.microsoft.requests.filter((it) => it.route === 'token').length
}

async function token(resource = 'partner-center', wish: object = {}) {
  return getAccessToken(bench, await stored(bench), { resource, ...wish })
}

describe('an access token', () => {
  it.each([
    ['partner-center', 'https://api.partnercenter.microsoft.com', 'user_impersonation'],
    ['graph', 'https://graph.microsoft.com', 'PartnerBilling.Read.All'],
  ])('for %s has its audience and scope', async (resource, aud, scp) => {
    const claims = readClaimsForTest((await token(resource)).accessToken)
    expect(claims.aud).toBe(aud)
    expect(claims.tid).toBe(tenant.id)
    expect(claims.scp.split(' ')).toContain(scp)
  })

  it('comes from the cache while it lasts as long as the caller needs', async () => {
    bench.pass(30 * MINUTE)
    expect((await token()).source).toBe('cache')
    expect((await token('partner-center', { minimumValiditySeconds: 3600 })).source).toBe('refreshed')
    expect(redemptions()).toBe(1)
  })

  it('that nearly has its whole life before it is not redeemed again for a caller who wants more than Microsoft gives', async () => {
    expect((await token('partner-center', { minimumValiditySeconds: 86_400 })).source).toBe('cache')
    expect(redemptions()).toBe(0)
  })

  it('is redeemed once for many callers at the same moment', async () => {
    bench.pass(2 * 60 * MINUTE)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => token()))
    expect(new Set(tokens.map((it) => it.accessToken)).size).toBe(1)
    expect(redemptions()).toBe(1)
  })

  it('is redeemed once for the callers of many processes, which share only the store', async () => {
    bench.pass(2 * 60 * MINUTE)
    const processes = Array.from({ length: 4 }, () => ({ ...bench, store: { ...bench.store } }))
    const row = await stored(bench)
    const tokens = await Promise.all(
      processes.map((deps) => getAccessToken(deps, row, { resource: 'partner-center' })),
    )
    expect(new Set(tokens.map((it) => it.accessToken)).size).toBe(1)
    expect(redemptions()).toBe(1)
  })

  it('that lasts less than asked for is served as stale while Microsoft is down', async () => {
    bench.pass(58 * MINUTE)
    bench.microsoft.control.addFault({
      on: { host: 'login' },
      then: { status: 503, body: '<html>busy</html>' },
    })
    expect((await token('partner-center', { minimumValiditySeconds: 3000 })).source).toBe('stale')
  })

  it('is refused with the time to wait while Microsoft is down and none is left', async () => {
    bench.pass(3 * 60 * MINUTE)
    bench.microsoft.control.addFault({ on: { host: 'login' }, then: { retryAfter: 17 } })
    await expect(token()).rejects.toMatchObject({
      code: 'microsoft_slow',
      action: 'retry',
      retryAfterSeconds: 17,
    })
  })

  it('is not asked for again before the time that Microsoft asked to wait', async () => {
    bench.pass(3 * 60 * MINUTE)
    bench.microsoft.control.addFault({ on: { host: 'login' }, times: 1, then: { retryAfter: 60 } })
    await expect(token()).rejects.toMatchObject({ code: 'microsoft_slow' })
    await expect(token()).rejects.toMatchObject({ code: 'microsoft_slow' })
    expect(redemptions()).toBe(1)
    bench.pass(61_000)
    expect((await token()).source).toBe('refreshed')
  })

  it.each([
    ['nobody consented to', 'arm', 'permission_missing', 'https://management.azure.com/user_impersonation'],
    ['does not exist', 'https://graph.microsoft.com/No.Such', 'resource_not_allowed', 'cannot be asked for'],
  ])(
    'for a resource that %s is refused in words, and the connection stays as it is',
    async (_, resource, code, words) => {
      await expect(token(resource)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
      expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null })
    },
  )

  it('for an unknown kind of resource is refused before Microsoft is asked', async () => {
    await expect(token('../../etc')).rejects.toMatchObject({ code: 'resource_not_allowed' })
    await expect(token('http://graph.microsoft.com/User.Read')).rejects.toMatchObject({
      code: 'resource_not_allowed',
    })
    expect(redemptions()).toBe(0)
  })

  it('is not to be had before the first consent, nor after a disconnect', async () => {
    const fresh = await add(bench, 'c2d7f938-1b5a-4e83-b6f4-9a08e71d5c03')
    await expect(getAccessToken(bench, fresh, { resource: 'graph' })).rejects.toMatchObject({
      code: 'not_connected',
    })
    const row = await stored(bench)
    await bench.store.disconnect(row.id, bench.now())
    await expect(getAccessToken(bench, row, { resource: 'arm' })).rejects.toMatchObject({
      code: 'not_connected',
    })
  })
})

describe('a token request', () => {
  it('goes to the plain documented address, with its correlation id beside it', async () => {
    const seen: { url: string; headers: Headers }[] = []
    const fetch: Bench['fetch'] = async (input, init) => {
      seen.push({ url: String(input), headers: new Headers(init?.headers) })
      return bench.fetch(input, init)
    }
    await refreshConnection({ ...bench, fetch }, await stored(bench))
    expect(seen[0]?.url).toBe(`https://login.microsoftonline.com/${tenant.id}/oauth2/v2.0/token`)
    expect(seen[0]?.headers.get('client-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen[0]?.headers.has('origin')).toBe(false)
  })
})

describe('a refresh', () => {
  it('stores the rotated token as the next generation and keeps the one before', async () => {
    const before = await stored(bench)
    expect((await refreshConnection(bench, before)).ok).toBe(true)
    const after = await stored(bench)
    expect(after.generation).toBeGreaterThan(before.generation ?? 0)
    expect(after.previousGeneration).toBe(before.generation)
    const kept = await bench.store.listGrants(after.id)
    expect(kept.map((it) => it.generation).toSorted()).toEqual([before.generation, after.generation])
  })

  it('keeps the connection working through a hundred single-use rotations', async () => {
    bench.microsoft.control.setRotation('strict')
    for (let night = 0; night < 100; night += 1) {
      bench.pass(DAY)
      expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
    }
    const row = await stored(bench)
    expect(row.status).toBe('connected')
    expect(await bench.store.listGrants(row.id)).toHaveLength(2)
  })

  it.each([
    [50173, 'signed_out', 'reconsent'],
    [700082, 'expired', 'reconsent'],
    [65001, 'permission_missing', 'reconsent'],
    [53003, 'policy_block', 'fix_policy'],
    [50057, 'account_disabled', 'reconsent'],
  ])('refused with %i breaks the connection as %s', async (aadsts, code, action) => {
    bench.microsoft.control.addFault({ on: { host: 'login', route: 'token' }, then: { aadsts } })
    const check = await refreshConnection(bench, await stored(bench))
    expect(check).toMatchObject({
      kind: 'grant',
      ok: false,
      code,
      action,
      microsoft: { code: String(aadsts) },
    })
    expect(check.microsoft?.traceId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: code, action })
    await expect(token()).rejects.toMatchObject({ code, action })
  })

  it.each([
    ['a timeout', { reset: 'before' as const }],
    ['a cut answer', { truncate: true as const }],
    ['429', { retryAfter: null }],
    ['500', { status: 500, body: '' }],
    [
      'an HTML 503',
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<html><h1>Busy</h1></html>' },
    ],
    ['loop detection (50196)', { aadsts: 50196 }],
    ['a throttled tenant (90055)', { aadsts: 90055 }],
    ['200 with HTML', { status: 200, body: '<html></html>' }],
  ])('met by %s leaves the status as it is and tries again in minutes', async (_, then) => {
    bench.microsoft.control.addFault({ on: { host: 'login', route: 'token' }, times: 1, then })
    const check = await refreshConnection(bench, await stored(bench))
    expect(check.ok).toBe(false)
    expect(check.action).toBe('retry')
    const row = await stored(bench)
    expect(row).toMatchObject({ status: 'connected', reason: null, capabilities: { signIn: 'ok' } })
    const wait = (row.nextRefreshAt?.getTime() ?? 0) - bench.now().getTime()
    expect(wait).toBeGreaterThanOrEqual(MINUTE)
    expect(wait).toBeLessThanOrEqual(60 * MINUTE)
    bench.pass(6 * MINUTE)
    expect((await refreshConnection(bench, row)).ok).toBe(true)
  })

  it('refused for an unclear reason is believed only when a second, spaced try says the same', async () => {
    bench.microsoft.control.addFault({ on: { host: 'login', route: 'token' }, then: { aadsts: 70000 } })
    expect((await refreshConnection(bench, await stored(bench))).code).toBe('looking_again')
    expect((await stored(bench)).status).toBe('connected')
    bench.pass(2 * MINUTE)
    expect((await refreshConnection(bench, await stored(bench))).code).toBe('grant_refused')
    expect((await stored(bench)).status).toBe('broken')
  })

  it('falls back to the generation before once the newest one was refused unclearly twice', async () => {
    await refreshConnection(bench, await stored(bench))
    const unclear = { on: { host: 'login', route: 'token' } as const, times: 2, then: { aadsts: 70000 } }
    bench.microsoft.control.addFault(unclear)
    expect((await refreshConnection(bench, await stored(bench))).code).toBe('looking_again')
    bench.pass(2 * MINUTE)
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
    expect((await stored(bench)).status).toBe('connected')
  })

  it('survives one unclear refusal under single-use rotation, where using an old token would end everything', async () => {
    bench.microsoft.control.setRotation('strict')
    await refreshConnection(bench, await stored(bench))
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      times: 1,
      then: { aadsts: 70000 },
    })
    expect((await refreshConnection(bench, await stored(bench))).code).toBe('looking_again')
    bench.pass(2 * MINUTE)
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
  })

  it("stopped by the application's expired secret is the operator's problem, and heals with a new secret", async () => {
    bench.microsoft.control.expireSecrets()
    expect(await refreshConnection(bench, await stored(bench))).toMatchObject({
      code: 'app_secret',
      action: 'fix_app',
    })
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'app_secret',
      action: 'fix_app',
    })
    bench.microsoft.control.addSecret('demo~secret~value~for~the~simulator~only')
    bench.pass(10 * MINUTE)
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, action: null })
  })

  it('refused for Graph alone keeps Partner Center working', async () => {
    bench.microsoft.control.setPolicies(tenant.id, { blockResources: ['https://graph.microsoft.com'] })
    bench.pass(2 * 60 * MINUTE)
    await expect(token('graph')).rejects.toMatchObject({ code: 'policy_block' })
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      capabilities: { graph: 'failing', signIn: 'ok' },
    })
    expect((await token()).source).toBe('refreshed')
  })

  it('brings a broken connection back when the reason is gone', async () => {
    bench.microsoft.control.disableUser(tenant.users.service)
    await refreshConnection(bench, await stored(bench))
    expect((await stored(bench)).status).toBe('broken')
    bench.microsoft.control.disableUser(tenant.users.service, false)
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, action: null })
  })

  it('whose lease was lost keeps its token as a stray and does not overwrite the newer one', async () => {
    const row = await stored(bench)
    bench.microsoft.control.addFault({
      on: { host: 'login', route: 'token' },
      times: 1,
      then: { delayMs: 150 },
    })
    const slow = refreshConnection(bench, row)
    await new Promise((resolve) => setTimeout(resolve, 50))
    bench.pass(6 * MINUTE)
    const other = { ...bench, store: bench.store.fork() }
    expect((await refreshConnection(other, row)).ok).toBe(true)
    const winner = (await stored(bench)).generation
    await slow
    expect((await stored(bench)).generation).toBe(winner)
    expect(await bench.store.listGrants(row.id)).toHaveLength(3)
  })
})

it('takes a claims challenge as JSON or as the base64 of its header, and knows the two for the same', async () => {
  const json = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } })
  const claims = Buffer.from(json).toString('base64')
  const first = await token('graph', { claims })
  expect(first.source).toBe('refreshed')
  expect(readClaims(first.accessToken)).toMatchObject({ xms_cc: ['cp1'] })
  expect(await token('graph', { claims: json })).toMatchObject({ source: 'cache' })
  for (const odd of ['', '[]', 'null', 'W10=', '%%%', 'bm90IGpzb24=']) expect(readChallenge(odd)).toBeNull()
})

describe('continuous access evaluation', () => {
  const nbf = { essential: true, value: '1635527790' }

  /** The same deployment, and what each redemption asked of the access token; MSAL has wishes of its own besides. */
  function watched() {
    const sent: unknown[] = []
    const fetch: typeof bench.fetch = (input, init) => {
      const claims = typeof init?.body === 'string' ? new URLSearchParams(init.body).get('claims') : null
      const asked: { access_token?: unknown } = JSON.parse(claims ?? '{}')
      if (typeof init?.body === 'string') sent.push(asked.access_token ?? null)
      return bench.fetch(input, init)
    }
    return { deps: { ...bench, fetch }, sent }
  }

  it('is declared where a caller passed a challenge, beside what the challenge asks for', async () => {
    const { deps, sent } = watched()
    const wish = { resource: 'graph', claims: JSON.stringify({ access_token: { nbf } }) }
    const { accessToken } = await getAccessToken(deps, await stored(bench), wish)
    expect(sent).toEqual([{ nbf, xms_cc: { values: ['cp1'] } }])
    expect(readClaims(accessToken)).toMatchObject({ xms_cc: ['cp1'] })
  })

  it('is not declared for a caller who passed none', async () => {
    const { deps, sent } = watched()
    bench.pass(2 * 60 * MINUTE)
    const { accessToken } = await getAccessToken(deps, await stored(bench), { resource: 'graph' })
    expect(sent).toEqual([null])
    expect(readClaims(accessToken)).not.toHaveProperty('xms_cc')
  })

  describe.each([
    ['graph', 'graph'],
    ['partnerCenter', 'partner_center'],
  ] as const)('a challenge of %s on the ladder', (host, rung) => {
    function challenge(times?: number) {
      const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64')
      const authenticate = `Bearer realm="", error="insufficient_claims", claims="${claims}"`
      bench.microsoft.control.addFault({
        on: { host },
        then: { status: 401, headers: { 'www-authenticate': authenticate } },
        ...(times ? { times } : {}),
      })
    }

    it('is answered with one more redemption', async () => {
      const { deps, sent } = watched()
      challenge(1)
      const { ok } = await testConnection(deps, await stored(bench))
      expect(ok).toBe(true)
      expect(sent.filter((it) => it !== null)).toMatchObject([{ nbf }])
    })

    it('that comes again is judged, by a second look', async () => {
      const { deps, sent } = watched()
      challenge()
      for (const code of ['looking_again', `${rung}_refused`]) {
        const { checks } = await testConnection(deps, await stored(bench))
        expect(checks.find((it) => it.kind === rung)).toMatchObject({ ok: false, code })
        bench.pass(2 * MINUTE)
      }
      expect(sent.filter((it) => it !== null)).toHaveLength(2)
    })

    it('whose redemption is refused is judged by that refusal', async () => {
      challenge(1)
      const fetch: typeof bench.fetch = async (input, init) => {
        if (typeof init?.body === 'string' && init.body.includes('nbf'))
          bench.microsoft.control.revokeSessions(tenant.users.service)
        return bench.fetch(input, init)
      }
      const { checks } = await testConnection({ ...bench, fetch }, await stored(bench))
      expect(checks.find((it) => it.kind === rung)).toMatchObject({ ok: false, code: 'signed_out' })
    })
  })

  it('keeps a challenge that wants a person, takes it along to Microsoft, and forgets it when it is answered', async () => {
    const claims = JSON.stringify({ access_token: { nbf } })
    bench.pass(MINUTE)
    bench.microsoft.control.revokeSessions(tenant.users.service)
    await expect(token('graph', { claims })).rejects.toMatchObject({
      code: 'signed_out',
      action: 'reconsent',
    })
    expect((await stored(bench)).claimsChallenge).toBe(claims)
    const link = await newLink(bench, await stored(bench))
    const { location } = await startConsent(bench, link, { browser: randomToken(), member: null })
    expect(new URL(location).searchParams.get('claims')).toBe(claims)
    bench.microsoft.control.addFault({
      on: { grantType: 'authorization_code' },
      then: { aadsts: 70008 },
      times: 1,
    })
    const late = await consent(bench, {}, await stored(bench))
    expect([late.status, (await stored(bench)).claimsChallenge]).toEqual(['failed', claims])
    expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
    expect((await stored(bench)).claimsChallenge).toBeNull()
    const after = await startConsent(bench, await newLink(bench, await stored(bench)), {
      browser: randomToken(),
      member: null,
    })
    expect(new URL(after.location).searchParams.has('claims')).toBe(false)
  })

  it.each([
    ['no challenge was answered', undefined, 'signed_out'],
    [
      'the challenge is too long for an address',
      JSON.stringify({ access_token: { long: 'x'.repeat(2000) } }),
      'signed_out',
    ],
  ])('keeps nothing where %s', async (_, claims, code) => {
    bench.pass(2 * 60 * MINUTE)
    bench.microsoft.control.revokeSessions(tenant.users.service)
    await expect(token('graph', { claims })).rejects.toMatchObject({ code })
    expect((await stored(bench)).claimsChallenge).toBeNull()
  })

  it('keeps nothing where Microsoft was only slow', async () => {
    bench.microsoft.control.addFault({ on: { host: 'login' }, then: { status: 503 } })
    const claims = JSON.stringify({ access_token: { nbf } })
    await expect(token('graph', { claims })).rejects.toMatchObject({ code: 'microsoft_slow' })
    expect((await stored(bench)).claimsChallenge).toBeNull()
  })

  it('is answered for a sign-in on trial, too', async () => {
    const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64')
    bench.microsoft.control.addFault({
      on: { host: 'partnerCenter' },
      then: {
        status: 401,
        headers: { 'www-authenticate': `Bearer error="insufficient_claims", claims="${claims}"` },
      },
      times: 1,
    })
    const { deps, sent } = watched()
    expect((await consent(deps, {}, await stored(bench))).status).toBe('succeeded')
    expect(sent.filter((it) => it !== null)).toMatchObject([{ nbf }])
    const next = await token()
    expect(next.source).toBe('cache')
    expect(readClaims(next.accessToken)).not.toHaveProperty('xms_cc')
  })
})

describe('several secrets', () => {
  it('are tried in order', async () => {
    const two = await createBench({
      MICROSOFT_CLIENT_SECRETS: 'wrong-one,demo~secret~value~for~the~simulator~only',
    })
    expect((await consent(two)).status).toBe('succeeded')
  })
})

describe('a certificate', () => {
  it('signs in where there is no secret at all', async () => {
    const made = await createCertificate()
    const file = fileWith(`${made.privateKeyPem}\n${made.certificatePem}`)
    // MSAL dates its assertions by the system's clock.
    const certified = await createBench(
      { MICROSOFT_CLIENT_CERTIFICATE_FILE: file, MICROSOFT_CLIENT_SECRETS: '' },
      new Date(),
    )
    certified.microsoft.control.addCertificate(made)
    expect((await consent(certified)).status).toBe('succeeded')
    expect((await refreshConnection(certified, await stored(certified))).ok).toBe(true)
  })
})
