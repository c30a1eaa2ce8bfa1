import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openDatabase, type Database } from '@consentry/db'
import { createAuth, createPerson } from '@consentry/db/sign-in'
import { codeOf } from '@consentry/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { tellOfPerson } from '../src/tell.ts'
import { ENV, openApi, type Harness } from './harness.ts'

const PASSWORD = 'correct horse battery staple'
let folder: string
let database: Database
let api: Harness

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-step-'))
  database = await openDatabase({ kind: 'sqlite', file: join(folder, 'test.db') })
  const auth = createAuth({
    database,
    secret: ENV.CONSENTRY_SECRET.repeat(2),
    url: ENV.CONSENTRY_URL,
    tell: (event) => tellOfPerson({ ...api.deps, store: database.store }, event),
  })
  api = await openApi({ auth, change: (deps) => ({ ...deps, store: database.store }) })
  const organisation = { id: randomUUID(), slug: 'mine', name: 'Mine AB', createdAt: new Date() }
  await database.store.createOrganisation(organisation)
  for (const [name, role] of [
    ['ida', 'owner'],
    ['kim', 'viewer'],
  ] as const) {
    const userId = await createPerson(auth, { email: `${name}@example.com`, name, password: PASSWORD })
    const member = { id: randomUUID(), organisationId: organisation.id, userId, role, createdAt: new Date() }
    await database.store.putMember(member)
  }
})
afterEach(async () => {
  await api.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

type Answer = Awaited<ReturnType<Harness['call']>>
type As = { readonly cookie: string }

function cookiesOf({ cookies }: Answer, before?: As): As {
  const jar = new Map([...(before?.cookie.split('; ') ?? []), ...cookies].map((it) => pair(it)))
  return { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
}

function pair(line: string): [string, string] {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  return [name, value]
}

async function byPassword(name: string): Promise<As> {
  const body = { email: `${name}@example.com`, password: PASSWORD }
  return cookiesOf(await api.call('POST', '/api/auth/sign-in/email', { body }))
}

/** Sets up an authenticator app in the session; gives the session that follows, and the app. */
async function setUp(as: As): Promise<{ as: As; uri: string }> {
  const { body } = await api.call('POST', '/api/auth/two-factor/enable', { as, body: { password: PASSWORD } })
  const uri = String(body.totpURI)
  const shown = await api.call('POST', '/api/auth/two-factor/verify-totp', {
    as,
    body: { code: codeOf(uri) },
  })
  expect(shown.status).toBe(200)
  return { as: cookiesOf(shown, as), uri }
}

const ask = (as: As, secondStepRequired = true) =>
  api.api('PATCH', '/organisation', { as, body: { secondStepRequired } })

it('is asked for by an owner who has shown one, so that nobody shuts themselves out', async () => {
  const weak = await byPassword('ida')
  expect((await ask(weak)).body).toMatchObject({ code: 'second_step_needed', status: 403 })
  expect((await api.api('GET', '/organisation', { as: weak })).body).toMatchObject({
    secondStepRequired: false,
  })
  const { as } = await setUp(weak)
  expect((await ask(as)).body).toMatchObject({ secondStepRequired: true, owners: ['ida'] })
  expect((await api.api('GET', '/audit?action=organisation.changed', { as })).body.items).toMatchObject([
    { details: { secondStepRequired: true } },
  ])
})

it('keeps out whoever came in by a password alone, at once, until they show one', async () => {
  const kim = await byPassword('kim')
  const owner = (await setUp(await byPassword('ida'))).as
  expect((await api.api('GET', '/me', { as: kim })).status).toBe(200)
  await ask(owner)
  const refused = await api.api('GET', '/me', { as: kim })
  expect(refused).toMatchObject({ status: 403, body: { code: 'second_step_needed' } })
  expect((await api.api('GET', '/me', { as: await byPassword('kim') })).status).toBe(403)
  expect((await api.api('GET', '/me', { as: owner })).status).toBe(200)

  const { as, uri } = await setUp(kim)
  expect((await api.api('GET', '/me', { as })).status).toBe(200)
  const half = await byPassword('kim')
  expect((await api.api('GET', '/me', { as: half })).status).toBe(401)
  const body = { code: codeOf(uri, 1) }
  const whole = await api.call('POST', '/api/auth/two-factor/verify-totp', { as: half, body })
  expect((await api.api('GET', '/me', { as: cookiesOf(whole, half) })).status).toBe(200)
  await ask(owner, false)
  expect((await ask(kim, true)).status).toBe(401)
})

it('does not get weaker or stronger by a new password', async () => {
  const weak = await byPassword('kim')
  const { as: owner } = await setUp(await byPassword('ida'))
  await ask(owner)
  const change = {
    currentPassword: PASSWORD,
    newPassword: 'another long one indeed',
    revokeOtherSessions: true,
  }
  const after = async (as: As) =>
    cookiesOf(await api.call('POST', '/api/auth/change-password', { as, body: change }), as)
  expect((await api.api('GET', '/me', { as: await after(weak) })).status).toBe(403)
  expect((await api.api('GET', '/me', { as: await after(owner) })).status).toBe(200)
})
