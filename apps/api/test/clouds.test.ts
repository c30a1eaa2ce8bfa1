import { demo } from '@consentry/microsoft-simulator'
import { expect, it, onTestFinished } from 'vitest'

import { openWorld, tenant } from './trips.ts'

async function given(cloud: { readonly CONSENTRY_REGION?: string; readonly MICROSOFT_CLOUD?: string } = {}) {
  const world = await openWorld({ env: cloud })
  onTestFinished(world.close)
  return world
}

it('tells that a tenant is in another cloud before anything is stored or anybody is sent to Microsoft', async () => {
  const { api, store, organisationId, owner: as } = await given()
  const { id: microsoftId } = demo.tenants.usgov
  const refused = { code: 'wrong_cloud', status: 422, action: 'fix_input' }
  expect((await api('GET', `/tenants/${microsoftId}`, { as })).body).toMatchObject(refused)
  const added = await api('POST', '/connections', { as, body: { microsoftId } })
  expect(added.status).toBe(422)
  expect(added.body).toMatchObject(refused)
  expect(await store.findConnection(organisationId, microsoftId)).toBeNull()
})

it('says whether a tenant lies in its own region, and connects it either way', async () => {
  const { api, owner: as } = await given({ CONSENTRY_REGION: 'us' })
  expect((await api('GET', `/tenants/${tenant.id}`, { as })).body).toEqual({
    microsoftId: tenant.id,
    cloud: 'global',
    region: 'EU',
    regionMatches: false,
  })
  expect((await api('POST', '/connections', { as, body: { microsoftId: tenant.id } })).status).toBe(201)
})

it.each(['usgov', 'china'])('refuses a billing report in the cloud %s, in words', async (cloud) => {
  const world = await given({ MICROSOFT_CLOUD: cloud })
  const { api, owner: as } = world
  await world.connection(world.organisationId, 'Aurora', tenant.id)
  const path = `/connections/${tenant.id}/billing-reports`
  expect((await api('POST', path, { as, body: { kind: 'billed' } })).body).toMatchObject({
    code: 'not_in_this_cloud',
    status: 422,
    action: 'none',
    detail: expect.stringContaining('Download the invoices in Partner Center'),
  })
  expect((await api('GET', path, { as })).body).toMatchObject({ items: [] })
  expect((await world.call('GET', '/api/console-settings')).body).toMatchObject({ partnerBilling: false })
})
