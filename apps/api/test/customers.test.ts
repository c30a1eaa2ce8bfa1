import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { connect, openWorld, tenant, type World } from './trips.ts'

const { customer } = demo.tenants
const base = `/connections/${tenant.id}`
const path = `${base}/customer-consents/${customer.id}`

let world: World

beforeEach(async () => {
  world = await openWorld()
  await connect(world)
})
afterEach(() => world.close())

const ask = (method: string, at: string, body?: object) =>
  world.api(method, at, { as: world.owner, ...(body ? { body } : {}) })

it('lists customers, grants the defaults in their tenants, tells what was granted, and takes it back', async () => {
  const before = await ask('GET', `${base}/customers?search=alder`)
  expect(before.body).toMatchObject({
    items: [{ customerTenantId: customer.id, name: 'Alder Bakery', consent: null }],
    nextCursor: null,
  })
  const granted = await ask('PUT', path)
  expect(granted.status).toBe(200)
  expect(granted.body).toMatchObject({ state: 'granted', certain: true })
  const { body } = await ask('GET', `${base}/customer-consents`)
  expect(body).toMatchObject({
    items: [granted.body],
    defaults: [{ name: 'Microsoft Graph', permissions: expect.any(Array) }],
  })
  const after = await ask('GET', `${base}/customers`)
  expect(after.body).toMatchObject({ items: [{ consent: { state: 'granted' } }] })
  expect((await ask('DELETE', path)).status).toBe(204)
  expect((await ask('DELETE', path)).status).toBe(204)
  const gone = await ask('GET', `${base}/customer-consents`)
  expect(gone.body).toMatchObject({ items: [{ state: 'revoked' }] })
})

it('gives what was granted in pages, each once', async () => {
  world.microsoft.control.addCustomerTenants(tenant.id, 3)
  const { items = [] } = (await ask('GET', `${base}/customers`)).body
  for (const { customerTenantId } of items as { customerTenantId: string }[])
    // as its schema has it
    await ask('PUT', `${base}/customer-consents/${customerTenantId}`)
  const first = await ask('GET', `${base}/customer-consents?limit=3`)
  const rest = await ask('GET', `${base}/customer-consents?limit=3&cursor=${String(first.body.nextCursor)}`)
  const pages = [first, rest].map((it) => it.body.items as unknown as object[])
  expect(pages.map((it) => it.length)).toEqual([3, 1])
  const whole = await ask('GET', `${base}/customer-consents`)
  expect(whole.body).toMatchObject({ items: pages.flat(), nextCursor: null })
  expect((await ask('GET', `${base}/customer-consents?cursor=nonsense`)).status).toBe(400)
})

it('says in words what GDAP asks for, and keeps the reason', async () => {
  world.microsoft.control.setTenant(customer.id, { delegatedRoles: {} })
  const refused = await ask('PUT', path)
  expect(refused.status).toBe(409)
  expect(refused.body).toMatchObject({ code: 'gdap_missing', action: 'fix_policy' })
  const { body } = await ask('GET', `${base}/customer-consents`)
  expect(body).toMatchObject({ items: [{ state: 'failed', problem: { code: 'gdap_missing' } }] })
})

it('knows customers of this partner only, and refuses what is malformed', async () => {
  expect((await ask('PUT', `${base}/customer-consents/not-a-guid`)).status).toBe(404)
  expect((await ask('PUT', path, { grants: [] })).status).toBe(400)
  const grants = [{ enterpriseApplicationId: 'graph', scopes: ['User.Read'] }]
  expect((await ask('PUT', path, { grants })).status).toBe(400)
  expect((await ask('GET', `${base}/customers?cursor=AAA`)).status).toBe(400)
  const foreign = `${base}/customer-consents/${demo.tenants.cascade.id}`
  expect((await ask('PUT', foreign)).body).toMatchObject({ code: 'customer_unknown' })
})

it("shows nobody else's customers", async () => {
  await ask('PUT', path)
  const theirs = await world.organisation('theirs')
  await world.connection(theirs.id, 'Same tenant', tenant.id)
  const as = await world.member(theirs.id, 'owner')
  const answer = await world.api('GET', `${base}/customer-consents`, { as })
  expect(answer.body.items).toEqual([])
})
