import { afterAll, beforeAll, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'

const ISSUER = 'https://login.nordwind.example'
const provider = { issuer: ISSUER, clientId: 'consentry', domains: ['nordwind.example'], clientSecret: 'x' }
const channel = { kind: 'email', address: 'ops@example.com', events: ['nightly.finished'] }

/** A thing that several people edit: where it is read, how it is changed, and what it is after the nth of them. */
type Thing = {
  readonly path: string
  readonly method: string
  readonly body: (n: number) => object
  readonly says: (n: number) => string
}

let api: Harness
let as: Record<string, string>
let memberId: string
let microsoftId: string
const things: Record<string, Thing> = {}

beforeAll(async () => {
  api = await openApi({ env: { CONSENTRY_ISSUERS: ISSUER }, fetch: discovery })
  const { id } = await api.organisation('mine')
  as = await api.member(id, 'owner')
  const owners = await api.store.listMembers(id)
  await api.member(id, 'viewer')
  memberId = (await api.store.listMembers(id)).find((it) => it.id !== owners[0]?.id)?.id ?? ''
  microsoftId = (await api.connection(id, 'Aurora')).microsoftId
  await api.api('PUT', '/single-sign-on', { as, body: provider })
  Object.assign(things, {
    connection: {
      path: `/connections/${microsoftId}`,
      method: 'PATCH',
      body: (n) => ({ name: `Name ${n}` }),
      says: (n) => `"name":"Name ${n}"`,
    },
    origins: {
      path: '/return-origins',
      method: 'PUT',
      body: (n) => ({ items: [`https://portal-${n}.example`] }),
      says: (n) => `portal-${n}`,
    },
    channels: {
      path: '/notifications',
      method: 'PUT',
      body: (n) => ({ channels: [{ ...channel, address: `ops-${n}@example.com` }] }),
      says: (n) => `ops-${n}@`,
    },
    'single sign-on': {
      path: '/single-sign-on',
      method: 'PUT',
      body: (n) => ({ ...provider, clientId: `client-${n}` }),
      says: (n) => `"client-${n}"`,
    },
    organisation: {
      path: '/organisation',
      method: 'PATCH',
      body: () => ({ secondStepRequired: false }),
      says: () => '"secondStepRequired":false',
    },
  } satisfies Record<string, Thing>)
})
afterAll(() => api.close())

async function discovery(input: string | URL | Request): Promise<Response> {
  const asked = input instanceof Request ? input.url : String(input)
  if (!asked.startsWith(ISSUER)) throw new TypeError('Nobody is there')
  return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` })
}

function edit(name: string, n: number, headers: Record<string, string> = {}) {
  const { path, method, body } = things[name] ?? never()
  return api.api(method, path, { as, headers, body: body(n) })
}
async function read(name: string) {
  const answer = await api.api('GET', things[name]?.path ?? never(), { as })
  return { text: answer.text, etag: answer.headers.get('etag') ?? '' }
}

it.each(['connection', 'origins', 'channels', 'single sign-on'])(
  'refuses the second of two who edit the same %s, and keeps what the first wrote',
  async (name) => {
    const { etag } = await read(name)
    expect(etag).toMatch(/^"[^"]+"$/)
    const first = await edit(name, 1, { 'if-match': etag })
    expect(first.status).toBe(200)
    expect(first.headers.get('etag')).not.toBe(etag)
    const second = await edit(name, 2, { 'if-match': etag })
    expect(second.status).toBe(412)
    expect(second.type).toContain('application/problem+json')
    expect(second.body).toMatchObject({ code: 'changed_meanwhile', action: 'fix_input' })
    const now = await read(name)
    expect(now.text).toContain(things[name]?.says(1))
    expect(now.etag).toBe(first.headers.get('etag'))
    // Whoever has read it again goes on, from the answer's own tag too.
    expect((await edit(name, 3, { 'if-match': `"older", ${now.etag}` })).status).toBe(200)
  },
)

it.each(['connection', 'origins', 'channels', 'single sign-on', 'organisation'])(
  'lets scripts change the %s without If-Match, and with *',
  async (name) => {
    expect((await edit(name, 4)).status).toBe(200)
    expect((await edit(name, 5, { 'if-match': '*' })).status).toBe(200)
    expect((await read(name)).text).toContain(things[name]?.says(5))
    expect((await edit(name, 6, { 'if-match': 'W/"weak"' })).status).toBe(412)
  },
)

it("tells whether a member's role is still what somebody saw, when it is changed and when they are removed", async () => {
  const roleOf = async () => {
    const { items } = (await api.api('GET', '/members', { as })).body as unknown as {
      items: { id: string; role: string; etag: string }[]
    }
    return items.find((it) => it.id === memberId) ?? never()
  }
  const seen = await roleOf()
  const path = `/members/${memberId}`
  const headers = { 'if-match': seen.etag }
  const first = await api.api('PATCH', path, { as, headers, body: { role: 'admin' } })
  expect(first.status).toBe(200)
  expect(first.headers.get('etag')).toBe((await roleOf()).etag)
  expect((await api.api('PATCH', path, { as, headers, body: { role: 'owner' } })).status).toBe(412)
  expect((await api.api('DELETE', path, { as, headers })).body).toMatchObject({ code: 'changed_meanwhile' })
  expect((await roleOf()).role).toBe('admin')
  expect((await api.api('DELETE', path, { as, headers: { 'if-match': '*' } })).status).toBe(204)
})

it('lets one of two set single sign-on up who both saw none, and ends none that was changed', async () => {
  await api.api('DELETE', '/single-sign-on', { as })
  const headers = { 'if-none-match': '*' }
  expect((await edit('single sign-on', 1, { 'if-match': '*' })).status).toBe(412)
  const outcomes = await Promise.all([1, 2].map((n) => edit('single sign-on', n, headers)))
  expect(outcomes.map((it) => it.status).toSorted()).toEqual([200, 412])
  const { etag } = await read('single sign-on')
  await edit('single sign-on', 3)
  const end = (tag: string) => api.api('DELETE', '/single-sign-on', { as, headers: { 'if-match': tag } })
  expect((await end(etag)).status).toBe(412)
  expect((await end((await read('single sign-on')).etag)).status).toBe(204)
})

it('does not count as an edit how deliveries went, and writes no refused edit into the audit log', async () => {
  await edit('channels', 7)
  const { etag } = await read('channels')
  const [row] = await api.store.listChannels()
  await api.store.updateChannel(row?.id ?? '', { failures: 3 })
  expect((await read('channels')).etag).toBe(etag)
  const changes = async () =>
    ((await api.api('GET', '/audit?action=notifications.changed', { as })).body.items as unknown as []).length
  const before = await changes()
  await edit('channels', 8, { 'if-match': '"older"' })
  expect(await changes()).toBe(before)
})

it('says in its own description which operations take If-Match and If-None-Match', async () => {
  const { paths } = (await api.api('GET', '/openapi.json')).body as unknown as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[]; responses: object }>>
  }
  const takes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .map(([method, it]) => ({
        name: `${method.toUpperCase()} ${path}`,
        headers: it.parameters?.filter((one) => one.in === 'header').map((one) => one.name) ?? [],
        refuses: '412' in it.responses,
      }))
      .filter(({ headers }) => headers.length > 0),
  )
  expect(takes.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
    [
      'DELETE /connections/{id}/application',
      'DELETE /members/{memberId}',
      'DELETE /single-sign-on',
      'PATCH /connections/{id}',
      'PATCH /members/{memberId}',
      'PATCH /organisation',
      'PUT /connections/{id}/application',
      'PUT /notifications',
      'PUT /return-origins',
      'PUT /single-sign-on',
    ].map((name) => ({ name, headers: ['if-match', 'if-none-match'], refuses: true })),
  )
})

function never(): never {
  throw new Error('There is such a thing.')
}
