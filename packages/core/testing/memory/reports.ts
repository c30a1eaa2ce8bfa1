import type { Store } from '../../src/deps.ts'
import type { ReportRow } from '../../src/types.ts'
import { change, compareKeys, copyWhere, type Data, insert, keyOf, pageOf, removeWhere } from './data.ts'

export function memoryReports(data: Data, holder: string) {
  const isFree = ({ status, leaseUntil, leaseHolder }: ReportRow, now: Date) => {
    if (status !== 'running') return status === 'queued'
    const ended = leaseHolder !== null && !data.living.has(leaseHolder)
    return leaseUntil === null || leaseUntil < now || ended
  }

  return {
    async createReport(row) {
      insert(data.reports, row.id, row)
    },
    async findReport(connectionId, id) {
      const row = data.reports.get(id)
      return row?.connectionId === connectionId ? structuredClone(row) : null
    },
    async listReports(connectionId, page) {
      const found = [...data.reports.values()]
        .map((row, made) => ({ row, made }))
        .filter(({ row }) => row.connectionId === connectionId)
      const { items, nextCursor } = pageOf(found, page, ({ made }) => [-made])
      return { items: structuredClone(items.map(({ row }) => row)), nextCursor }
    },
    async listFailedReports(since, limit) {
      const failed = ({ status, finishedAt }: ReportRow) =>
        status === 'failed' && finishedAt !== null && finishedAt >= since
      return copyWhere(data.reports, failed).toReversed().slice(0, limit)
    },
    async claimReport(now, until) {
      const free = [...data.reports.values()].find((it) => isFree(it, now))
      if (!free) return null
      return change(data.reports, free.id, (row) => ({
        status: 'running',
        startedAt: now,
        leaseUntil: until,
        leaseHolder: holder,
        fence: row.fence + 1,
      }))
    },
    async updateReport(id, fence, patch) {
      return change(
        data.reports,
        id,
        () => patch,
        (row) => row.fence === fence,
      )
    },
    async clearReport(id, fence) {
      if (data.reports.get(id)?.fence !== fence) return false
      removeWhere(data.chunks, (it) => it.reportId === id)
      removeWhere(data.breakdown, (it) => it.reportId === id)
      return true
    },
    async addReportChunks(rows, fence) {
      if (rows.some((row) => data.reports.get(row.reportId)?.fence !== fence)) return false
      const taken = rows.find((row) => data.chunks.has(keyOf(row.reportId, row.sequence)))
      if (taken) throw new Error(`There is a chunk ${taken.sequence} already.`)
      for (const row of rows) insert(data.chunks, keyOf(row.reportId, row.sequence), row)
      return true
    },
    async findReportChunks(reportId, sequences) {
      return sequences
        .toSorted((a, b) => a - b)
        .flatMap((sequence) => structuredClone(data.chunks.get(keyOf(reportId, sequence))) ?? [])
    },
    async listReportChunks(reportId, firstLine, limit) {
      const found = [...data.chunks.values()]
        .filter((it) => it.reportId === reportId && it.firstLine + it.lines > firstLine)
        .toSorted((a, b) => a.sequence - b.sequence)
      // Copied last: a report has many.
      return structuredClone(found.slice(0, limit))
    },
    async putBreakdown(reportId, fence, rows) {
      if (data.reports.get(reportId)?.fence !== fence) return false
      for (const row of rows) {
        data.breakdown.set(keyOf(row.reportId, row.by, row.key, row.currency), structuredClone(row))
      }
      return true
    },
    async listBreakdown(reportId, by) {
      return copyWhere(data.breakdown, (it) => it.reportId === reportId && it.by === by).toSorted((a, b) =>
        compareKeys([a.key, a.currency], [b.key, b.currency]),
      )
    },
  } satisfies Partial<Store>
}
