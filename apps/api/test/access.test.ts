import { randomUUID } from 'node:crypto'

import { SCOPES, type Role, type Scope } from '@consentry/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ACCESS, type Access, type Operation } from '../src/access.ts'
import { openApi, type Harness } from './harness.ts'

const OPERATIONS = Object.entries(ACCESS).map(([operation, access]) => {
  const [method = '', path = ''] = operation.split(' ')
  return { operation, method, path, access: access as Access }
})
const ROLES: readonly Role[] = ['viewer', 'admin', 'owner']

let api: Harness
let mine: Awaited<ReturnType<Harness['organisation']>>
let theirs: typeof mine
let microsoftId: string

beforeAll(async () => {
  api = await openApi()
  mine = await api.organisation('mine')
  theirs = await api.organisation('theirs')
  microsoftId = (await api.connection(mine.id)).microsoftId
})
afterAll(() => api.close())

/** A request of the operation, complete enough to get past validation. */
function ask(operation: { method: string; path: string }, as?: Record<string, string>, id = microsoftId) {
  const path = operation.path
    .replace('{id}', id)
    .replace('{idOrDomain}', 'fjordbyte.example')
    .replaceAll(/\{\w+\}/g, 'none')
  const query = path.endsWith('/breakdown') ? '?by=customer' : ''
  const body = BODIES[`${operation.method} ${operation.path}` as Operation]
  return api.api(operation.method, path + query, {
    as,
    body: operation.method === 'GET' ? undefined : (body ?? {}),
  })
}

const BODIES: Partial<Record<Operation, unknown>> = {
  'POST /connections': { microsoftId: randomUUID() },
  'PATCH /connections/{id}': { name: 'Fjordbyte' },
  'POST /connections/{id}/token': { resource: 'graph' },
  'POST /connections/{id}/billing-reports': { kind: 'billed' },
  'POST /service-keys': { name: 'erp', scopes: ['tokens:read'] },
  'PUT /return-origins': { items: [] },
}

describe.each(OPERATIONS)('$operation', (operation) => {
  const { access } = operation

  it('answers an unknown caller 401 and says how to sign in', async () => {
    for (const as of [
      undefined,
      { authorization: `Bearer csk_${'x'.repeat(43)}` },
      { cookie: 'session=nobody' },
    ]) {
      const answer = await ask(operation, as)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 })
    }
  })

  it('refuses a service key that has every scope but the one it needs', async () => {
    const others = SCOPES.filter((scope) => scope !== access.scope)
    const answer = await ask(operation, await api.key(mine.id, others))
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({
      code: 'forbidden',
      type: 'http://localhost:3000/help/codes/forbidden',
    })
  })

  it('lets in a service key with just the scope it needs', async () => {
    if (access.scope === null) return
    const answer = await ask(operation, await api.key(mine.id, [access.scope as Scope]), randomUUID())
    expect([401, 403]).not.toContain(answer.status)
  })

  it.each(ROLES)('treats a member who is %s as the table says', async (role) => {
    const answer = await ask(operation, await api.member(mine.id, role), randomUUID())
    const enough = access.role !== null && ROLES.indexOf(role) >= ROLES.indexOf(access.role)
    expect(answer.status === 403).toBe(!enough)
    expect(answer.status).not.toBe(401)
  })

  it('answers alike for a foreign, an unknown, an unbound and a malformed Microsoft ID', async () => {
    if (!operation.path.startsWith('/connections/{id}')) return
    const foreign = (await api.connection(theirs.id)).microsoftId
    const caller = access.role ? await api.member(mine.id, 'owner') : await api.key(mine.id)
    const answers = await Promise.all([
      ask(operation, caller, foreign),
      ask(operation, caller, randomUUID()),
      ask(operation, caller, 'not-a-guid'),
      ask(operation, await api.key(mine.id, SCOPES, [randomUUID()])),
    ])
    for (const answer of answers) expect(answer.status).toBe(404)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0].body).toMatchObject({ code: 'not_found', action: 'none' })
  })
})

it('refuses a session at the token route, whatever the role', async () => {
  const answer = await api.api('POST', `/connections/${microsoftId}/token`, {
    as: await api.member(mine.id, 'owner'),
    body: { resource: 'graph' },
  })
  expect(answer.status).toBe(403)
  expect(answer.body).toMatchObject({ detail: expect.stringContaining('a service key') })
})

it('shows a bound service key only its connections, in lists, counts and adding', async () => {
  const other = await api.connection(mine.id)
  const as = await api.key(mine.id, SCOPES, [microsoftId])
  const list = await api.api('GET', '/connections', { as })
  expect(list.body).toMatchObject({ items: [{ microsoftId }], total: 1 })
  expect((await api.api('GET', `/connections/${other.microsoftId}`, { as })).status).toBe(404)
  expect((await api.api('GET', `/connections/${microsoftId.toUpperCase()}`, { as })).status).toBe(200)
  expect((await api.api('POST', '/connections', { as, body: { microsoftId: randomUUID() } })).status).toBe(
    403,
  )
})

it('refuses a revoked and an expired service key like an unknown one', async () => {
  const revoked = await api.key(mine.id)
  for (const row of await api.store.listServiceKeys(mine.id)) {
    await api.store.revokeServiceKey(mine.id, row.id, new Date())
  }
  const answer = await api.api('GET', '/connections', { as: revoked })
  const unknown = await api.api('GET', '/connections', { as: { authorization: 'Bearer nonsense' } })
  expect(answer.status).toBe(401)
  expect(answer.text).toBe(unknown.text)
})

it('lets an Authorization header decide alone, even beside a good session', async () => {
  const session = await api.member(mine.id, 'owner')
  const answer = await api.api('GET', '/connections', {
    as: { ...session, authorization: 'Bearer nonsense' },
  })
  expect(answer.status).toBe(401)
})

describe('a person in two organisations', () => {
  it('works in the one named by header or cookie, else in the first', async () => {
    const userId = randomUUID()
    await api.member(mine.id, 'owner', userId)
    const as = await api.member(theirs.id, 'viewer', userId)
    const me = async (more: Record<string, string> = {}) =>
      (await api.api('GET', '/me', { as: { ...as, ...more } })).body
    expect(await me()).toMatchObject({ organisation: { slug: 'mine' }, role: 'owner' })
    expect(await me({ 'consentry-organisation': 'theirs' })).toMatchObject({
      organisation: { slug: 'theirs' },
      role: 'viewer',
    })
    expect(await me({ cookie: `${as.cookie}; consentry_organisation=theirs` })).toMatchObject({
      role: 'viewer',
    })
    expect(await me({ cookie: `${as.cookie}; consentry_organisation=gone` })).toMatchObject({ role: 'owner' })
  })

  it('is refused in one they do not belong to, whether it exists or not', async () => {
    const as = await api.member(mine.id, 'owner')
    const foreign = await api.api('GET', '/me', { as, headers: { 'consentry-organisation': 'theirs' } })
    const unknown = await api.api('GET', '/me', { as, headers: { 'consentry-organisation': 'nowhere' } })
    expect(foreign.status).toBe(403)
    expect(foreign.text).toBe(unknown.text)
  })
})
