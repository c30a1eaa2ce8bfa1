import { get as httpGet } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMicrosoft, demo, type Listening, type Microsoft } from '../src/index.ts'
import { clientOf, graphScope, nordwind, partnerCenterScope, type Json } from './helpers.ts'

let microsoft: Microsoft
let listening: Listening
let client: ReturnType<typeof clientOf>

beforeEach(async () => {
  microsoft = createMicrosoft()
  listening = await microsoft.listen()
  // Everything goes through the sockets, as another process would.
  client = clientOf({ ...microsoft, urls: listening.urls, fetch: globalThis.fetch })
})

afterEach(() => listening.close())

test('the whole way works over ports, and every address is a listened one', async () => {
  const { authorizeUrl, redeem, refresh, partner, runExport, get } = client
  const { location = '' } = await microsoft.signIn(authorizeUrl(), { user: nordwind.users.service })
  const { body } = await redeem(new URL(location).searchParams.get('code') ?? '')
  const refreshToken = String(body['refresh_token'])
  const partnerToken = (await refresh(refreshToken, partnerCenterScope)).body['access_token']
  const graphToken = (await refresh(refreshToken, graphScope)).body['access_token']
  const [invoice] = (await partner('/invoices', partnerToken)).body['items'] as Json[]
  const { lines } = await runExport('reconciliation/billed', { invoiceId: invoice?.['id'] }, graphToken)
  expect(lines.length).toBeGreaterThan(10)
  const discovery = await get(`${listening.urls.login}/${nordwind.id}/v2.0/.well-known/openid-configuration`)
  const foreign = Object.values(discovery.body).filter((value) => String(value).startsWith('https://login.'))
  expect(foreign).toEqual([])
})

test('cookies keep a browser signed in over plain http', async () => {
  const browser = new Map<string, string>()
  const url = client.authorizeUrl()
  await microsoft.signIn(url, { user: nordwind.users.service, browser })
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ')
  const again = await fetch(`${url}&prompt=none`, { redirect: 'manual', headers: { cookie } })
  expect(again.headers.get('location')).toContain('code=')
})

test('a reset destroys the socket', async () => {
  microsoft.control.addFault({ on: { route: 'discovery' }, times: 1, then: { reset: 'before' } })
  const url = `${listening.urls.login}/${nordwind.id}/v2.0/.well-known/openid-configuration`
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => httpGet(url).on('error', resolve))
  expect(error.code).toBe('ECONNRESET')
})

test('a body that breaks off is a broken body', async () => {
  microsoft.control.addFault({ on: { route: 'discovery' }, times: 1, then: { reset: 'body' } })
  const response = await fetch(`${listening.urls.login}/${nordwind.id}/v2.0/.well-known/openid-configuration`)
  await expect(response.text()).rejects.toThrow('terminated')
})

test('other processes steer it over HTTP: faults, acts, clock, log', async () => {
  const control = `${listening.urls.login}/__control`
  const post = (act: string, body: unknown): Promise<Response> =>
    fetch(`${control}/${act}`, { method: 'POST', body: JSON.stringify(body) })
  const url = `${listening.urls.login}/${nordwind.id}/v2.0/.well-known/openid-configuration`
  await post('faults', { on: { route: 'discovery' }, then: { status: 502 } })
  expect((await fetch(url)).status).toBe(502)
  await fetch(`${control}/faults`, { method: 'DELETE' })
  expect((await fetch(url)).status).toBe(200)
  expect((await post('disableUser', [nordwind.users.service])).status).toBe(204)
  expect(await microsoft.signIn(client.authorizeUrl(), { user: nordwind.users.service })).toMatchObject({
    aadsts: 50057,
  })
  await post('advanceClock', [3600])
  await post('clearRequests', [])
  await fetch(url)
  const [record] = (await (await fetch(`${control}/requests`)).json()) as { at: string }[]
  expect(new Date(record?.at ?? 0).getTime() - Date.now()).toBeGreaterThan(3_500_000)
  expect((await post('noSuchAct', [])).status).toBe(404)
  expect((await post('disableUser', ['nobody'])).status).toBe(400)
})

test('after closing, addresses are the configured ones again', async () => {
  const other = createMicrosoft()
  const { close } = await other.listen()
  await close()
  expect(other.urls.login).toBe('https://login.microsoftonline.com')
})

test('a product configured with the demo app reaches a token by HTTP alone', async () => {
  const control = `${listening.urls.login}/__control`
  const signIn = await fetch(`${control}/signIn`, {
    method: 'POST',
    body: JSON.stringify([client.authorizeUrl(), { user: nordwind.users.service }]),
  })
  const { location } = (await signIn.json()) as { location: string }
  const body = new URLSearchParams({
    client_id: demo.app.clientId,
    client_secret: demo.app.clientSecret,
    grant_type: 'authorization_code',
    code: new URL(location).searchParams.get('code') ?? '',
    redirect_uri: 'http://localhost:3000/consent/callback',
    scope: partnerCenterScope,
  })
  const answer = await fetch(`${listening.urls.login}/${nordwind.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body,
  })
  expect(answer.status).toBe(200)
})
