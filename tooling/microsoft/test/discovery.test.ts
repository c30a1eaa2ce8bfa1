import { X509Certificate } from 'node:crypto'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { expect, test } from 'vitest'
import { demo } from '../src/index.ts'
import { nordwind, setUp, usgov, type Json } from './helpers.ts'

const document = '/v2.0/.well-known/openid-configuration'

test('discovery names the tenant by id even when asked by domain, with its region and cloud', async () => {
  const { microsoft, get } = setUp()
  const { body, headers } = await get(`${microsoft.urls.login}/${nordwind.domain}${document}`)
  expect(body).toMatchObject({
    issuer: `https://login.microsoftonline.com/${nordwind.id}/v2.0`,
    token_endpoint: `https://login.microsoftonline.com/${nordwind.id}/oauth2/v2.0/token`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    msgraph_host: 'graph.microsoft.com',
  })
  expect(headers.get('cache-control')).toBe('max-age=86400, private')
  expect(headers.get('access-control-allow-origin')).toBe('*')
})

test.each(['common', 'organizations'])(
  'discovery of %s has the issuer template and no region',
  async (segment) => {
    const { microsoft, get } = setUp()
    const { body } = await get(`${microsoft.urls.login}/${segment}${document}`)
    expect(body).toMatchObject({
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      tenant_region_scope: null,
    })
    expect(body['token_endpoint']).toContain(`/${segment}/`)
  },
)

test('an unknown tenant is invalid_tenant with 90002', async () => {
  const { microsoft, get } = setUp()
  const { status, body } = await get(
    `${microsoft.urls.login}/11111111-2222-4333-8444-555555555555${document}`,
  )
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
})

test('a tenant of another cloud is named with that cloud, or refused, as configured', async () => {
  const { microsoft, get } = setUp()
  const url = `${microsoft.urls.login}/${usgov.id}${document}`
  expect((await get(url)).body).toMatchObject({
    cloud_instance_name: 'microsoftonline.us',
    tenant_region_scope: 'USGov',
  })
  microsoft.control.set({ otherCloudDiscovery: '90002' })
  expect((await get(url)).body['error_codes']).toEqual([90002])
  microsoft.control.set({ otherCloudDiscovery: '90038' })
  expect((await get(url)).body['error_codes']).toEqual([90038])
})

test('every published key carries its issuer, and a certificate that has the same key', async () => {
  const { microsoft, get } = setUp()
  const { body } = await get(`${microsoft.urls.login}/${nordwind.id}/discovery/v2.0/keys`)
  const [key] = body['keys'] as Json[]
  expect(key).toMatchObject({
    kty: 'RSA',
    use: 'sig',
    issuer: `https://login.microsoftonline.com/${nordwind.id}/v2.0`,
  })
  const [der = ''] = (key?.['x5c'] ?? []) as string[]
  const certificate = new X509Certificate(Buffer.from(der, 'base64'))
  expect(certificate.publicKey.export({ format: 'jwk' })['n']).toBe(key?.['n'])
  expect(certificate.verify(certificate.publicKey)).toBe(true)
})

test('after a key rollover new tokens have a new kid and old ones still verify', async () => {
  const { microsoft, clock, code, redeem, get } = setUp()
  const before = (await redeem(await code())).body['id_token']
  microsoft.control.rotateKeys()
  const after = (await redeem(await code())).body['id_token']
  const { body } = await get(`${microsoft.urls.login}/${nordwind.id}/discovery/v2.0/keys`)
  expect(body['keys']).toHaveLength(2)
  const keys = createLocalJWKSet(body as unknown as JSONWebKeySet)
  for (const token of [before, after]) {
    const { payload } = await jwtVerify(String(token), keys, {
      issuer: `https://login.microsoftonline.com/${nordwind.id}/v2.0`,
      audience: demo.app.clientId,
      currentDate: clock.now(),
    })
    expect(payload['tid']).toBe(nordwind.id)
  }
  microsoft.control.rotateKeys(0)
  const later = await get(`${microsoft.urls.login}/${nordwind.id}/discovery/v2.0/keys`)
  expect(later.body['keys']).toHaveLength(1)
})

test('instance discovery knows the aliases of the cloud and refuses foreign hosts', async () => {
  const { microsoft, get } = setUp()
  const url = `${microsoft.urls.login}/common/discovery/instance?api-version=1.1&authorization_endpoint=`
  const known = await get(
    `${url}${encodeURIComponent(`https://login.windows.net/${nordwind.id}/oauth2/v2.0/authorize`)}`,
  )
  expect(known.body['tenant_discovery_endpoint']).toContain(nordwind.id)
  const foreign = await get(`${url}https://login.evil.example/common/oauth2/v2.0/authorize`)
  expect(foreign).toMatchObject({ status: 400, body: { error: 'invalid_instance', error_codes: [50049] } })
})
