import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { faultOf } from '../src/input-faults.ts'
import { openApi, type Harness } from './harness.ts'

let api: Harness
let as: Record<string, string>
let owner: Record<string, string>
let microsoftId: string

beforeAll(async () => {
  api = await openApi()
  const { id } = await api.organisation('mine')
  as = await api.key(id)
  owner = await api.member(id, 'owner')
  microsoftId = (await api.connection(id)).microsoftId
})
afterAll(() => api.close())

it.each([
  ['an array', `${'['.repeat(40_000)}${']'.repeat(40_000)}`],
  ['an object', `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`],
])('refuses a body nested deeper than the stack as malformed: %s', async (_, body) => {
  const answer = await api.api('POST', '/connections', { as, body })
  expect(answer.body).toMatchObject({ status: 400, code: 'malformed_request' })
  expect(api.logged()).not.toContain('Maximum call stack')
})

describe('an input', () => {
  it.each([
    ['as deep as any body of ours', { a: [{ b: { c: ['d'] } }] }, null],
    ['with the six characters of an escaped NUL', { a: String.raw`\u0000` }, null],
    ['with a NUL in a value', { a: [{ b: 'x\0' }] }, 'It contains a NUL character.'],
    ['with a NUL in a name', { a: { 'b\0': 1 } }, 'It contains a NUL character.'],
  ])('%s', (_, input, fault) => {
    expect(faultOf(input)).toBe(fault)
  })
})

it.each(['{', '[]', '"x"', 'nonsense'])(
  'refuses %s as a claims challenge before Microsoft sees it',
  async (claims) => {
    const body = { resource: 'graph', claims }
    const answer = await api.api('POST', `/connections/${microsoftId}/token`, { as, body })
    expect(answer.body).toMatchObject({ status: 400, code: 'malformed_request' })
  },
)

it.each([253_402_300_800_000, true, '+010000-01-01T00:00:00.000Z', 'tomorrow'])(
  'gives no service key an end that its answer could not say: %s',
  async (expiresAt) => {
    const body = { name: 'erp', scopes: ['tokens:read'], expiresAt }
    expect((await api.api('POST', '/service-keys', { as: owner, body })).status).toBe(400)
  },
)

it('answers as always when a caller expects what HTTP does not know', async () => {
  const outgoing = request(`${api.url}/api/v1/me`, { headers: { expect: 'the unexpected' } }).end()
  const [incoming] = await once(outgoing, 'response')
  expect(incoming.statusCode).toBe(401)
  expect(incoming.headers['content-type']).toBe('application/problem+json')
  expect(await text(incoming)).toContain('unauthenticated')
})

it.each(['/api/v1/nothing', '/api/nothing', '/assets/nothing.js'])(
  'lets no cache keep the refusal of %s',
  async (path) => {
    expect((await api.call('GET', path)).headers.get('cache-control')).toBe('no-store')
  },
)
