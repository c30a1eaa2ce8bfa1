import type { Tenant } from '../state.ts'
import { invoiceLines, type Invoice } from './invoices.ts'
import { monthLines, type Line } from './lines.ts'
import { reconciliationRow, usageRows, type RowContext } from './rows.ts'

/** An export as JSON Lines that are made one by one while they are read. */
export type ExportSource = { count: number; lines(from: number, to: number): Iterable<string> }

export type ExportKind = 'reconciliation' | 'usage'
type Common = { tenant: Tenant; kind: ExportKind } & Pick<RowContext, 'attributeSet' | 'totalAttribute'>
type BilledInput = Common & { invoice: Invoice }
type UnbilledInput = Common & { currency: string; month: number }

export function billedExport({ invoice, kind, ...common }: BilledInput): ExportSource {
  const { tenant } = common
  const context: RowContext = { ...common, invoiceId: invoice.id, currency: invoice.currency }
  const lines = invoiceLines(tenant, invoice)
  const wanted = tenant.exportLines[invoice.id]
  if (kind === 'reconciliation' && wanted !== undefined) return repeatedExport(context, lines, wanted)
  return listedExport(rowsOf(context, lines, kind))
}

/** Charges that are not on an invoice yet. */
export function unbilledExport({ currency, month, kind, ...common }: UnbilledInput): ExportSource {
  const { tenant } = common
  const context: RowContext = { ...common, invoiceId: '', currency }
  const lines = monthLines({ tenant, currency, month, salt: 'unbilled' })
  return listedExport(rowsOf(context, lines, kind))
}

function rowsOf(context: RowContext, lines: readonly Line[], kind: ExportKind): string[] {
  if (kind === 'reconciliation') return lines.map((line) => JSON.stringify(reconciliationRow(context, line)))
  const metered = lines.filter((line) => line.product.metered)
  return metered.flatMap((line) => usageRows(context, line)).map((row) => JSON.stringify(row))
}

function listedExport(rows: string[]): ExportSource {
  return { count: rows.length, lines: (from, to) => rows.slice(from, to) }
}

const MARK = '"@subscription@"'

/** The invoice's lines over and over, each with a subscription of its own. A template keeps a million lines cheap. */
function repeatedExport(context: RowContext, lines: readonly Line[], count: number): ExportSource {
  const templates = lines.map((line) => {
    const row = reconciliationRow(context, { ...line, subscriptionId: '@subscription@' })
    const [before = '', after = ''] = JSON.stringify(row).split(MARK)
    return { before, after }
  })
  function* generate(from: number, to: number): Generator<string> {
    for (let index = from; index < Math.min(to, count); index += 1) {
      const template = templates[index % templates.length]
      if (!template) return
      const id = `00000000-0000-4000-a000-${index.toString(16).padStart(12, '0')}`
      yield `${template.before}"${id}"${template.after}`
    }
  }
  return { count, lines: generate }
}
