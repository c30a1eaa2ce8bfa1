import type { Store } from '@consentry/core'
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  lte,
  max,
  or,
  sql,
} from 'drizzle-orm'

import { endedAmong } from '../holder.ts'
import { pageOf, readCursor } from './cursor.ts'
import { type Handle, one, type Statements } from './handle.ts'

/** Rows in one insert: their values stay below the dialects' limits on parameters. */
const BATCH = 1_000

export function reportStore({ db, tables, transact, holder }: Handle) {
  const { reports, reportChunks, breakdown } = tables
  const { sequence: _, ...reportColumns } = getTableColumns(reports)

  /** Holds the report's row while `write` runs; false, and nothing is written, when the fence is stale. */
  async function whileHeld(
    id: string,
    fence: number,
    write: (tx: Statements) => PromiseLike<unknown>,
  ): Promise<boolean> {
    return transact(async (tx) => {
      const held = await tx
        .update(reports)
        .set({ fence })
        .where(and(eq(reports.id, id), eq(reports.fence, fence)))
        .returning({ id: reports.id })
      if (held.length === 0) return false
      await write(tx)
      return true
    })
  }

  return {
    async createReport(row) {
      await db.insert(reports).values(row)
    },
    async findReport(connectionId, id) {
      return one(
        await db
          .select(reportColumns)
          .from(reports)
          .where(and(eq(reports.id, id), eq(reports.connectionId, connectionId))),
      )
    },
    async listReports(connectionId, { cursor, limit }) {
      const after = cursor === undefined ? null : Number(readCursor(cursor, ['number'])[0])
      const rows = await db
        .select({ row: reportColumns, sequence: reports.sequence })
        .from(reports)
        .where(
          and(
            eq(reports.connectionId, connectionId),
            after === null ? undefined : lt(reports.sequence, after),
          ),
        )
        .orderBy(desc(reports.sequence))
        .limit(limit + 1)
      const page = pageOf(rows, limit, ({ sequence }) => [sequence])
      return { ...page, items: page.items.map(({ row }) => row) }
    },
    async listFailedReports(since, limit) {
      return db
        .select(reportColumns)
        .from(reports)
        .where(and(eq(reports.status, 'failed'), gte(reports.finishedAt, since)))
        .orderBy(desc(reports.sequence))
        .limit(limit)
    },
    async claimReport(now, until) {
      const me = await holder()
      const running = eq(reports.status, 'running')
      const runners = await db.selectDistinct({ holder: reports.leaseHolder }).from(reports).where(running)
      const ids = runners.map((it) => it.holder)
      const gone = inArray(reports.leaseHolder, await endedAmong(me, ids))
      const abandoned = or(isNull(reports.leaseUntil), lt(reports.leaseUntil, now), gone)
      const free = or(eq(reports.status, 'queued'), and(running, abandoned))
      for (;;) {
        const oldest = db
          .select({ id: reports.id })
          .from(reports)
          .where(free)
          .orderBy(asc(reports.sequence))
          .limit(1)
        const [next] = await oldest
        if (!next) return null
        const [claimed] = await db
          .update(reports)
          .set({
            status: 'running',
            startedAt: now,
            leaseUntil: until,
            leaseHolder: me.id,
            fence: sql`${reports.fence} + 1`,
          })
          .where(and(eq(reports.id, next.id), free))
          .returning(reportColumns)
        // Another worker was quicker: it holds that one, so the next turn looks at another.
        if (claimed) return claimed
      }
    },
    async updateReport(id, fence, patch) {
      // The fence stands for a patch without fields, which drizzle refuses.
      return one(
        await db
          .update(reports)
          .set({ fence, ...patch })
          .where(and(eq(reports.id, id), eq(reports.fence, fence)))
          .returning(reportColumns),
      )
    },
    async clearReport(id, fence) {
      return whileHeld(id, fence, async (tx) => {
        await tx.delete(reportChunks).where(eq(reportChunks.reportId, id))
        await tx.delete(breakdown).where(eq(breakdown.reportId, id))
      })
    },
    async addReportChunks(rows, fence) {
      const [first] = rows
      if (!first) return true
      return whileHeld(first.reportId, fence, (tx) => tx.insert(reportChunks).values([...rows]))
    },
    async findReportChunks(reportId, sequences) {
      return db
        .select()
        .from(reportChunks)
        .where(and(eq(reportChunks.reportId, reportId), inArray(reportChunks.sequence, [...sequences])))
        .orderBy(asc(reportChunks.sequence))
    },
    async listReportChunks(reportId, firstLine, limit) {
      const ofReport = eq(reportChunks.reportId, reportId)
      const [start] = await db
        .select({ firstLine: max(reportChunks.firstLine) })
        .from(reportChunks)
        .where(and(ofReport, lte(reportChunks.firstLine, firstLine)))
      return db
        .select()
        .from(reportChunks)
        .where(
          and(
            ofReport,
            gte(reportChunks.firstLine, start?.firstLine ?? 0),
            gt(sql`${reportChunks.firstLine} + ${reportChunks.lines}`, firstLine),
          ),
        )
        .orderBy(asc(reportChunks.firstLine))
        .limit(limit)
    },
    async putBreakdown(reportId, fence, rows) {
      const { name, subtotal, tax, total, lines } = breakdown
      const set = Object.fromEntries(
        Object.entries({ name, subtotal, tax, total, lines }).map(([key, column]) => [
          key,
          sql`excluded.${sql.identifier(column.name)}`,
        ]),
      )
      return whileHeld(reportId, fence, async (tx) => {
        for (let from = 0; from < rows.length; from += BATCH) {
          await tx
            .insert(breakdown)
            .values(rows.slice(from, from + BATCH))
            .onConflictDoUpdate({
              target: [breakdown.reportId, breakdown.by, breakdown.key, breakdown.currency],
              set,
            })
        }
      })
    },
    async listBreakdown(reportId, by) {
      return db
        .select()
        .from(breakdown)
        .where(and(eq(breakdown.reportId, reportId), eq(breakdown.by, by)))
        .orderBy(asc(breakdown.key), asc(breakdown.currency))
    },
  } satisfies Partial<Store>
}
