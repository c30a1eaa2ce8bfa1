import type { BreakdownRow, InvoiceSummary, Problem, ReportRow, ReportStatus, Totals } from '@consentry/core'

import type { Columns } from '../columns.ts'
import type { connectionTables } from './connections.ts'

type Connections = Pick<ReturnType<typeof connectionTables>, 'connections'>

/** Billing reports, their lines and totals. */
export function reportTables(columns: Columns, { connections }: Connections) {
  const { table, text, sortable, count, fraction, instant, json, bytes, sequence, index, primaryKey } =
    columns

  const reports = table(
    'reports',
    {
      sequence: sequence('sequence'),
      id: text('id').notNull().unique(),
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      organisationId: text('organisation_id').notNull(),
      kind: text('kind').$type<ReportRow['kind']>().notNull(),
      invoiceId: text('invoice_id'),
      currency: text('currency'),
      period: text('period').$type<NonNullable<ReportRow['period']>>(),
      status: text('status').$type<ReportStatus>().notNull(),
      progress: fraction('progress').notNull(),
      step: text('step'),
      invoice: json('invoice').$type<InvoiceSummary>(),
      totals: json('totals').$type<readonly Totals[]>().notNull(),
      problem: json('problem').$type<Problem>(),
      createdBy: text('created_by').notNull(),
      createdAt: instant('created_at').notNull(),
      startedAt: instant('started_at'),
      finishedAt: instant('finished_at'),
      leaseUntil: instant('lease_until'),
      leaseHolder: text('lease_holder'),
      fence: count('fence').notNull(),
    },
    (it) => [
      index('reports_connection').on(it.connectionId, it.sequence),
      index('reports_status').on(it.status, it.sequence),
      index('reports_finished').on(it.status, it.finishedAt),
    ],
  )

  const reportChunks = table(
    'report_chunks',
    {
      reportId: text('report_id')
        .notNull()
        .references(() => reports.id, { onDelete: 'cascade' }),
      sequence: count('sequence').notNull(),
      firstLine: count('first_line').notNull(),
      lines: count('lines').notNull(),
      data: bytes('data').notNull(),
    },
    (it) => [
      primaryKey({ columns: [it.reportId, it.sequence] }),
      index('report_chunks_line').on(it.reportId, it.firstLine),
    ],
  )

  const breakdown = table(
    'report_breakdown',
    {
      reportId: text('report_id')
        .notNull()
        .references(() => reports.id, { onDelete: 'cascade' }),
      by: text('by').$type<BreakdownRow['by']>().notNull(),
      key: sortable('key').notNull(),
      name: text('name').notNull(),
      currency: sortable('currency').notNull(),
      subtotal: text('subtotal').notNull(),
      tax: text('tax').notNull(),
      total: text('total').notNull(),
      lines: count('lines').notNull(),
    },
    (it) => [primaryKey({ columns: [it.reportId, it.by, it.key, it.currency] })],
  )

  return { reports, reportChunks, breakdown }
}
