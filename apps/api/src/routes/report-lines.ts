import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  ConsentryError,
  LINE_KINDS,
  LINE_SORTS,
  readReportLines,
  reportCsv,
  streamReportLines,
  type LinePage,
  type ReportRow,
} from '@consentry/core'
import type { Request, Response } from 'express'
import { z } from 'zod'

import { connectionRoute } from '../route.ts'
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
  }),
  answers: {
    200: {
      description: 'Lines',
      content: { 'application/json': linePage, 'text/csv': z.string(), 'application/jsonl': z.string() },
    },
  },
  async handle(call) {
    const { deps } = call.context
    const { format = acceptedFormat(call.request), ...query } = call.query
    const report = await findReport(call)
    // Asked before the first byte, while another answer is still possible.
    if (report.status !== 'succeeded') throw new ConsentryError('report_not_ready')
    if (format === 'json') sendPage(call.response, await readReportLines(deps, report, query))
    else if (format === 'csv') await sendWhole(call.response, report, 'csv', reportCsv(deps, report))
    else await sendWhole(call.response, report, 'jsonl', ended(streamReportLines(deps, report)))
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
  response: Response,
  report: ReportRow,
  format: keyof typeof TYPES,
  all: AsyncIterable<string>,
): Promise<void> {
  const name = (report.invoiceId ?? report.invoice?.id ?? `${report.kind}-${report.id}`).replaceAll(
    /[^\w-]/g,
    '_',
  )
  response.status(200).set({
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="${name}.${format}"`,
  })
  // The pipeline reads no faster than the caller does, and stops reading when the caller goes away.
  await pipeline(Readable.from(all), response)
}

async function* ended(all: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of all) yield `${text}\n`
}
