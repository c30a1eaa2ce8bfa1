import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  ConsentryError,
  LINE_KINDS,
  LINE_SORTS,
  readReportLines,
  reportCsv,
  reportSizes,
  streamReportLines,
  type LinePage,
  type ReportRow,
} from '@consentry/core'
import type { Request, Response } from 'express'
import { z } from 'zod'

import { connectionRoute, type Call } from '../route.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { findReport } from './find-report.ts'

const line = z.looseObject({}).meta({ id: 'ReportLine', description: "Microsoft's attributes, as sent." })

const linePage = pageOf(line).extend({ total: z.int().meta({ description: 'How many lines match.' }) })

const lines = connectionRoute('GET /connections/{id}/billing-reports/{reportId}/lines', {
  summary: 'Lines of a report: a page in JSON, or all of them as CSV or JSON Lines',
  query: pageQuery.extend({
    customer: z.string().max(200).optional(),
    product: z.string().max(200).optional(),
    kind: z.enum(LINE_KINDS).optional(),
    currency: z.string().max(10).optional(),
    search: z.string().max(200).optional(),
    sort: z.enum(LINE_SORTS).optional(),
    offset: z.coerce.number().int().min(0).optional(),
    format: z.enum(['json', 'csv', 'jsonl']).optional(),
    bom: z
      .stringbool()
      .optional()
      .meta({ description: 'Begins a CSV with a byte order mark, by which Excel knows UTF-8.' }),
  }),
  answers: {
    200: {
      description: 'Lines',
      content: { 'application/json': linePage, 'text/csv': z.string(), 'application/jsonl': z.string() },
    },
  },
  async handle(call) {
    const { deps } = call.context
    const { format = acceptedFormat(call.request), bom = false, ...query } = call.query
    const report = await findReport(call)
    // Asked before the first byte, while another answer is still possible.
    if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
    if (format === 'json') sendPage(call.response, await readReportLines(deps, report, query))
    else await sendWhole(call, report, format, bom)
    return undefined
  },
})

export const reportLines = [lines]

type Format = 'json' | keyof typeof TYPES

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}

function acceptedFormat(request: Request): Format {
  const type = request.accepts(['application/json', 'text/csv', 'application/jsonl', 'application/x-ndjson'])
  if (type === 'text/csv') return 'csv'
  return type === 'application/jsonl' || type === 'application/x-ndjson' ? 'jsonl' : 'json'
}

// The lines stay the texts that Microsoft sent: parsing them would turn exact decimals into floats.
function sendPage(response: Response, { items, nextCursor, total }: LinePage): void {
  const body = `{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)},"total":${total}}`
  response.status(200).set('content-type', 'application/json').end(body)
}

async function sendWhole(
  { context: { deps }, request, response }: Call,
  report: ReportRow,
  format: keyof typeof TYPES,
  bom: boolean,
): Promise<void> {
  response.status(200).set({
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="${nameOf(report)}.${format}"`,
  })
  // What breaks off is then short of what was announced. A CSV's end is told by the last chunk of the transfer.
  const sizes = format === 'jsonl' ? await reportSizes(deps, report) : null
  if (sizes) response.set('content-length', String(sizes.jsonl))
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const all = format === 'csv' ? marked(reportCsv(deps, report), bom) : ended(streamReportLines(deps, report))
  // The pipeline reads no faster than the caller does, and stops reading when the caller goes away.
  await pipeline(Readable.from(all), response)
}

/** The invoice's number, or which month of which currency was read on which day. */
function nameOf(report: ReportRow): string {
  const { kind, currency, period, finishedAt, createdAt } = report
  const day = (finishedAt ?? createdAt).toISOString().slice(0, 10)
  const invoice = report.invoiceId ?? report.invoice?.id
  return (invoice ?? [kind, currency, period, day].filter(Boolean).join('-')).replaceAll(/[^\w-]/g, '_')
}

async function* marked(all: AsyncIterable<string>, bom: boolean): AsyncGenerator<string> {
  if (bom) yield '\uFEFF'
  yield* all
}

async function* ended(all: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of all) yield `${text}\n`
}
