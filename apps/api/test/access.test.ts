import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { SCOPES, type Role } from '@consentry/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ACCESS, type Operation } from '../src/access.ts'
import { ROUTES } from '../src/routes.ts'
import { openApi, type Harness } from './harness.ts'

/** One row of the table that says who may call what. */
type Row = {
  operation: string
  method: string
  path: string
  roles: Record<Role, boolean>
  scope: string | null
}

const TABLE: readonly Row[] = readFileSync(join(import.meta.dirname, '../../../docs/access.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, operation = '', viewer, admin, owner, scope = ''] =
      /^\| `([A-Z]+ \/\S+)` \| (yes|no) \| (yes|no) \| (yes|no) \| (\S+) \|$/.exec(line) ?? []
    if (operation === '') return []
    const [method = '', path = ''] = operation.split(' ')
    const roles = { viewer: viewer === 'yes', admin: admin === 'yes', owner: owner === 'yes' }
    return [{ operation, method, path, roles, scope: scope === 'none' ? null : scope.replaceAll('`', '') }]
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
function ask(
  operation: { method: string; path: string },
  as?: Record<string, string>,
  id = microsoftId,
  thing = 'none',
) {
  const path = operation.path
    .replace('{id}', id)
    .replace('{idOrDomain}', 'fjordbyte.example')
    .replaceAll(/\{\w+\}/g, thing)
  const query = path.endsWith('/breakdown') ? '?by=customer' : ''
  const body = BODIES[`${operation.method} ${operation.path}` as Operation]
  return api.api(operation.method, path + query, {
    as,
    body: operation.method === 'GET' ? undefined : (body ?? {}),
  })
}

/** A connection of the organisation, and the id of a service key, which stands for everything below it. */
async function thingsOf(organisationId: string) {
  const connection = await api.connection(organisationId)
  await api.key(organisationId)
  const thing = (await api.store.listServiceKeys(organisationId)).at(-1)?.id ?? ''
  return { connection, microsoftId: connection.microsoftId, thing }
}

const BODIES: Partial<Record<Operation, unknown>> = {
  'POST /connections': { microsoftId: randomUUID() },
  'PATCH /connections/{id}': { name: 'Fjordbyte' },
  'PUT /connections/{id}/application': { clientId: randomUUID(), clientSecrets: ['own~secret~value'] },
  'POST /connections/{id}/token': { resource: 'graph' },
  'POST /connections/{id}/billing-reports': { kind: 'billed' },
  'PATCH /members/{memberId}': { role: 'viewer' },
  'POST /invitations': { email: 'kim@example.com', role: 'viewer' },
  'POST /service-keys': { name: 'erp', scopes: ['tokens:read'] },
  'POST /workload-identities': {
    name: 'deploy',
    scopes: ['tokens:read'],
    issuer: 'https://accounts.google.com',
    audience: 'consentry',
    subject: 'service',
  },
  'PUT /return-origins': { items: [] },
}

it('has a row for every operation, and no other', () => {
  expect(TABLE.map((it) => it.operation)).toEqual(Object.keys(ACCESS))
  expect(ROUTES.map((it) => it.operation).toSorted()).toEqual(Object.keys(ACCESS).toSorted())
})

describe.each(TABLE)('$operation', (row) => {
  it('answers an unknown caller 401 and says how to sign in', async () => {
    for (const as of [
      undefined,
      { authorization: `Bearer csk_${'x'.repeat(43)}` },
      { authorization: 'Bearer a.b.c' },
      { cookie: 'session=nobody' },
    ]) {
      const answer = await ask(row, as)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(answer.body).toMatchObject({ code: 'unauthenticated', status: 401 })
    }
  })

  it.each(SCOPES)('treats a service key that has only %s as the table says', async (scope) => {
    const answer = await ask(row, await api.key(mine.id, [scope]), randomUUID())
    expect(answer.status === 403).toBe(scope !== row.scope)
    expect(answer.status).not.toBe(401)
  })

  it('refuses a service key that has every scope but the one it needs', async () => {
    const others = SCOPES.filter((scope) => scope !== row.scope)
    const answer = await ask(row, await api.key(mine.id, others))
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({
      code: 'forbidden',
      type: 'http://localhost:3000/help/codes/forbidden',
    })
  })

  it.each(ROLES)('treats a member who is %s as the table says', async (role) => {
    const answer = await ask(row, await api.member(mine.id, role), randomUUID())
    expect(answer.status === 403).toBe(!row.roles[role])
    expect(answer.status).not.toBe(401)
  })

  it('lets nobody of another organisation at things of this one, and does not say that they are there', async () => {
    if (!/\{(?!idOrDomain)/.test(row.path)) return
    const own = await thingsOf(mine.id)
    for (const role of ROLES.filter((it) => row.roles[it])) {
      const stranger = await api.member(theirs.id, role)
      const foreign = await ask(row, stranger, own.microsoftId, own.thing)
      const unknown = await ask(row, stranger, randomUUID(), randomUUID())
      expect([foreign.status, foreign.text]).toEqual([404, unknown.text])
    }
    if (row.scope === null) return
    const service = await api.key(theirs.id)
    const foreign = await ask(row, service, own.microsoftId, own.thing)
    expect([foreign.status, foreign.text]).toEqual([404, (await ask(row, service, randomUUID(), 'x')).text])
  })

  it('answers alike for a foreign, an unknown, an unbound and a malformed Microsoft ID', async () => {
    if (!row.path.startsWith('/connections/{id}')) return
    const foreign = (await api.connection(theirs.id)).microsoftId
    const caller = row.roles.owner ? await api.member(mine.id, 'owner') : await api.key(mine.id)
    const answers = await Promise.all([
      ask(row, caller, foreign),
      ask(row, caller, randomUUID()),
      ask(row, caller, 'not-a-guid'),
      // No key comes so far where no scope is enough.
      ...(row.scope === null ? [] : [ask(row, await api.key(mine.id, SCOPES, [randomUUID()]))]),
    ])
    for (const answer of answers) expect(answer.status).toBe(404)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0].body).toMatchObject({ code: 'not_found', action: 'none' })
  })
})

it('leaves things of one organisation as they were, whatever another one tried', async () => {
  const own = await thingsOf(mine.id)
  const stranger = await api.member(theirs.id, 'owner')
  for (const row of TABLE.filter((it) => it.method !== 'GET' && it.path.includes('{')))
    await ask(row, stranger, own.microsoftId, own.thing)
  expect(await api.store.findConnection(mine.id, own.microsoftId)).toEqual(own.connection)
  const keys = await api.store.listServiceKeys(mine.id)
  expect(keys.find((it) => it.id === own.thing)?.revokedAt).toBeNull()
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
