import { gunzipSync, gzipSync } from 'node:zlib'

import { createAttributes, createColumn, descending, hashOf, numbered } from './report-columns.ts'
import { csvRow } from './report-csv.ts'
import { LINE_KINDS, type LineFacts } from './report-lines.ts'
import type { ReportChunkRow } from './types.ts'

/**
 * What a report's lines are found by, kept beside them in columns: a million numbers are looked through in some
 * milliseconds, whatever is filtered. Lines that have customer, product, kind and currency in common are one group, so
 * that a filter is decided once a group.
 */
export type ReportIndex = {
  readonly facts: IndexFacts
  /** Four numbers a group: its customer, its product, its kind and currency, how many lines it has. */
  readonly groups: Uint32Array
  /** The group of each line. */
  groupOfLine(): Promise<Uint32Array>
  /** Numbers of the lines, the largest amount before tax first. */
  largestFirst(): Promise<Uint32Array>
  /** Two numbers a line that stand for its subscription. */
  subscriptions(): Promise<Uint32Array>
}

export type Named = readonly [id: string, name: string]

export type IndexFacts = {
  readonly lines: number
  /** Lines in each chunk but the last. */
  readonly chunkLines: number
  readonly customers: readonly Named[]
  readonly products: readonly Named[]
  readonly currencies: readonly string[]
  /** Names of all attributes that any line has. */
  readonly attributes: readonly string[]
  /** Bytes of the whole report: JSON Lines exactly, CSV judged by every hundredth line. */
  readonly sizes: { readonly csv: number; readonly jsonl: number }
  /** Microsoft's version of the data. */
  readonly eTag?: string | undefined
}

/** A group's third number. */
export function kindAndCurrency(value: number): { readonly kind: number; readonly currency: number } {
  return { kind: value % LINE_KINDS.length, currency: Math.floor(value / LINE_KINDS.length) }
}

const SAMPLE = 100

/** Takes in a report's lines, in order, while they stream by: some 20 bytes of memory each. */
export function createIndexer() {
  const customers = numbered<Named>()
  const products = numbered<Named>()
  const currencies = numbered<string>()
  const groups = numbered<readonly [customer: number, product: number, kindAndCurrency: number]>()
  const sizes: number[] = []
  const groupOfLine = createColumn(Uint32Array)
  const amounts = createColumn(Float64Array)
  const subscriptions = createColumn(Uint32Array)
  const attributes = createAttributes()
  let bytes = 0
  let sampled = 0

  return {
    add(facts: LineFacts, text: string): void {
      const line = groupOfLine.length()
      const customer = customers.of(`${facts.customerId}\n${facts.customerName}`, () => [
        facts.customerId,
        facts.customerName,
      ])
      const product = products.of(`${facts.productId}\n${facts.productName}`, () => [
        facts.productId,
        facts.productName,
      ])
      const currency = currencies.of(facts.currency, () => facts.currency)
      const rest = currency * LINE_KINDS.length + LINE_KINDS.indexOf(facts.kind)
      const group = groups.of(`${customer} ${product} ${rest}`, () => [customer, product, rest])
      sizes[group] = (sizes[group] ?? 0) + 1
      groupOfLine.push(group)
      // An order is all it is for: no figure that anybody sees comes from a binary number.
      amounts.push(Number(facts.subtotal))
      for (const half of hashOf(facts.subscriptionId)) subscriptions.push(half)
      attributes.add(facts.attributes)
      bytes += Buffer.byteLength(text) + 1
      if (line % SAMPLE === 0) sampled += Buffer.byteLength(csvRow(attributes.all(), text))
    },
    end(chunkLines: number, eTag?: string): BuiltIndex {
      const lines = groupOfLine.length()
      const csv = Math.round((sampled / Math.ceil(lines / SAMPLE || 1)) * lines)
      return {
        facts: {
          lines,
          chunkLines,
          customers: customers.all(),
          products: products.all(),
          currencies: currencies.all(),
          attributes: attributes.all(),
          sizes: { csv, jsonl: bytes },
          eTag,
        },
        groups: Uint32Array.from(groups.all().flatMap((it, number) => [...it, sizes[number] ?? 0])),
        groupOfLine: groupOfLine.all(),
        largestFirst: descending(amounts.all()),
        subscriptions: subscriptions.all(),
      }
    },
  }
}

type Column = 'groupOfLine' | 'largestFirst' | 'subscriptions'
type BuiltIndex = Pick<ReportIndex, 'facts' | 'groups'> & Readonly<Record<Column, Uint32Array>>

// Below zero, where no line is: so they go with the report wherever its lines go.
const PLACES = { facts: -1, groups: -2, groupOfLine: -3, largestFirst: -4, subscriptions: -5 } as const
const QUICK = { level: 1 }

/** The index as chunks without lines, to be kept beside those that have some. */
export function indexChunks(reportId: string, index: BuiltIndex): ReportChunkRow[] {
  const { facts, ...columns } = index
  const chunk = (sequence: number, bytes: Uint8Array) => ({
    reportId,
    sequence,
    firstLine: -1,
    lines: 0,
    data: gzipSync(bytes, QUICK),
  })
  return [
    chunk(PLACES.facts, Buffer.from(JSON.stringify(facts))),
    ...Object.entries(columns).map(([name, column]) =>
      // Entries forget what the names are.
      chunk(PLACES[name as keyof typeof PLACES], new Uint8Array(column.buffer)),
    ),
  ]
}

/** The index among a report's chunks; null for a report from before there was one. */
export async function openIndex(
  find: (sequences: readonly number[]) => Promise<readonly ReportChunkRow[]>,
): Promise<ReportIndex | null> {
  const [groups, facts] = await find([PLACES.facts, PLACES.groups])
  if (!facts || !groups) return null
  const column = (name: Column) =>
    once(async () => {
      const [found] = await find([PLACES[name]])
      return numbersIn(found)
    })
  return {
    // Written above, by this version of the format alone.
    facts: JSON.parse(gunzipSync(facts.data).toString('utf8')) as IndexFacts,
    groups: numbersIn(groups),
    groupOfLine: column('groupOfLine'),
    largestFirst: column('largestFirst'),
    subscriptions: column('subscriptions'),
  }
}

/** An index that was just built, as if it had been kept. */
export function indexOf(built: BuiltIndex): ReportIndex {
  return {
    ...built,
    groupOfLine: async () => built.groupOfLine,
    largestFirst: async () => built.largestFirst,
    subscriptions: async () => built.subscriptions,
  }
}

function numbersIn(chunk: ReportChunkRow | undefined): Uint32Array {
  const bytes = chunk ? gunzipSync(chunk.data) : Buffer.alloc(0)
  // A copy: zlib's memory need not begin where four bytes do.
  return new Uint32Array(new Uint8Array(bytes).buffer)
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined
  return () =>
    (reading ??= read().catch((error: unknown) => {
      reading = undefined
      throw error
    }))
}
