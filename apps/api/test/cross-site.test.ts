import { afterAll, beforeAll, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'

let api: Harness
let session: Record<string, string>
let key: Record<string, string>

beforeAll(async () => {
  api = await openApi({ env: { CONSENTRY_URL: 'https://consentry.example' } })
  const mine = await api.organisation('mine')
  session = await api.member(mine.id, 'owner')
  key = await api.key(mine.id)
})
afterAll(() => api.close())

function write(as: Record<string, string>, headers: Record<string, string>) {
  return api.api('PUT', '/return-origins', { as, headers, body: { items: [] } })
}

it.each([
  ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'https://consentry.example' }],
  ['another site by Origin', { origin: 'https://evil.example' }],
  ['a page that hides its origin', { origin: 'null' }],
  ['the right host over plain http', { origin: 'http://consentry.example' }],
])('refuses a write with the session cookie from %s', async (_, headers) => {
  const answer = await write(session, headers)
  expect(answer.status).toBe(403)
  expect(answer.body).toMatchObject({ code: 'cross_site' })
})

it.each([
  ['the console itself', { 'sec-fetch-site': 'same-origin', origin: 'https://consentry.example' }],
  ['an older browser on the console', { origin: 'https://consentry.example' }],
  ['a client that is no browser', {}],
])('accepts a write from %s', async (_, headers) => {
  expect((await write(session, headers)).status).toBe(200)
})

it('accepts the console opened under a loopback address', async () => {
  expect((await write(session, { origin: api.url })).status).toBe(200)
})

it('lets reads and service keys alone, which no other site can send', async () => {
  const read = await api.api('GET', '/me', { as: session, headers: { 'sec-fetch-site': 'cross-site' } })
  expect(read.status).toBe(200)
  const mine = await api.api('GET', '/connections', { as: key, headers: { 'sec-fetch-site': 'cross-site' } })
  expect(mine.status).toBe(200)
})

it('says nothing to other sites that would let their pages read an answer', async () => {
  const answer = await api.api('GET', '/me', { as: session, headers: { origin: 'https://evil.example' } })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
})
