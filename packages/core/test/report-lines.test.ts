import { randomUUID } from 'node:crypto'

import { beforeAll, describe, expect, it } from 'vitest'

import { readReportLines, reportCsv, reportSizes, streamReportLines } from '../src/index.ts'
import type { ReportChunkRow, ReportRow } from '../src/types.ts'
import { CHUNK_LINES, chunkOf } from '../src/report-chunks.ts'
import { createIndexer, indexChunks, indexOf } from '../src/report-index.ts'
import { readLine } from '../src/report-lines.ts'
import { findLines } from '../src/report-query.ts'
import type { LineQuery } from '../src/report-read.ts'
import { createMemoryStore, reportRow } from '../testing/index.ts'
import type { Deps } from '../src/deps.ts'

type Line = Readonly<Record<string, string | number>>

const KINDS = ['licence', 'use', 'credit'] as const
const LINES = 3_210

/** Lines that differ in every way they are found by; amounts repeat, so that equal ones have an order to keep. */
function lineOf(n: number): Line {
  const kind = KINDS[n % 3]
  const amount = ((n * 7919) % 977) / 100 + 0.01
  return {
    CustomerId: `c${n % 23}`,
    CustomerName: `Customer ${n % 23} ${n % 2 ? 'Söder' : 'Norr'}`,
    ProductId: `p${n % 7}`,
    ProductName: `Office E${n % 7}`,
    MeterDescription: kind === 'use' ? 'Virtual machine' : '',
    SubscriptionId: `7f3c0000-0000-4000-A000-${String(Math.floor(n / 2)).padStart(12, '0')}`,
    Subtotal: kind === 'credit' ? -amount : amount,
    TaxTotal: 0,
    Currency: n % 5 ? 'EUR' : 'USD',
  }
}

const lines = Array.from({ length: LINES }, (_, n) => lineOf(n))
const texts = lines.map((it) => JSON.stringify(it))

/** A store with a finished report of these lines, and what was asked of its chunks. */
async function given(all: readonly string[], { indexed = true } = {}) {
  const memory = createMemoryStore()
  const report: ReportRow = reportRow({ connectionId: randomUUID(), status: 'succeeded' })
  await memory.createReport(report)
  const indexer = createIndexer()
  const chunks: ReportChunkRow[] = []
  for (let from = 0; from < all.length; from += CHUNK_LINES)
    chunks.push(chunkOf(report.id, chunks.length, from, all.slice(from, from + CHUNK_LINES)))
  for (const text of all) {
    const facts = readLine(text)
    if (facts) indexer.add(facts, text)
  }
  const index = indexed ? indexChunks(report.id, indexer.end(CHUNK_LINES)) : []
  await memory.addReportChunks([...chunks, ...index], report.fence)
  const asked = { found: 0, listed: 0 }
  const store = {
    ...memory,
    async findReportChunks(id: string, sequences: readonly number[]) {
      const rows = await memory.findReportChunks(id, sequences)
      asked.found += rows.length
      return rows
    },
    async listReportChunks(id: string, first: number, limit: number) {
      const rows = await memory.listReportChunks(id, first, limit)
      asked.listed += rows.length
      return rows
    },
  }
  // Reading a report needs nothing but the store.
  return { deps: { store } as unknown as Deps, report, asked }
}

let kept: Awaited<ReturnType<typeof given>>
beforeAll(async () => {
  kept = await given(texts)
})

/** The same question, answered by looking at every line. */
function plainly({ customer, product, kind, currency, search, sort = 'as_sent' }: Omit<LineQuery, 'limit'>) {
  const has = (name: unknown, part: string) => String(name).toLowerCase().includes(part.toLowerCase())
  const found = lines.filter((it, n) => {
    if (customer && it.CustomerId !== customer && !has(it.CustomerName, customer)) return false
    if (product && it.ProductId !== product && !has(it.ProductName, product)) return false
    if (kind && KINDS[n % 3] !== kind) return false
    if (currency && it.Currency !== currency) return false
    if (!search || has(it.SubscriptionId, search.trim())) return true
    const names = `${it.CustomerId}\n${it.CustomerName}\n${it.ProductName}`
    return search
      .trim()
      .split(' ')
      .every((word) => has(names, word))
  })
  const direction = sort === 'largest' ? -1 : 1
  if (sort === 'smallest') found.reverse()
  if (sort !== 'as_sent') found.sort((a, b) => direction * (Number(a.Subtotal) - Number(b.Subtotal)))
  return found
}

describe("a report's lines", () => {
  it.each<Omit<LineQuery, 'limit'>>([
    {},
    { customer: 'c7' },
    { customer: 'SÖDER', sort: 'largest' },
    { customer: 'nobody' },
    { product: 'p3', kind: 'credit' },
    { product: 'office', currency: 'USD', sort: 'smallest' },
    { kind: 'use' },
    { currency: 'EUR' },
    { currency: 'SEK' },
    { currency: '' },
    { search: 'customer 12 norr' },
    { search: ' söder E3 ', kind: 'licence', sort: 'largest' },
    { search: 'söder nothing' },
    { search: '7F3C0000-0000-4000-a000-000000000077 ' },
    { search: '7f3c0000-0000-4000-a000-000000000077', kind: 'use' },
    { search: '7f3c0000-0000-4000-a000-999999999999' },
    { sort: 'largest' },
    { sort: 'smallest' },
  ])('are those that %j asks for, from the beginning, the middle and the end', async (query) => {
    const expected = plainly(query)
    const limit = 25
    for (const offset of [0, Math.floor(expected.length / 2), Math.max(0, expected.length - limit)]) {
      const page = await readReportLines(kept.deps, kept.report, { ...query, offset, limit })
      expect(page.items.map((it) => JSON.parse(it) as Line)).toEqual(expected.slice(offset, offset + limit))
      expect(page.total).toBe(expected.length)
      const next = offset + page.items.length
      expect(page.nextCursor).toBe(next < expected.length ? String(next) : null)
    }
  })

  it('are followed by cursor through all that match, each once', async () => {
    const query = { customer: 'c3', sort: 'largest', limit: 17 } as const
    const seen: string[] = []
    let cursor: string | null = '0'
    while (cursor !== null) {
      const page: { items: string[]; nextCursor: string | null } = await readReportLines(
        kept.deps,
        kept.report,
        { ...query, cursor },
      )
      seen.push(...page.items)
      cursor = page.nextCursor
    }
    expect(seen.map((it) => JSON.parse(it) as Line)).toEqual(plainly(query))
  })

  it('are none beyond the last', async () => {
    const page = await readReportLines(kept.deps, kept.report, { offset: LINES + 5, limit: 10 })
    expect(page).toEqual({ items: [], total: LINES, nextCursor: null })
  })

  it('are found without reading more than a chunk a line, wherever they stand', async () => {
    const { deps, report, asked } = await given(texts)
    const limit = 20
    await readReportLines(deps, report, { search: 'söder', limit: 1 })
    for (const offset of [0, 700, 1_500]) {
      asked.found = 0
      await readReportLines(deps, report, { search: 'söder', sort: 'largest', offset, limit })
      // The order of amounts is read with the first page, and kept.
      expect(asked.found).toBeLessThanOrEqual(limit + (offset === 0 ? 1 : 0))
    }
    expect(asked.listed).toBe(0)
  })

  it('are found in a report from before there was an index, by one look at all of them', async () => {
    const { deps, report, asked } = await given(texts, { indexed: false })
    const query = { kind: 'credit', sort: 'largest', limit: 10 } as const
    for (const offset of [0, 500]) {
      const page = await readReportLines(deps, report, { ...query, offset })
      expect(page.items.map((it) => JSON.parse(it) as Line)).toEqual(
        plainly(query).slice(offset, offset + query.limit),
      )
    }
    expect(asked.listed).toBe(Math.ceil(LINES / CHUNK_LINES))
  })

  it('are found among hundreds of thousands within a tenth of a second of the processor', async () => {
    const many = 300_000
    const facts = readLine(texts[0] ?? '')
    if (!facts) throw new Error('The first line cannot be read.')
    const indexer = createIndexer()
    for (let n = 0; n < many; n += 1) {
      const customerId = `c${(n * 7919) % 4_001}`
      indexer.add(
        { ...facts, customerId, customerName: customerId, subtotal: String((n * 31) % 9_973) },
        '{}',
      )
    }
    const built = indexer.end(CHUNK_LINES)
    for (const filter of [
      { customer: 'c4000' },
      { search: 'c4', sort: 'largest' },
      { currency: 'USD', sort: 'smallest' },
    ] as const) {
      const took: number[] = []
      for (let run = 0; run < 3; run += 1) {
        const index = indexOf(built)
        const before = process.cpuUsage()
        await findLines(index, filter)
        took.push(process.cpuUsage(before).user / 1000)
        // Page after page of the same ones is not looked for again.
        expect(await findLines(index, filter)).toBe(await findLines(index, filter))
      }
      // Whatever else the process does meanwhile, collecting garbage for one, only adds to it.
      expect(Math.min(...took)).toBeLessThan(100)
    }
  })

  it('are ordered by amounts that differ only beyond what a line shows', async () => {
    const close = ['0.10', '0.1000000001', '-0.1000000001', '-5', '0', '0.10'].map(
      (amount, n) => `{"CustomerName":"${n}","Subtotal":${amount},"Currency":"EUR"}`,
    )
    const { deps, report } = await given(close)
    const page = await readReportLines(deps, report, { sort: 'largest', limit: 10 })
    expect(page.items.map((it) => close.indexOf(it))).toEqual([1, 0, 5, 4, 2, 3])
  })
})

it('reads amounts from the line alone, not from what is nested in it', () => {
  const long = '1.00000000000000000001'
  const line = `{"Subtotal":${long},"Total":2,"AdditionalInfo":{"Subtotal":7,"Total":8},"Currency":"EUR"}`
  expect(readLine(line)).toMatchObject({ subtotal: long, total: '2' })
})

describe('a download', () => {
  async function collect(all: AsyncIterable<string>): Promise<string[]> {
    const parts: string[] = []
    for await (const part of all) parts.push(part)
    return parts
  }

  it('as CSV has a column for what any line has, in the order in which they first appear', async () => {
    const { deps, report } = await given([
      '{"CustomerName":"A","Subtotal":1.10}',
      '{"CustomerName":"B","CreditReasonCode":"seats","Subtotal":-1.1E-7,"Tags":{"Subtotal":7}}',
    ])
    expect(await collect(reportCsv(deps, report))).toEqual([
      'CustomerName,Subtotal,CreditReasonCode,Tags\r\n',
      'A,1.10,,\r\n',
      'B,-1.1E-7,seats,"{""Subtotal"":7}"\r\n',
    ])
  })

  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1234', "'+49 30 1234"],
    ['-cmd', "'-cmd"],
    ['-12.50', '-12.50'],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['\tx', "'\tx"],
    ['\nx', '"\'\nx"'],
    ['a "b", c', '"a ""b"", c"'],
    ['Ærø Bageri', 'Ærø Bageri'],
  ])('keeps %j from running in a spreadsheet as %j', async (name, cell) => {
    const { deps, report } = await given([JSON.stringify({ CustomerName: name })])
    expect((await collect(reportCsv(deps, report))).at(-1)).toBe(`${cell}\r\n`)
  })

  it('is as large as was said: JSON Lines to the byte, CSV to a tenth', async () => {
    const { deps, report } = kept
    const sizes = await reportSizes(deps, report)
    const bytes = (parts: readonly string[], end = '') =>
      Buffer.byteLength(parts.map((it) => it + end).join(''))
    expect(bytes(await collect(streamReportLines(deps, report)), '\n')).toBe(sizes?.jsonl)
    const csv = bytes(await collect(reportCsv(deps, report)))
    expect(Math.abs((sizes?.csv ?? 0) / csv - 1)).toBeLessThan(0.1)
  })

  it('has no size said where none was kept', async () => {
    const { deps, report } = await given(texts, { indexed: false })
    expect(await reportSizes(deps, report)).toBeNull()
    expect(await reportSizes(kept.deps, { ...kept.report, status: 'failed' })).toBeNull()
  })

  it('reads no further ahead of its reader than some thousand lines', async () => {
    const { deps, report, asked } = await given(
      Array.from({ length: 20 }, () => texts.slice(0, 1_000)).flat(),
    )
    const all = streamReportLines(deps, report)
    let ahead = 0
    for (let read = 1; read <= 20_000; read += 1) {
      await all.next()
      ahead = Math.max(ahead, asked.listed * CHUNK_LINES - read)
    }
    expect(ahead).toBeLessThan(8_000)
    expect((await all.next()).done).toBe(true)
  })
})
