import type { Store } from '@consentry/core'
import { and, asc, eq } from 'drizzle-orm'

import { type Handle, one } from './handle.ts'

export function singleSignOnStore({ db, tables: { singleSignOn, session }, transact }: Handle) {
  return {
    async getSingleSignOn(organisationId) {
      return one(await db.select().from(singleSignOn).where(eq(singleSignOn.organisationId, organisationId)))
    },
    async putSingleSignOn(row) {
      await db
        .insert(singleSignOn)
        .values(row)
        .onConflictDoUpdate({ target: singleSignOn.organisationId, set: row })
      return row
    },
    async removeSingleSignOn(organisationId) {
      return transact(async (tx) => {
        await tx.delete(session).where(eq(session.organisationId, organisationId))
        const removed = await tx
          .delete(singleSignOn)
          .where(eq(singleSignOn.organisationId, organisationId))
          .returning({ organisationId: singleSignOn.organisationId })
        return removed.length > 0
      })
    },
    async listSingleSignOns() {
      return db.select().from(singleSignOn).orderBy(asc(singleSignOn.organisationId))
    },
    async replaceClientSecret(organisationId, from, to) {
      const replaced = await db
        .update(singleSignOn)
        .set({ clientSecret: to })
        .where(and(eq(singleSignOn.organisationId, organisationId), eq(singleSignOn.clientSecret, from)))
        .returning({ organisationId: singleSignOn.organisationId })
      return replaced.length > 0
    },
  } satisfies Partial<Store>
}
