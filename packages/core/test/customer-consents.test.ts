import { demo } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import { grantToCustomer, listCustomers, revokeFromCustomer, type ConnectionRow } from '../src/index.ts'
import { ASKER, consent, createBench, stored, tenant, type Bench } from './bench.ts'

const { customer, cascade } = demo.tenants
const GRAPH = '00000003-0000-0000-c000-000000000000'
const graph = (...scopes: string[]) => [{ enterpriseApplicationId: GRAPH, scopes }]

let bench: Bench
let row: ConnectionRow

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
  row = await stored(bench)
})

const grant = (wish?: ReturnType<typeof graph>, id: string = customer.id) =>
  grantToCustomer(bench, row, id, wish, ASKER)
const revoke = (id: string = customer.id) => revokeFromCustomer(bench, row, id, ASKER)
const kept = (id: string = customer.id) => bench.store.getCustomerConsent(row.id, id)
const atMicrosoft = () => bench.microsoft.state.grants.get(customer.id)?.map((it) => it.scopes) ?? []
const sent = (method: string) =>
  bench.microsoft.requests.filter((it) => it.method === method && it.path.includes('applicationconsents'))
const code = (it: string) => ({ code: it })

describe('customers', () => {
  it('come page by page, each once, and can be searched by name and by domain', async () => {
    bench.microsoft.control.addCustomerTenants(tenant.id, 7)
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listCustomers(bench, row, { cursor, limit: 3 })
      ids.push(...page.items.map((it) => it.customerTenantId))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect([ids.length, new Set(ids).size]).toEqual([8, 8])
    const found = async (search: string) =>
      (await listCustomers(bench, row, { search, limit: 50 })).items.map((it) => it.name)
    expect(await found('alder')).toEqual(['Alder Bakery'])
    expect(await found('alder-bakery.ex')).toEqual(['Alder Bakery'])
    expect(await found('lder')).toEqual([])
  })

  it('do not come for a cursor that would break into a header', async () => {
    const cursor = Buffer.from('a\r\nX-Evil: 1').toString('base64url')
    await expect(listCustomers(bench, row, { cursor, limit: 3 })).rejects.toMatchObject(
      code('malformed_request'),
    )
  })
})

describe('a consent on behalf of a customer', () => {
  it('is granted, kept with who did it, and written down before and after', async () => {
    expect(await grant()).toMatchObject({
      name: 'Alder Bakery',
      state: 'granted',
      certain: true,
      grantedBy: ASKER.name,
      grants: graph('Directory.Read.All', 'User.Read'),
    })
    expect(atMicrosoft()).toEqual([['Directory.Read.All', 'User.Read']])
    const { items } = await bench.store.listAudit(row.organisationId, {
      action: 'customer_consent',
      limit: 9,
    })
    const actions = items.map((it) => it.action)
    expect(actions).toEqual(['customer_consent.granted', 'customer_consent.grant_requested'])
  })

  it('granted again is still granted', async () => {
    await grant()
    expect(await grant()).toMatchObject({ state: 'granted', certain: true, problem: null })
  })

  it('with other permissions takes the place of the one before', async () => {
    await grant()
    expect(await grant(graph('User.Read'))).toMatchObject({ grants: graph('User.Read'), certain: true })
    expect(atMicrosoft()).toEqual([['User.Read']])
  })

  it('that somebody else gave counts as granted, but not as certain', async () => {
    await grant(graph('User.Read'))
    const other = await createBench()
    await consent(other)
    const fresh = { ...bench, store: other.store, keys: other.keys }
    const granted = await grantToCustomer(fresh, await stored(other), customer.id, undefined, ASKER)
    expect(granted).toMatchObject({ state: 'granted', certain: false })
  })

  it('is taken back, and once more without harm', async () => {
    await grant()
    expect(await revoke()).toMatchObject({ state: 'revoked', revokedAt: bench.now() })
    expect(atMicrosoft()).toEqual([])
    expect(await revoke()).toMatchObject({ state: 'revoked' })
  })

  it('needs GDAP with one of three roles, and says so', async () => {
    bench.microsoft.control.setTenant(customer.id, { delegatedRoles: {} })
    const refused = {
      code: 'gdap_missing',
      action: 'fix_policy',
      message: expect.stringMatching(/tenant of Alder Bakery.*AdminAgents.*GDAP.*DAP is not enough/s),
    }
    await expect(grant()).rejects.toMatchObject(refused)
    expect(await kept()).toMatchObject({
      state: 'failed',
      grantedAt: null,
      problem: { code: 'gdap_missing' },
    })
  })

  it('that cannot be taken back for want of GDAP stays granted, with the reason', async () => {
    await grant()
    bench.microsoft.control.setTenant(customer.id, { delegatedRoles: {} })
    await expect(revoke()).rejects.toMatchObject(code('gdap_missing'))
    expect(await kept()).toMatchObject({ state: 'granted', problem: { code: 'gdap_missing' } })
    await expect(grant(graph('User.Read'))).rejects.toMatchObject(code('gdap_missing'))
    expect(await kept()).toMatchObject({ state: 'granted', grants: graph('Directory.Read.All', 'User.Read') })
  })

  it('names the role when the account is no Admin Agent', async () => {
    bench.microsoft.control.setUser(tenant.users.service, { partnerRoles: ['BillingAdmin'] })
    await expect(grant()).rejects.toMatchObject(code('role_missing'))
  })

  it.each([
    ['customer_unknown', () => grant(undefined, cascade.id)],
    ['customer_unknown', () => revoke(cascade.id)],
    ['grants_refused', () => grant(graph('No.Such.Permission'))],
    ['malformed_request', () => grant(graph('User.Read,Directory.Read.All'))],
    ['malformed_request', () => grant([])],
    ['malformed_request', () => grant([{ enterpriseApplicationId: 'graph', scopes: ['User.Read'] }])],
  ])('is refused as %s', async (why, act) => {
    await expect(act()).rejects.toMatchObject(code(why))
    expect(atMicrosoft()).toEqual([])
  })

  it('is asked for again under the same id while Microsoft is busy, and counts once', async () => {
    const on = { route: 'create-application-consent' }
    bench.microsoft.control.addFault({ on, times: 2, then: { status: 429, headers: { 'retry-after': '0' } } })
    expect(await grant()).toMatchObject({ state: 'granted' })
    const ids = sent('POST').map((it) => it.headers['ms-requestid'])
    expect([ids.length, new Set(ids).size]).toEqual([3, 1])
  })

  it('whose answer is lost stays under way, and the next try ends it under the same id', async () => {
    const on = { route: 'create-application-consent' }
    bench.microsoft.control.addFault({ on, times: 3, then: { reset: 'after' } })
    await expect(grant()).rejects.toMatchObject(code('microsoft_slow'))
    expect(atMicrosoft()).toHaveLength(1)
    expect(await kept()).toMatchObject({ state: 'granting', problem: { code: 'microsoft_slow' } })
    expect(await grant()).toMatchObject({ state: 'granted', problem: null })
    expect(new Set(sent('POST').map((it) => it.headers['ms-requestid'])).size).toBe(1)
  }, 20_000)

  it('is one of two that are asked for at the same moment', async () => {
    const both = await Promise.allSettled([grant(), grant(graph('User.Read'))])
    expect(both.filter((it) => it.status === 'fulfilled')).toHaveLength(1)
    const lost = both.find((it) => it.status === 'rejected')
    expect(lost?.reason).toMatchObject(code('changed_meanwhile'))
  })

  it('waits for its turn of the whole fleet', async () => {
    const far = { name: 'customer consents', now: bench.now(), gap: 11_000, ahead: 60_000 }
    for (let n = 0; n < 2; n += 1) await bench.store.takeTurn(far)
    await expect(grant()).rejects.toMatchObject(code('microsoft_slow'))
    expect(sent('POST')).toEqual([])
  })
})
