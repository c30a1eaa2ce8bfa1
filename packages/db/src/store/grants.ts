import type { AccessTokenRow, Store } from '@consentry/core'
import {
  and,
  asc,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  inArray,
  isNull,
  lt,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'

import { mayGoOn } from './attempts.ts'
import { connectionColumns, withFoldedName } from './connection-row.ts'
import { type Handle, one, type Statements } from './handle.ts'
import type { HeldLeases } from './leases.ts'
import { addToNight } from './nights.ts'

export function grantStore({ db, tables, transact }: Handle, held: HeldLeases) {
  const { attempts, checks, connections, grants, accessTokens, coolDowns, auditNotes } = tables
  const columns = connectionColumns(tables)
  const { sealed: _, ...grantColumns } = getTableColumns(grants)

  const fenced = (id: string, fence: number) => and(eq(connections.id, id), eq(connections.fence, fence))
  const grant = (connectionId: string, generation: number) =>
    and(eq(grants.connectionId, connectionId), eq(grants.generation, generation))

  /** Locks the connection's row to the end of the transaction, so that this and Disconnect come one after the other. */
  async function isConnected(tx: Statements, id: string): Promise<boolean> {
    const [row] = await tx
      .update(connections)
      .set({ id })
      .where(eq(connections.id, id))
      .returning({ disconnectedAt: connections.disconnectedAt })
    if (!row) throw new Error(`No connection has the id ${id}`)
    return row.disconnectedAt === null
  }

  /** A token that arrives after Disconnect is not kept: Disconnect destroys. */
  async function whileConnected(id: string, save: (tx: Statements) => Promise<unknown>): Promise<void> {
    await transact(async (tx) => {
      if (await isConnected(tx, id)) await save(tx)
    })
  }

  function putAccessToken(tx: Statements, row: AccessTokenRow) {
    const { connectionId: _id, key: _key, ...values } = row
    return tx
      .insert(accessTokens)
      .values(row)
      .onConflictDoUpdate({ target: [accessTokens.connectionId, accessTokens.key], set: values })
  }

  async function prune(tx: Statements, connectionId: string, before: number, now: Date): Promise<void> {
    const onTrial = tx
      .select({ id: attempts.id })
      .from(attempts)
      .where(and(eq(attempts.connectionId, connectionId), mayGoOn(tables, now)))
    const old = and(eq(grants.connectionId, connectionId), lt(grants.generation, before))
    await tx
      .delete(grants)
      .where(and(old, or(isNull(grants.attemptId), notInArray(grants.attemptId, onTrial))))
  }

  function pointAt(generation: number) {
    const { generation: working, previousGeneration: before } = connections
    return {
      generation,
      // A repeated commit must not forget the one before.
      previousGeneration: sql`case when ${working} = ${generation} then ${before} else ${working} end`,
      leaseUntil: null,
      leaseHolder: null,
      intent: null,
      verify: null,
    }
  }

  return {
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
    async commitRotation({ fence, grant: row, redeemed, at, access, patch, check, note, night }) {
      const { connectionId: id, generation } = row
      const committed = await transact(async (tx) => {
        const moved = one(
          await tx
            .update(connections)
            .set({ ...withFoldedName(patch), ...pointAt(generation) })
            .where(and(fenced(id, fence), isNull(connections.disconnectedAt)))
            .returning(columns),
        )
        if (!moved && !(await isConnected(tx, id))) return null
        // A repeated commit, or one that came too late, finds it there.
        const saved = await tx
          .insert(grants)
          .values(row)
          .onConflictDoNothing()
          .returning({ id: grants.generation })
        if (!moved) return null
        if (saved.length > 0) await tx.insert(auditNotes).values(note)
        await putAccessToken(tx, access)
        if (check) await tx.insert(checks).values(check).onConflictDoNothing()
        await tx.update(grants).set({ redeemedAt: at }).where(grant(id, redeemed))
        await prune(tx, id, redeemed, at)
        // Last of all: an organisation's refreshes all add to the same row.
        if (saved.length > 0 && night !== null) {
          const { organisationId } = moved
          await addToNight(tx, tables, { organisationId, night, outcome: 'refreshed', at })
        }
        return moved
      })
      if (held.get(id) === fence) held.delete(id)
      return committed
    },
    async commitGeneration(id, fence, generation, patch) {
      // Never point at a token that is not there: the one that works would be given up for nothing.
      const saved = db.select({ generation: grants.generation }).from(grants).where(grant(id, generation))
      const committed = await db
        .update(connections)
        .set({ ...withFoldedName(patch), ...pointAt(generation) })
        .where(and(fenced(id, fence), exists(saved)))
        .returning(columns)
      if (committed.length > 0 && held.get(id) === fence) held.delete(id)
      return one(committed)
    },

    async putAccessToken(row) {
      await whileConnected(row.connectionId, (tx) => putAccessToken(tx, row))
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
      await db.delete(coolDowns).where(eq(coolDowns.connectionId, connectionId))
    },

    async putCoolDown(row) {
      const { connectionId, key: _key, ...values } = row
      await whileConnected(connectionId, (tx) =>
        tx
          .insert(coolDowns)
          .values(row)
          .onConflictDoUpdate({ target: [coolDowns.connectionId, coolDowns.key], set: values }),
      )
    },
    async getCoolDown(connectionId, key, now) {
      const ofKey = and(eq(coolDowns.connectionId, connectionId), inArray(coolDowns.key, [key, '*']))
      return one(
        await db
          .select()
          .from(coolDowns)
          .where(and(ofKey, gt(coolDowns.until, now)))
          .orderBy(desc(coolDowns.until))
          .limit(1),
      )
    },
  } satisfies Partial<Store>
}
