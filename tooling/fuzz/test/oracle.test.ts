import { describe, expect, it } from 'vitest'

import type { Actor } from '../src/actors.ts'
import { differences } from '../src/aftermath.ts'
import { operationsOf, type Document } from '../src/document.ts'
import { createOracle } from '../src/oracle.ts'
import type { Answer } from '../src/send.ts'
import { rowsAbout } from '../src/snapshot.ts'

const problem = { type: 'object', required: ['status', 'code', 'title'] } as const
const thing = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const
const DOCUMENT: Document = {
  paths: {
    '/things': {
      get: {
        operationId: 'getThings',
        description: '',
        responses: { 200: { content: { 'application/json': { schema: thing } } } },
      },
    },
  },
  components: { schemas: { Problem: problem } },
}
const actor: Actor = { name: 'somebody', headers: {}, known: true, hides: ['id-of-the-other'] }
const HEADERS = {
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'self'",
  'x-request-id': 'a7b8c9d0-0000-4000-8000-000000000000',
  'cache-control': 'no-store',
}
const PROBLEM = { ...HEADERS, 'content-type': 'application/problem+json' }

const JWT = `eyJ${'a'.repeat(20)}.${'b'.repeat(30)}.${'c'.repeat(30)}`

function judge(answer: Partial<Answer>): string | null {
  const [operation = null] = operationsOf(DOCUMENT)
  const sent = { method: 'GET', target: '/api/v1/things', headers: [], body: null }
  const oracle = createOracle({ secrets: ['the-secret'] }, DOCUMENT)
  return oracle(
    { sent, actor },
    { status: 200, headers: HEADERS, text: '{"name":"x"}', ms: 1, ...answer },
    operation,
  )
}

const told = (status: number, code: string, more: object = {}) => ({
  status,
  headers: PROBLEM,
  text: JSON.stringify({ status, code, title: 'No', ...more }),
})

describe('the oracle', () => {
  it('has nothing against an answer that is as promised', () => {
    expect(judge({})).toBeNull()
    expect(judge(told(404, 'not_found'))).toBeNull()
    expect(
      judge({ ...told(429, 'too_many_requests'), headers: { ...PROBLEM, 'retry-after': '3' } }),
    ).toBeNull()
  })

  it.each<[string, Partial<Answer>, string]>([
    ['a fault of the server', told(500, 'server_error'), 'answers 500'],
    ['another success than promised', { status: 201 }, 'answers 201'],
    ['a body that does not fit', { text: '{"name":7}' }, 'name must be string'],
    ['another type', { headers: { ...HEADERS, 'content-type': 'text/plain' } }, 'text/plain'],
    ['an error that is no problem', { status: 404, text: 'no' }, 'The problem is application/json'],
    ['an unknown code', told(404, 'gone_fishing'), 'unknown code'],
    ['another status inside', { ...told(404, 'not_found'), status: 403 }, 'says 404 inside'],
    ['no word on when to try again', told(429, 'too_many_requests'), 'lacks Retry-After'],
    ['a stack', { text: '{"name":"Error: x\n    at f (/x/y.js:1:2)"}' }, 'tells what is inside'],
    ['words of a driver', { text: '{"name":"SQLITE_ERROR"}' }, 'tells what is inside'],
    ['a refresh token', { text: `{"name":"1.${'A'.repeat(300)}.abcdefghijkl"}` }, 'tells what is inside'],
    ['a secret', { text: '{"name":"the-secret"}' }, 'tells a secret'],
    ['an id of the other organisation', { text: '{"name":"id-of-the-other"}' }, "the other organisation's"],
    ['an access token', { text: `{"name":"${JWT}"}` }, 'tells an access token'],
    ['a missing header', { headers: { ...HEADERS, 'x-content-type-options': undefined } }, 'x-content-type'],
    [
      'a policy with holes',
      { headers: { ...HEADERS, 'content-security-policy': "default-src 'self' 'unsafe-inline'" } },
      'unsafe',
    ],
    ['what it is made with', { headers: { ...HEADERS, server: 'node/24' } }, 'made with'],
    [
      'something that a cache may keep',
      { headers: { ...HEADERS, 'cache-control': undefined } },
      'may be cached',
    ],
  ])('sees %s', (_, answer, fault) => {
    expect(judge(answer)).toContain(fault)
  })
})

describe('what requests leave behind', () => {
  const org = '{"id":"11111111-1111-4111-8111-111111111111","name":"other"}'
  const connection =
    '{"id":"22222222-2222-4222-8222-222222222222","of":"11111111-1111-4111-8111-111111111111"}'
  const grant = '{"of":"22222222-2222-4222-8222-222222222222","generation":1}'
  const mine = '{"id":"33333333-3333-4333-8333-333333333333"}'
  const rows = { organisations: [org, mine], connections: [connection], grants: [grant] }
  const victim = (all: typeof rows) => rowsAbout(all, ['11111111-1111-4111-8111-111111111111']).rows

  it('is compared down to the rows of rows of the other organisation, and those alone', () => {
    expect(victim(rows)).toEqual({ organisations: [org], connections: [connection], grants: [grant] })
    const before = { counts: {}, victim: victim(rows) }
    const after = { counts: {}, victim: victim({ ...rows, grants: [grant.replace('1}', '2}')] }) }
    expect(differences.ofVictim(before, after)).toHaveLength(2)
  })

  it('is a fault where a stranger made a row, but for the counts of sign-in', () => {
    const counted = (counts: Record<string, number>) => ({ counts, victim: {} })
    const before = counted({ attempts: 1, tries: 0 })
    expect(differences.ofStrangers(before, counted({ attempts: 1, tries: 9 }))).toEqual([])
    expect(differences.ofStrangers(before, counted({ attempts: 2, tries: 0 }))).toHaveLength(1)
  })
})
