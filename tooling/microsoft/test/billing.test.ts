import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { expect, test } from 'vitest'
import { demo } from '../src/index.ts'
import {
  cascade,
  DAY,
  graphScope,
  nordwind,
  partnerCenterScope,
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
  const graphToken = (await client.refresh(refreshToken, graphScope, tenant.id)).body['access_token']
  const partnerToken = (await client.refresh(refreshToken, partnerCenterScope, tenant.id)).body[
    'access_token'
  ]
  const invoices = async (): Promise<Json[]> =>
    (await client.partner('/invoices', partnerToken)).body['items'] as Json[]
  return { ...client, graphToken, invoices }
}

function cents(lines: Json[], attribute: string): number {
  return lines.reduce((sum, line) => sum + Math.round(Number(line[attribute]) * 100), 0)
}

const root = '/reports/partners/billing'

test.each([nordwind, cascade, rheintal])(
  'every invoice of $name is exactly the sum of its export lines',
  async (tenant) => {
    const { graphToken, invoices, runExport } = await signedIn(tenant)
    const modern = (await invoices()).filter((invoice) => String(invoice['id']).startsWith('G'))
    expect(modern.length).toBeGreaterThanOrEqual(6)
    for (const invoice of modern) {
      const { lines } = await runExport('reconciliation/billed', { invoiceId: invoice['id'] }, graphToken)
      expect(cents(lines, 'Total')).toBe(Math.round(Number(invoice['totalCharges']) * 100))
      expect(cents(lines, 'Subtotal') + cents(lines, 'TaxTotal')).toBe(cents(lines, 'Total'))
      expect(new Set(lines.map((line) => line['Currency']))).toEqual(new Set([invoice['currencyCode']]))
    }
  },
)

test('an export goes 202, notStarted, running with Retry-After, succeeded', async () => {
  const { graph, get, graphToken, invoices } = await signedIn()
  const [invoice] = await invoices()
  const started = await graph(`${root}/reconciliation/billed/export`, graphToken, {
    invoiceId: invoice?.['id'],
    attributeSet: 'full',
  })
  expect(started).toMatchObject({ status: 202, body: { text: '' } })
  const location = started.headers.get('location') ?? ''
  expect(location).toMatch(
    /^https:\/\/graph\.microsoft\.com\/v1\.0\/reports\/partners\/billing\/operations\/[0-9a-f-]{36}$/,
  )
  const answers = [
    await get(location, graphToken),
    await get(location, graphToken),
    await get(location, graphToken),
  ]
  expect(answers.map(({ body }) => body['status'])).toEqual(['notStarted', 'running', 'succeeded'])
  expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['1', '1', null])
  expect(answers[2]?.body['@odata.type']).toBe('#microsoft.graph.partners.billing.exportSuccessOperation')
})

test('the lines look like a month’s business: several customers and products, a credit, metered Azure', async () => {
  const { graphToken, invoices, runExport } = await signedIn(cascade)
  const all: Json[] = []
  for (const { id } of (await invoices()).filter((invoice) => String(invoice['id']).startsWith('G'))) {
    all.push(...(await runExport('reconciliation/billed', { invoiceId: id }, graphToken)).lines)
  }
  expect(new Set(all.map((line) => line['CustomerName'])).size).toBeGreaterThan(5)
  expect(new Set(all.map((line) => line['ProductName'])).size).toBeGreaterThan(4)
  expect(all.some((line) => Number(line['Subtotal']) < 0)).toBe(true)
  expect(all.some((line) => line['ProductName'] === 'Azure plan')).toBe(true)
})

test('both manifests name the same blobs: linked, and inline as Microsoft’s sample reads it', async () => {
  const { microsoft, graphToken, invoices, runExport, manifestOf } = await signedIn()
  const body = { invoiceId: (await invoices())[0]?.['id'] }
  const linked = await runExport('reconciliation/billed', body, graphToken)
  microsoft.control.manifestVariant('inline')
  microsoft.control.set({ manifestDataFormat: 'compressedJSONLines' })
  const inline = await runExport('reconciliation/billed', body, graphToken)
  expect(inline.lines).toEqual(linked.lines)
  expect(inline.operation).not.toHaveProperty('resourceLocation@odata.navigationLink')
  const manifest = await manifestOf(inline.operation, graphToken)
  expect(manifest).toMatchObject({
    dataFormat: 'compressedJSONLines',
    blobCount: 1,
    partnerTenantId: nordwind.id,
  })
  expect(manifest.rootDirectory).toMatch(/^https:\/\/\w+\.blob\.core\.windows\.net\//)
})

test('a big export has several blobs, and reading them all gives every line once', async () => {
  const { microsoft, graphToken, invoices, runExport, manifestOf } = await signedIn()
  microsoft.control.set({ linesPerBlob: 10 })
  const { operation, lines } = await runExport(
    'reconciliation/billed',
    { invoiceId: (await invoices())[0]?.['id'] },
    graphToken,
  )
  expect((await manifestOf(operation, graphToken)).blobCount).toBe(Math.ceil(lines.length / 10))
  expect(new Set(lines.map((line) => JSON.stringify(line))).size).toBe(lines.length)
})

test('a legacy or unknown invoice fails with 5000, which is no fault of the sign-in', async () => {
  const { graphToken, invoices, runExport } = await signedIn()
  const legacy = (await invoices()).at(-1)?.['id']
  const { operation } = await runExport('reconciliation/billed', { invoiceId: legacy }, graphToken)
  expect(operation).toMatchObject({
    '@odata.type': '#microsoft.graph.partners.billing.failedOperation',
    error: {
      code: '5000',
      message: `No reconciliation data available currently for Invoice ${legacy}. Please try again later.`,
    },
  })
})

test('unbilled charges and daily usage can be exported; a foreign currency has no data', async () => {
  const { graphToken, runExport, invoices } = await signedIn()
  const unbilled = await runExport(
    'reconciliation/unbilled',
    { currencyCode: 'EUR', billingPeriod: 'current' },
    graphToken,
  )
  expect(unbilled.lines.length).toBeGreaterThan(5)
  const foreign = await runExport('reconciliation/unbilled', { currencyCode: 'USD' }, graphToken)
  expect(foreign.operation).toMatchObject({ status: 'failed', error: { code: '5000' } })
  const body = { invoiceId: (await invoices())[0]?.['id'] }
  const usage = await runExport('usage/billed', body, graphToken)
  const billed = await runExport('reconciliation/billed', body, graphToken)
  const azure = billed.lines.filter((line) => line['ProductName'] === 'Azure plan')
  expect(cents(usage.lines, 'BillingPreTaxTotal')).toBe(cents(azure, 'Subtotal'))
})

test('the basic attribute set is a subset of the full one', async () => {
  const { graphToken, runExport, invoices } = await signedIn()
  const invoiceId = (await invoices())[0]?.['id']
  const basic =
    (await runExport('reconciliation/billed', { invoiceId, attributeSet: 'basic' }, graphToken)).lines[0] ??
    {}
  const full = (await runExport('reconciliation/billed', { invoiceId }, graphToken)).lines[0] ?? {}
  expect(full).toMatchObject(basic)
  expect(Object.keys(full).length).toBeGreaterThan(Object.keys(basic).length)
  expect(Object.keys(full).every((name) => /^[A-Z]/.test(name))).toBe(true)
})

test.each([{}, { invoiceId: 'G000000001', attributeSet: 'everything' }, { invoiceId: 7 }])(
  'the body %j is a bad request',
  async (body) => {
    const { graph, graphToken } = await signedIn()
    expect(await graph(`${root}/reconciliation/billed/export`, graphToken, body)).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest' } },
    })
  },
)

test('without the scope or the billing privilege it is 403, without a Graph token 401', async () => {
  const { microsoft, graph, get, graphToken, connect, redeem, code } = await signedIn()
  const none = await graph(`${root}/reconciliation/billed/export`, undefined, {})
  expect(none).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } })
  const partnerToken = (await redeem(await code())).body['access_token']
  expect((await get(`${microsoft.urls.graph}/v1.0/me`, partnerToken)).status).toBe(401)
  expect((await get(`${microsoft.urls.graph}/v1.0/me`, graphToken)).body).toMatchObject({
    error: { code: 'Authorization_RequestDenied' },
  })
  await connect()
  microsoft.control.removePartnerRole(nordwind.users.service)
  const denied = await graph(`${root}/reconciliation/billed/export`, graphToken, { invoiceId: 'G000000001' })
  expect(denied).toMatchObject({
    status: 403,
    body: {
      error: { code: 'Authorization_RequestDenied', innerError: { 'request-id': expect.any(String) } },
    },
  })
})

test('one tenant’s operations and manifests do not exist for another', async () => {
  const { microsoft, graph, get, graphToken, invoices, connect, refresh } = await signedIn()
  const started = await graph(`${root}/reconciliation/billed/export`, graphToken, {
    invoiceId: (await invoices())[0]?.['id'],
  })
  const other = await connect({ user: cascade.users.service }, { tenant: cascade.id })
  const foreign = (await refresh(other, graphScope, cascade.id)).body['access_token']
  expect((await get(started.headers.get('location') ?? '', foreign)).status).toBe(404)
  expect((await get(`${microsoft.urls.graph}/v1.0${root}/operations/none`, graphToken)).status).toBe(404)
})

test('a blob opens with its SAS only: not without, not late, not with a bearer token beside it', async () => {
  const { microsoft, clock, get, graphToken, invoices, runExport, manifestOf } = await signedIn()
  const { operation } = await runExport(
    'reconciliation/billed',
    { invoiceId: (await invoices())[0]?.['id'] },
    graphToken,
  )
  const { rootDirectory, sasToken, blobs } = await manifestOf(operation, graphToken)
  const url = `${rootDirectory}/${blobs[0]?.name}`
  expect((await get(url)).body['text']).toContain('<Code>AuthenticationFailed</Code>')
  expect((await get(`${url}?${sasToken}`, graphToken)).status).toBe(400)
  expect((await get(`${url.replace('part-00000', 'part-00001')}?${sasToken}`)).status).toBe(404)
  const ok = await microsoft.fetch(`${url}?${sasToken}`)
  expect(ok.headers.get('content-type')).toBe('application/octet-stream')
  expect(ok.headers.get('etag')).toBeTruthy()
  clock.forward(DAY)
  expect((await get(`${url}?${sasToken}`)).status).toBe(403)
})

test('a synthetic export streams a hundred thousand lines whose sum is the invoice’s total', async () => {
  const { microsoft, graphToken, graph, get, invoices, manifestOf } = await signedIn()
  const invoiceId = String((await invoices())[0]?.['id'])
  microsoft.control.setExportLines(nordwind.id, invoiceId, 100_000)
  microsoft.control.set({ exportNotStartedPolls: 0, exportRunningPolls: 0, linesPerBlob: 60_000 })
  const started = await graph(`${root}/reconciliation/billed/export`, graphToken, {
    invoiceId,
    attributeSet: 'basic',
  })
  const operation = (await get(started.headers.get('location') ?? '', graphToken)).body
  const { rootDirectory, sasToken, blobs } = await manifestOf(operation, graphToken)
  let [count, sum, rest] = [0, 0, '']
  for (const { name } of blobs) {
    const { body } = await microsoft.fetch(`${rootDirectory}/${name}?${sasToken}`)
    for await (const chunk of Readable.from(body ?? []).pipe(createGunzip())) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) sum += Math.round(Number(/"Total":(-?[\d.]+)/.exec(line)?.[1]) * 100)
      count += lines.length
    }
  }
  expect(count).toBe(100_000)
  const invoice = (await invoices()).find(({ id }) => id === invoiceId)
  expect(sum).toBe(Math.round(Number(invoice?.['totalCharges']) * 100))
})

test('two simulators of one clock have the same invoices', async () => {
  const [one, other] = [await signedIn(), await signedIn()]
  expect(await one.invoices()).toEqual(await other.invoices())
})

test('a client that declared cp1 is told at once of a revocation', async () => {
  const { microsoft, clock, connect, token, graph } = setUp()
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } })
  const fields = { grant_type: 'refresh_token', refresh_token: await connect(), scope: graphScope, claims }
  const accessToken = (await token(fields)).body['access_token']
  clock.forward(60)
  microsoft.control.revokeSessions(nordwind.users.service)
  const { status, headers } = await graph(`${root}/reconciliation/billed/export`, accessToken, {})
  expect(status).toBe(401)
  const challenge =
    /error="insufficient_claims", claims="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? ''
  expect(JSON.parse(Buffer.from(challenge, 'base64').toString())).toHaveProperty(
    'access_token.nbf.essential',
    true,
  )
})
