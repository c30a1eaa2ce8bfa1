import type { CustomerConsentState, CustomerGrant, Problem } from '@consentry/core'

import type { Columns } from '../columns.ts'
import type { connectionTables } from './connections.ts'

/** What was granted on behalf of customers: Microsoft has no list of it. */
export function customerTables(
  { table, text, sortable, count, flag, instant, json, primaryKey }: Columns,
  { connections }: Pick<ReturnType<typeof connectionTables>, 'connections'>,
) {
  const customerConsents = table(
    'customer_consents',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      customerTenantId: text('customer_tenant_id').notNull(),
      name: sortable('name').notNull(),
      domain: text('domain'),
      grants: json('grants').$type<readonly CustomerGrant[]>().notNull(),
      clientId: text('client_id'),
      state: text('state').$type<CustomerConsentState>().notNull(),
      certain: flag('certain').notNull(),
      requestId: text('request_id').notNull(),
      problem: json('problem').$type<Problem>(),
      grantedAt: instant('granted_at'),
      grantedBy: text('granted_by'),
      revokedAt: instant('revoked_at'),
      updatedAt: instant('updated_at').notNull(),
      version: count('version').notNull(),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.customerTenantId] })],
  )
  return { customerConsents }
}
