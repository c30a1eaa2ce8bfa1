import { randomBytes } from 'node:crypto'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openApi, type CallOptions, type Harness } from './harness.ts'

let api: Harness
let broken: Harness
let mine: Record<string, string>
let id: string

beforeAll(async () => {
  api = await openApi()
  const organisation = await api.organisation('mine')
  mine = await api.key(organisation.id)
  id = (await api.connection(organisation.id)).microsoftId
  broken = await openApi({
    change: (deps) => ({ ...deps, store: { ...deps.store, findServiceKey: fail, findAttemptByToken: fail } }),
  })
})
afterAll(() => Promise.all([api.close(), broken.close()]))

let sent = ''

/** A database's error with what was sent among its values, on more than one line. */
async function fail(): Promise<never> {
  throw new Error(`Failed query: select * from x where y = ?\nparams: ${sent},first\nsecond-${sent}`, {
    cause: new Error(`Failed query: again\nparams: ${sent}\n${sent}`),
  })
}

type Place = (secret: string) => readonly [method: string, path: string, rest?: CallOptions]

const key = (secret: string) => ({ authorization: `Bearer csk_${secret}` })

const PLACES: Readonly<Record<string, Place>> = {
  'a query': (it) => ['GET', `/api/v1/connections?search=${it}&${it}=1`],
  'a path of the api': (it) => ['GET', `/api/v1/service-keys/${it}/${it}`],
  'an id': (it) => ['GET', `/api/v1/connections/${it}`],
  'a link': (it) => ['GET', `/consent/start/${it}?x=${it}`],
  'a posted link': (it) => ['POST', `/consent/start/${it}`, { body: { decision: it } }],
  'a callback': (it) => ['GET', `/consent/callback?code=${it}&state=${it}&error_description=${it}`],
  'a result': (it) => ['GET', `/consent/result?attempt=${it}`],
  'an unknown page': (it) => ['GET', `/${it}`, { headers: { accept: 'text/html' } }],
  'a file': (it) => ['GET', `/assets/${it}.js`],
  'a path of sign-in': (it) => ['GET', `/api/auth/reset-password/${it}?token=${it}`],
  'a password': (it) => ['POST', '/api/auth/sign-in/email', { body: { email: it, password: it } }],
  'a key': (it) => ['GET', '/api/v1/connections', { headers: key(it) }],
  'basic credentials': (it) => ['GET', '/api/v1/me', { headers: { authorization: `Basic ${it}` } }],
  cookies: (it) => ['GET', '/api/v1/me', { headers: { cookie: `session=${it}; consentry_browser=${it}` } }],
  'other headers': (it) => [
    'GET',
    '/api/v1/me',
    {
      headers: {
        'x-api-key': it,
        referer: `https://x.example/${it}`,
        'user-agent': it,
        'x-forwarded-for': it,
      },
    },
  ],
  'a body': (it) => [
    'POST',
    `/api/v1/connections/${id}/token`,
    { as: mine, body: { resource: it, claims: it } },
  ],
  'a broken body': (it) => ['POST', '/api/v1/connections', { as: mine, body: `{"name":"${it}` }],
  'a name of a body': (it) => [
    'POST',
    '/api/v1/connections',
    { as: mine, body: { [it]: it, microsoftId: it } },
  ],
  'a broken escape': (it) => ['GET', `/api/v1/connections/%E0%A4%A${it}`],
}

describe.each(Object.entries(PLACES))('a secret in %s', (_, place) => {
  it.each(['answered', 'broken'])('stays out of a log of what was %s', async (state) => {
    const chosen = state === 'broken' ? broken : api
    sent = randomBytes(32).toString('base64url')
    const [method, path, rest] = place(sent)
    const { headers } = await chosen.call(method, path, rest)
    expect(chosen.logged()).toContain(headers.get('x-request-id'))
    expect(chosen.logged()).not.toContain(sent)
  })
})

it('says what went wrong all the same', () => {
  expect(broken.logged()).toContain('Failed query: select * from x where y = ?')
  expect(broken.logged()).toMatch(/redaction\.test\.ts:\d+/)
})
