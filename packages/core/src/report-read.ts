import type { Deps, Page } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { difference } from './money.ts'
import { chunksOf, textsOf } from './report-chunks.ts'
import { csvHeader, csvRow } from './report-csv.ts'
import { findLines, indexFor, keptIndex, type LineFilter } from './report-query.ts'
import type { ReportIndex } from './report-index.ts'
import type { ReportRow } from './types.ts'

export type LineQuery = LineFilter & {
  readonly cursor?: string | undefined
  /** How many of the lines that match to leave out; in place of a cursor. */
  readonly offset?: number | undefined
  readonly limit: number
}

export type LinePage = Page<string> & {
  /** How many lines match. */
  readonly total: number
}

/**
 * A page of a report's lines as raw JSON texts, exactly as Microsoft wrote them. Throws `report_not_ready` unless the
 * report succeeded.
 */
export async function readReportLines(deps: Deps, report: ReportRow, query: LineQuery): Promise<LinePage> {
  const index = await indexOfFinished(deps, report)
  const offset = query.cursor === undefined ? (query.offset ?? 0) : Number.parseInt(query.cursor, 10)
  if (!(offset >= 0))
    throw new ConsentryError('malformed_request', { values: { problem: 'cursor is not one of ours' } })
  const found = await findLines(index, query)
  const total = found?.length ?? index.facts.lines
  const numbers = Array.from({ length: Math.min(query.limit, Math.max(0, total - offset)) }, (_, at) =>
    found ? (found[offset + at] ?? 0) : offset + at,
  )
  const items = await linesNumbered(deps, report, index, numbers)
  const next = offset + items.length
  return { items, total, nextCursor: next < total ? String(next) : null }
}

async function linesNumbered(
  deps: Deps,
  report: ReportRow,
  { facts }: ReportIndex,
  numbers: readonly number[],
): Promise<string[]> {
  const sequenceOf = (line: number) => Math.floor(line / facts.chunkLines)
  const sequences = [...new Set(numbers.map((it) => sequenceOf(it)))]
  const chunks = await deps.store.findReportChunks(report.id, sequences)
  const texts = new Map(chunks.map((it) => [it.sequence, textsOf(it)]))
  return numbers.flatMap((it) => texts.get(sequenceOf(it))?.[it % facts.chunkLines] ?? [])
}

/** All lines of a report as raw JSON texts, a few chunks in memory at a time. Throws `report_not_ready`. */
export async function* streamReportLines(deps: Deps, report: ReportRow): AsyncGenerator<string> {
  if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
  for await (const chunk of chunksOf(deps, report)) yield* textsOf(chunk)
}

/** The report as CSV (RFC 4180): a header of all attributes that any line has, then a row a line. */
export async function* reportCsv(deps: Deps, report: ReportRow): AsyncGenerator<string> {
  const { facts } = await indexOfFinished(deps, report)
  if (facts.lines > 0) yield csvHeader(facts.attributes)
  for await (const text of streamReportLines(deps, report)) yield csvRow(facts.attributes, text)
}

export type ReportSizes = { readonly csv: number; readonly jsonl: number }

/**
 * Bytes that a download of the whole report has: JSON Lines exactly, CSV about. Null for a report that has not succeeded,
 * or is from before sizes were kept.
 */
export async function reportSizes(deps: Deps, report: ReportRow): Promise<ReportSizes | null> {
  if (report.status !== 'succeeded') return null
  return (await keptIndex(deps, report))?.facts.sizes ?? null
}

export type NewerReport = { readonly id: string; readonly since: string }
const LOOK_BACK = 100

/** A later report of the same invoice or month that Microsoft gave other data for; null while none is known. */
export async function findNewer(deps: Deps, report: ReportRow): Promise<NewerReport | null> {
  if (report.status !== 'succeeded') return null
  const { items } = await deps.store.listReports(report.connectionId, { limit: LOOK_BACK })
  const place = items.findIndex((it) => it.id === report.id)
  const later = items
    .slice(0, place === -1 ? undefined : place)
    .find((it) => it.status === 'succeeded' && subjectOf(it) === subjectOf(report))
  if (!later) return null
  const [mine, its] = await Promise.all([keptIndex(deps, report), keptIndex(deps, later)])
  const isOther = mine?.facts.eTag && its?.facts.eTag && mine.facts.eTag !== its.facts.eTag
  return isOther ? { id: later.id, since: (later.startedAt ?? later.createdAt).toISOString() } : null
}

// The running month is another one in each month.
function subjectOf({ kind, invoiceId, currency, period, createdAt }: ReportRow): string {
  const month = kind === 'unbilled' ? createdAt.toISOString().slice(0, 7) : ''
  return [kind, invoiceId, currency, period, month].join()
}

async function indexOfFinished(deps: Deps, report: ReportRow): Promise<ReportIndex> {
  if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
  return indexFor(deps, report)
}

export type BreakdownItem = {
  readonly key: string
  readonly name: string
  readonly currency: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
  readonly lines: number
  /** The same part of the report it is compared with; absent where that has none. */
  readonly compared?: { readonly subtotal: string; readonly total: string; readonly change: string }
}

/** Totals per currency and customer or product, the largest first, beside another report's. Throws `report_not_ready`. */
export async function reportBreakdown(
  deps: Deps,
  report: ReportRow,
  by: 'customer' | 'product',
  compare?: ReportRow,
): Promise<BreakdownItem[]> {
  if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
  const rows = await deps.store.listBreakdown(report.id, by)
  const others = compare ? await deps.store.listBreakdown(compare.id, by) : []
  const before = new Map(others.map((it) => [`${it.key}\n${it.currency}`, it]))
  return rows
    .map(({ key, name, currency, subtotal, tax, total, lines }) => {
      const other = before.get(`${key}\n${currency}`)
      const compared = other && {
        subtotal: other.subtotal,
        total: other.total,
        change: difference(subtotal, other.subtotal),
      }
      return { key, name, currency, subtotal, tax, total, lines, ...(compared ? { compared } : {}) }
    })
    .toSorted((a, b) => a.currency.localeCompare(b.currency) || Number(b.subtotal) - Number(a.subtotal))
}
