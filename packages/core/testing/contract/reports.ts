import { randomUUID } from 'node:crypto'

import { describe, expect, it, vi } from 'vitest'

import type { Store } from '../../src/deps.ts'
import type { ReportRow } from '../../src/types.ts'
import { breakdownRow, chunkRow, MONDAY, reportRow } from '../rows.ts'
import { atOnce, type Current, givenConnection, minutesLater } from './opened.ts'

export function reportContract(current: Current): void {
  async function given(store: Store, row: Partial<ReportRow> = {}): Promise<ReportRow> {
    const connectionId = row.connectionId ?? (await givenConnection(store)).id
    const report = reportRow({ ...row, connectionId })
    await store.createReport(report)
    return report
  }

  describe('a billing report', () => {
    it('comes back exactly as it was stored, to its own connection only', async () => {
      const { store } = current()
      const row = await given(store, {
        kind: 'unbilled',
        currency: 'EUR',
        period: 'last',
        status: 'succeeded',
        progress: 0.25,
        step: 'Reading lines',
        invoice: {
          id: 'G1',
          date: '2026-01-01',
          periodStart: null,
          periodEnd: null,
          total: '1.10',
          currency: 'EUR',
        },
        totals: [{ currency: 'EUR', subtotal: '1.00', tax: '0.10', total: '1.10', lines: 2 }],
        problem: { code: 'no_billing_data', title: 'T', detail: 'D', action: 'none' },
        startedAt: minutesLater(1),
        finishedAt: minutesLater(2),
        leaseUntil: minutesLater(3),
      })
      expect(await store.findReport(row.connectionId, row.id)).toEqual(row)
      expect(await store.findReport((await givenConnection(store)).id, row.id)).toBeNull()
      expect(await store.findReport(row.connectionId, randomUUID())).toBeNull()
    })

    it('is listed newest first in pages', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      const rows = [await given(store, { connectionId }), await given(store, { connectionId })]
      rows.push(await given(store, { connectionId }))
      await given(store)
      const first = await store.listReports(connectionId, { limit: 2 })
      const rest = await store.listReports(connectionId, { limit: 2, cursor: first.nextCursor ?? '' })
      expect([...first.items, ...rest.items]).toEqual(rows.toReversed())
      expect(rest.nextCursor).toBeNull()
    })

    it('that failed lately is found, of all organisations, newest first', async () => {
      const { store } = current()
      const failed = { status: 'failed', finishedAt: minutesLater(2) } as const
      const [one, two] = [await given(store, failed), await given(store, failed)]
      await given(store, { status: 'failed', finishedAt: minutesLater(1) })
      await given(store, { status: 'succeeded', finishedAt: minutesLater(2) })
      expect(await store.listFailedReports(minutesLater(2), 10)).toEqual([two, one])
      expect(await store.listFailedReports(minutesLater(2), 1)).toEqual([two])
    })

    it('is claimed oldest first, once', async () => {
      const { store } = current()
      const older = await given(store, { fence: 4 })
      const newer = await given(store)
      await given(store, { status: 'succeeded' })
      expect(await store.claimReport(MONDAY, minutesLater(1))).toEqual({
        ...older,
        status: 'running',
        startedAt: MONDAY,
        leaseUntil: minutesLater(1),
        leaseHolder: expect.any(String),
        fence: 5,
      })
      expect((await store.claimReport(MONDAY, minutesLater(1)))?.id).toBe(newer.id)
      expect(await store.claimReport(MONDAY, minutesLater(1))).toBeNull()
    })

    it('goes to one worker each when several claim at the same time', async () => {
      const { store } = current()
      for (let i = 0; i < 3; i += 1) await given(store)
      const claims = await atOnce(store, 4, () => store.claimReport(MONDAY, minutesLater(1)))
      const ids = claims.flatMap((each) => (each ? [each.id] : []))
      expect(ids).toHaveLength(3)
      expect(new Set(ids).size).toBe(3)
    })

    it('is claimed anew when its worker stopped renewing, and not before', async () => {
      const { store } = current()
      const { id } = await given(store)
      await store.claimReport(MONDAY, minutesLater(1))
      expect(await store.claimReport(minutesLater(1), minutesLater(2))).toBeNull()
      expect(await store.claimReport(minutesLater(1.1), minutesLater(2))).toMatchObject({ id, fence: 2 })
    })

    it('is claimed anew as soon as its process has ended', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await given(store)
      await other.claimReport(MONDAY, minutesLater(1))
      await other.close()
      // To be seen to have ended may take a moment.
      await vi.waitFor(async () => {
        expect(await store.claimReport(MONDAY, minutesLater(1))).toMatchObject({ id, fence: 2 })
      }, 10_000)
    })

    it('is changed by the worker that holds it, and by none that held it before', async () => {
      const { store } = current()
      const { id, connectionId } = await given(store)
      await store.claimReport(MONDAY, minutesLater(1))
      const patch = { progress: 0.5, leaseUntil: minutesLater(2) }
      expect(await store.updateReport(id, 1, patch)).toMatchObject(patch)
      const again = await store.claimReport(minutesLater(3), minutesLater(4))
      expect(await store.updateReport(id, 1, { status: 'succeeded' })).toBeNull()
      expect(await store.findReport(connectionId, id)).toEqual(again)
      expect(await store.updateReport(id, 2, {})).toEqual(again)
    })
  })

  describe("a report's lines", () => {
    it('are kept as they came, and read from any line on', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      const chunks = [0, 1, 2].map((sequence) => chunkRow({ reportId, sequence }))
      await store.addReportChunks(chunks.toReversed(), 0)
      await store.addReportChunks([chunkRow({ reportId: (await given(store)).id, sequence: 0 })], 0)
      expect(await store.listReportChunks(reportId, 0, 10)).toEqual(chunks)
      expect(await store.listReportChunks(reportId, 99, 10)).toEqual(chunks)
      expect(await store.listReportChunks(reportId, 100, 10)).toEqual(chunks.slice(1))
      expect(await store.listReportChunks(reportId, 150, 1)).toEqual(chunks.slice(1, 2))
      expect(await store.listReportChunks(reportId, 300, 10)).toEqual([])
    })

    it('are found by the number of their chunk, each once and in order', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      const chunks = [0, 1, 2].map((sequence) => chunkRow({ reportId, sequence }))
      await store.addReportChunks(chunks, 0)
      await store.addReportChunks([chunkRow({ reportId: (await given(store)).id, sequence: 1 })], 0)
      expect(await store.findReportChunks(reportId, [2, 0, 7])).toEqual([chunks[0], chunks[2]])
      expect(await store.findReportChunks(reportId, [])).toEqual([])
    })

    it('are not mingled with what lies below zero, which goes when they go', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      const index = [-2, -1].map((sequence) => chunkRow({ reportId, sequence, firstLine: -1, lines: 0 }))
      const lines = chunkRow({ reportId, sequence: 0 })
      await store.addReportChunks([lines, ...index], 0)
      expect(await store.listReportChunks(reportId, 0, 10)).toEqual([lines])
      expect(await store.findReportChunks(reportId, [-1, -2])).toEqual(index)
      await store.clearReport(reportId, 0)
      expect(await store.findReportChunks(reportId, [-1, -2, 0])).toEqual([])
    })

    it('are written together or not at all', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      await store.addReportChunks([chunkRow({ reportId, sequence: 1 })], 0)
      const both = [0, 1].map((sequence) => chunkRow({ reportId, sequence }))
      await expect(store.addReportChunks(both, 0)).rejects.toBeInstanceOf(Error)
      expect(await store.findReportChunks(reportId, [0])).toEqual([])
    })

    it('are never written over, so that two workers cannot mix their lines unseen', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      await store.addReportChunks([chunkRow({ reportId, sequence: 0 })], 0)
      await expect(
        store.addReportChunks([chunkRow({ reportId, sequence: 0, lines: 5 })], 0),
      ).rejects.toBeInstanceOf(Error)
    })

    it('are not touched by a worker that was overtaken', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      await store.claimReport(MONDAY, minutesLater(1))
      expect(await store.addReportChunks([chunkRow({ reportId, sequence: 0 })], 1)).toBe(true)
      expect(await store.addReportChunks([chunkRow({ reportId, sequence: 1 })], 0)).toBe(false)
      expect(await store.putBreakdown(reportId, 0, [breakdownRow({ reportId })])).toBe(false)
      expect(await store.clearReport(reportId, 0)).toBe(false)
      expect(await store.listReportChunks(reportId, 0, 10)).toHaveLength(1)
      expect(await store.listBreakdown(reportId, 'customer')).toEqual([])
    })

    it('are summed up by customer and product, the newest sums in place of the ones before', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      const b = breakdownRow({ reportId, key: 'b' })
      const usd = breakdownRow({ reportId, key: 'a', currency: 'USD' })
      const eur = breakdownRow({ reportId, key: 'a', currency: 'EUR' })
      await store.putBreakdown(reportId, 0, [
        b,
        usd,
        eur,
        breakdownRow({ reportId, by: 'product', key: 'p' }),
      ])
      await store.putBreakdown(reportId, 0, [{ ...b, total: '99.99', lines: 4 }])
      await store.putBreakdown(reportId, 0, [])
      expect(await store.listBreakdown(reportId, 'customer')).toEqual([
        eur,
        usd,
        { ...b, total: '99.99', lines: 4 },
      ])
      expect(await store.listBreakdown(reportId, 'product')).toHaveLength(1)
    })

    it('may have thousands of customers', async () => {
      const { store } = current()
      const { id: reportId } = await given(store)
      const rows = Array.from({ length: 8_000 }, (_, i) => breakdownRow({ reportId, key: `c${i}` }))
      await store.putBreakdown(reportId, 0, rows)
      expect(await store.listBreakdown(reportId, 'customer')).toHaveLength(8_000)
    })

    it('are emptied before they are written anew', async () => {
      const { store } = current()
      const [one, other] = [await given(store), await given(store)]
      for (const { id } of [one, other]) {
        await store.addReportChunks([chunkRow({ reportId: id, sequence: 0 })], 0)
        await store.putBreakdown(id, 0, [breakdownRow({ reportId: id })])
      }
      await store.clearReport(one.id, 0)
      expect(await store.listReportChunks(one.id, 0, 10)).toEqual([])
      expect(await store.listBreakdown(one.id, 'customer')).toEqual([])
      expect(await store.listReportChunks(other.id, 0, 10)).toHaveLength(1)
      expect(await store.listBreakdown(other.id, 'customer')).toHaveLength(1)
    })
  })
}
