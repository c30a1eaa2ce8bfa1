import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'

import { checkSchema, connectionSchema } from '../src/schemas.ts'
import { connect, makeLink, newBrowser, openWorld, outcome, signInWith, tenant, type World } from './trips.ts'

let world: World
let key: Record<string, string>
const path = `/connections/${tenant.id}`

beforeEach(async () => {
  world = await openWorld()
  await connect(world)
  key = await world.key(world.organisationId, ['tokens:read'])
})
afterEach(() => world.close())

const tokenShape = z.strictObject({
  accessToken: z.string().min(20),
  tokenType: z.literal('Bearer'),
  expiresAt: z.iso.datetime(),
  resource: z.string(),
  scopes: z.array(z.string()).min(1),
  source: z.enum(['cache', 'refreshed', 'stale']),
})

it.each(['partner-center', 'graph'])(
  'hands out a token for %s that nothing may cache, and counts it',
  async (resource) => {
    const answer = await world.api('POST', `${path}/token`, { as: key, body: { resource } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const token = tokenShape.parse(answer.body)
    expect((await world.call('GET', '/metrics')).text).toContain(
      `consentry_tokens_served_total{source="${token.source}"} 1`,
    )
  },
)

it.each([
  {},
  { resource: 7 },
  { resource: '' },
  { resource: 'graph', minimumValiditySeconds: -1 },
  { resource: 'graph', claims: {} },
])('refuses the wish %j as malformed', async (body) => {
  expect((await world.api('POST', `${path}/token`, { as: key, body })).status).toBe(400)
})

it('refuses a text that is no resource with 422', async () => {
  const body = { resource: 'everything' }
  const answer = await world.api('POST', `${path}/token`, { as: key, body })
  expect(answer.status).toBe(422)
  expect(answer.body).toMatchObject({ code: 'resource_not_allowed' })
})

it('never lets a refresh token out: not in any answer, not in the log', async () => {
  const row = await world.store.findConnection(world.organisationId, tenant.id)
  await world.api('POST', `${path}/refresh`, { as: world.owner })
  const answers = await Promise.all([
    world.api('POST', `${path}/token`, { as: key, body: { resource: 'graph' } }),
    world.api('GET', path, { as: world.owner }),
    world.api('GET', '/connections', { as: world.owner }),
    world.api('GET', '/today', { as: world.owner }),
    world.api('GET', `${path}/checks`, { as: world.owner }),
    world.api('POST', `${path}/test`, { as: world.owner }),
  ])
  const { accessToken } = tokenShape.parse(answers[0]?.body)
  const grant = await world.store.getGrant(row?.id ?? '', row?.generation ?? 0)
  const everything = answers.map(({ text }) => text).join('\n')
  for (const secret of [
    grant?.sealed ?? 'no grant',
    row?.dataKey ?? 'no row',
    'refreshToken',
    'refresh_token',
  ]) {
    expect(everything).not.toContain(secret)
    expect(world.logged()).not.toContain(secret)
  }
  expect(world.logged()).not.toContain(accessToken)
  expect(everything.split(accessToken)).toHaveLength(2)
})

it('refreshes and tests on demand, and keeps every check in the history', async () => {
  const refreshed = await world.api('POST', `${path}/refresh`, { as: world.owner })
  expect(refreshed.status).toBe(200)
  expect(checkSchema.parse(refreshed.body)).toMatchObject({ kind: 'grant', ok: true })
  const tested = await world.api('POST', `${path}/test`, { as: world.owner })
  expect(tested.status).toBe(200)
  expect(
    z.object({ ok: z.literal(true), checks: z.array(checkSchema) }).parse(tested.body).checks.length,
  ).toBeGreaterThan(5)
  const history = await world.api('GET', `${path}/checks?limit=5`, { as: world.owner })
  expect(history.body).toMatchObject({ nextCursor: expect.any(String) })
  expect(z.array(checkSchema).parse(history.body.items)).toHaveLength(5)
})

it('answers 200 to a refresh that Microsoft refuses, and 409 to tokens after it', async () => {
  world.microsoft.control.revokeSessions(tenant.users.service)
  const refreshed = await world.api('POST', `${path}/refresh`, { as: world.owner })
  expect(refreshed.status).toBe(200)
  expect(refreshed.body).toMatchObject({ ok: false, code: 'signed_out', action: 'reconsent' })
  const token = await world.api('POST', `${path}/token`, { as: key, body: { resource: 'partner-center' } })
  expect(token.status).toBe(409)
  expect(token.body).toMatchObject({ code: 'signed_out', action: 'reconsent' })
  const shown = await world.api('GET', path, { as: world.owner })
  expect(connectionSchema.parse(shown.body)).toMatchObject({ status: 'broken', reason: 'signed_out' })
})

it("answers 503 with fix_app while the application's own secret is refused", async () => {
  world.microsoft.control.expireSecrets()
  await world.store.dropAccessTokens(
    (await world.store.findConnection(world.organisationId, tenant.id))?.id ?? '',
  )
  const token = await world.api('POST', `${path}/token`, { as: key, body: { resource: 'graph' } })
  expect(token.status).toBe(503)
  expect(token.body).toMatchObject({ code: 'app_secret', action: 'fix_app' })
})

it('answers 409 sealed_altered, and asks Microsoft nothing, when a stored sign-in was moved here from elsewhere', async () => {
  const row = await world.store.findConnection(world.organisationId, tenant.id)
  const { cascade } = demo.tenants
  const { dataKey, dataKeyId } = await world.connection(world.organisationId, 'Cascade', cascade.id)
  await world.store.dropAccessTokens(row?.id ?? '')
  await world.store.replaceDataKey(row?.id ?? '', row?.dataKey ?? '', { dataKey, dataKeyId })
  world.microsoft.control.clearRequests()
  const body = { resource: 'graph' }
  const answers = [
    await world.api('POST', `${path}/token`, { as: key, body }),
    await world.api('POST', `${path}/refresh`, { as: world.owner }),
  ]
  for (const answer of answers) {
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'sealed_altered', action: 'reconsent' })
  }
  expect(world.microsoft.requests).toEqual([])
})

it('answers 409 with the reason when a tenant is connected in vain, never as if the caller were at fault', async () => {
  const vain = await openWorld()
  const { path: link, attemptId } = await makeLink(vain)
  const browser = newBrowser(vain)
  await browser.get(await signInWith(vain, browser, link, { user: tenant.users.noAgent }))
  await outcome(vain, attemptId)
  const as = await vain.key(vain.organisationId, ['tokens:read'])
  const answer = await vain.api('POST', `${path}/token`, { as, body: { resource: 'partner-center' } })
  await vain.close()
  expect(answer.status).toBe(409)
  expect(answer.body).toMatchObject({ code: 'role_missing', action: 'fix_policy' })
})
