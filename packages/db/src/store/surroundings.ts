import type { Store } from '@consentry/core'
import {
  and,
  asc,
  count,
  countDistinct,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  lte,
  min,
  ne,
  or,
  sql,
} from 'drizzle-orm'

import type { Handle } from './handle.ts'

/** What the whole fleet met lately: numbers, and ids that never leave the server. */
export function surroundingStore({ db, tables }: Handle) {
  const { connections, coolDowns } = tables

  return {
    async lookAround({ microsoftId, code, by, now, throttledSince, witnesses }) {
      const heardAt = by === 'proof' ? connections.provenAt : connections.refreshedAt
      const tenants = countDistinct(connections.microsoftId)
      const [doubts] = await db
        .select({ tenants, first: min(connections.doubtSince) })
        .from(connections)
        .where(
          and(
            eq(connections.doubtCode, code),
            ne(connections.status, 'broken'),
            isNull(connections.disconnectedAt),
          ),
        )
      const since = doubts?.first ?? now
      const others = and(
        ne(connections.microsoftId, microsoftId),
        isNull(connections.doubtCode),
        isNull(connections.disconnectedAt),
      )
      const [working] = await db
        .select({ tenants })
        .from(connections)
        .where(and(gt(heardAt, since), others))
      const asked = await db
        .select({ id: connections.id })
        .from(connections)
        .where(
          and(
            others,
            isNotNull(connections.generation),
            inArray(connections.status, by === 'proof' ? ['connected'] : ['connected', 'attention']),
            eq(connections.failures, 0),
            or(isNull(heardAt), lte(heardAt, since)),
          ),
        )
        .orderBy(asc(connections.id))
        .limit(witnesses)
      const [throttled] = await db
        .select({ rows: count() })
        .from(coolDowns)
        .where(and(eq(coolDowns.key, sql`'*'`), gt(coolDowns.until, throttledSince)))
      return {
        refused: doubts?.tenants ?? 0,
        working: working?.tenants ?? 0,
        witnesses: asked.map((it) => it.id),
        throttled: (throttled?.rows ?? 0) > 0,
      }
    },
  } satisfies Partial<Store>
}
