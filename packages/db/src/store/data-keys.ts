import type { Store } from '@consentry/core'
import { and, asc, count, eq, gt, isNull, ne } from 'drizzle-orm'

import type { Handle } from './handle.ts'

export function dataKeyStore({ db, tables }: Handle) {
  const { connections } = tables
  const { id, organisationId, microsoftId, dataKey } = connections
  const columns = { id, organisationId, microsoftId, dataKey }
  // After Disconnect nothing is left that a data key opens.
  const live = isNull(connections.disconnectedAt)

  return {
    async countByDataKey() {
      return db
        .select({ id: connections.dataKeyId, rows: count() })
        .from(connections)
        .where(live)
        .groupBy(connections.dataKeyId)
        .orderBy(asc(connections.dataKeyId))
    },
    async listDataKeys(exceptKeyId, afterId, limit) {
      return db
        .select(columns)
        .from(connections)
        .where(and(live, ne(connections.dataKeyId, exceptKeyId), gt(connections.id, afterId)))
        .orderBy(asc(connections.id))
        .limit(limit)
    },
    async sampleDataKeys(keyId, limit) {
      const wrapped = and(live, eq(connections.dataKeyId, keyId))
      return db.select(columns).from(connections).where(wrapped).limit(limit)
    },
    async replaceDataKey(connectionId, from, to) {
      const replaced = await db
        .update(connections)
        .set(to)
        .where(and(eq(connections.id, connectionId), eq(connections.dataKey, from)))
        .returning({ id: connections.id })
      return replaced.length > 0
    },
  } satisfies Partial<Store>
}
