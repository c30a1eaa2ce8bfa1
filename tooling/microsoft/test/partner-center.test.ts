import { expect, test } from 'vitest'
import { demo } from '../src/index.ts'
import {
  cascade,
  fjordlys,
  graphScope,
  nordwind,
  partnerCenterScope,
  reseller,
  rheintal,
  setUp,
  type Json,
} from './helpers.ts'

async function signedIn(
  tenant: (typeof demo.tenants)[keyof typeof demo.tenants] = nordwind,
  user: string = tenant.users.service,
) {
  const client = setUp()
  const refreshToken = await client.connect({ user }, { tenant: tenant.id })
  const accessToken = (await client.refresh(refreshToken, partnerCenterScope, tenant.id)).body['access_token']
  const call = (path: string, headers?: Record<string, string>) => client.partner(path, accessToken, headers)
  return { ...client, refreshToken, accessToken, call }
}

test('the organisation profile says whose Partner Center this is', async () => {
  const { call } = await signedIn(cascade)
  expect((await call('/profiles/organization')).body).toMatchObject({
    tenantId: cascade.id,
    companyName: cascade.name,
    domain: cascade.domain,
    attributes: { objectType: 'OrganizationProfile' },
  })
})

test.each([
  ['legalbusiness', 'LegalBusinessProfile'],
  ['billing', 'BillingProfile'],
  ['mpn', 'MpnProfile'],
  ['support', 'PartnerSupportProfile'],
])('the %s profile exists', async (name, objectType) => {
  const { call } = await signedIn()
  expect((await call(`/profiles/${name}`)).body).toMatchObject({ attributes: { objectType } })
})

test('request and correlation ids come back, and MFA compliance when asked for', async () => {
  const { call } = await signedIn()
  const { headers } = await call('/profiles/mpn', {
    'MS-RequestId': 'r1',
    'MS-CorrelationId': 'c1',
    ValidateMfa: 'true',
  })
  expect(headers.get('MS-RequestId')).toBe('r1')
  expect(headers.get('MS-CorrelationId')).toBe('c1')
  expect(headers.get('MS-CV')).toBeTruthy()
  expect(headers.get('isMfaCompliant')).toBe('true')
})

test('invoices are paged by links relative to /v1, newest first, G before the one D', async () => {
  const { call } = await signedIn()
  const ids: string[] = []
  let path = '/invoices?size=3&offset=0'
  while (path) {
    const { body } = await call(path)
    expect(body).toMatchObject({ totalCount: 8, attributes: { objectType: 'Collection' } })
    ids.push(...(body['items'] as Json[]).map((item) => String(item['id'])))
    path = (body['links'] as { next?: { uri: string } }).next?.uri ?? ''
  }
  expect(ids).toHaveLength(8)
  expect(new Set(ids).size).toBe(8)
  expect(ids.slice(0, 7).every((id) => /^G\d{9}$/.test(id))).toBe(true)
  expect(ids[7]).toMatch(/^D0/)
})

test('an invoice is found by its number and by the form in its own link', async () => {
  const { call } = await signedIn()
  const [invoice] = (await call('/invoices?size=1')).body['items'] as Json[]
  const links = invoice?.['links'] as { self: { uri: string } } | undefined
  const uri = links?.self.uri ?? ''
  expect(uri).toBe(`/invoices/OneTime-${invoice?.['id']}`)
  expect((await call(uri)).body).toEqual(invoice)
  expect((await call(`/invoices/${invoice?.['id']}`)).body).toEqual(invoice)
  expect(await call('/invoices/G000000000')).toMatchObject({
    status: 404,
    body: { code: 1000, source: 'PartnerFD' },
  })
})

test('a tenant has an invoice per currency, and another has none at all', async () => {
  const two = await signedIn(rheintal)
  const summaries = (await two.call('/invoices/summaries')).body['items'] as Json[]
  expect(summaries.map((summary) => summary['currencyCode'])).toEqual(['EUR', 'GBP'])
  const none = await signedIn(fjordlys)
  expect((await none.call('/invoices')).body).toMatchObject({ totalCount: 0, items: [] })
  expect((await none.call('/invoices/summaries')).body).toMatchObject({ totalCount: 0 })
})

test('a statement is a PDF', async () => {
  const { call } = await signedIn()
  const [invoice] = (await call('/invoices?size=1')).body['items'] as Json[]
  const { headers, body } = await call(`/invoices/${invoice?.['id']}/documents/statement`)
  expect(headers.get('content-type')).toBe('application/pdf')
  expect(body['text']).toMatch(/^%PDF/)
})

test('line items: legacy invoices have them, new-commerce ones have left this API', async () => {
  const { call, microsoft } = await signedIn()
  const items = (await call('/invoices')).body['items'] as Json[]
  const legacy = items.at(-1)
  const lines = (
    await call(`/invoices/${legacy?.['id']}/lineitems?provider=office&invoicelineitemtype=billinglineitems`)
  ).body['items'] as Json[]
  const cents = lines.reduce((sum, line) => sum + Math.round(Number(line['totalForCustomer']) * 100), 0)
  expect(cents).toBe(Math.round(Number(legacy?.['totalCharges']) * 100))
  const modern = `/invoices/${items[0]?.['id']}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`
  expect((await call(modern)).body).toMatchObject({ items: [] })
  microsoft.control.set({ retiredLineItems: 'error' })
  expect((await call(modern)).status).toBe(400)
})

test('unbilled line items go on by a continuation token', async () => {
  const { call } = await signedIn()
  const path =
    '/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=eur&period=current'
  const all = (await call(path)).body['items'] as Json[]
  const first = (await call(`${path}&size=5&seekOperation=First`)).body
  const { next } = first['links'] as { next: { uri: string; headers: { key: string; value: string }[] } }
  const [header] = next.headers
  const second = (await call(next.uri, { [header?.key ?? '']: header?.value ?? '' })).body
  expect([...(first['items'] as Json[]), ...(second['items'] as Json[])]).toEqual(all.slice(0, 10))
})

test('an account without a partner role is 403 with 900150 while its token is fine', async () => {
  const { call } = await signedIn(nordwind, nordwind.users.noAgent)
  expect(await call('/profiles/organization')).toMatchObject({
    status: 403,
    body: {
      code: 900150,
      description: 'The supplied role does not have the rights to perform the requested operation',
      data: [],
    },
  })
})

test('a role removed overnight, an unsigned agreement and an inactive program each have their code', async () => {
  const { call, microsoft } = await signedIn()
  microsoft.control.removePartnerRole(nordwind.users.service)
  expect((await call('/invoices')).body['code']).toBe(900150)
  microsoft.control.unsignAgreement(nordwind.id)
  expect((await call('/invoices')).body['code']).toBe(900124)
  microsoft.control.setProgramStatus(nordwind.id, 'inactive')
  expect((await call('/invoices')).body['code']).toBe(900149)
})

test('an indirect reseller has no API access at all', async () => {
  const { call } = await signedIn(reseller)
  expect(await call('/profiles/organization')).toMatchObject({ status: 403, body: { code: 2032 } })
})

test('no token, a Graph token and an old token are 401 in the configured shape', async () => {
  const { microsoft, clock, get, refresh, refreshToken, call } = await signedIn()
  const url = `${microsoft.urls.partnerCenter}/v1/invoices`
  expect(await get(url)).toMatchObject({ status: 401, body: { code: 400, source: 'PartnerFD' } })
  const graphToken = (await refresh(refreshToken, graphScope)).body['access_token']
  microsoft.control.set({ partnerUnauthorized: 'gateway' })
  expect(await get(url, graphToken)).toMatchObject({ status: 401, body: { statusCode: 401 } })
  clock.forward(2 * 3600)
  microsoft.control.set({ partnerUnauthorized: 'empty' })
  expect(await call('/invoices')).toMatchObject({ status: 401, body: { text: '' } })
})

test('an app alone may list invoices but not read an App+User page', async () => {
  const { microsoft, token, partner } = await signedIn()
  microsoft.state.appRoleGrants.push({
    clientId: demo.app.clientId,
    tenantId: nordwind.id,
    resource: 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd',
    roles: [],
  })
  const scope = 'https://api.partnercenter.microsoft.com/.default'
  const accessToken = (await token({ grant_type: 'client_credentials', scope })).body['access_token']
  expect((await partner('/invoices', accessToken)).status).toBe(200)
  expect(await partner('/profiles/organization', accessToken)).toMatchObject({
    status: 403,
    body: { code: 2032 },
  })
})

test('the security reports know accounts without MFA and who called', async () => {
  const { call } = await signedIn()
  const principals = (await call('/nonMfaCompliantPartnerPrincipals')).body['items'] as Json[]
  expect(principals.map((principal) => principal['userPrincipalName'])).toEqual([nordwind.users.noMfa])
  expect((await call('/applicationmfaadoptionstatus')).body).toMatchObject([
    { applicationId: demo.app.clientId, totalRequests: 1 },
  ])
  expect((await call('/partnerRequests')).body['items']).toHaveLength(2)
})
