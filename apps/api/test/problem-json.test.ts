import { ConsentryError } from '@consentry/core'
import { DatabaseError } from '@consentry/db'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { refusalOf } from '../src/problem-json.ts'
import { problemSchema } from '../src/schemas.ts'
import { openApi, type Harness } from './harness.ts'

let api: Harness
let as: Record<string, string>
let organisationId: string

beforeAll(async () => {
  api = await openApi()
  organisationId = (await api.organisation('mine')).id
  as = await api.key(organisationId)
})
afterAll(() => api.close())

/** What a refusal says, once its form is as RFC 9457 asks for. */
function seen(answer: Awaited<ReturnType<Harness['call']>>): string {
  const { status, code } = problemSchema.parse(answer.body)
  return answer.type === 'application/problem+json' && status === answer.status
    ? `${status} ${code}`
    : answer.type
}

describe('a request that cannot be understood', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    api.api('POST', '/connections', { as, body, headers })

  it.each([
    ['broken JSON', '{"microsoftId":'],
    ['a JSON text that is no object', '"fjordbyte.example"'],
    ['a missing member', {}],
    ['a member of another type', { microsoftId: 7 }],
    ['a text that is too long', { microsoftId: 'x'.repeat(500) }],
    ['an empty name', { microsoftId: 'fjordbyte.example', name: '  ' }],
  ])('is 400 for %s', async (_, body) => {
    expect(seen(await post(body))).toBe('400 malformed_request')
  })

  it('is 400 for a body that is not marked as JSON', async () => {
    const answer = await post('microsoftId=x', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(seen(answer)).toBe('400 malformed_request')
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('application/json') })
  })

  it('is 413 past 100 kB', async () => {
    expect(seen(await post({ microsoftId: 'x', name: 'y'.repeat(103_000) }))).toBe('413 too_large')
  })

  it('names the member at fault, and never repeats what was sent', async () => {
    const answer = await api.api('POST', '/service-keys', {
      as: await api.member(organisationId, 'owner'),
      body: { name: 'erp', scopes: ['s3cret-value'] },
    })
    expect(seen(answer)).toBe('400 malformed_request')
    expect(answer.text).toContain('scopes.0')
    expect(answer.text).not.toContain('s3cret-value')
  })

  it.each(['limit=0', 'limit=101', 'limit=ten', 'status=fine'])('is 400 for the query %s', async (query) => {
    expect(seen(await api.api('GET', `/connections?${query}`, { as }))).toBe('400 malformed_request')
  })

  it('is 400 for a NUL character, which a database would stumble over', async () => {
    expect(seen(await post({ microsoftId: 'fjordbyte.example', name: 'a\0b' }))).toBe('400 malformed_request')
    expect(seen(await api.api('GET', '/connections?search=%00', { as }))).toBe('400 malformed_request')
  })

  it('is 400 for an address with a broken escape', async () => {
    expect(seen(await api.api('GET', '/connections/%E0%A4%A', { as }))).toBe('400 malformed_request')
  })
})

it.each(['/api/v1/nothing', '/api/v2/connections', '/api/nothing', '/api/v1/no-such-thing'])(
  'answers %s with not_found',
  async (path) => {
    expect(seen(await api.call('GET', path, { as }))).toBe('404 not_found')
  },
)

it('answers a wrong method 405 and names the right ones', async () => {
  const answer = await api.api('PUT', '/connections', { as, body: {} })
  expect(seen(answer)).toBe('405 method_not_allowed')
  expect(answer.headers.get('allow')).toBe('GET, POST')
})

it('hides what went wrong inside behind a reference that stands in the log', async () => {
  const broken = await openApi({
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        async listConnections() {
          throw new Error('Failed query: select * from x\nparams: sealed-token-text,other')
        },
      },
    }),
  })
  const mine = await broken.organisation('mine')
  const answer = await broken.api('GET', '/connections', { as: await broken.key(mine.id) })
  await broken.close()
  expect(seen(answer)).toBe('500 server_error')
  const reference = answer.headers.get('x-request-id') ?? ''
  expect(answer.body).toMatchObject({ detail: expect.stringContaining(reference) })
  expect(answer.text).not.toMatch(/query|stack|at .*\.ts/)
  expect(broken.logged()).toContain(reference)
  expect(broken.logged()).toContain('Failed query')
  expect(broken.logged()).not.toContain('sealed-token-text')
})

it.each([
  [new ConsentryError('microsoft_slow', { retryAfterSeconds: 17.2 }), 503, '18'],
  [new ConsentryError('microsoft_slow'), 503, '5'],
  [new ConsentryError('app_secret'), 503, null],
  [new ConsentryError('signed_out', { values: { date: '22 November' } }), 409, null],
])('says in Retry-After how long to wait, when waiting helps', async (error, status, retryAfter) => {
  const refusing = await openApi({
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        async countConnections() {
          throw error
        },
      },
    }),
  })
  const mine = await refusing.organisation('mine')
  const answer = await refusing.api('GET', '/connections', { as: await refusing.key(mine.id) })
  await refusing.close()
  expect(seen(answer)).toBe(`${status} ${error.code}`)
  expect(answer.headers.get('retry-after')).toBe(retryAfter)
  expect(answer.body).toMatchObject({ action: error.action })
})

describe('a database that cannot be used', () => {
  it.each([
    ['ECONNREFUSED', 503, 'not_ready'],
    ['57P01', 503, 'not_ready'],
    ['SQLITE_FULL', 503, 'not_ready'],
    ['SQLITE_READONLY', 503, 'not_ready'],
    ['23505', 500, 'server_error'],
    ['SQLITE_CONSTRAINT_UNIQUE', 500, 'server_error'],
  ])('with %s answers %i %s, and waiting helps only where it passes', (code, status, told) => {
    const refusal = refusalOf(new DatabaseError(Object.assign(new Error('no'), { code })), 'r1')
    expect(refusal).toMatchObject({ status, problem: { code: told } })
    expect(refusal.retryAfterSeconds !== undefined).toBe(status === 503)
  })
})
