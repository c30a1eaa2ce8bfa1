import { expect, test } from 'vitest'
import { DAY, graphScope, nordwind, partnerCenterScope, setUp } from './helpers.ts'

const graph = 'https://graph.microsoft.com'

test('“remember MFA” makes a grant fail with 50078 after so many days, however often it is refreshed', async () => {
  const { microsoft, clock, connect, refresh } = setUp()
  microsoft.control.setPolicies(nordwind.id, { rememberMfaDays: 14 })
  let token = await connect()
  for (let day = 0; day < 14; day += 1) {
    clock.forward(DAY)
    token = String((await refresh(token)).body['refresh_token'])
  }
  clock.forward(DAY)
  expect((await refresh(token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [50078] })
})

test('sign-in frequency answers 70043 with the issue time and the allowed seconds', async () => {
  const { microsoft, clock, connect, refresh } = setUp()
  microsoft.control.setPolicies(nordwind.id, { signInFrequencySeconds: 3600 })
  const token = await connect()
  clock.forward(3601)
  const { body } = await refresh(token)
  expect(body['error_codes']).toEqual([70043])
  expect(body['error_description']).toContain(
    'issued on 2026-09-15T12:00:00.0000000Z and the maximum allowed lifetime for this request is 3600',
  )
})

test('MFA for one resource is 50076 there and nothing elsewhere', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect({ user: nordwind.users.service, mfa: false })
  microsoft.control.setPolicies(nordwind.id, { requireMfa: [graph] })
  expect((await refresh(token, graphScope)).body).toMatchObject({
    error: 'invalid_grant',
    suberror: 'basic_action',
    error_codes: [50076],
  })
  expect((await refresh(token, partnerCenterScope)).status).toBe(200)
})

test('a block is 53003 with claims as JSON text, for that resource only', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  microsoft.control.setPolicies(nordwind.id, { blockResources: [graph] })
  const { body } = await refresh(token, graphScope)
  expect(body).toMatchObject({ suberror: 'message_only', error_codes: [53003] })
  expect(JSON.parse(String(body['claims']))).toMatchObject({
    access_token: { capolids: { essential: true, values: [expect.any(String)] } },
  })
  expect((await refresh(token, partnerCenterScope)).status).toBe(200)
})

test('a device requirement is 53000', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  microsoft.control.setPolicies(nordwind.id, { requireDevice: ['*'] })
  expect((await refresh(token)).body).toMatchObject({ error: 'interaction_required', error_codes: [53000] })
})

test('partner MFA is enforced on just the configured share of calls, and the header tells the truth on all', async () => {
  const { microsoft, connect, refresh, partner } = setUp()
  const token = await connect({ user: nordwind.users.noMfa })
  const accessToken = (await refresh(token)).body['access_token']
  microsoft.control.setPolicies(nordwind.id, { partnerMfaEnforcement: 0.25 })
  const answers = []
  for (let call = 0; call < 8; call += 1)
    answers.push(await partner('/profiles/organization', accessToken, { ValidateMfa: 'true' }))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 401, 200, 200, 200, 401])
  expect(answers[3]?.body).toMatchObject({ code: 900421 })
  expect(answers.map(({ headers }) => headers.get('isMfaCompliant'))).toEqual(
    Array.from({ length: 8 }, () => 'false'),
  )
})
