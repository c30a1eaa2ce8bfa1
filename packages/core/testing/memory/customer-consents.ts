import type { Store } from '../../src/deps.ts'
import { compareKeys, copyOf, copyWhere, keyOf, type Data } from './data.ts'

export function memoryCustomerConsents(data: Data) {
  return {
    async getCustomerConsent(connectionId, customerTenantId) {
      return copyOf(data.customerConsents.get(keyOf(connectionId, customerTenantId)))
    },
    async listCustomerConsents(connectionId) {
      return copyWhere(data.customerConsents, (it) => it.connectionId === connectionId).toSorted((a, b) =>
        compareKeys([a.name, a.customerTenantId], [b.name, b.customerTenantId]),
      )
    },
    async saveCustomerConsent(row, from) {
      const key = keyOf(row.connectionId, row.customerTenantId)
      if ((data.customerConsents.get(key)?.version ?? 0) !== from) return false
      data.customerConsents.set(key, structuredClone(row))
      return true
    },
  } satisfies Partial<Store>
}
