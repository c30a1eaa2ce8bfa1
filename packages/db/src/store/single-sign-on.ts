import type { Store } from '@consentry/core'
import { and, asc, eq } from 'drizzle-orm'

import { type Handle, holdOrganisation, one, type Statements } from './handle.ts'

export function singleSignOnStore({ db, tables, transact }: Handle) {
  const { singleSignOn, session } = tables
  const find = async (on: Statements, organisationId: string) =>
    one(await on.select().from(singleSignOn).where(eq(singleSignOn.organisationId, organisationId)))

  return {
    async getSingleSignOn(organisationId) {
      return find(db, organisationId)
    },
    async putSingleSignOn(row, unchanged) {
      return transact(async (tx) => {
        await holdOrganisation(tx, tables, row.organisationId)
        if (unchanged?.(await find(tx, row.organisationId)) === false) return false
        await tx
          .insert(singleSignOn)
          .values(row)
          .onConflictDoUpdate({ target: singleSignOn.organisationId, set: row })
        return true
      })
    },
    async removeSingleSignOn(organisationId, unchanged) {
      return transact(async (tx) => {
        await holdOrganisation(tx, tables, organisationId)
        if (unchanged?.(await find(tx, organisationId)) === false) return false
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
