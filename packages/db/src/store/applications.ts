import type { Store } from '@consentry/core'
import { and, asc, eq, gt, isNull, lte, ne, notExists, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'

import { type Handle, one } from './handle.ts'

export function applicationStore({ db, tables, transact }: Handle) {
  const { applications, attempts, connections, grants } = tables
  const named = (connectionId: string, clientId: string) =>
    and(eq(applications.connectionId, connectionId), eq(applications.clientId, clientId))

  /** No row of the table stands for this application. */
  function unusedBy(table: SQLiteTable, connectionId: SQLiteColumn, clientId: SQLiteColumn, more?: SQL): SQL {
    const same = and(eq(connectionId, applications.connectionId), eq(clientId, applications.clientId), more)
    return notExists(db.select({ clientId }).from(table).where(same))
  }

  return {
    async putApplication(row, ifVersion) {
      const { connectionId, clientId, ...values } = row
      const { id, disconnectedAt, version } = connections
      const same = ifVersion === undefined ? undefined : eq(version, ifVersion)
      return transact(async (tx) => {
        const chosen = await tx
          .update(connections)
          .set({ clientId, version: sql`${version} + 1` })
          .where(and(eq(id, connectionId), isNull(disconnectedAt), same))
          .returning({ id })
        if (chosen.length === 0) return false
        await tx
          .insert(applications)
          .values(row)
          .onConflictDoUpdate({ target: [applications.connectionId, applications.clientId], set: values })
        return true
      })
    },
    async getApplication(connectionId, clientId) {
      return one(await db.select().from(applications).where(named(connectionId, clientId)))
    },
    async listApplications(connectionId) {
      return db
        .select()
        .from(applications)
        .where(eq(applications.connectionId, connectionId))
        .orderBy(asc(applications.addedAt), asc(applications.clientId))
    },
    async dropUnusedApplications(since) {
      const mayEnd = and(ne(attempts.status, 'succeeded'), gt(attempts.expiresAt, since))
      const dropped = await db
        .delete(applications)
        .where(
          and(
            // One that somebody is putting at this moment is looked at again.
            lte(applications.addedAt, since),
            unusedBy(connections, connections.id, connections.clientId),
            unusedBy(grants, grants.connectionId, grants.clientId),
            unusedBy(attempts, attempts.connectionId, attempts.clientId, mayEnd),
          ),
        )
        .returning({ clientId: applications.clientId })
      return dropped.length
    },
  } satisfies Partial<Store>
}
