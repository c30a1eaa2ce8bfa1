import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Role } from '@consentry/core'
import { openDatabase, type Database } from '@consentry/db'
import { createAuth, createPerson, peopleOf } from '@consentry/db/sign-in'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { signOnOf } from '../src/sign-on.ts'
import { tellOfPerson } from '../src/tell.ts'
import { ENV, openApi, type Harness } from './harness.ts'
import { openProvider, type Claims } from './identity-provider.ts'
import { newBrowser, pathOf } from './trips.ts'

const PASSWORD = 'correct horse battery staple'
const CLIENT = { client_id: 'consentry', client_secret: 'the-secret-of-the-provider' }
const REDIRECT = `${ENV.CONSENTRY_URL}/api/auth/sso/callback`
const PEOPLE = {
  ida: { email: 'ida@nordwind.example', email_verified: true, name: 'Ida' },
  kim: { email: 'Kim@nordwind.example', email_verified: true, name: 'Kim' },
  entra: { email: 'mia@nordwind.example', xms_edov: '1', name: 'Mia' },
  liar: { email: 'ida@nordwind.example', email_verified: false },
  guest: { email: 'ida@elsewhere.example', email_verified: true },
  both: { email: 'both@nordwind.example', email_verified: true },
}

type Sent = { readonly url: string; readonly redirect: string | undefined }
let asked: Sent[]
let people: Record<string, Claims>
/** What the provider says of itself besides what is true. */
let lies: Readonly<Record<string, string>>
let folder: string
let database: Database
let api: Harness
let provider: Awaited<ReturnType<typeof openProvider>>
let mine: { readonly id: string }
let other: { readonly id: string }

beforeEach(async () => {
  asked = []
  lies = {}
  people = { ...PEOPLE }
  folder = mkdtempSync(join(tmpdir(), 'consentry-sso-'))
  database = await openDatabase({ kind: 'sqlite', file: join(folder, 'test.db') })
  const { store } = database
  // It tells at every start that it is set up for tests.
  for (const way of ['warn', 'info'] as const) vi.spyOn(console, way).mockReturnValue(undefined)
  provider = await openProvider({ ...CLIENT, redirect_uris: [REDIRECT] }, people)
  const wired: { deps?: Harness['deps'] } = {}
  const needs = () => wired.deps ?? never()
  const log = {
    warn: (it: object) => needs().report?.({ name: 'test.fault', detail: String(Reflect.get(it, 'err')) }),
  }
  const auth = createAuth({
    database,
    secret: ENV.CONSENTRY_SECRET.repeat(2),
    url: ENV.CONSENTRY_URL,
    tell: (event) => tellOfPerson(needs(), event),
    singleSignOn: {
      find: (slug) => signOnOf(needs(), log).find(slug),
      admit: (...given) => signOnOf(needs(), log).admit(...given),
      isAllowed: (address) => signOnOf(needs(), log).isAllowed(address),
      fetch: (...given) => signOnOf(needs(), log).fetch(...given),
      report: (error) => signOnOf(needs(), log).report(error),
    },
  })
  api = await openApi({
    auth,
    accounts: peopleOf(auth),
    env: { CONSENTRY_ISSUERS: provider.issuer },
    fetch: askProvider,
    change(deps) {
      wired.deps = { ...deps, store }
      return wired.deps
    },
  })
  mine = await organisation('nordwind')
  other = await organisation('rheintal')
  await person('ida@nordwind.example', mine, 'owner')
  await person('kim@nordwind.example', mine, 'viewer')
  await person('both@nordwind.example', mine, 'viewer')
  await person('both@nordwind.example', other, 'owner')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await api.close()
  await provider.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

async function askProvider(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const url = String(input instanceof Request ? input.url : input)
  asked.push({ url, redirect: init?.redirect })
  const response = await fetch(input, init)
  if (!url.endsWith('/openid-configuration')) return response
  const truth = (await response.json()) as object
  return Response.json({ ...truth, ...lies })
}

function never(): never {
  throw new Error('The api is not open yet.')
}

async function organisation(slug: string) {
  const row = { id: randomUUID(), slug, name: slug, createdAt: new Date() }
  await database.store.createOrganisation(row)
  return row
}

async function person(email: string, { id: organisationId }: { id: string }, role: Role) {
  const auth = createAuth({ database, secret: ENV.CONSENTRY_SECRET.repeat(2), url: ENV.CONSENTRY_URL })
  const userId = await createPerson(auth, { email, password: PASSWORD })
  return database.store.putMember({ id: randomUUID(), organisationId, userId, role, createdAt: new Date() })
}

type Headers = { readonly cookie: string }

async function byPassword(email: string): Promise<Headers> {
  const body = { email, password: PASSWORD }
  const answer = await api.call('POST', '/api/auth/sign-in/email', { body })
  expect(answer.status).toBe(200)
  return { cookie: answer.cookies.map((it) => it.split(';')[0]).join('; ') }
}

async function put(settings: object = {}, by = 'ida@nordwind.example', headers: Record<string, string> = {}) {
  const body = {
    issuer: provider.issuer,
    clientId: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
    domains: ['Nordwind.example'],
    ...settings,
  }
  return api.api('PUT', '/single-sign-on', { as: await byPassword(by), body, headers })
}

/** Goes to the provider and comes back; where the browser ends, and as whom. */
async function comeFrom(login: string, query = 'organisation=nordwind') {
  const browser = newBrowser(api)
  const away = await browser.get(`/api/auth/sso/start?${query}`)
  expect(away.status).toBe(302)
  const back = await provider.signIn(away.location, login)
  const arrived = await browser.get(pathOf(back))
  return { browser, back, location: arrived.location, as: cookiesOf(browser) }
}

function cookiesOf({ jar }: ReturnType<typeof newBrowser>): Headers {
  return { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
}

describe('the provider of an organisation', () => {
  it('is kept without giving its secret back, sealed, and named in the log', async () => {
    const made = await put()
    expect(made.status).toBe(200)
    expect(made.body).toMatchObject({
      domains: ['nordwind.example'],
      required: false,
      newcomers: null,
      redirectUri: REDIRECT,
      signInUrl: `${ENV.CONSENTRY_URL}/api/auth/sso/start?organisation=nordwind`,
    })
    const file = ['', '-wal'].map((it) => readFileSync(join(folder, `test.db${it}`), 'latin1')).join('')
    expect(made.text + api.logged() + file).not.toContain(CLIENT.client_secret)
    const as = await byPassword('ida@nordwind.example')
    expect((await api.api('GET', '/single-sign-on', { as })).body).toEqual(made.body)
    const { body } = await api.api('GET', '/audit?action=single_sign_on', { as })
    expect(body.items).toMatchObject([
      { action: 'single_sign_on.changed', details: { issuer: provider.issuer } },
    ])
  })

  it('is refused where nobody may ask, where nobody answers, and without its own secret', async () => {
    expect((await put({ issuer: 'https://169.254.169.254' })).body).toMatchObject({
      code: 'issuer_not_allowed',
    })
    expect((await put({ issuer: `${provider.issuer}/realms/none` })).body).toMatchObject({
      code: 'issuer_silent',
    })
    expect((await put({ clientSecret: undefined })).status).toBe(400)
    await put()
    expect((await put({ clientSecret: undefined, required: true })).status).toBe(200)
    // The secret of one client is never sent for another.
    expect((await put({ clientSecret: undefined, clientId: 'another' })).status).toBe(400)
    expect((await put({ newcomers: 'owner' })).status).toBe(400)
  })
})

describe('coming from it', () => {
  it('signs in the member with that verified address, and says so in the log', async () => {
    await put()
    const { location, as } = await comeFrom('ida')
    expect(location).toBe(`${ENV.CONSENTRY_URL}/`)
    const me = await api.api('GET', '/me', { as })
    expect(me.body).toMatchObject({ person: { email: 'ida@nordwind.example' }, role: 'owner' })
    const { body } = await api.api('GET', '/audit?action=person.signed_in', { as })
    expect(body.items?.[0]).toMatchObject({ details: { method: 'single sign-on' } })
  })

  it('knows the person again by the id that the provider gave them, whatever their address is now', async () => {
    await put()
    await comeFrom('kim')
    people.kim = { email: 'kim@elsewhere.example', email_verified: false }
    people.ida = { ...PEOPLE.kim }
    expect((await api.api('GET', '/me', { as: (await comeFrom('kim')).as })).body).toMatchObject({
      person: { email: 'kim@nordwind.example' },
    })
  })

  it('goes back to where the person was, and never to another site', async () => {
    await put()
    const to = (it: string) => comeFrom('ida', `organisation=nordwind&to=${encodeURIComponent(it)}`)
    expect((await to('/today?x=1')).location).toBe(`${ENV.CONSENTRY_URL}/today?x=1`)
    const evil = ['//evil.example/', '/\\evil.example', 'https://evil.example', '/\t/evil.example']
    for (const it of evil) expect(new URL((await to(it)).location).origin).toBe(ENV.CONSENTRY_URL)
  })

  it('lets a member in whose address the provider knows to be of a verified domain, as Entra says it', async () => {
    await put()
    await person('mia@nordwind.example', mine, 'viewer')
    expect((await api.api('GET', '/me', { as: (await comeFrom('entra')).as })).body).toMatchObject({
      role: 'viewer',
    })
  })

  it.each([
    ['liar', 'address_unverified'],
    ['guest', 'domain_not_allowed'],
    ['nobody', 'address_unverified'],
  ])('refuses %s: %s', async (login, fault) => {
    await put()
    const { location, as } = await comeFrom(login)
    expect(location).toBe(`${ENV.CONSENTRY_URL}/sign-in?sso=${fault}`)
    expect((await api.api('GET', '/me', { as })).status).toBe(401)
  })

  it('makes newcomers members where they are welcome, but takes over nobody who has an account', async () => {
    await put()
    expect((await comeFrom('entra')).location).toContain('sso=not_a_member')
    await put({ newcomers: 'viewer' })
    const first = await comeFrom('entra')
    expect((await api.api('GET', '/me', { as: first.as })).body).toMatchObject({ role: 'viewer' })
    const { body } = await api.api('GET', '/audit?action=member.added', {
      as: await byPassword('ida@nordwind.example'),
    })
    expect(body.items).toHaveLength(1)

    const third = await organisation('third')
    await person('owner@third.example', third, 'owner')
    await put({ newcomers: 'viewer' }, 'owner@third.example')
    expect((await comeFrom('kim', 'organisation=third')).location).toContain('sso=not_a_member')
  })

  it('does not bring back a member who was removed', async () => {
    await put({ newcomers: 'viewer' })
    await comeFrom('entra')
    const as = await byPassword('ida@nordwind.example')
    const { items } = (await api.api('GET', '/members', { as })).body as {
      items?: { id: string; email: string }[]
    }
    const mia = items?.find((it) => it.email === 'mia@nordwind.example')
    expect((await api.api('DELETE', `/members/${mia?.id}`, { as })).status).toBe(204)
    expect((await comeFrom('entra')).location).toContain('sso=not_a_member')
  })

  it('names nobody who has no organisation or no provider', async () => {
    for (const slug of ['nordwind', 'nobody', ''])
      expect((await newBrowser(api).get(`/api/auth/sso/start?organisation=${slug}`)).location).toBe(
        `${ENV.CONSENTRY_URL}/sign-in?sso=unavailable`,
      )
  })
})

describe('the way back', () => {
  it('is good once, in the browser that left, and with its own state', async () => {
    await put()
    const { browser, back } = await comeFrom('ida')
    expect((await browser.get(pathOf(back))).location).toContain('sso=expired')
    expect((await newBrowser(api).get(pathOf(back))).location).toContain('sso=expired')
    const leaving = newBrowser(api)
    const away = await leaving.get('/api/auth/sso/start?organisation=nordwind')
    const stolen = await provider.signIn(away.location, 'ida')
    const victim = newBrowser(api)
    await victim.get('/api/auth/sso/start?organisation=nordwind')
    expect((await victim.get(pathOf(stolen))).location).toContain('sso=provider_refused')
    expect((await api.api('GET', '/me', { as: cookiesOf(victim) })).status).toBe(401)
  })

  it('brings nobody in when the provider says no, or another provider answers', async () => {
    await put()
    for (const answer of [
      'error=access_denied',
      'code=made-up',
      'code=made-up&iss=https%3A%2F%2Fevil.example',
    ]) {
      const browser = newBrowser(api)
      const away = await browser.get('/api/auth/sso/start?organisation=nordwind')
      const state = new URL(away.location).searchParams.get('state')
      const arrived = await browser.get(`/api/auth/sso/callback?${answer}&state=${state}`)
      expect(arrived.location).toContain('sso=provider_refused')
    }
  })
})

describe('a provider that names other hosts', () => {
  it.each([
    ['authorization_endpoint', 'https://evil.example/auth'],
    ['token_endpoint', 'http://169.254.169.254/token'],
    ['userinfo_endpoint', 'http://169.254.169.254/me'],
  ])('for its %s is asked nothing there', async (endpoint, address) => {
    await put()
    lies = { [endpoint]: address }
    const browser = newBrowser(api)
    const away = await browser.get('/api/auth/sso/start?organisation=nordwind')
    const gone = new URL(away.location)
    const back = gone.origin === provider.issuer ? pathOf(await provider.signIn(away.location, 'ida')) : null
    const arrived = back === null ? away : await browser.get(back)
    expect(arrived.location).toMatch(/sso=(unavailable|provider_refused)$/)
    expect(asked.filter((it) => it.url.startsWith(address))).toEqual([])
  })

  it('or sends on, is not followed', async () => {
    await put()
    await comeFrom('ida')
    expect(asked.length).toBeGreaterThan(3)
    expect(asked.filter((it) => it.redirect !== 'manual')).toEqual([])
  })
})

describe('a session that a provider vouched for', () => {
  it('is good in its own organisation alone, and changes nothing about the person', async () => {
    await put()
    const { as } = await comeFrom('both')
    expect((await api.api('GET', '/me', { as })).body).toMatchObject({
      organisation: { slug: 'nordwind' },
      organisations: [{ slug: 'nordwind' }],
    })
    const elsewhere = { 'consentry-organisation': 'rheintal' }
    expect((await api.api('GET', '/members', { as, headers: elsewhere })).status).toBe(403)
    const own = await byPassword('both@nordwind.example')
    expect((await api.api('GET', '/members', { as: own, headers: elsewhere })).status).toBe(200)
    await put({ newcomers: null }, 'both@nordwind.example', elsewhere)
    expect((await api.api('GET', '/members', { as, headers: elsewhere })).status).toBe(403)
    const told = await api.api('GET', '/audit?action=person.signed_in', { as: own, headers: elsewhere })
    const methods = (told.body.items as { details: { method: string } }[] | undefined)?.map(
      (it) => it.details.method,
    )
    expect(new Set(methods)).toEqual(new Set(['password']))
    const seen = await api.api('GET', '/sessions', { as })
    expect(seen.body.items).toMatchObject([{ current: true }])
    expect((await api.api('DELETE', '/sessions', { as })).status).toBe(204)
    expect((await api.api('GET', '/me', { as: own })).status).toBe(200)
    const change = { currentPassword: PASSWORD, newPassword: 'another long one indeed' }
    for (const [method, path, body] of [
      ['POST', '/change-password', change],
      ['GET', '/passkey/generate-register-options', undefined],
      ['POST', '/two-factor/enable', { password: PASSWORD }],
    ] as const)
      expect((await api.call(method, `/api/auth${path}`, { as, body })).status).toBe(403)
    expect((await api.call('GET', '/api/auth/passkey/generate-register-options', { as: own })).status).toBe(
      200,
    )
  })

  it("accepts nobody's invitation to elsewhere", async () => {
    await put()
    const { as } = await comeFrom('kim')
    const headers = { 'consentry-organisation': 'rheintal' }
    const body = { email: 'kim@nordwind.example', role: 'viewer' }
    const invited = await api.api('POST', '/invitations', {
      as: await byPassword('both@nordwind.example'),
      headers,
      body,
    })
    const path = `/api/invitations/${String(invited.body.url).split('/').at(-1)}`
    expect((await api.call('POST', path, { as, body: { name: 'Kim' } })).body).toMatchObject({
      code: 'sign_in_first',
    })
    const own = await byPassword('kim@nordwind.example')
    expect((await api.call('POST', path, { as: own, body: { name: 'Kim' } })).status).toBe(201)
  })

  it('ends with the provider', async () => {
    await put()
    const { as } = await comeFrom('kim')
    expect((await api.api('GET', '/me', { as })).status).toBe(200)
    const owner = await byPassword('ida@nordwind.example')
    expect((await api.api('DELETE', '/single-sign-on', { as: owner })).status).toBe(204)
    expect((await api.api('GET', '/me', { as })).status).toBe(401)
    expect((await api.api('GET', '/single-sign-on', { as: owner })).status).toBe(404)
  })

  it('earns no tries of the password of whom it names', async () => {
    await put()
    const { browser } = await comeFrom('ida')
    expect([...browser.jar.keys()].filter((it) => it.includes('device'))).toEqual([])
  })
})

it('is the only way in where it is required, but for owners', async () => {
  await put({ required: true })
  const kim = await byPassword('kim@nordwind.example')
  const refused = await api.api('GET', '/me', { as: kim })
  expect(refused.status).toBe(403)
  expect(refused.body).toMatchObject({ detail: expect.stringContaining('single sign-on') })
  expect((await api.api('GET', '/me', { as: await byPassword('ida@nordwind.example') })).status).toBe(200)
  expect((await api.api('GET', '/me', { as: (await comeFrom('kim')).as })).status).toBe(200)
})
