import { expect, test } from 'vitest'
import {
  allScopes,
  cascade,
  claimsOf,
  customer,
  graphScope,
  nordwind,
  partnerCenterScope,
  redirectUri,
  setUp,
  usgov,
} from './helpers.ts'

const { service, noMfa, plain, guest, noAgent } = nordwind.users

function query(location = ''): Record<string, string> {
  return Object.fromEntries(new URL(location).searchParams)
}

test('success comes back to the redirect URI with code, state and session_state', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const { location } = await microsoft.signIn(authorizeUrl(), { user: service })
  expect(location).toMatch(new RegExp(`^${redirectUri}\\?`))
  expect(query(location)).toMatchObject({
    state: 'the-state',
    code: expect.any(String),
    session_state: expect.any(String),
  })
})

test.each([
  [90002, { tenant: '11111111-2222-4333-8444-555555555555' }],
  [90038, { tenant: usgov.id }],
  [900023, { tenant: 'nonsense' }],
  [700016, { client_id: '11111111-2222-4333-8444-555555555555' }],
  [50011, { redirect_uri: 'https://evil.example/callback' }],
  [50011, { redirect_uri: 'http://localhost:3000/other' }],
  [650052, { tenant: customer.id }],
])('%i is shown on a page and never redirected', async (aadsts, options) => {
  const { microsoft, authorizeUrl } = setUp()
  const result = await microsoft.signIn(authorizeUrl(options), { user: service })
  expect(result).toMatchObject({ aadsts })
  expect(result.location).toBeUndefined()
  expect(result.page).toMatch(/Correlation Id:.*Timestamp:/s)
})

test.each([
  ['invalid_request', 900144, { response_type: undefined }],
  ['invalid_request', 900144, { scope: undefined }],
  ['unsupported_response_type', 70007, { response_mode: 'pigeon' }],
  ['unsupported_response_type', 700054, { response_type: 'code id_token', response_mode: 'query' }],
  ['unsupported_response_type', 90023, { response_type: 'token' }],
  ['invalid_client', 650053, { scope: 'https://graph.microsoft.com/No.Such.Permission' }],
  ['invalid_resource', 500011, { scope: 'https://unknown.example/read' }],
  ['invalid_request', 90023, { prompt: 'login consent' }],
  ['invalid_request', 90023, { prompt: 'select_account', login_hint: service }],
  ['invalid_request', 501491, { code_challenge: 'short', code_challenge_method: 'S256' }],
  ['login_required', 50058, { prompt: 'none' }],
])('%s (%i) goes back to the app with the state', async (error, aadsts, options) => {
  const { microsoft, authorizeUrl } = setUp()
  const { location } = await microsoft.signIn(authorizeUrl(options), { user: service })
  expect(query(location)).toMatchObject({ error, state: 'the-state' })
  expect(query(location)['error_description']).toMatch(
    new RegExp(`^AADSTS${aadsts}: .*\\r\\nTrace ID: `, 's'),
  )
})

test('Cancel on the consent page is access_denied with 65004, and nothing is granted', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const { location } = await microsoft.signIn(authorizeUrl(), { user: service, decision: 'cancel' })
  expect(query(location)).toMatchObject({
    error: 'access_denied',
    error_description: expect.stringContaining('AADSTS65004'),
  })
  expect(microsoft.state.grants.get(nordwind.id)).toBeUndefined()
})

test('somebody who closes the browser leaves neither grant nor code', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const result = await microsoft.signIn(authorizeUrl(), { user: service, decision: 'abandon' })
  expect(result.page).toContain('Pick an account')
  expect(microsoft.state.codes.size).toBe(0)
})

test('consent is remembered for the tenant, and a new scope asks again', async () => {
  const { microsoft, authorizeUrl, connect } = setUp()
  await connect({ user: service }, { scope: `${partnerCenterScope} offline_access` })
  const again = await microsoft.signIn(authorizeUrl({ scope: partnerCenterScope }), {
    user: plain,
    decision: 'cancel',
  })
  expect(query(again.location)['code']).toBeTruthy()
  const more = await microsoft.signIn(authorizeUrl({ scope: allScopes }), {
    user: service,
    decision: 'cancel',
  })
  expect(query(more.location)['error']).toBe('access_denied')
})

test('prompt=consent asks although everything is granted', async () => {
  const { microsoft, authorizeUrl, connect } = setUp()
  await connect()
  const { location } = await microsoft.signIn(authorizeUrl({ prompt: 'consent' }), {
    user: service,
    decision: 'cancel',
  })
  expect(query(location)['error']).toBe('access_denied')
})

test('a plain user meets 90094, or 90095 where requests to an administrator are on', async () => {
  const { microsoft, authorizeUrl } = setUp()
  expect(await microsoft.signIn(authorizeUrl(), { user: plain })).toMatchObject({ aadsts: 90094 })
  microsoft.control.set({ adminConsentWorkflow: true })
  expect(await microsoft.signIn(authorizeUrl(), { user: plain })).toMatchObject({ aadsts: 90095 })
})

test('an account of another tenant meets 50020, an unknown one 50034, a disabled one 50057', async () => {
  const { microsoft, authorizeUrl } = setUp()
  expect(await microsoft.signIn(authorizeUrl(), { user: cascade.users.service })).toMatchObject({
    aadsts: 50020,
  })
  expect(await microsoft.signIn(authorizeUrl(), { user: 'nobody@nowhere.example' })).toMatchObject({
    aadsts: 50034,
  })
  microsoft.control.disableUser(service)
  expect(await microsoft.signIn(authorizeUrl(), { user: service })).toMatchObject({ aadsts: 50057 })
})

test('a guest signs in fine and only the token tells where he is from', async () => {
  const { code, redeem } = setUp()
  const { body } = await redeem(await code({ user: guest }))
  expect(claimsOf(body['id_token'])).toMatchObject({
    tid: nordwind.id,
    idp: `https://sts.windows.net/${customer.id}/`,
  })
})

test('a member has no idp claim', async () => {
  const { code, redeem } = setUp()
  const { body } = await redeem(await code())
  expect(claimsOf(body['id_token'])).not.toHaveProperty('idp')
})

test('MFA shows in amr of the access token and nowhere in the id_token', async () => {
  const { code, redeem } = setUp()
  const approved = await redeem(await code({ user: service }))
  const skipped = await redeem(await code({ user: service, mfa: false }))
  const unregistered = await redeem(await code({ user: noMfa }))
  expect(claimsOf(approved.body['access_token'])['amr']).toEqual(['pwd', 'mfa'])
  expect(claimsOf(skipped.body['access_token'])['amr']).toEqual(['pwd'])
  expect(claimsOf(unregistered.body['access_token'])['amr']).toEqual(['pwd'])
  expect(claimsOf(approved.body['id_token'])).not.toHaveProperty('amr')
})

test('where MFA is demanded, skipping it ends on a page, and so does not having it', async () => {
  const { microsoft, authorizeUrl } = setUp()
  microsoft.control.setPolicies(nordwind.id, { requireMfa: ['*'] })
  expect(await microsoft.signIn(authorizeUrl(), { user: service, mfa: false })).toMatchObject({
    aadsts: 50074,
  })
  expect(await microsoft.signIn(authorizeUrl(), { user: noMfa })).toMatchObject({ aadsts: 50079 })
  const { location } = await microsoft.signIn(authorizeUrl(), { user: service })
  expect(query(location)['code']).toBeTruthy()
})

test('amr_values=mfa demands MFA in this sign-in', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const url = authorizeUrl({ amr_values: 'mfa' })
  expect(await microsoft.signIn(url, { user: service, mfa: false })).toMatchObject({ aadsts: 50074 })
})

test('the session of a browser signs in silently and carries its old MFA context, unless prompt=login', async () => {
  const { microsoft, authorizeUrl, redeem } = setUp()
  const browser = new Map<string, string>()
  await microsoft.signIn(authorizeUrl(), { user: service, mfa: false, browser })
  const silent = await microsoft.signIn(authorizeUrl({ prompt: 'none' }), { user: 'not asked', browser })
  const { body } = await redeem(query(silent.location)['code'] ?? '')
  expect(claimsOf(body['access_token'])['amr']).toEqual(['pwd'])
  const asked = await microsoft.signIn(authorizeUrl({ prompt: 'login' }), {
    user: '',
    browser,
    decision: 'abandon',
  })
  expect(asked.page).toContain('Pick an account')
})

test('prompt=none with a session but without consent is consent_required', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const browser = new Map<string, string>()
  await microsoft.signIn(authorizeUrl(), { user: service, browser })
  microsoft.control.removeConsent(nordwind.id)
  const { location } = await microsoft.signIn(authorizeUrl({ prompt: 'none' }), { user: service, browser })
  expect(query(location)['error']).toBe('consent_required')
})

test('login_hint leaves only that account to click', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const { page } = await microsoft.signIn(authorizeUrl({ login_hint: noAgent }), {
    user: '',
    decision: 'abandon',
  })
  expect(page).toContain(`data-upn="${noAgent}"`)
  expect(page).not.toContain(`data-upn="${service}"`)
})

test('form_post comes back as a form that submits itself and has a button', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const { form } = await microsoft.signIn(authorizeUrl({ response_mode: 'form_post', state: '<"&>' }), {
    user: service,
  })
  expect(form).toMatchObject({ action: redirectUri, fields: { code: expect.any(String), state: '<"&>' } })
})

test('a blocked first resource shows 53003 on a page', async () => {
  const { microsoft, authorizeUrl } = setUp()
  microsoft.control.setPolicies(nordwind.id, { blockResources: ['https://api.partnercenter.microsoft.com'] })
  expect(await microsoft.signIn(authorizeUrl(), { user: service })).toMatchObject({ aadsts: 53003 })
})

test('the port of a loopback redirect URI is free, the path and the host are not', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const other = 'http://127.0.0.1:51234/consent/callback'
  const { location } = await microsoft.signIn(authorizeUrl({ redirect_uri: other }), { user: service })
  expect(location).toMatch(/^http:\/\/127\.0\.0\.1:51234\/consent\/callback\?code=/)
  expect(
    await microsoft.signIn(authorizeUrl({ redirect_uri: 'http://[::1]:1/consent/callback' }), {
      user: service,
    }),
  ).toMatchObject({ aadsts: 50011 })
})

test('the v1 endpoints take resource instead of scope and answer numbers as text', async () => {
  const { microsoft, authorizeUrl } = setUp()
  const resource = 'https://api.partnercenter.microsoft.com'
  const url = `${authorizeUrl({ scope: 'openid' }).replace('/v2.0/', '/')}&resource=${resource}`
  const { location } = await microsoft.signIn(url, { user: service })
  const fields = {
    grant_type: 'authorization_code',
    code: query(location)['code'] ?? '',
    redirect_uri: redirectUri,
    client_id: microsoft.state.apps.keys().next().value ?? '',
    client_secret: 'demo~secret~value~for~the~simulator~only',
    resource,
  }
  const answer = await microsoft.fetch(`${microsoft.urls.login}/${nordwind.id}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  const body = await answer.json()
  expect(body).toMatchObject({
    resource,
    scope: 'user_impersonation',
    expires_in: expect.stringMatching(/^\d+$/),
    expires_on: expect.stringMatching(/^\d+$/),
  })
  expect(body).toHaveProperty('refresh_token')
})

test('organizations lets any tenant sign in, and the token tells which', async () => {
  const { microsoft, authorizeUrl, redeem } = setUp()
  const { location } = await microsoft.signIn(authorizeUrl({ tenant: 'organizations' }), {
    user: cascade.users.service,
  })
  const { body } = await redeem(query(location)['code'] ?? '', {}, 'organizations')
  expect(claimsOf(body['id_token'])['tid']).toBe(cascade.id)
})

test('a hybrid answer has an id_token with the nonce beside the code once ID tokens are enabled', async () => {
  const { microsoft, authorizeUrl } = setUp()
  microsoft.control.setApp({ idTokensEnabled: true })
  const url = authorizeUrl({
    response_type: 'code id_token',
    response_mode: 'form_post',
    scope: `openid ${graphScope}`,
  })
  const { form } = await microsoft.signIn(url, { user: service })
  expect(claimsOf(form?.fields['id_token'])).toMatchObject({ nonce: 'the-nonce', c_hash: expect.any(String) })
})
