import { mkdtempSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openDatabase, type Database } from '@consentry/db'
import { createAuth, createPerson, type Auth } from '@consentry/db/sign-in'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { LIMITS } from '../src/limits.ts'
import { ENV, openApi, type Harness } from './harness.ts'
import { newBrowser } from './trips.ts'

const PASSWORD = 'correct horse battery staple'
let folder: string
let database: Database
let auth: Auth
let api: Harness

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-api-'))
  database = await openDatabase({ kind: 'sqlite', file: join(folder, 'test.db') })
  auth = createAuth({ database, secret: ENV.CONSENTRY_SECRET.repeat(2), url: ENV.CONSENTRY_URL })
  api = await openApi({ auth, change: (deps) => ({ ...deps, store: database.store }) })
  const userId = await createPerson(auth, { email: 'ida@example.com', name: 'Ida', password: PASSWORD })
  const organisation = { id: randomUUID(), slug: 'mine', name: 'Mine AB', createdAt: new Date() }
  await database.store.createOrganisation(organisation)
  const member = {
    id: randomUUID(),
    organisationId: organisation.id,
    userId,
    role: 'owner',
    createdAt: new Date(),
  } as const
  await database.store.putMember(member)
})
afterEach(async () => {
  await api.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

function signIn(password: string, headers: Record<string, string> = {}) {
  const origin = { origin: ENV.CONSENTRY_URL }
  return api.call('POST', '/api/auth/sign-in/email', {
    body: { email: 'ida@example.com', password },
    headers: { ...origin, ...headers },
  })
}

function sessionOf(answer: Awaited<ReturnType<typeof signIn>>) {
  return { cookie: answer.cookies.map((line) => line.split(';')[0]).join('; ') }
}

it('signs a person in with email and password, and out again', async () => {
  const answer = await signIn(PASSWORD)
  expect(answer.status).toBe(200)
  expect(answer.cookies[0]).toMatch(/HttpOnly/)
  const as = sessionOf(answer)
  const me = await api.api('GET', '/me', { as })
  expect(me.body).toMatchObject({ person: { name: 'Ida', email: 'ida@example.com' }, role: 'owner' })
  expect((await api.api('PUT', '/return-origins', { as, body: { items: [] } })).status).toBe(200)
  await api.call('POST', '/api/auth/sign-out', { as, body: {}, headers: { origin: ENV.CONSENTRY_URL } })
  expect((await api.api('GET', '/me', { as })).status).toBe(401)
})

it('does not sign in with a wrong password, nor from a page of another site', async () => {
  expect((await signIn('wrong horse battery')).status).toBe(401)
  const foreign = await signIn(PASSWORD, {
    origin: 'https://evil.example',
    'sec-fetch-site': 'cross-site',
    cookie: 'a=b',
  })
  expect(foreign.status).toBe(403)
})

it.each([
  ['no Origin at all', () => ({})],
  ['no Origin and an old cookie', () => ({ cookie: 'left=over' })],
  ['the address of this machine as its Origin', () => ({ origin: api.url })],
])('signs in a caller that sends %s', async (_, headers) => {
  const answer = await api.call('POST', '/api/auth/sign-in/email', {
    body: { email: 'ida@example.com', password: PASSWORD },
    headers: headers(),
  })
  expect(answer.status).toBe(200)
})

it('refuses a cross-site write with a real session', async () => {
  const as = sessionOf(await signIn(PASSWORD))
  const headers = { origin: 'https://evil.example' }
  const answer = await api.api('PUT', '/return-origins', { as, headers, body: { items: [] } })
  expect(answer.body).toMatchObject({ status: 403, code: 'cross_site' })
})

it('counts requests per address, whatever address the caller claims to have', async () => {
  const statuses = []
  for (let count = 0; count <= LIMITS.signIn; count += 1) {
    const forged = { 'x-consentry-client-address': `203.0.113.${count}` }
    const body = { email: `nobody.${count}@example.com`, password: 'wrong horse battery' }
    statuses.push((await api.call('POST', '/api/auth/sign-in/email', { body, headers: forged })).status)
  }
  expect(statuses.slice(0, -1)).toEqual(Array(LIMITS.signIn).fill(401))
  expect(statuses.at(-1)).toBe(429)
})

it('gives a session in its cookie alone, never in a body', async () => {
  const answer = await signIn(PASSWORD)
  const token = decodeURIComponent(answer.cookies[0]?.split(/[=;]/)[1] ?? '').split('.')[0] ?? 'none'
  const seen = await api.call('GET', '/api/auth/get-session', { as: sessionOf(answer) })
  expect(seen.body).toMatchObject({
    user: { email: 'ida@example.com' },
    session: { id: expect.any(String) as unknown },
  }) // typed any
  for (const { text, headers } of [answer, seen]) {
    expect(text).not.toContain(token)
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

it.each([
  'GET /list-sessions',
  'POST /update-user',
  'POST /delete-user',
  'POST /sign-up/email',
  'GET /ok',
  'GET /error',
  'POST /revoke-sessions',
  'GET /two-factor/get-totp-uri',
])('does not offer %s of the sign-in library', async (operation) => {
  const as = sessionOf(await signIn(PASSWORD))
  const [method = '', path = ''] = operation.split(' ')
  const answer = await api.call(method, `/api/auth${path}`, {
    as,
    ...(method === 'POST' ? { body: {} } : {}),
  })
  expect(answer.status).toBe(404)
  expect(answer.body).toMatchObject({ code: 'not_found' })
})

it('lists where somebody is signed in, and ends one session or all others at once', async () => {
  const [here, there, elsewhere] = [
    await signIn(PASSWORD),
    await signIn(PASSWORD),
    await signIn(PASSWORD),
  ].map(sessionOf)
  const list = async () =>
    (await api.api('GET', '/sessions', { as: here })).body.items as unknown as {
      id: string
      current: boolean
      userAgent: string
    }[]
  const before = await list()
  expect(before).toHaveLength(3)
  expect(before.filter((it) => it.current)).toHaveLength(1)
  expect(JSON.stringify(before)).not.toContain('token')
  const theirs = await api.api('GET', '/sessions', { as: there })
  const [current] = (theirs.body.items as unknown as { id: string; current: boolean }[]).filter(
    (it) => it.current,
  )
  expect((await api.api('DELETE', `/sessions/${current?.id}`, { as: here })).status).toBe(204)
  expect((await api.api('GET', '/me', { as: there })).status).toBe(401)
  expect((await api.api('DELETE', '/sessions', { as: here })).status).toBe(204)
  expect((await api.api('GET', '/me', { as: elsewhere })).status).toBe(401)
  expect((await api.api('GET', '/me', { as: here })).status).toBe(200)
  expect((await api.api('DELETE', '/sessions/none', { as: here })).status).toBe(404)
})

it('ends a session after seven days, however much it is used', async () => {
  const as = sessionOf(await signIn(PASSWORD))
  const { session } = database.tables
  await database.db.update(session).set({ createdAt: new Date(Date.now() - 8 * 86_400_000) })
  expect((await api.api('GET', '/me', { as })).status).toBe(401)
})

it('keeps password and session out of the log', async () => {
  const answer = await signIn(PASSWORD)
  await newBrowser(api, sessionOf(answer)).get('/consent/start/none')
  const session = answer.cookies[0]?.split(/[=;]/)[1] ?? 'no session'
  expect(api.logged()).not.toContain(PASSWORD)
  expect(api.logged()).not.toContain(session)
  expect(api.logged()).not.toContain(session.split('.')[0])
})
