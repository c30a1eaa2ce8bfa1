import { describe, expect, it } from 'vitest'

import type { CustomerConsentRow } from '../../src/types.ts'
import { connectionRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenOrganisation } from './opened.ts'

export function customerConsentContract(current: Current): void {
  describe("customers' consents", () => {
    async function given(name: string, customerTenantId: string): Promise<CustomerConsentRow> {
      const { store } = current()
      const organisation = await givenOrganisation(store)
      const { row } = await store.createConnection(connectionRow({ organisationId: organisation.id }))
      return {
        connectionId: row.id,
        customerTenantId,
        name,
        domain: null,
        clientId: null,
        grants: [{ enterpriseApplicationId: 'graph', scopes: ['User.Read'] }],
        state: 'granting',
        certain: false,
        requestId: 'r',
        problem: null,
        grantedAt: null,
        grantedBy: null,
        revokedAt: null,
        updatedAt: MONDAY,
        version: 1,
      }
    }

    it('are kept per connection, in the order of their names', async () => {
      const { store } = current()
      const row = await given('Beta', 'b')
      const alpha = { ...row, name: 'Alpha', customerTenantId: 'a' }
      expect(await store.getCustomerConsent(row.connectionId, 'b')).toBeNull()
      await store.saveCustomerConsent(row, 0)
      await store.saveCustomerConsent(alpha, 0)
      const told = { code: 'gdap_missing', title: 't', detail: 'd', action: 'fix_policy' } as const
      const granted = { ...row, state: 'granted', grantedAt: MONDAY, problem: told, version: 2 } as const
      expect(await store.saveCustomerConsent(granted, 1)).toBe(true)
      expect(await store.listCustomerConsents(row.connectionId, { limit: 2 })).toEqual({
        items: [alpha, granted],
        nextCursor: null,
      })
      expect(await store.getCustomerConsent(row.connectionId, 'b')).toEqual(granted)
      const other = await given('Gamma', 'c')
      expect((await store.listCustomerConsents(other.connectionId, { limit: 2 })).items).toEqual([])
    })

    it.each([1, 2, 3, 5, 6])('are given once each in pages of %i, also of the same name', async (limit) => {
      const { store } = current()
      const row = await given('Beta', 'b')
      const names = { a: 'Östra', b: 'Beta', c: 'Beta', d: 'alpha', e: 'Beta' }
      for (const [customerTenantId, name] of Object.entries(names))
        await store.saveCustomerConsent({ ...row, customerTenantId, name }, 0)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await store.listCustomerConsents(row.connectionId, { limit, cursor })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items.map((it) => it.customerTenantId))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toEqual(['b', 'c', 'e', 'd', 'a'])
      const failing = store.listCustomerConsents(row.connectionId, { limit, cursor: 'nonsense' })
      await expect(failing).rejects.toMatchObject({ code: 'malformed_request' })
    })

    it('are found by their customers', async () => {
      const { store } = current()
      const row = await given('Beta', 'b')
      await store.saveCustomerConsent(row, 0)
      await store.saveCustomerConsent({ ...row, customerTenantId: 'c' }, 0)
      expect(await store.findCustomerConsents(row.connectionId, ['b', 'z'])).toEqual([row])
      expect(await store.findCustomerConsents(row.connectionId, [])).toEqual([])
      const other = await given('Gamma', 'c')
      expect(await store.findCustomerConsents(other.connectionId, ['b'])).toEqual([])
    })

    it('are changed by one of all who try at the same time, from the version that they read', async () => {
      const { store } = current()
      const row = await given('Beta', 'b')
      const tries = () => store.saveCustomerConsent(row, 0)
      expect((await atOnce(store, 4, tries)).filter(Boolean)).toHaveLength(1)
      const next = () => store.saveCustomerConsent({ ...row, version: 2 }, 1)
      expect((await atOnce(store, 4, next)).filter(Boolean)).toHaveLength(1)
    })
  })
}
