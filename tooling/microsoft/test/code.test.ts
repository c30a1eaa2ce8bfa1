import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { cascade, claimsOf, DAY, graphScope, nordwind, partnerCenterScope, pkce, setUp } from './helpers.ts'
import { demo } from '../src/index.ts'

test('the answer has the documented fields, and the id_token validates against the published keys', async () => {
  const { microsoft, clock, code, redeem } = setUp()
  const { body } = await redeem(await code(), { client_info: '1' })
  expect(body).toMatchObject({ token_type: 'Bearer', scope: partnerCenterScope })
  expect(body['expires_in']).toBeGreaterThanOrEqual(3600)
  expect(body['expires_in']).toBeLessThanOrEqual(5400)
  expect(String(body['refresh_token']).length).toBeGreaterThan(200)
  const clientInfo = JSON.parse(Buffer.from(String(body['client_info']), 'base64url').toString())
  const keys = createRemoteJWKSet(new URL(`${microsoft.urls.login}/${nordwind.id}/discovery/v2.0/keys`), {
    [customFetch]: microsoft.fetch,
  })
  const { payload } = await jwtVerify(String(body['id_token']), keys, {
    issuer: `https://login.microsoftonline.com/${nordwind.id}/v2.0`,
    audience: demo.app.clientId,
    currentDate: clock.now(),
  })
  expect(payload).toMatchObject({
    nonce: 'the-nonce',
    tid: nordwind.id,
    preferred_username: nordwind.users.service,
    ver: '2.0',
  })
  expect(clientInfo).toEqual({ uid: payload['oid'], utid: nordwind.id })
})

test('the access token is v1.0-shaped under Microsoft’s real names whatever the URLs are', async () => {
  const urls = {
    login: 'http://127.0.0.1:9/ms/login',
    partnerCenter: 'http://127.0.0.1:9/ms/partner',
    graph: 'http://127.0.0.1:9/ms/graph',
  }
  const { code, redeem } = setUp({ urls })
  const { body } = await redeem(await code())
  expect(claimsOf(body['access_token'])).toMatchObject({
    aud: 'https://api.partnercenter.microsoft.com',
    iss: `https://sts.windows.net/${nordwind.id}/`,
    appid: demo.app.clientId,
    appidacr: '1',
    scp: 'user_impersonation',
    tid: nordwind.id,
    upn: nordwind.users.service,
    ver: '1.0',
  })
  expect(claimsOf(body['id_token'])['iss']).toBe(`http://127.0.0.1:9/ms/login/${nordwind.id}/v2.0`)
})

test('without offline_access there is no refresh token, without openid no id_token', async () => {
  const { code, redeem } = setUp()
  const scope = partnerCenterScope
  const { body } = await redeem(await code(undefined, { scope }), { scope })
  expect(body).not.toHaveProperty('refresh_token')
  expect(body).not.toHaveProperty('id_token')
})

test('a code works once: the second time is 54005', async () => {
  const { code, redeem } = setUp()
  const value = await code()
  expect((await redeem(value)).status).toBe(200)
  expect(await redeem(value)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant', error_codes: [54005] },
  })
})

test('a code of another tenant is 700005, an old or unknown one 70008', async () => {
  const { clock, code, redeem } = setUp()
  const value = await code()
  expect((await redeem(value, {}, cascade.id)).body['error_codes']).toEqual([700005])
  expect((await redeem('unknown')).body['error_codes']).toEqual([70008])
  clock.forward(601)
  expect((await redeem(value)).body['error_codes']).toEqual([70008])
})

test('the redirect URI must be the one that the code was sent to', async () => {
  const { code, redeem } = setUp()
  const { body } = await redeem(await code(), { redirect_uri: 'http://localhost:4000/consent/callback' })
  expect(body['error_codes']).toEqual([500112])
})

test('PKCE: the right verifier passes; none or a wrong one is 501481, an uncalled-for one 50147', async () => {
  const { code, redeem } = setUp()
  const { verifier, challenge } = pkce()
  const options = { code_challenge: challenge, code_challenge_method: 'S256' }
  expect((await redeem(await code(undefined, options))).body['error_codes']).toEqual([501481])
  expect(
    (await redeem(await code(undefined, options), { code_verifier: pkce().verifier })).body['error_codes'],
  ).toEqual([501481])
  expect((await redeem(await code(), { code_verifier: verifier })).body['error_codes']).toEqual([50147])
  expect((await redeem(await code(undefined, options), { code_verifier: verifier })).status).toBe(200)
})

test('a failed redemption does not spend the code', async () => {
  const { code, redeem } = setUp()
  const value = await code()
  await redeem(value, { redirect_uri: 'http://localhost:1/consent/callback' })
  expect((await redeem(value)).status).toBe(200)
})

test('scopes of two resources are refused at the code leg', async () => {
  const { code, redeem } = setUp()
  const { body } = await redeem(await code(), { scope: `${partnerCenterScope} ${graphScope}` })
  expect(body['error_codes']).toEqual([28000])
})

test('right after consent the token service may not know of it yet', async () => {
  const { microsoft, clock, code, redeem } = setUp()
  microsoft.control.consentPropagationDelay(30)
  const value = await code()
  expect((await redeem(value)).body).toMatchObject({ error_codes: [65001], suberror: 'consent_required' })
  clock.forward(30)
  expect((await redeem(value)).status).toBe(200)
})

test('a redirect URI of a page gives a token that ends after a day', async () => {
  const { microsoft, clock, code, redeem, refresh } = setUp()
  const spa = 'https://spa.example/callback'
  microsoft.control.addRedirectUri(spa, 'spa')
  const { body } = await redeem(await code(undefined, { redirect_uri: spa }), { redirect_uri: spa })
  clock.forward(DAY / 2)
  const next = await refresh(String(body['refresh_token']))
  expect(next.status).toBe(200)
  clock.forward(DAY / 2 + 1)
  expect((await refresh(String(next.body['refresh_token']))).body['error_codes']).toEqual([700084])
})
