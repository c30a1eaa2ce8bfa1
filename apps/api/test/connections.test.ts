import { randomUUID } from 'node:crypto'

import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'

import { connectionSchema, pageOf } from '../src/schemas.ts'
import { openApi, type Harness } from './harness.ts'

let api: Harness
let organisationId: string
let as: Record<string, string>

beforeEach(async () => {
  api = await openApi()
  organisationId = (await api.organisation('mine')).id
  as = await api.member(organisationId, 'admin')
})
afterEach(() => api.close())

it('lists connections page by page, with counts and total', async () => {
  const names = ['Aurora', 'Brennholt', 'Kessler']
  for (const name of names) await api.connection(organisationId, name)
  const first = await api.api('GET', '/connections?limit=2', { as })
  expect(pageOf(connectionSchema).parse(first.body).items).toHaveLength(2)
  expect(first.body).toMatchObject({ total: 3, matching: 3, counts: { new: 3, broken: 0 } })
  const { nextCursor } = z.object({ nextCursor: z.string() }).parse(first.body)
  const second = await api.api('GET', `/connections?limit=2&cursor=${encodeURIComponent(nextCursor)}`, { as })
  expect(second.body).toMatchObject({ items: [{ name: 'Kessler' }], nextCursor: null })
})

it('goes on behind a tenant with the longest name, in any writing', async () => {
  const names = ['會'.repeat(200), '𠮷'.repeat(100)]
  for (const name of names) await api.connection(organisationId, name)
  const seen: unknown[] = []
  let query = ''
  for (const _ of names) {
    const { status, body } = await api.api('GET', `/connections?limit=1${query}`, { as })
    expect(status).toBe(200)
    const { items, nextCursor } = pageOf(connectionSchema).parse(body)
    seen.push(...items)
    query = `&cursor=${encodeURIComponent(nextCursor ?? '')}`
  }
  expect(seen).toMatchObject(names.map((name) => ({ name })))
})

it('finds by status and by part of the name', async () => {
  await api.connection(organisationId, 'Aurora')
  await api.connection(organisationId, 'Kessler')
  expect((await api.api('GET', '/connections?search=AUR', { as })).body).toMatchObject({
    items: [{ name: 'Aurora' }],
    total: 2,
    matching: 1,
  })
  expect((await api.api('GET', '/connections?status=broken', { as })).body).toMatchObject({ items: [] })
})

it('adds a tenant with 201 and answers 200 when it is there already', async () => {
  const microsoftId = randomUUID()
  const added = await api.api('POST', '/connections', { as, body: { microsoftId, name: 'Aurora' } })
  expect(added.status).toBe(201)
  expect(connectionSchema.parse(added.body)).toMatchObject({ microsoftId, name: 'Aurora', status: 'new' })
  const again = await api.api('POST', '/connections', {
    as,
    body: { microsoftId: `{${microsoftId.toUpperCase()}}` },
  })
  expect(again.status).toBe(200)
  expect(again.body).toEqual(added.body)
})

it('keeps two organisations with the same tenant apart', async () => {
  const microsoftId = randomUUID()
  await api.connection(organisationId, 'Ours', microsoftId)
  const theirs = await api.organisation('theirs')
  const other = await api.member(theirs.id, 'admin')
  const added = await api.api('POST', '/connections', { as: other, body: { microsoftId, name: 'Theirs' } })
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({ name: 'Theirs', status: 'new' })
  await api.api('DELETE', `/connections/${microsoftId}`, { as: other })
  expect((await api.api('GET', `/connections/${microsoftId}`, { as })).body).toMatchObject({ name: 'Ours' })
})

it('renames under If-Match and refuses with 412 once somebody else was faster', async () => {
  const { microsoftId } = await api.connection(organisationId, 'Aurora')
  const path = `/connections/${microsoftId}`
  const etag = (await api.api('GET', path, { as })).headers.get('etag') ?? ''
  expect(etag).toMatch(/^"v\d+"$/)
  const headers = { 'if-match': etag }
  const renamed = await api.api('PATCH', path, { as, headers, body: { name: 'Borealis' } })
  expect(renamed.status).toBe(200)
  expect(renamed.body).toMatchObject({ name: 'Borealis' })
  expect(renamed.headers.get('etag')).not.toBe(etag)
  const late = await api.api('PATCH', path, { as, headers, body: { name: 'Corona' } })
  expect(late.status).toBe(412)
  expect((await api.api('GET', path, { as })).body).toMatchObject({ name: 'Borealis' })
})

it('renames without If-Match, and with *', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const path = `/connections/${microsoftId}`
  expect((await api.api('PATCH', path, { as, body: { name: 'A' } })).status).toBe(200)
  expect(
    (await api.api('PATCH', path, { as, headers: { 'if-match': '*' }, body: { name: 'B' } })).status,
  ).toBe(200)
})

it('never answers 304: the ETag says nothing about the status', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const path = `/connections/${microsoftId}`
  const etag = (await api.api('GET', path, { as })).headers.get('etag') ?? ''
  expect((await api.api('GET', path, { as, headers: { 'if-none-match': etag } })).status).toBe(200)
})

it('disconnects with 204, after which nothing is there', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const path = `/connections/${microsoftId}`
  expect((await api.api('DELETE', path, { as })).status).toBe(204)
  for (const method of ['GET', 'DELETE']) expect((await api.api(method, path, { as })).status).toBe(404)
})

it('makes, lists and ends consent links, and shows the address only once', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const path = `/connections/${microsoftId}/consent-links`
  const made = await api.api('POST', path, { as, body: { recipient: 'Ola', reason: 'Billing' } })
  expect(made.status).toBe(201)
  const { url, attemptId } = z.object({ url: z.url(), attemptId: z.string() }).parse(made.body)
  const list = await api.api('GET', path, { as })
  expect(list.body).toMatchObject({
    items: [{ attemptId, recipient: 'Ola', reason: 'Billing', createdByName: 'Ida admin' }],
  })
  expect(list.text).not.toContain(url.split('/').at(-1))
  expect((await api.api('DELETE', `${path}/${attemptId}`, { as })).status).toBe(204)
  expect((await api.api('DELETE', `${path}/${attemptId}`, { as })).status).toBe(404)
  expect((await api.api('GET', path, { as })).body).toMatchObject({ items: [] })
})

it('makes a consent link without any body', async () => {
  const { microsoftId } = await api.connection(organisationId)
  expect((await api.api('POST', `/connections/${microsoftId}/consent-links`, { as })).status).toBe(201)
})

it('leads back only to this deployment or a registered origin', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const ask = (returnUrl: string) =>
    api.api('POST', `/connections/${microsoftId}/consent-links`, { as, body: { returnUrl } })
  expect((await ask('https://evil.example/x')).body).toMatchObject({
    status: 422,
    code: 'return_url_not_registered',
  })
  expect((await ask('http://localhost:3000/x')).status).toBe(201)
  await api.store.putReturnOrigins(organisationId, ['https://portal.example'])
  expect((await ask('https://portal.example/back')).status).toBe(201)
})

it('does not show an attempt of another connection', async () => {
  const [one, other] = [await api.connection(organisationId), await api.connection(organisationId)]
  const made = await api.api('POST', `/connections/${one.microsoftId}/consent-links`, { as })
  const path = (id: string) => `/connections/${id}/consent-attempts/${String(made.body.attemptId)}`
  expect((await api.api('GET', path(one.microsoftId), { as })).body).toMatchObject({
    status: 'waiting',
    checks: [],
  })
  expect((await api.api('GET', path(other.microsoftId), { as })).status).toBe(404)
  expect((await api.api('POST', `${path(one.microsoftId)}/accept-account`, { as })).status).toBe(404)
})

it('refuses a token for a tenant that nobody consented to, with 409 and what to do', async () => {
  const { microsoftId } = await api.connection(organisationId)
  const answer = await api.api('POST', `/connections/${microsoftId}/token`, {
    as: await api.key(organisationId),
    body: { resource: 'partner-center' },
  })
  expect(answer.status).toBe(409)
  expect(answer.body).toMatchObject({ code: 'not_connected', action: 'reconsent' })
  expect(answer.headers.get('cache-control')).toBe('no-store')
})
