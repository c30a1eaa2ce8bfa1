import type { Deps, Store } from './deps.ts'
import { LINE_KINDS, readLine, type LineKind } from './report-lines.ts'
import {
  createIndexer,
  indexOf,
  kindAndCurrency,
  openIndex,
  type Named,
  type ReportIndex,
} from './report-index.ts'
import { chunksOf, textsOf } from './report-chunks.ts'
import { hashOf } from './report-columns.ts'
import type { ReportRow } from './types.ts'

export const LINE_SORTS = ['as_sent', 'largest', 'smallest'] as const

export type LineFilter = {
  /** Customer id, or part of the customer's name. */
  readonly customer?: string | undefined
  /** Product id, or part of the product's name. */
  readonly product?: string | undefined
  readonly kind?: LineKind | undefined
  readonly currency?: string | undefined
  /** Words that all stand in the names of customer and product, or are the id of the subscription. */
  readonly search?: string | undefined
  /** By the amount before tax; as Microsoft sent them if not given. */
  readonly sort?: (typeof LINE_SORTS)[number] | undefined
}

/** How many reports' indexes a process keeps at hand: some 8 MB each for a million lines. */
const KEPT = 8
/** Numbers that a group has. */
const GROUP = 4
const indexes = new WeakMap<Store, Map<string, Promise<ReportIndex>>>()

/** The index of a finished report, at hand or read, and worked out anew from its lines where it was never kept. */
export async function indexFor(deps: Deps, report: ReportRow): Promise<ReportIndex> {
  const kept = indexes.get(deps.store) ?? new Map<string, Promise<ReportIndex>>()
  indexes.set(deps.store, kept)
  const key = `${report.id} ${report.fence}`
  const opening = kept.get(key) ?? open(deps, report)
  // Put behind the others each time it is used, so that the first one is the one used longest ago.
  kept.delete(key)
  kept.set(key, opening)
  const [oldest = ''] = kept.keys()
  if (kept.size > KEPT) kept.delete(oldest)
  try {
    return await opening
  } catch (error) {
    kept.delete(key)
    throw error
  }
}

async function open(deps: Deps, report: ReportRow): Promise<ReportIndex> {
  return (await keptIndex(deps, report)) ?? rebuild(deps, report)
}

/** The index that is kept beside the lines; null for a report from before there was one. */
export function keptIndex(deps: Deps, report: ReportRow): Promise<ReportIndex | null> {
  return openIndex((sequences) => deps.store.findReportChunks(report.id, sequences))
}

async function rebuild(deps: Deps, report: ReportRow): Promise<ReportIndex> {
  const indexer = createIndexer()
  let chunkLines = 1
  for await (const chunk of chunksOf(deps, report)) {
    chunkLines = Math.max(chunkLines, chunk.lines)
    for (const text of textsOf(chunk)) {
      const facts = readLine(text)
      if (facts) indexer.add(facts, text)
    }
  }
  return indexOf(indexer.end(chunkLines))
}

/** Numbers of the lines that a filter leaves, in the order it asks for. Null: all lines as they were sent. */
export async function findLines(index: ReportIndex, filter: LineFilter): Promise<Uint32Array | null> {
  const key = JSON.stringify([
    filter.customer,
    filter.product,
    filter.kind,
    filter.currency,
    filter.search,
    filter.sort,
  ])
  const kept = selections.get(index) ?? new Map<string, Uint32Array | null>()
  selections.set(index, kept)
  const found = kept.has(key) ? (kept.get(key) ?? null) : await select(index, filter)
  kept.delete(key)
  kept.set(key, found)
  const [oldest = ''] = kept.keys()
  if (kept.size > KEPT_SELECTIONS) kept.delete(oldest)
  return found
}

/** Page after page of one selection is asked for; each costs up to 4 MB for a million lines. */
const KEPT_SELECTIONS = 2
const selections = new WeakMap<ReportIndex, Map<string, Uint32Array | null>>()

async function select(index: ReportIndex, filter: LineFilter): Promise<Uint32Array | null> {
  const groups = rateGroups(index, filter)
  const sorted = filter.sort && filter.sort !== 'as_sent' ? await index.largestFirst() : null
  const order = filter.sort === 'smallest' ? (sorted?.toReversed() ?? null) : sorted
  if (!groups) return order
  const most = groups.includes(PERHAPS) ? index.facts.lines : linesIn(index, groups)
  if (most === 0) return new Uint32Array()
  return linesOf(index, filter, groups, order, most)
}

// A plain loop over plain numbers: a million turns of it are some milliseconds, and would be ten times as many with a
// function called in each.
async function linesOf(
  index: ReportIndex,
  { search = '' }: LineFilter,
  groups: Uint8Array,
  order: Uint32Array | null,
  most: number,
): Promise<Uint32Array> {
  const { lines } = index.facts
  const groupOf = await index.groupOfLine()
  const ids = groups.includes(PERHAPS) ? await index.subscriptions() : null
  const [one, other] = hashOf(search.trim())
  const found = new Uint32Array(most)
  let count = 0
  for (let at = 0; at < lines && count < most; at += 1) {
    const line = order ? (order[at] ?? 0) : at
    const rating = groups[groupOf[line] ?? 0]
    if (rating === 0) continue
    if (rating === PERHAPS && (ids?.[line * 2] !== one || ids[line * 2 + 1] !== other)) continue
    found[count] = line
    count += 1
  }
  return found.subarray(0, count)
}

const PERHAPS = 1
const SURE = 2

/** Whether each group's lines are wanted: 0 for no, `PERHAPS` where their subscription decides. Null: all of all are. */
function rateGroups({ facts, groups }: ReportIndex, filter: LineFilter): Uint8Array | null {
  const { customer, product, kind, currency, search } = filter
  if (!customer && !product && !kind && !currency && !search) return null
  const customers = facts.customers.map((it) => isNamed(it, customer))
  const products = facts.products.map((it) => isNamed(it, product))
  const isFound = search ? searchTest(facts, search) : () => true
  const kindAt = kind ? LINE_KINDS.indexOf(kind) : null
  const currencyAt = !currency ? null : facts.currencies.indexOf(currency)
  const rated = new Uint8Array(groups.length / GROUP)
  for (let at = 0; at < rated.length; at += 1) {
    const [c = 0, p = 0, rest = 0] = groups.subarray(at * GROUP)
    const its = kindAndCurrency(rest)
    if (!customers[c] || !products[p]) continue
    if ((kindAt !== null && its.kind !== kindAt) || (currencyAt !== null && its.currency !== currencyAt))
      continue
    if (isFound(c, p)) rated[at] = SURE
    else if (search && isId(search)) rated[at] = PERHAPS
  }
  return rated
}

/** Every word stands in the name of the customer or of the product, or it is the id of one. */
function searchTest({ customers, products }: ReportIndex['facts'], search: string) {
  const words = search.trim().toLowerCase().split(/\s+/)
  const of = (things: readonly Named[]) =>
    words.map((word) =>
      things.map(([id, name]) => id.toLowerCase() === word || name.toLowerCase().includes(word)),
    )
  const [inCustomers, inProducts] = [of(customers), of(products)]
  return (customer: number, product: number) =>
    words.every((_, at) => inCustomers[at]?.[customer] || inProducts[at]?.[product])
}

function isNamed([id, name]: Named, wanted: string | undefined): boolean {
  return !wanted || id === wanted || name.toLowerCase().includes(wanted.toLowerCase())
}

function linesIn({ groups }: ReportIndex, rated: Uint8Array): number {
  return rated.reduce((sum, rating, at) => sum + (rating === SURE ? (groups[at * GROUP + 3] ?? 0) : 0), 0)
}

function isId(search: string): boolean {
  return /^\s*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i.test(search)
}
