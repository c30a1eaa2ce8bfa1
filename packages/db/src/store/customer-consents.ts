import type { Store } from '@consentry/core'
import { and, asc, eq } from 'drizzle-orm'

import { type Handle, one } from './handle.ts'

export function customerConsentStore({ db, tables: { customerConsents: consents } }: Handle) {
  const ofCustomer = (connectionId: string, customerTenantId: string) =>
    and(eq(consents.connectionId, connectionId), eq(consents.customerTenantId, customerTenantId))
  return {
    async getCustomerConsent(connectionId, customerTenantId) {
      return one(await db.select().from(consents).where(ofCustomer(connectionId, customerTenantId)))
    },
    async listCustomerConsents(connectionId) {
      return db
        .select()
        .from(consents)
        .where(eq(consents.connectionId, connectionId))
        .orderBy(asc(consents.name), asc(consents.customerTenantId))
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
