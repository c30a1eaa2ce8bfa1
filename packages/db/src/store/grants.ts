import type { Store } from '@consentry/core'
import {
  and,
  asc,
  eq,
  exists,
  getTableColumns,
  isNotNull,
  isNull,
  lt,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'

import { mayGoOn } from './attempts.ts'
import { connectionColumns, withFoldedName } from './connection-row.ts'
import { type Handle, one, type Statements } from './handle.ts'

export function grantStore({ db, tables, transact }: Handle) {
  const { attempts, connections, grants, accessTokens } = tables
  const columns = connectionColumns(tables)
  const { sealed: _, ...grantColumns } = getTableColumns(grants)

  const fenced = (id: string, fence: number) => and(eq(connections.id, id), eq(connections.fence, fence))
  const grant = (connectionId: string, generation: number) =>
    and(eq(grants.connectionId, connectionId), eq(grants.generation, generation))

  /**
   * Holds the connection's row while `save` runs, so that it and Disconnect come one after the other. A token that
   * arrives after Disconnect is not kept: Disconnect destroys.
   */
  async function whileConnected(id: string, save: (tx: Statements) => Promise<unknown>): Promise<void> {
    await transact(async (tx) => {
      const [row] = await tx
        .update(connections)
        .set({ id })
        .where(eq(connections.id, id))
        .returning({ disconnectedAt: connections.disconnectedAt })
      if (!row) throw new Error(`No connection has the id ${id}`)
      if (row.disconnectedAt === null) await save(tx)
    })
  }

  return {
    async takeLease(id, now, until) {
      const taken = await db
        .update(connections)
        .set({
          leaseUntil: until,
          fence: sql`${connections.fence} + 1`,
          lastGeneration: sql`${connections.lastGeneration} + 1`,
          intent: sql`${connections.generation}`,
        })
        .where(
          and(
            eq(connections.id, id),
            isNull(connections.disconnectedAt),
            or(isNull(connections.leaseUntil), lt(connections.leaseUntil, now)),
          ),
        )
        .returning(columns)
      return one(taken)
    },
    async renewLease(id, fence, until) {
      // A lease that was let go stays so: a renewal that comes late would lock everybody out.
      const renewed = await db
        .update(connections)
        .set({ leaseUntil: until })
        .where(and(fenced(id, fence), isNotNull(connections.leaseUntil)))
        .returning({ id: connections.id })
      return renewed.length > 0
    },
    async releaseLease(id, fence, patch) {
      const released = await db
        .update(connections)
        .set({ ...withFoldedName(patch), leaseUntil: null, intent: null })
        .where(fenced(id, fence))
        .returning(columns)
      return one(released)
    },
    async allocateGeneration(id) {
      const [row] = await db
        .update(connections)
        .set({ lastGeneration: sql`${connections.lastGeneration} + 1` })
        .where(eq(connections.id, id))
        .returning({ generation: connections.lastGeneration })
      if (!row) throw new Error(`No connection has the id ${id}`)
      return row.generation
    },
    async saveGrant(row) {
      await whileConnected(row.connectionId, (tx) => tx.insert(grants).values(row))
    },
    async getGrant(connectionId, generation) {
      return one(await db.select().from(grants).where(grant(connectionId, generation)))
    },
    async listGrants(connectionId) {
      return db
        .select(grantColumns)
        .from(grants)
        .where(eq(grants.connectionId, connectionId))
        .orderBy(asc(grants.generation))
    },
    async markRedeemed(connectionId, generation, at) {
      await db.update(grants).set({ redeemedAt: at }).where(grant(connectionId, generation))
    },
    async pruneGrants(connectionId, before, now) {
      const onTrial = db
        .select({ id: attempts.id })
        .from(attempts)
        .where(and(eq(attempts.connectionId, connectionId), mayGoOn(tables, now)))
      await db
        .delete(grants)
        .where(
          and(
            eq(grants.connectionId, connectionId),
            lt(grants.generation, before),
            or(isNull(grants.attemptId), notInArray(grants.attemptId, onTrial)),
          ),
        )
    },
    async dropAttemptGrants(connectionId, attemptId, keep) {
      await db
        .delete(grants)
        .where(
          and(
            eq(grants.connectionId, connectionId),
            eq(grants.attemptId, attemptId),
            notInArray(grants.generation, [...keep]),
          ),
        )
    },
    async commitGeneration(id, fence, generation, patch) {
      const { generation: working, previousGeneration: before } = connections
      // Never point at a token that is not there: the one that works would be given up for nothing.
      const saved = db.select({ generation: grants.generation }).from(grants).where(grant(id, generation))
      const committed = await db
        .update(connections)
        .set({
          ...withFoldedName(patch),
          generation,
          // A repeated commit must not forget the one before.
          previousGeneration: sql`case when ${working} = ${generation} then ${before} else ${working} end`,
          leaseUntil: null,
          intent: null,
        })
        .where(and(fenced(id, fence), exists(saved)))
        .returning(columns)
      return one(committed)
    },

    async putAccessToken(row) {
      const { connectionId, key: _key, ...values } = row
      await whileConnected(connectionId, (tx) =>
        tx
          .insert(accessTokens)
          .values(row)
          .onConflictDoUpdate({ target: [accessTokens.connectionId, accessTokens.key], set: values }),
      )
    },
    async getAccessToken(connectionId, key) {
      return one(
        await db
          .select()
          .from(accessTokens)
          .where(and(eq(accessTokens.connectionId, connectionId), eq(accessTokens.key, key))),
      )
    },
    async dropAccessTokens(connectionId) {
      await db.delete(accessTokens).where(eq(accessTokens.connectionId, connectionId))
    },
  } satisfies Partial<Store>
}
