import { expect, test } from 'vitest'
import { hashToken } from '../src/index.ts'
import {
  cascade,
  claimsOf,
  customer,
  DAY,
  graphScope,
  nordwind,
  partnerCenterScope,
  setUp,
} from './helpers.ts'

const { service } = nordwind.users

test('one refresh token serves Partner Center and Graph', async () => {
  const { connect, refresh } = setUp()
  const token = await connect()
  const partner = claimsOf((await refresh(token, partnerCenterScope)).body['access_token'])
  const graph = await refresh(token, `${graphScope} openid profile`)
  expect(partner).toMatchObject({ aud: 'https://api.partnercenter.microsoft.com', scp: 'user_impersonation' })
  expect(claimsOf(graph.body['access_token'])).toMatchObject({ aud: 'https://graph.microsoft.com' })
  expect(String(graph.body['scope']).split(' ')).toContain(graphScope)
  expect(graph.body).toHaveProperty('refresh_token')
})

test('Entra: a used token stays valid and every answer has a new one', async () => {
  const { connect, refresh } = setUp()
  const first = await connect()
  const second = (await refresh(first)).body['refresh_token']
  expect(second).not.toBe(first)
  expect((await refresh(first)).status).toBe(200)
  expect((await refresh(String(second))).status).toBe(200)
})

test('strict: a token works once, and reuse revokes its whole family but no other', async () => {
  const { connect, refresh } = setUp({ rotation: 'strict' })
  const [first, other] = [await connect(), await connect()]
  const second = String((await refresh(first)).body['refresh_token'])
  expect(await refresh(first)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', suberror: 'bad_token', error_codes: [70000] },
  })
  expect((await refresh(second)).body['error_codes']).toEqual([70000])
  expect((await refresh(other)).status).toBe(200)
})

test('strict: a refused redemption does not use the token up', async () => {
  const { microsoft, connect, refresh } = setUp({ rotation: 'strict' })
  const token = await connect()
  microsoft.control.setPolicies(nordwind.id, { blockResources: ['*'] })
  expect((await refresh(token)).body['error_codes']).toEqual([53003])
  microsoft.control.setPolicies(nordwind.id, { blockResources: [] })
  expect((await refresh(token)).status).toBe(200)
})

test('ninety days without use end a token (700082), but each use starts the next one afresh', async () => {
  const { clock, connect, refresh } = setUp()
  const first = await connect()
  clock.forward(60 * DAY)
  const second = String((await refresh(first)).body['refresh_token'])
  clock.forward(60 * DAY)
  const { body, headers } = await refresh(first)
  expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [700082] })
  expect(body['error_description']).toContain('2026-09-15T12:00:00.0000000Z and was inactive for 90.00:00:00')
  expect(headers.get('x-ms-clitelem')).toBe(`1,700082,0,${120 * DAY * 1000},`)
  expect((await refresh(second)).status).toBe(200)
})

test('garbage is malformed, a well-formed stranger invalid', async () => {
  const { connect, refresh } = setUp()
  const token = await connect()
  expect((await refresh(token.slice(0, 100))).body).toMatchObject({
    error: 'invalid_request',
    error_codes: [9002313],
  })
  const stranger = token.replace(/....$/, 'zzzz')
  expect((await refresh(stranger)).body).toMatchObject({ error: 'invalid_grant', error_codes: [70000] })
})

test.each([
  ['revoked sessions', 50173, 'bad_token', (control: Control) => control.revokeSessions(service)],
  ['a disabled user', 50057, undefined, (control: Control) => control.disableUser(service)],
  ['a deleted user', 50034, 'bad_token', (control: Control) => control.deleteUser(service)],
  ['removed consent', 65001, 'consent_required', (control: Control) => control.removeConsent(nordwind.id)],
])('%s answers %i', async (_, code, suberror, act) => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  act(microsoft.control)
  const { status, body } = await refresh(token)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [code] })
  expect(body['suberror']).toBe(suberror)
})

type Control = ReturnType<typeof setUp>['microsoft']['control']

test('after a revocation a new sign-in works even at the same instant', async () => {
  const { microsoft, connect, refresh } = setUp()
  const old = await connect()
  microsoft.control.revokeSessions(service)
  const fresh = await connect()
  expect((await refresh(old)).body['error_description']).toMatch(
    /issued on '2026-09-15T12:00:00\.0000000Z' and the TokensValidFrom date/,
  )
  expect((await refresh(fresh)).status).toBe(200)
})

test('unknown resources and scopes are refused by name', async () => {
  const { connect, refresh } = setUp()
  const token = await connect()
  expect((await refresh(token, 'https://unknown.example/read')).body).toMatchObject({
    error: 'invalid_resource',
    error_codes: [500011],
  })
  expect((await refresh(token, 'https://graph.microsoft.com/Nope')).body).toMatchObject({
    error: 'invalid_scope',
    error_codes: [70011],
  })
  expect((await refresh(token, 'https://graph.microsoft.com/User.Read')).body['error_codes']).toEqual([65001])
})

test('scopes of two resources give a token for the first', async () => {
  const { connect, refresh } = setUp()
  const { body } = await refresh(await connect(), `${graphScope} ${partnerCenterScope}`)
  expect(claimsOf(body['access_token'])['aud']).toBe('https://graph.microsoft.com')
})

test('.default gives all that is granted', async () => {
  const { connect, refresh } = setUp()
  const { body } = await refresh(await connect(), 'https://graph.microsoft.com/.default')
  expect(claimsOf(body['access_token'])['scp']).toBe('PartnerBilling.Read.All')
})

test('a customer’s tenant needs a consent made through Partner Center; a stranger’s is closed', async () => {
  const { connect, refresh, partner, microsoft } = setUp()
  const token = await connect()
  const scope = 'https://graph.microsoft.com/User.Read'
  expect((await refresh(token, scope, cascade.id)).body['error_codes']).toEqual([50020])
  expect((await refresh(token, scope, customer.id)).body['error_codes']).toEqual([65001])
  const accessToken = (await refresh(token)).body['access_token']
  const grants = [{ enterpriseApplicationId: '00000003-0000-0000-c000-000000000000', scope: 'User.Read' }]
  const [app] = microsoft.state.apps.values()
  const consent = (): Promise<Response> =>
    microsoft.fetch(`${microsoft.urls.partnerCenter}/v1/customers/${customer.id}/applicationconsents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'ms-requestid': 'same' },
      body: JSON.stringify({
        applicationId: app?.clientId,
        displayName: 'Consentry',
        applicationGrants: grants,
      }),
    })
  expect((await consent()).status).toBe(201)
  expect((await consent()).status).toBe(201)
  const answer = await refresh(token, scope, customer.id)
  expect(claimsOf(answer.body['access_token'])['tid']).toBe(customer.id)
  expect((await partner('/profiles/organization', accessToken)).status).toBe(200)
})

test('client capabilities end up in the access token', async () => {
  const { connect, token } = setUp()
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } })
  const refreshToken = await connect()
  const { body } = await token({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    scope: partnerCenterScope,
    claims,
  })
  expect(claimsOf(body['access_token'])['xms_cc']).toEqual(['cp1'])
})

test('state and request log know a refresh token by its hash only', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  await refresh(token)
  const seen = JSON.stringify([microsoft.requests, [...microsoft.state.refreshTokens]])
  expect(seen).not.toContain(token)
  expect(microsoft.requests.at(-1)).toMatchObject({
    route: 'token',
    grantType: 'refresh_token',
    tenantId: nordwind.id,
    status: 200,
    refreshTokenHash: hashToken(token),
  })
})

test('another app’s token is a client mismatch', async () => {
  const { microsoft, connect, token } = setUp()
  const refreshToken = await connect()
  const [app] = microsoft.state.apps.values()
  if (!app) throw new Error('The seed has no app.')
  const clientId = '2c8f1d3e-6b45-4d90-8c2f-8e71d3a5ba22'
  microsoft.state.apps.set(clientId, { ...structuredClone(app), clientId })
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, scope: partnerCenterScope }
  expect((await token({ ...fields, client_id: clientId })).body).toMatchObject({
    error: 'invalid_grant',
    suberror: 'client_mismatch',
  })
})

test('answers for Graph name scopes with or without the resource, as configured', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  microsoft.control.set({ graphScopePrefix: false })
  const { body } = await refresh(token, `${graphScope} openid profile email offline_access`)
  expect(body['scope']).toBe('openid profile email PartnerBilling.Read.All')
})

test('a tenant without Partner Center’s service principal is 500011', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  microsoft.control.setTenant(nordwind.id, { resources: ['00000003-0000-0000-c000-000000000000'] })
  expect((await refresh(token)).body).toMatchObject({ error: 'invalid_resource', error_codes: [500011] })
})
