import { randomUUID } from 'node:crypto'

import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'

import { serviceKeySchema } from '../src/schemas.ts'
import { openApi, type Harness } from './harness.ts'

let api: Harness
let organisationId: string
let owner: Record<string, string>

beforeEach(async () => {
  api = await openApi({ limits: { tenants: 3 } })
  organisationId = (await api.organisation('mine')).id
  owner = await api.member(organisationId, 'owner')
})
afterEach(() => api.close())

it('shows a service key once, which then works until it is revoked', async () => {
  const body = { name: 'erp', scopes: ['connections:read'], expiresAt: '2999-01-01T00:00:00Z' }
  const made = await api.api('POST', '/service-keys', { as: owner, body })
  expect(made.status).toBe(201)
  const { key, id } = serviceKeySchema.extend({ key: z.string().regex(/^csk_/) }).parse(made.body)
  const as = { authorization: `Bearer ${key}` }
  expect((await api.api('GET', '/connections', { as })).status).toBe(200)
  const list = await api.api('GET', '/service-keys', { as: owner })
  expect(list.body).toMatchObject({ items: [{ id, name: 'erp', connections: null }] })
  expect(list.text).not.toContain(key)
  expect(list.text).not.toContain('hash')
  expect((await api.api('DELETE', `/service-keys/${id}`, { as: owner })).status).toBe(204)
  expect((await api.api('GET', '/connections', { as })).status).toBe(401)
})

it("does not revoke another organisation's key", async () => {
  const theirs = await api.organisation('theirs')
  const as = await api.key(theirs.id)
  const [row] = await api.store.listServiceKeys(theirs.id)
  expect((await api.api('DELETE', `/service-keys/${row?.id}`, { as: owner })).status).toBe(404)
  expect((await api.api('GET', '/connections', { as })).status).toBe(200)
})

it('puts one key in the place of another, however many owners ask for it at once', async () => {
  // It ends before the overlap does, so that rotating does not change its end.
  const expiresAt = new Date(Date.now() + 60 * 60_000).toISOString()
  const body = { name: 'erp', scopes: ['tokens:read'], expiresAt }
  const { id } = (await api.api('POST', '/service-keys', { as: owner, body })).body
  const rotate = () => api.api('POST', `/service-keys/${id}/rotate`, { as: owner, body: {} })
  const answers = await Promise.all([rotate(), rotate(), rotate()])
  const [made, ...refused] = answers.toSorted((a, b) => a.status - b.status)
  expect(made).toMatchObject({ status: 201, body: { old: { id } } })
  for (const it of refused) expect(it).toMatchObject({ status: 412, body: { code: 'changed_meanwhile' } })
  // Also not later, while the old one goes on.
  expect((await rotate()).status).toBe(412)
  const { items } = (await api.api('GET', '/service-keys', { as: owner })).body
  expect(items).toHaveLength(2)
})

it.each([
  { name: 'x', scopes: [] },
  { name: 'x', scopes: ['everything'] },
  { name: 'x', scopes: ['tokens:read'], connections: ['not-a-guid'] },
  { name: '', scopes: ['tokens:read'] },
  { name: 'x', scopes: ['tokens:read'], expiresAt: 'soon' },
])('refuses to make a service key from %j', async (body) => {
  expect((await api.api('POST', '/service-keys', { as: owner, body })).status).toBe(400)
})

it('replaces return origins and keeps only their origin', async () => {
  const put = await api.api('PUT', '/return-origins', {
    as: owner,
    body: { items: ['https://portal.example/', 'http://localhost:8080', 'https://portal.example'] },
  })
  expect(put.body).toEqual({ items: ['http://localhost:8080', 'https://portal.example'] })
  expect((await api.api('GET', '/return-origins', { as: owner })).body).toEqual(put.body)
})

it.each([
  'http://portal.example',
  'https://portal.example/path',
  'javascript:alert(1)',
  'https://a@b.example',
  '*',
])('refuses %s as a return origin', async (origin) => {
  const answer = await api.api('PUT', '/return-origins', { as: owner, body: { items: [origin] } })
  expect(answer.status).toBe(400)
})

it('limits look-ups of tenants per caller and says when to come back', async () => {
  const look = (as: Record<string, string>) => api.api('GET', `/tenants/${randomUUID()}`, { as })
  for (let count = 0; count < 3; count += 1) expect((await look(owner)).status).toBe(503)
  const refused = await look(owner)
  expect(refused.status).toBe(429)
  expect(refused.body).toMatchObject({ code: 'too_many_requests', action: 'retry' })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await look(await api.member(organisationId, 'owner'))).status).toBe(503)
})

it('tells who is signed in, and where', async () => {
  expect((await api.api('GET', '/me', { as: owner })).body).toMatchObject({
    person: { name: 'Ida owner', email: expect.stringContaining('@') },
    organisation: { id: organisationId, slug: 'mine', name: 'mine AB' },
    organisations: [{ slug: 'mine' }],
    role: 'owner',
  })
})
