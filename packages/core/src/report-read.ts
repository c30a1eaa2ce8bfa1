import { gunzipSync } from 'node:zlib'

import type { Deps, Page } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { difference } from './money.ts'
import { readLine, type LineFacts } from './report-lines.ts'
import type { ReportChunkRow, ReportRow } from './types.ts'

export type LineQuery = {
  readonly cursor?: string | undefined
  readonly limit: number
  /** Customer id, or part of the customer's name. */
  readonly customer?: string | undefined
  /** Product id, or part of the product's name. */
  readonly product?: string | undefined
}

const CHUNKS_AT_ONCE = 8

/**
 * A page of a report's lines as raw JSON texts, exactly as Microsoft wrote them. Throws `report_not_ready` unless the
 * report succeeded.
 */
export async function readReportLines(
  deps: Deps,
  report: ReportRow,
  query: LineQuery,
): Promise<Page<string>> {
  const start = Number.parseInt(query.cursor ?? '0', 10)
  if (!(start >= 0))
    throw new ConsentryError('malformed_request', { values: { problem: 'cursor is not one of ours' } })
  const items: string[] = []
  for await (const { number, text } of linesFrom(deps, report, start)) {
    if (!matches(text, query)) continue
    if (items.length === query.limit) return { items, nextCursor: String(number) }
    items.push(text)
  }
  return { items, nextCursor: null }
}

/** All lines of a report as raw JSON texts, a few chunks in memory at a time. Throws `report_not_ready`. */
export async function* streamReportLines(deps: Deps, report: ReportRow): AsyncGenerator<string> {
  for await (const { text } of linesFrom(deps, report, 0)) yield text
}

async function* linesFrom(
  deps: Deps,
  report: ReportRow,
  start: number,
): AsyncGenerator<{ number: number; text: string }> {
  if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
  for (let first = start; ;) {
    const chunks = await deps.store.listReportChunks(report.id, first, CHUNKS_AT_ONCE)
    for (const chunk of chunks) yield* linesOf(chunk, start)
    const last = chunks.at(-1)
    if (!last || chunks.length < CHUNKS_AT_ONCE) return
    first = last.firstLine + last.lines
  }
}

function* linesOf(chunk: ReportChunkRow, start: number): Generator<{ number: number; text: string }> {
  const lines = gunzipSync(chunk.data).toString('utf8').split('\n')
  for (const [index, text] of lines.entries()) {
    const number = chunk.firstLine + index
    if (number >= start) yield { number, text }
  }
}

function matches(text: string, query: LineQuery): boolean {
  if (!query.customer && !query.product) return true
  const facts = readLine(text)
  return facts !== null && names(facts, 'customer', query.customer) && names(facts, 'product', query.product)
}

function names(facts: LineFacts, by: 'customer' | 'product', wanted: string | undefined): boolean {
  if (!wanted) return true
  return facts[`${by}Id`] === wanted || facts[`${by}Name`].toLowerCase().includes(wanted.toLowerCase())
}

/** The report as CSV (RFC 4180): a header of the first line's attributes, then a row a line. */
export async function* reportCsv(deps: Deps, report: ReportRow): AsyncGenerator<string> {
  let columns: string[] | null = null
  for await (const text of streamReportLines(deps, report)) {
    const values = readValues(text)
    if (!columns) {
      columns = [...values.keys()]
      yield `${columns.map(csvField).join(',')}\r\n`
    }
    yield `${columns.map((it) => csvField(values.get(it) ?? '')).join(',')}\r\n`
  }
}

function readValues(text: string): Map<string, string> {
  const values = new Map<string, string>()
  // The reviver sees each member with the digits as they were written; nested values are kept as JSON.
  const parsed: unknown = JSON.parse(
    text,
    function exact(this: unknown, key, value: unknown, context?: { source?: string }) {
      if (key !== '' && typeof value === 'number' && context?.source) values.set(key, context.source)
      return value
    },
  )
  const ordered = new Map<string, string>()
  for (const [key, value] of Object.entries(parsed ?? {})) {
    ordered.set(key, typeof value === 'number' ? (values.get(key) ?? String(value)) : asText(value))
  }
  return ordered
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

// A text that a spreadsheet would run as a formula is kept from it by an apostrophe (OWASP, CSV injection); numbers,
// negative ones too, stay numbers.
function csvField(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
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
