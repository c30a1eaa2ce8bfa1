import {
  findNewer,
  listInvoices,
  reportBreakdown,
  reportSizes,
  reportView,
  requestReport,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json } from '../route.ts'
import { pageOf, pageQuery, reportSchema } from '../schemas.ts'
import { findReport } from './find-report.ts'

const reportId = z.string().min(1).max(100)

const invoices = connectionRoute('GET /connections/{id}/invoices', {
  summary: 'Invoices as Partner Center lists them',
  query: pageQuery,
  answers: { 200: json(pageOf(z.looseObject({ id: z.string() })), 'A page of invoices') },
  async handle({ context: { deps }, connection, query }) {
    return { status: 200, body: await listInvoices(deps, connection, query) }
  },
})

const request = connectionRoute('POST /connections/{id}/billing-reports', {
  summary: 'Ask for a billing report; it runs in the worker',
  body: z.object({
    kind: z.enum(['billed', 'unbilled']),
    invoiceId: z.string().trim().min(1).max(100).optional(),
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/, 'three letters such as EUR')
      .transform((it) => it.toUpperCase())
      .optional(),
    period: z.enum(['current', 'last']).optional(),
  }),
  answers: { 202: json(reportSchema, 'Queued') },
  async handle({ context: { deps }, caller, connection, body }) {
    const report = await requestReport(deps, connection, actorOf(caller), body)
    return { status: 202, body: reportView(report) }
  },
})

const list = connectionRoute('GET /connections/{id}/billing-reports', {
  summary: 'Reports, newest first',
  query: pageQuery,
  answers: { 200: json(pageOf(reportSchema), 'A page of reports') },
  async handle({ context: { deps }, connection, query }) {
    const page = await deps.store.listReports(connection.id, query)
    return { status: 200, body: { ...page, items: page.items.map((it) => reportView(it)) } }
  },
})

const show = connectionRoute('GET /connections/{id}/billing-reports/{reportId}', {
  summary: 'One report',
  answers: { 200: json(reportSchema, 'The report') },
  async handle(call) {
    const report = await findReport(call)
    const { deps } = call.context
    const [sizes, newer] = await Promise.all([reportSizes(deps, report), findNewer(deps, report)])
    return { status: 200, body: reportView(report, { sizes, newer }) }
  },
})

const breakdown = connectionRoute('GET /connections/{id}/billing-reports/{reportId}/breakdown', {
  summary: "Totals per currency and customer or product, beside another report's",
  query: z.object({ by: z.enum(['customer', 'product']), compare: reportId.optional() }),
  answers: { 200: json(z.object({ items: z.array(z.looseObject({ currency: z.string() })) }), 'Totals') },
  async handle(call) {
    const report = await findReport(call)
    const { by, compare } = call.query
    const other = compare === undefined ? undefined : await findReport(call, compare)
    return { status: 200, body: { items: await reportBreakdown(call.context.deps, report, by, other) } }
  },
})

export const billingReports = [invoices, request, list, show, breakdown]
