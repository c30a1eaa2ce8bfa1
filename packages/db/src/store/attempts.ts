import type { AttemptRow, Store } from '@consentry/core'
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  notExists,
  notInArray,
  or,
} from 'drizzle-orm'

import { endedAmong } from '../holder.ts'
import { pageOf, readCursor } from './cursor.ts'
import { type Handle, one } from './handle.ts'

/** Attempts that may still succeed, or whose proven account may still be accepted. */
export function mayGoOn({ attempts }: Handle['tables'], now: Date) {
  return and(notInArray(attempts.status, ['succeeded', 'expired']), gt(attempts.expiresAt, now))
}

export function attemptStore({ db, tables, transact, holder }: Handle) {
  const { attempts, checks, connections } = tables
  const { sequence: _, ...checkColumns } = getTableColumns(checks)
  const open = inArray(attempts.status, ['waiting', 'proving'])

  /** Ends one attempt, unless it has moved on since it was read; frees its connection from waiting for it. */
  async function expire(row: AttemptRow, now: Date): Promise<boolean> {
    return transact(async (tx) => {
      const ended = await tx
        .update(attempts)
        .set({
          ...(row.status === 'failed' ? {} : { status: 'expired', finishedAt: now }),
          stateHash: null,
          sealedVerifier: null,
          candidate: null,
        })
        .where(and(eq(attempts.id, row.id), eq(attempts.status, row.status), lte(attempts.expiresAt, now)))
        .returning({ id: attempts.id })
      if (ended.length === 0) return false
      const others = tx
        .select({ id: attempts.id })
        .from(attempts)
        .where(and(eq(attempts.connectionId, row.connectionId), open, gt(attempts.expiresAt, now)))
      await tx
        .update(connections)
        .set({ status: 'new' })
        .where(
          and(eq(connections.id, row.connectionId), eq(connections.status, 'waiting'), notExists(others)),
        )
      return true
    })
  }

  return {
    async createAttempt(row) {
      await db.insert(attempts).values(row)
    },
    async findAttemptByToken(tokenHash) {
      return one(await db.select().from(attempts).where(eq(attempts.tokenHash, tokenHash)))
    },
    async getAttempt(id) {
      return one(await db.select().from(attempts).where(eq(attempts.id, id)))
    },
    async listOpenAttempts(connectionId, now) {
      return db
        .select()
        .from(attempts)
        .where(and(eq(attempts.connectionId, connectionId), mayGoOn(tables, now)))
        .orderBy(desc(attempts.createdAt), asc(attempts.id))
    },
    async startTrip(id, now, trip) {
      const started = await db
        .update(attempts)
        .set({ ...trip, status: 'waiting', tripStartedAt: now, finishedAt: null, problem: null })
        .where(
          and(
            eq(attempts.id, id),
            inArray(attempts.status, ['waiting', 'failed']),
            gt(attempts.expiresAt, now),
            or(
              isNull(attempts.browserHash),
              trip.browserHash === null ? undefined : eq(attempts.browserHash, trip.browserHash),
            ),
          ),
        )
        .returning()
      return one(started)
    },
    async takeTrip(stateHash, browserHash, now) {
      const { id: provingBy } = await holder()
      const taken = await db
        .update(attempts)
        .set({ stateHash: null, status: 'proving', provingBy })
        .where(
          and(
            eq(attempts.stateHash, stateHash),
            eq(attempts.browserHash, browserHash),
            eq(attempts.status, 'waiting'),
            gt(attempts.expiresAt, now),
          ),
        )
        .returning()
      return one(taken)
    },
    async updateAttempt(id, patch, note) {
      return transact(async (tx) => {
        if (note) await tx.insert(tables.auditNotes).values(note)
        // The id stands for a patch without fields, which drizzle refuses.
        const changed = tx.update(attempts).set({ id, ...patch })
        return one(await changed.where(eq(attempts.id, id)).returning())
      })
    },
    async takeInterruptedAttempts() {
      const me = await holder()
      const proving = await db
        .selectDistinct({ by: attempts.provingBy })
        .from(attempts)
        .where(and(eq(attempts.status, 'proving'), isNotNull(attempts.provingBy)))
      const by = proving.map((it) => it.by)
      const gone = await endedAmong(me, by)
      if (gone.length === 0) return []
      return db
        .update(attempts)
        .set({ provingBy: me.id })
        .where(and(eq(attempts.status, 'proving'), inArray(attempts.provingBy, gone)))
        .returning()
    },
    async expireAttempts(now) {
      const due = await db
        .select()
        .from(attempts)
        .where(
          and(
            lte(attempts.expiresAt, now),
            or(open, and(eq(attempts.status, 'failed'), isNotNull(attempts.candidate))),
          ),
        )
        .orderBy(asc(attempts.expiresAt), asc(attempts.id))
      const ended: AttemptRow[] = []
      for (const row of due) if (await expire(row, now)) ended.push(row)
      return ended
    },

    async addCheck(row) {
      await db.insert(checks).values(row)
    },
    async listChecks(connectionId, { cursor, limit }) {
      const after = cursor === undefined ? null : Number(readCursor(cursor, ['number'])[0])
      const rows = await db
        .select({ row: checkColumns, sequence: checks.sequence })
        .from(checks)
        .where(
          and(eq(checks.connectionId, connectionId), after === null ? undefined : lt(checks.sequence, after)),
        )
        .orderBy(desc(checks.sequence))
        .limit(limit + 1)
      const page = pageOf(rows, limit, ({ sequence }) => [sequence])
      return { ...page, items: page.items.map(({ row }) => row) }
    },
    async listAttemptChecks(attemptId) {
      return db
        .select(checkColumns)
        .from(checks)
        .where(eq(checks.attemptId, attemptId))
        .orderBy(asc(checks.sequence))
    },
    async clearAttemptChecks(attemptId) {
      await db.delete(checks).where(eq(checks.attemptId, attemptId))
    },
    async dropChecks({ well, all }, limit) {
      const old = or(and(checks.ok, lt(checks.startedAt, well)), lt(checks.startedAt, all))
      const some = db
        .select({ sequence: checks.sequence })
        .from(checks)
        .where(and(isNull(checks.attemptId), old))
        .orderBy(asc(checks.sequence))
        .limit(limit)
      const dropped = await db
        .delete(checks)
        .where(inArray(checks.sequence, some))
        .returning({ id: checks.id })
      return dropped.length
    },
  } satisfies Partial<Store>
}
