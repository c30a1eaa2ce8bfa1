import { expect, test } from 'vitest'
import { demo, type Microsoft } from '../src/index.ts'
import { graphScope, nordwind, partnerCenterScope, redirectUri, setUp } from './helpers.ts'

function adminConsentUrl(
  microsoft: Microsoft,
  version: 'v2.0/' | '',
  fields: Record<string, string> = {},
): string {
  const parameters = new URLSearchParams({
    client_id: demo.app.clientId,
    redirect_uri: redirectUri,
    state: 's1',
    ...fields,
  })
  return `${microsoft.urls.login}/${nordwind.id}/${version}adminconsent?${parameters}`
}

function query(location = ''): Record<string, string> {
  return Object.fromEntries(new URL(location).searchParams)
}

const { service, plain } = nordwind.users

test('v2 answers admin_consent, tenant and scope, and neither code nor token', async () => {
  const { microsoft } = setUp()
  const scope = `${partnerCenterScope} ${graphScope}`
  const { location } = await microsoft.signIn(adminConsentUrl(microsoft, 'v2.0/', { scope }), {
    user: service,
  })
  expect(query(location)).toEqual({ admin_consent: 'True', tenant: nordwind.id, scope, state: 's1' })
})

test('v1 grants what the registration lists and names no scope', async () => {
  const { microsoft } = setUp()
  const { location } = await microsoft.signIn(adminConsentUrl(microsoft, ''), { user: service })
  expect(query(location)).toMatchObject({ admin_consent: 'True', tenant: nordwind.id, state: 's1' })
  expect(query(location)).not.toHaveProperty('scope')
  expect(microsoft.state.grants.get(nordwind.id)).toHaveLength(2)
})

test('a decline carries admin_consent=True all the same', async () => {
  const { microsoft } = setUp()
  const url = adminConsentUrl(microsoft, 'v2.0/', { scope: partnerCenterScope })
  const { location } = await microsoft.signIn(url, { user: service, decision: 'cancel' })
  expect(query(location)).toMatchObject({ admin_consent: 'True', error: 'consent_required', state: 's1' })
  expect(query(location)['error_description']).toContain('AADSTS65004')
})

test('v2 without scope is 900144, and somebody without a role meets 90094', async () => {
  const { microsoft } = setUp()
  const missing = await microsoft.signIn(adminConsentUrl(microsoft, 'v2.0/'), { user: service })
  expect(query(missing.location)['error_description']).toContain('AADSTS900144')
  const url = adminConsentUrl(microsoft, 'v2.0/', { scope: partnerCenterScope })
  expect(await microsoft.signIn(url, { user: plain })).toMatchObject({ aadsts: 90094 })
})

test('consenting to less revokes what was granted for the tenant before', async () => {
  const { microsoft, connect, refresh } = setUp()
  const token = await connect()
  expect((await refresh(token, graphScope)).status).toBe(200)
  await microsoft.signIn(adminConsentUrl(microsoft, 'v2.0/', { scope: partnerCenterScope }), {
    user: service,
  })
  expect((await refresh(token, partnerCenterScope)).status).toBe(200)
  expect((await refresh(token, graphScope)).body['error_codes']).toEqual([65001])
})
