import { inviteFirstOwner, CONSENTRY } from '@consentry/core'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'
import { pathOf } from './trips.ts'

const PASSWORD = 'correct horse battery'

let api: Harness
let organisationId: string
let owner: Record<string, string>
let now: Date

beforeEach(async () => {
  now = new Date()
  api = await openApi({ now: () => now })
  organisationId = (await api.organisation('fjordbyte')).id
  owner = await api.member(organisationId, 'owner')
})
afterEach(() => api.close())

async function invite(email = 'Kim@example.com', role = 'admin') {
  const made = await api.api('POST', '/invitations', { as: owner, body: { email, role } })
  return { ...made, path: `/api/invitations/${pathOf(String(made.body.url)).split('/').at(-1)}` }
}

type Row = { readonly id: string; readonly email: string; readonly role: string }

/** The owner first. */
async function members(): Promise<readonly Row[]> {
  const { body } = await api.api('GET', '/members', { as: owner })
  const rows = body.items as unknown as readonly Row[] // as the schema says
  return rows.toSorted((a, b) => (a.role < b.role ? 1 : -1))
}

it('brings somebody in by a link that is shown once, mailed, and stored as a hash', async () => {
  const { status, body, path } = await invite()
  expect(status).toBe(201)
  expect(body).toMatchObject({ email: 'kim@example.com', role: 'admin', mailed: true })
  expect(api.mails).toMatchObject([
    { to: 'Kim@example.com', text: expect.stringContaining(String(body.url)) as unknown },
  ]) // typed any
  const list = await api.api('GET', '/invitations', { as: owner })
  expect(list.text).not.toContain(path.split('/').at(-1))
  expect((await api.call('GET', path)).body).toMatchObject({
    organisation: 'fjordbyte AB',
    email: 'kim@example.com',
    role: 'admin',
    hasAccount: false,
  })
  expect((await api.call('POST', path, { body: { name: 'Kim', password: PASSWORD } })).status).toBe(201)
  expect(await members()).toMatchObject([{ role: 'owner' }, { email: 'kim@example.com', role: 'admin' }])
  expect((await api.api('GET', '/invitations', { as: owner })).body).toEqual({ items: [] })
  expect(api.logged()).not.toContain(path.split('/').at(-1))
})

it('is over when it was used, ended or its week has passed, and looks like one that never was', async () => {
  const used = await invite('a@example.com')
  await api.call('POST', used.path, { body: { name: 'A', password: PASSWORD } })
  const ended = await invite('b@example.com')
  expect((await api.api('DELETE', `/invitations/${ended.body.id}`, { as: owner })).status).toBe(204)
  const late = await invite('c@example.com')
  now = new Date(now.getTime() + 7 * 86_400_000 + 1)
  const answers = await Promise.all(
    [used.path, ended.path, late.path, `/api/invitations/${'x'.repeat(43)}`, '/api/invitations/x'].map(
      (path) => api.call('GET', path),
    ),
  )
  for (const { status } of answers) expect(status).toBe(404)
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect((await api.call('POST', late.path, { body: { name: 'C', password: PASSWORD } })).status).toBe(404)
  expect(await members()).toHaveLength(2)
})

it('is not used up by a password that will not do', async () => {
  const { path } = await invite()
  const refused = await api.call('POST', path, { body: { name: 'Kim', password: 'short' } })
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({
    code: 'password_refused',
    detail: expect.stringContaining('too short') as unknown,
  }) // typed any
  expect((await api.call('POST', path, { body: { name: 'Kim', password: PASSWORD } })).status).toBe(201)
})

it('for an address that has an account is accepted by that person only', async () => {
  const other = await api.organisation('other')
  const kim = await api.member(other.id, 'viewer', 'kim')
  const { path } = await invite('kim@example.com', 'viewer')
  expect((await api.call('GET', path)).body).toMatchObject({ hasAccount: true })
  const body = { name: 'Eve', password: PASSWORD }
  const stranger = await api.call('POST', path, { body })
  expect(stranger.body).toMatchObject({ status: 409, code: 'sign_in_first' })
  expect((await api.call('POST', path, { body, as: owner })).status).toBe(409)
  expect((await api.call('POST', path, { body, as: kim })).status).toBe(201)
})

it('is used once, however many try at the same moment', async () => {
  const { path } = await invite()
  const body = { name: 'Kim', password: PASSWORD }
  const statuses = await Promise.all(
    [1, 2, 3].map(async () => (await api.call('POST', path, { body })).status),
  )
  expect(statuses.filter((it) => it === 201)).toHaveLength(1)
  expect((await members()).filter((it) => it.email === 'kim@example.com')).toHaveLength(1)
})

it('cannot be accepted from a page of another site', async () => {
  const { path } = await invite()
  const headers = { 'sec-fetch-site': 'cross-site' }
  expect((await api.call('POST', path, { headers, body: { name: 'Kim', password: PASSWORD } })).status).toBe(
    403,
  )
})

it('changes roles and removes members, but never the last owner', async () => {
  const { path } = await invite()
  await api.call('POST', path, { body: { name: 'Kim', password: PASSWORD } })
  const [me, kim] = await members()
  const patch = (id = '', role = 'viewer') =>
    api.api('PATCH', `/members/${id}`, { as: owner, body: { role } })
  expect((await patch(me?.id)).body).toMatchObject({ status: 409, code: 'last_owner' })
  expect((await api.api('DELETE', `/members/${me?.id}`, { as: owner })).status).toBe(409)
  expect((await patch(kim?.id, 'owner')).body).toMatchObject({ role: 'owner' })
  expect((await api.api('DELETE', `/members/${me?.id}`, { as: owner })).status).toBe(204)
  expect((await api.api('GET', '/connections', { as: owner })).status).toBe(403)
})

it("does not reach another organisation's people", async () => {
  const other = await api.organisation('other')
  const stranger = await api.member(other.id, 'owner')
  const [me] = await members()
  const { body } = await invite()
  expect((await api.api('DELETE', `/members/${me?.id}`, { as: stranger })).status).toBe(404)
  expect((await api.api('DELETE', `/invitations/${body.id}`, { as: stranger })).status).toBe(404)
})

it('ends the sessions of a person who belongs nowhere any more', async () => {
  const kim = await api.member(organisationId, 'viewer', 'kim')
  const dates = { createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 1e6) }
  await api.store.addSession({
    id: 's',
    userId: 'kim',
    address: null,
    userAgent: null,
    organisationId: null,
    ...dates,
  })
  const row = (await members()).find((it) => it.email === 'kim@example.com')
  await api.api('DELETE', `/members/${row?.id}`, { as: owner })
  expect(await api.store.listSessions('kim', now)).toEqual([])
  expect((await api.api('GET', '/me', { as: kim })).status).toBe(403)
})

it('makes the first owner by a link that works until there is one', async () => {
  await api.close()
  api = await openApi()
  const [first, second] = [
    await inviteFirstOwner(api.deps, CONSENTRY),
    await inviteFirstOwner(api.deps, CONSENTRY),
  ]
  const path = (made: typeof first) => `/api/invitations/${made?.url.split('/').at(-1)}`
  expect((await api.call('GET', path(first))).status).toBe(404)
  expect((await api.call('GET', path(second))).body).toMatchObject({
    organisation: null,
    email: null,
    role: 'owner',
  })
  const body = { name: 'Ida', email: 'ida@example.com', password: PASSWORD }
  expect((await api.call('POST', path(second), { body })).status).toBe(400)
  const made = await api.call('POST', path(second), {
    body: { ...body, organisation: 'Fjordbyte Distribution AB' },
  })
  expect(made.status).toBe(201)
  const [organisation] = await api.store.listOrganisations()
  expect(organisation).toMatchObject({ slug: 'fjordbyte-distribution-ab', name: 'Fjordbyte Distribution AB' })
  expect(await api.store.listMembers(organisation?.id ?? '')).toMatchObject([
    { email: 'ida@example.com', role: 'owner' },
  ])
  expect(await inviteFirstOwner(api.deps, CONSENTRY)).toBeNull()
  expect((await api.call('GET', path(second))).status).toBe(404)
})

it('writes all of it into the log', async () => {
  const { path } = await invite()
  await api.call('POST', path, { body: { name: 'Kim', password: PASSWORD } })
  const kim = (await members()).find((it) => it.email === 'kim@example.com')
  await api.api('PATCH', `/members/${kim?.id}`, { as: owner, body: { role: 'viewer' } })
  await api.api('DELETE', `/members/${kim?.id}`, { as: owner })
  const { body } = await api.api('GET', '/audit', { as: owner })
  const told = (body.items as unknown as { action: string; actor: { email: string } }[]).toReversed()
  expect(told.map((it) => it.action)).toEqual([
    'invitation.created',
    'invitation.accepted',
    'member.added',
    'member.role_changed',
    'member.removed',
  ])
  expect(told[1]?.actor.email).toBe('kim@example.com')
})
