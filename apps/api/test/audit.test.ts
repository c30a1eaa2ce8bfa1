import { tokenIdOf } from '@consentry/core'
import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { connect, makeLink, newBrowser, openWorld, signInWith, tenant, type World } from './trips.ts'

let world: World
const path = `/connections/${tenant.id}`
type Entry = {
  readonly sequence: number
  readonly action: string
  readonly actor: { readonly kind: string; readonly name: string }
  readonly details: Readonly<Record<string, unknown>>
}

beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

async function entries(query = ''): Promise<readonly Entry[]> {
  const { body } = await world.api('GET', `/audit?limit=100${query}`, { as: world.owner })
  return body.items ?? []
}

/** Three acts of the owner. */
async function threeOrigins(): Promise<void> {
  for (const items of [['https://a.example'], ['https://b.example'], []])
    await world.api('PUT', '/return-origins', { as: world.owner, body: { items } })
}

it('names who was given which token for what, and never the token', async () => {
  await connect(world)
  const key = await world.key(world.organisationId, ['tokens:read'])
  const { body } = await world.api('POST', `${path}/token`, { as: key, body: { resource: 'graph' } })
  const [entry] = await entries('&action=token')
  expect(entry).toMatchObject({
    action: 'token.issued',
    actor: { kind: 'service_key', name: 'erp sync' },
    details: { resource: 'graph', tokenId: tokenIdOf(String(body.accessToken)) },
  })
  const { text } = await world.api('GET', '/audit?limit=100', { as: world.owner })
  expect(text).not.toContain(String(body.accessToken).slice(0, 40))
})

it('gives no token while the log cannot be written, and loses nothing by it', async () => {
  await connect(world)
  const key = await world.key(world.organisationId, ['tokens:read'])
  const row = await world.store.findConnection(world.organisationId, tenant.id)
  await world.store.dropAccessTokens(row?.id ?? '')
  const { appendAudit } = world.store
  world.store.appendAudit = async () => {
    throw new Error('no room')
  }
  const ask = () => world.api('POST', `${path}/token`, { as: key, body: { resource: 'graph' } })
  const refused = await ask()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(refused.body).toMatchObject({ code: 'not_recorded', action: 'retry' })
  expect(refused.text).not.toContain('accessToken')
  world.store.appendAudit = appendAudit
  expect((await ask()).status).toBe(200)
  expect((await entries('&action=grant')).length).toBeGreaterThan(0)
})

it('does nothing for anybody while the log cannot be written', async () => {
  await connect(world)
  const [made] = (await world.api('GET', '/service-keys', { as: world.owner })).body.items ?? []
  expect(made).toBeUndefined()
  world.store.appendAudit = async () => {
    throw new Error('no room')
  }
  const acts = [
    ['POST', '/service-keys', { name: 'erp', scopes: ['tokens:read'] }],
    ['PUT', '/return-origins', { items: ['https://portal.example'] }],
    ['POST', '/connections', { microsoftId: demo.tenants.cascade.id }],
    ['PATCH', path, { name: 'Other' }],
    ['POST', `${path}/consent-links`, {}],
    ['POST', `${path}/refresh`, undefined],
    ['POST', `${path}/test`, undefined],
    ['POST', `${path}/billing-reports`, { kind: 'unbilled' }],
    ['DELETE', path, undefined],
  ] as const
  for (const [method, at, body] of acts) {
    const answer = await world.api(method, at, { as: world.owner, body })
    expect([at, answer.status]).toEqual([at, 503])
  }
  expect((await world.api('GET', path, { as: world.owner })).body).toMatchObject({ status: 'connected' })
  expect((await world.api('GET', '/service-keys', { as: world.owner })).body).toEqual({ items: [] })
  expect((await world.api('GET', '/return-origins', { as: world.owner })).body).toEqual({ items: [] })
})

it('tells the whole story of a connection, in order', async () => {
  const link = await makeLink(world, { recipient: 'Ola' })
  const browser = newBrowser(world)
  await browser.get(await signInWith(world, browser, link.path))
  await world.running.settled()
  await world.api('PATCH', path, { as: world.owner, body: { name: 'Nord' } })
  await world.api('POST', `${path}/refresh`, { as: world.owner })
  await world.api('DELETE', path, { as: world.owner })
  const told = (await entries()).map(({ action, actor }) => `${action} by ${actor.kind}`).toReversed()
  expect(told).toEqual([
    'connection.added by person',
    'consent.link_created by person',
    'consent.set_off by outsider',
    'consent.succeeded by consentry',
    'connection.renamed by person',
    'connection.refresh_requested by person',
    'grant.refreshed by consentry',
    'connection.disconnected by person',
  ])
})

it('shows an organisation its own entries only, and a bound key those of its tenants', async () => {
  const other = await world.organisation('other')
  await world.connection(other.id, 'Theirs', demo.tenants.cascade.id)
  const mine = await world.connection(world.organisationId, 'Mine', tenant.id)
  await world.connection(world.organisationId, 'Mine too', demo.tenants.cascade.id)
  expect((await entries()).length).toBe(2)
  const bound = await world.key(world.organisationId, ['audit:read'], [mine.microsoftId])
  const { body } = await world.api('GET', '/audit', { as: bound })
  expect(body.items).toMatchObject([{ action: 'connection.added', microsoftId: mine.microsoftId }])
})

it('is filtered by actor and action, and read in pages', async () => {
  await threeOrigins()
  await world.key(world.organisationId)
  expect(await entries('&action=return_origins.changed')).toHaveLength(3)
  expect(await entries('&action=service_key')).toHaveLength(1)
  expect(await entries('&actor=nobody')).toHaveLength(0)
  expect(await entries('&actor=test%40example.com')).toHaveLength(1)
  const first = await world.api('GET', '/audit?limit=3', { as: world.owner })
  const cursor = encodeURIComponent(String(first.body.nextCursor))
  const second = await world.api('GET', `/audit?limit=3&cursor=${cursor}`, { as: world.owner })
  expect(second.body).toMatchObject({ items: [{ sequence: 1 }], nextCursor: null })
  expect((await world.api('GET', '/audit?action=%27;--', { as: world.owner })).status).toBe(400)
})

it('leaves as JSON Lines, and says that it did', async () => {
  await threeOrigins()
  const headers = { accept: 'application/jsonl' }
  const { text, type } = await world.api('GET', '/audit', { as: world.owner, headers })
  expect(type).toContain('application/jsonl')
  const lines = text.trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as Entry).action)).toEqual([
    'audit.exported',
    ...Array.from({ length: 3 }, () => 'return_origins.changed'),
  ])
})

it('is found whole, and the first bad entry is named once somebody changed it', async () => {
  await threeOrigins()
  const verify = async () => (await world.api('GET', '/audit/verify', { as: world.owner })).body
  expect(await verify()).toMatchObject({ ok: true, entries: 3 })
  const { readAudit } = world.store
  world.store.readAudit = async (after, limit) =>
    (await readAudit(after, limit)).map((row) => (row.sequence === 2 ? { ...row, actorName: 'Eve' } : row))
  expect(await verify()).toMatchObject({ ok: false, firstBad: { sequence: 2, reason: 'altered' } })
})
