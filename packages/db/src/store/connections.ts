import { UNCONNECTED } from '@consentry/core'
import type { ConnectionRow, Status, Store } from '@consentry/core'
import { and, asc, count, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'

import { connectionColumns, fold, withFoldedName } from './connection-row.ts'
import { type Handle, one } from './handle.ts'
import { contains, listByName, listByUrgency } from './urgency.ts'

export function connectionStore({ db, tables, transact }: Handle) {
  const { connections, applications, grants, accessTokens, coolDowns, attempts } = tables
  const columns = connectionColumns(tables)

  const ofOrganisation = (organisationId: string, only?: readonly string[]) =>
    and(
      eq(connections.organisationId, organisationId),
      isNull(connections.disconnectedAt),
      only && inArray(connections.microsoftId, [...only]),
    )

  async function findConnection(organisationId: string, microsoftId: string): Promise<ConnectionRow | null> {
    const only = [microsoftId]
    return one(await db.select(columns).from(connections).where(ofOrganisation(organisationId, only)))
  }

  async function createConnection(row: ConnectionRow): Promise<{ row: ConnectionRow; created: boolean }> {
    const values = { ...row, nameFolded: fold(row.name) }
    const [created] = await db
      .insert(connections)
      .values(values)
      .onConflictDoUpdate({
        target: [connections.organisationId, connections.microsoftId],
        // A disconnected row comes back to life under its own id, and its numbers go on: none is ever used twice.
        set: {
          ...values,
          status: 'new',
          disconnectedAt: null,
          id: sql`${connections.id}`,
          lastGeneration: sql`${connections.lastGeneration}`,
          fence: sql`${connections.fence}`,
          version: sql`${connections.version} + 1`,
        },
        setWhere: isNotNull(connections.disconnectedAt),
      })
      .returning(columns)
    if (created) return { row: created, created: true }
    const there = await findConnection(row.organisationId, row.microsoftId)
    // Disconnected between the two statements: then it can be revived after all.
    return there ? { row: there, created: false } : createConnection(row)
  }

  return {
    createConnection,
    findConnection,
    async getConnection(id) {
      return one(await db.select(columns).from(connections).where(eq(connections.id, id)))
    },
    async listConnections(organisationId, query) {
      const list = query.sort === 'name' ? listByName : listByUrgency
      return list(db, tables, ofOrganisation(organisationId, query.only), query)
    },
    async countConnections(organisationId, only, search) {
      const counts: Record<Status, number> = { new: 0, waiting: 0, connected: 0, attention: 0, broken: 0 }
      const rows = await db
        .select({ status: connections.status, rows: count() })
        .from(connections)
        .where(and(ofOrganisation(organisationId, only), contains(tables, search)))
        .groupBy(connections.status)
      for (const { status, rows: n } of rows) counts[status] = n
      return counts
    },
    async updateConnection(id, patch, ifVersion) {
      const changed = await db
        .update(connections)
        .set({
          // The id stands for a patch without fields, which drizzle refuses.
          id,
          ...withFoldedName(patch),
          ...(ifVersion === undefined ? {} : { version: ifVersion + 1 }),
        })
        .where(
          and(
            eq(connections.id, id),
            ifVersion === undefined ? undefined : eq(connections.version, ifVersion),
          ),
        )
        .returning(columns)
      return one(changed)
    },
    async disconnect(id, now) {
      await transact(async (tx) => {
        const ofConnection = eq(attempts.connectionId, id)
        await tx
          .update(attempts)
          .set({ status: 'expired', finishedAt: now })
          .where(and(ofConnection, inArray(attempts.status, ['waiting', 'proving'])))
        await tx
          .update(attempts)
          .set({ stateHash: null, sealedVerifier: null, candidate: null })
          .where(ofConnection)
        await tx
          .update(connections)
          .set({
            ...UNCONNECTED,
            disconnectedAt: now,
            fence: sql`${connections.fence} + 1`,
            version: sql`${connections.version} + 1`,
          })
          .where(and(eq(connections.id, id), isNull(connections.disconnectedAt)))
        // After the row: whoever saves a token holds the row, so none can slip in behind these.
        await tx.delete(grants).where(eq(grants.connectionId, id))
        await tx.delete(applications).where(eq(applications.connectionId, id))
        await tx.delete(accessTokens).where(eq(accessTokens.connectionId, id))
        await tx.delete(coolDowns).where(eq(coolDowns.connectionId, id))
      })
    },
    async listDue(now, limit, after) {
      const { nextRefreshAt } = connections
      const last = after?.nextRefreshAt
      const beyond = last
        ? or(gt(nextRefreshAt, last), and(eq(nextRefreshAt, last), gt(connections.id, after.id)))
        : undefined
      return db
        .select(columns)
        .from(connections)
        .where(and(lte(nextRefreshAt, now), isNull(connections.disconnectedAt), beyond))
        .orderBy(asc(connections.nextRefreshAt), asc(connections.id))
        .limit(limit)
    },
  } satisfies Partial<Store>
}
