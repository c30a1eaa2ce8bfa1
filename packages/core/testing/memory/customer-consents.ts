import type { Store } from '../../src/deps.ts'
import { copyOf, copyWhere, keyOf, pageOf, type Data } from './data.ts'

export function memoryCustomerConsents(data: Data) {
  return {
    async getCustomerConsent(connectionId, customerTenantId) {
      return copyOf(data.customerConsents.get(keyOf(connectionId, customerTenantId)))
    },
    async listCustomerConsents(connectionId, page) {
      const rows = copyWhere(data.customerConsents, (it) => it.connectionId === connectionId)
      return pageOf(rows, page, ({ name, customerTenantId }) => [name, customerTenantId])
    },
    async findCustomerConsents(connectionId, customerTenantIds) {
      return copyWhere(
        data.customerConsents,
        (it) => it.connectionId === connectionId && customerTenantIds.includes(it.customerTenantId),
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
