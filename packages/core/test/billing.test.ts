import { beforeEach, describe, expect, it } from 'vitest'

import {
  listInvoices,
  readReportLines,
  reportBreakdown,
  reportCsv,
  requestReport,
  runNextReport,
  streamReportLines,
  type ConnectionRow,
  type ReportRow,
} from '../src/index.ts'
import { add, ASKER, consent, createBench, stored, tenant, type Bench } from './bench.ts'
import { demo } from '@consentry/microsoft-simulator'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  await consent(bench)
})

async function run(wish: Parameters<typeof requestReport>[3], row?: ConnectionRow): Promise<ReportRow> {
  await requestReport(bench, row ?? (await stored(bench)), ASKER, wish)
  const done = await runNextReport(bench)
  if (!done) throw new Error('Nothing was queued.')
  return done
}

async function collect(texts: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const text of texts) all.push(text)
  return all
}

describe('a billing report', () => {
  it('of the newest invoice adds up to what Partner Center charges, to the cent', async () => {
    const report = await run({ kind: 'billed' })
    expect(report).toMatchObject({ status: 'succeeded', progress: 1, kind: 'billed', problem: null })
    expect(report.invoiceId).toMatch(/^G/)
    const { items } = await listInvoices(bench, await stored(bench), { limit: 100 })
    const invoice = items.find((it) => it.id === report.invoiceId)
    expect(report.totals).toHaveLength(1)
    expect(Number(report.totals[0]?.total)).toBe(Number(invoice?.totalCharges))
  })

  it.each(['link', 'inline'] as const)('is read from a manifest given as %s', async (variant) => {
    bench.microsoft.control.manifestVariant(variant)
    expect((await run({ kind: 'billed' })).status).toBe('succeeded')
  })

  it('of the running month is chosen when there is no invoice, and no data is a healthy answer', async () => {
    const { fjordlys } = demo.tenants
    await consent(bench, { user: fjordlys.users.service }, await add(bench, fjordlys.id))
    const report = await run({ kind: 'billed' }, await stored(bench, fjordlys.id))
    expect(report.kind).toBe('unbilled')
    expect(['no_data', 'succeeded']).toContain(report.status)
  })

  it('that Microsoft answers with 5000 ends as no data', async () => {
    bench.microsoft.control.addFault({
      on: { host: 'graph', route: 'operation' },
      then: {
        status: 200,
        json: { status: 'failed', error: { code: '5000', message: 'No data available' } },
      },
    })
    expect(await run({ kind: 'billed' })).toMatchObject({
      status: 'no_data',
      problem: { code: 'no_billing_data' },
    })
  })

  it('of a legacy invoice is refused before anything is queued', async () => {
    const wish = { kind: 'billed', invoiceId: 'D0300ABCDE' } as const
    await expect(requestReport(bench, await stored(bench), ASKER, wish)).rejects.toMatchObject({
      code: 'legacy_invoice',
    })
    expect(await runNextReport(bench)).toBeNull()
  })

  it('of many lines streams through several parts and chunks', async () => {
    const { items } = await listInvoices(bench, await stored(bench), { limit: 100 })
    const id = String(items.find((it) => String(it.id).startsWith('G'))?.id)
    bench.microsoft.control.setExportLines(tenant.id, id, 25_000)
    bench.microsoft.control.set({ linesPerBlob: 10_000 })
    const report = await run({ kind: 'billed', invoiceId: id })
    expect(report.totals.reduce((sum, it) => sum + it.lines, 0)).toBe(25_000)
    expect(await collect(streamReportLines(bench, report))).toHaveLength(25_000)
    const page = await readReportLines(bench, report, { cursor: '24990', limit: 100 })
    expect(page).toMatchObject({ nextCursor: null })
    expect(page.items).toHaveLength(10)
  })

  it('that is cut off in the middle fails as a whole and shows no half sums', async () => {
    bench.microsoft.control.addFault({ on: { host: 'blob' }, then: { truncate: true } })
    expect(await run({ kind: 'billed' })).toMatchObject({
      status: 'failed',
      totals: [],
      problem: { code: 'report_failed' },
    })
  })

  it('is read as well when something on the way has unzipped its parts already', async () => {
    const line =
      '{"CustomerId":"c","CustomerName":"C","ProductName":"P","Subtotal":1.5,"TaxTotal":0.5,"Currency":"EUR"}'
    bench.microsoft.control.addFault({
      on: { host: 'blob' },
      then: { status: 200, body: `${line}\n${line}\n` },
    })
    expect(await run({ kind: 'billed' })).toMatchObject({
      status: 'succeeded',
      totals: [{ total: '4.00', lines: 2 }],
    })
  })

  it('with nothing in it succeeds with no totals', async () => {
    bench.microsoft.control.addFault({ on: { host: 'blob' }, then: { status: 200, body: '' } })
    expect(await run({ kind: 'billed' })).toMatchObject({ status: 'succeeded', totals: [] })
  })

  it('refuses to fetch from a host that is not blob storage', async () => {
    bench.microsoft.control.manifestVariant('link')
    bench.microsoft.control.addFault({
      on: { host: 'graph', route: 'manifest' },
      then: {
        status: 200,
        json: { rootDirectory: 'https://evil.example/x', sasToken: 'sig=1', blobs: [{ name: 'a.json.gz' }] },
      },
    })
    expect(await run({ kind: 'billed' })).toMatchObject({
      status: 'failed',
      problem: { code: 'microsoft_answered_badly' },
    })
    expect(bench.microsoft.requests.filter((it) => it.host === 'blob')).toEqual([])
  })

  it('never shows the blob host an Authorization header', async () => {
    await run({ kind: 'billed' })
    const seen = bench.microsoft.requests.filter((it) => it.host === 'blob')
    expect(seen.length).toBeGreaterThan(0)
    for (const request of seen) expect(Object.keys(request.headers)).not.toContain('authorization')
  })

  it('survives throttling and a passing fault of Graph', async () => {
    bench.microsoft.control.addFault({ on: { host: 'graph' }, times: 1, then: { retryAfter: 1 } })
    expect((await run({ kind: 'billed' })).status).toBe('succeeded')
  })

  it('ends in words when the account may not read billing', async () => {
    await requestReport(bench, await stored(bench), ASKER, { kind: 'billed' })
    bench.microsoft.control.addFault({
      on: { host: 'graph' },
      then: { status: 403, json: { error: { code: 'Authorization_RequestDenied' } } },
    })
    expect(await runNextReport(bench)).toMatchObject({
      status: 'failed',
      problem: { code: 'billing_refused', action: 'fix_policy' },
    })
  })
})

describe('what is read from a report', () => {
  it('keeps each line exactly as Microsoft wrote it, and filters by customer and product', async () => {
    const report = await run({ kind: 'billed' })
    const all = await collect(streamReportLines(bench, report))
    const { CustomerName: customer } = JSON.parse(all[0] ?? '{}') as { CustomerName: string }
    const filtered = await readReportLines(bench, report, { limit: 5000, customer: customer.toUpperCase() })
    expect(filtered.items.length).toBeGreaterThan(0)
    for (const text of filtered.items) expect(all).toContain(text)
    expect((await readReportLines(bench, report, { limit: 10, product: 'no such product' })).items).toEqual(
      [],
    )
  })

  it('breaks totals down by customer so that the parts add up to the whole', async () => {
    const report = await run({ kind: 'billed' })
    for (const by of ['customer', 'product'] as const) {
      const parts = await reportBreakdown(bench, report, by, report)
      const cents = parts.reduce((sum, it) => sum + Math.round(Number(it.total) * 1e6), 0)
      expect(cents / 1e6).toBeCloseTo(Number(report.totals[0]?.total), 6)
      expect(parts.every((it) => Number(it.compared?.change) === 0)).toBe(true)
    }
  })

  it('gives CSV in which nothing runs as a formula, and negative amounts stay numbers', async () => {
    const line = {
      CustomerName: '=cmd()|a',
      ProductName: 'A, "B"',
      Subtotal: -1.5,
      Tags: { k: 1 },
      Currency: 'EUR',
    }
    bench.microsoft.control.addFault({
      on: { host: 'blob' },
      then: { status: 200, body: JSON.stringify(line) },
    })
    const rows = await collect(reportCsv(bench, await run({ kind: 'billed' })))
    expect(rows).toEqual([
      'CustomerName,ProductName,Subtotal,Tags,Currency\r\n',
      `'=cmd()|a,"A, ""B""",-1.5,"{""k"":1}",EUR\r\n`,
    ])
  })

  it('gives CSV with a header and a row a line, and no cell that a spreadsheet would run', async () => {
    const report = await run({ kind: 'billed' })
    const rows = await collect(reportCsv(bench, report))
    expect(rows).toHaveLength((report.totals[0]?.lines ?? 0) + 1)
    expect(rows[0]).toContain('CustomerName')
    expect(rows.every((it) => it.endsWith('\r\n'))).toBe(true)
    for (const row of rows.slice(1)) expect(row).not.toMatch(/(^|,)"?[=@+]/)
  })
})
