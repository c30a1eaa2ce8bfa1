import { isProblemCode, valuesOf } from './errors.ts'
import {
  aboutTenant,
  countOf,
  exactly,
  named,
  saidOfAll,
  supportLine,
  TENANTS,
  todoOf,
  whyOf,
  type Said,
} from './telling-parts.ts'
import type { Described, Saying } from './telling-words.ts'
import type { ConnectionRow, ReportRow } from './types.ts'

const ONCE = 'You are told of a reason once, until a report of this tenant is made.'

/** A billing report that could not be made. */
export function ofReport(row: ConnectionRow, report: ReportRow, { now, timeZone }: Saying): Described {
  const said = saidOfReport(report)
  const at = report.finishedAt ?? now
  const lead = `${subjectOf(report)} that ${report.createdBy} asked for could not be made; it ended at ${exactly(at, now, timeZone)}.`
  return {
    title: `${row.name}: a billing report could not be made`,
    text: [lead, '', because(said), what(said)].join('\n'),
    path: `${TENANTS}/${row.microsoftId}/billing/${report.id}`,
    reminder: ONCE,
    support: report.problem?.microsoft && supportLine(report.problem.microsoft),
    more: { connection: aboutTenant(row), report: aboutReport(report) },
  }
}

/** The same said of several tenants' reports. */
export function ofReports(rows: readonly ConnectionRow[], report: ReportRow): Described {
  const said = saidOfReport(report, true)
  const lead = `Reports of ${countOf(rows.length, 'tenant')} could not be made, all for the same reason.`
  return {
    title: `Billing reports of ${countOf(rows.length, 'tenant')} could not be made`,
    text: [lead, '', because(said), what(said), '', ...named(rows.map((it) => it.name))].join('\n'),
    path: '/',
    reminder: ONCE.replace('this tenant', 'the tenant'),
    more: { connections: rows.map(aboutTenant), report: aboutReport(report) },
  }
}

function subjectOf({ kind, invoiceId, currency, period }: ReportRow): string {
  if (kind === 'billed') return `The report on invoice ${invoiceId ?? 'of last month'}`
  const month = period === 'last' ? 'last month' : 'this month'
  return `The report on what ${month} has not been billed yet${currency ? ` in ${currency}` : ''}`
}

function saidOfReport({ problem }: ReportRow, ofAll = false): Said {
  const code = problem && isProblemCode(problem.code) ? problem.code : 'report_failed'
  const values = problem && !ofAll ? valuesOf({ ...problem, code }) : {}
  return saidOfAll(code, problem?.action ?? null, values)
}

/** That it could not be finished was said. */
function because(said: Said): string {
  return said.code === 'report_failed' ? `Why: ${said.why}` : whyOf(said)
}

/** What passes by itself has ended the report all the same. */
function what(said: Said): string {
  return said.action === 'retry'
    ? 'What to do: run it again in a while. Nothing else has stopped.'
    : `${todoOf(said)} Then run it again.`
}

function aboutReport({ id, kind, invoiceId, problem }: ReportRow) {
  return { id, kind, invoiceId, code: problem?.code ?? null }
}
