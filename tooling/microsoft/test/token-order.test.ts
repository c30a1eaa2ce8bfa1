import { createPrivateKey, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { createCertificate, demo, type AppCertificate } from '../src/index.ts'
import { claimsOf, customer, DAY, nordwind, partnerCenterScope, setUp } from './helpers.ts'

const grant = { grant_type: 'refresh_token', refresh_token: 'garbage', scope: partnerCenterScope }

test('checks run in the documented order: tenant, client, app, origin, credential, grant', async () => {
  const { microsoft, token } = setUp()
  const wrong = { ...grant, client_id: 'nobody', client_secret: 'wrong' }
  const order: unknown[] = []
  async function next(fields: Record<string, string>, tenant: string, headers = {}): Promise<void> {
    order.push((await token(fields, tenant, headers)).body['error_codes'])
  }
  const origin = { origin: 'https://app.example' }
  await next(wrong, 'unknown.example', origin)
  await next(wrong, nordwind.id, origin)
  microsoft.control.disableApp()
  await next({ ...grant, client_secret: 'wrong' }, nordwind.id, origin)
  microsoft.control.disableApp(undefined, true)
  await next({ ...grant, client_secret: 'wrong' }, nordwind.id, origin)
  await next({ ...grant, client_secret: 'wrong' }, nordwind.id)
  await next(grant, nordwind.id)
  expect(order).toEqual([[90002], [700016], [7000112], [9002326], [7000215], [9002313]])
})

test.each([
  ['no credential', { client_secret: '' }, 7000218],
  ['a wrong secret', { client_secret: 'wrong' }, 7000215],
])('%s is invalid_client with 401', async (_, fields, code) => {
  const { token } = setUp()
  const { status, body } = await token({ ...grant, ...fields })
  expect(status).toBe(401)
  expect(body).toMatchObject({ error: 'invalid_client', error_codes: [code] })
})

test('expired secrets are 7000222 for everybody until a new one is added', async () => {
  const { microsoft, token, connect } = setUp()
  const refreshToken = await connect()
  microsoft.control.expireSecrets()
  const fields = { ...grant, refresh_token: refreshToken }
  expect(await token(fields)).toMatchObject({ status: 401, body: { error_codes: [7000222] } })
  microsoft.control.addSecret('a new one')
  expect((await token({ ...fields, client_secret: 'a new one' })).status).toBe(200)
})

test('the error body has every documented field and header', async () => {
  const { token } = setUp()
  const correlation = randomUUID()
  const { body, headers } = await token(grant, nordwind.id, { 'client-request-id': correlation })
  expect(body).toMatchObject({
    error: 'invalid_request',
    error_codes: [9002313],
    timestamp: '2026-09-15 12:00:00Z',
    correlation_id: correlation,
    error_uri: 'https://login.microsoftonline.com/error?code=9002313',
  })
  const { trace_id: trace } = body
  expect(body['error_description']).toBe(
    `AADSTS9002313: Invalid request. Request is malformed or invalid. Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: 2026-09-15 12:00:00Z`,
  )
  expect(headers.get('x-ms-request-id')).toBe(trace)
  expect(headers.get('cache-control')).toBe('no-store, no-cache')
  expect(headers.get('x-ms-clitelem')).toMatch(/^1,9002313,0,/)
  expect(headers.getSetCookie().join()).toContain('fpc=')
})

test('the separator of error_description can be the old CR LF', async () => {
  const { microsoft, token } = setUp()
  microsoft.control.set({ errorSeparator: '\r\n' })
  const { body } = await token(grant)
  expect(body['error_description']).toMatch(/invalid\.\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: /)
})

test('GET is 900561, a JSON body 900144, a missing or unknown grant type 900144 and 70003', async () => {
  const { microsoft, token, get } = setUp()
  const url = `${microsoft.urls.login}/${nordwind.id}/oauth2/v2.0/token`
  expect((await get(url)).body['error_codes']).toEqual([900561])
  expect((await get(url, undefined, { method: 'POST', body: '{}' })).body['error_codes']).toEqual([900144])
  expect((await token({})).body['error_codes']).toEqual([900144])
  expect((await token({ grant_type: 'password' })).body).toMatchObject({
    error: 'unsupported_grant_type',
    error_codes: [70003],
  })
})

test('HTTP Basic is as good as the form', async () => {
  const { microsoft, connect } = setUp()
  const refreshToken = await connect()
  const basic = Buffer.from(`${demo.app.clientId}:${encodeURIComponent(demo.app.clientSecret)}`).toString(
    'base64',
  )
  const response = await microsoft.fetch(`${microsoft.urls.login}/${nordwind.id}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ ...grant, refresh_token: refreshToken }),
  })
  expect(response.status).toBe(200)
})

type AssertionChanges = { audience?: string; issuer?: string; lifetime?: number; alg?: 'PS256' | 'RS256' }

async function assertion(
  certificate: AppCertificate,
  now: Date,
  changes: AssertionChanges = {},
): Promise<Record<string, string>> {
  const seconds = Math.floor(now.getTime() / 1000)
  const { alg = 'PS256', lifetime = 600, issuer = demo.app.clientId } = changes
  const audience = changes.audience ?? `https://login.microsoftonline.com/${nordwind.id}/oauth2/v2.0/token`
  const thumbprint =
    alg === 'PS256' ? { 'x5t#S256': certificate.thumbprintSha256 } : { x5t: certificate.thumbprint }
  const jwt = new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg, ...thumbprint })
    .setIssuer(issuer)
    .setSubject(issuer)
    .setAudience(audience)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + lifetime)
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return {
    client_assertion_type: type,
    client_assertion: await jwt.sign(createPrivateKey(certificate.privateKeyPem)),
  }
}

test('a registered certificate signs in with either algorithm and shows as appidacr 2', async () => {
  const { microsoft, clock, connect, token } = setUp()
  const refreshToken = await connect()
  const certificate = createCertificate()
  microsoft.control.addCertificate(certificate)
  for (const alg of ['PS256', 'RS256'] as const) {
    const { status, body } = await token({
      ...grant,
      refresh_token: refreshToken,
      ...(await assertion(certificate, clock.now(), { alg })),
    })
    expect(status).toBe(200)
    expect(claimsOf(body['access_token'])['appidacr']).toBe('2')
  }
})

test.each([
  ['another audience', 700023, { audience: 'https://evil.example' }],
  ['another issuer', 700027, { issuer: randomUUID() }],
  ['an end in the past', 700024, { lifetime: -DAY }],
])('an assertion with %s is refused with %i', async (_, code, changes) => {
  const { microsoft, clock, token } = setUp()
  const certificate = createCertificate()
  microsoft.control.addCertificate(certificate)
  const { status, body } = await token({ ...grant, ...(await assertion(certificate, clock.now(), changes)) })
  expect(status).toBe(401)
  expect(body['error_codes']).toEqual([code])
})

test('an unregistered certificate, or one past its end, is 700027', async () => {
  const { microsoft, clock, token } = setUp()
  const stranger = await token({ ...grant, ...(await assertion(createCertificate(), clock.now())) })
  expect(stranger.body['error_codes']).toEqual([700027])
  const old = createCertificate({ notAfter: new Date('2026-01-01T00:00:00Z') })
  microsoft.control.addCertificate(old)
  expect((await token({ ...grant, ...(await assertion(old, clock.now())) })).body['error_codes']).toEqual([
    700027,
  ])
})

test('an app alone gets roles, and neither scp nor amr', async () => {
  const { microsoft, connect, token } = setUp()
  await connect()
  const resource = '00000003-0000-0000-c000-000000000000'
  microsoft.state.appRoleGrants.push({
    clientId: demo.app.clientId,
    tenantId: nordwind.id,
    resource,
    roles: ['PartnerBilling.Read.All'],
  })
  const fields = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' }
  const claims = claimsOf((await token(fields)).body['access_token'])
  expect(claims['roles']).toEqual(['PartnerBilling.Read.All'])
  expect(claims).not.toHaveProperty('scp')
  expect(claims).not.toHaveProperty('amr')
  expect(
    (await token({ ...fields, scope: 'https://graph.microsoft.com/User.Read' })).body['error_codes'],
  ).toEqual([1002012])
  expect((await token(fields, customer.id)).body['error_codes']).toEqual([700016])
})

test('the sixteenth identical request within ten seconds is 50196', async () => {
  const { clock, token, connect } = setUp()
  const refreshToken = await connect()
  const fields = { ...grant, refresh_token: refreshToken }
  for (let request = 0; request < 15; request += 1) expect((await token(fields)).status).toBe(200)
  expect((await token(fields)).body['error_codes']).toEqual([50196])
  clock.forward(11)
  expect((await token(fields)).status).toBe(200)
})
