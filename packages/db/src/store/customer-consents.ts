import type { Store } from '@consentry/core'
import { and, asc, eq, gt, inArray, or } from 'drizzle-orm'

import { pageOf, readCursor } from './cursor.ts'
import { type Handle, one } from './handle.ts'

export function customerConsentStore({ db, tables: { customerConsents: consents } }: Handle) {
  const ofCustomer = (connectionId: string, customerTenantId: string) =>
    and(eq(consents.connectionId, connectionId), eq(consents.customerTenantId, customerTenantId))
  function after(cursor: string) {
    const [name = '', id = ''] = readCursor(cursor, ['string', 'string']).map(String)
    return or(gt(consents.name, name), and(eq(consents.name, name), gt(consents.customerTenantId, id)))
  }
  return {
    async getCustomerConsent(connectionId, customerTenantId) {
      return one(await db.select().from(consents).where(ofCustomer(connectionId, customerTenantId)))
    },
    async listCustomerConsents(connectionId, { cursor, limit }) {
      const rows = await db
        .select()
        .from(consents)
        .where(and(eq(consents.connectionId, connectionId), cursor === undefined ? undefined : after(cursor)))
        .orderBy(asc(consents.name), asc(consents.customerTenantId))
        .limit(limit + 1)
      return pageOf(rows, limit, ({ name, customerTenantId }) => [name, customerTenantId])
    },
    async findCustomerConsents(connectionId, customerTenantIds) {
      const these = inArray(consents.customerTenantId, [...customerTenantIds])
      return db
        .select()
        .from(consents)
        .where(and(eq(consents.connectionId, connectionId), these))
    },
    async saveCustomerConsent(row, from) {
      const { connectionId, customerTenantId } = row
      const same = and(ofCustomer(connectionId, customerTenantId), eq(consents.version, from))
      const saved =
        from === 0
          ? await db.insert(consents).values(row).onConflictDoNothing().returning({ at: consents.updatedAt })
          : await db.update(consents).set(row).where(same).returning({ at: consents.updatedAt })
      return saved.length > 0
    },
  } satisfies Partial<Store>
}
