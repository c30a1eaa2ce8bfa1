import { createRandom } from '../random.ts'
import type { Tenant } from '../state.ts'
import { monthLines, sumLines, type Line } from './lines.ts'
import { monthOf, startOfMonth } from './months.ts'

export type Invoice = {
  id: string
  /** New commerce (`G…`) or legacy (`D…`). */
  kind: 'modern' | 'legacy'
  currency: string
  month: number
  invoiceDate: Date
  periodStart: Date
  periodEnd: Date
}

/** A tenant's invoices at a moment, newest first: one per currency and finished month, maybe a legacy one at the end. */
export function invoicesOf(tenant: Tenant, now: Date): Invoice[] {
  const { currencies, months, legacy } = tenant.billing
  const last = newestMonth(now)
  const invoices: Invoice[] = []
  for (let month = last; month > last - months; month -= 1) {
    for (const currency of currencies) invoices.push(createInvoice(tenant, 'modern', currency, month))
  }
  const [currency] = currencies
  if (legacy && currency) invoices.push(createInvoice(tenant, 'legacy', currency, last - months))
  return invoices
}

/** A month's invoice is out by the eighth of the next one. */
function newestMonth(now: Date): number {
  return monthOf(now) - (now.getUTCDate() >= 8 ? 1 : 2)
}

function createInvoice(tenant: Tenant, kind: Invoice['kind'], currency: string, month: number): Invoice {
  const index = tenant.billing.currencies.indexOf(currency)
  const periodStart = startOfMonth(month)
  const next = startOfMonth(month + 1)
  return {
    id: kind === 'legacy' ? legacyId(tenant, month) : modernId(tenant, month, index),
    kind,
    currency,
    month,
    invoiceDate: new Date(next.getTime() + 6 * 24 * 3600 * 1000),
    periodStart,
    periodEnd: new Date(next.getTime() - 1000),
  }
}

function modernId(tenant: Tenant, month: number, index: number): string {
  const base = createRandom(`invoice ${tenant.id}`).integer(10_000_000, 60_000_000)
  return `G${String(base + (month - 24_000) * 7 + index).padStart(9, '0')}`
}

function legacyId(tenant: Tenant, month: number): string {
  const number = createRandom(`legacy ${tenant.id} ${month}`).integer(0, 0xffffff)
  return `D0${number.toString(36).toUpperCase().padStart(7, '0')}`
}

export function findInvoice(tenant: Tenant, now: Date, id: string): Invoice | undefined {
  return invoicesOf(tenant, now).find((candidate) => candidate.id === id)
}

const lineCache = new WeakMap<Tenant, Map<string, Line[]>>()

/** The charges of an invoice. A synthetic export repeats these. */
export function invoiceLines(tenant: Tenant, invoice: Invoice): Line[] {
  const cached = lineCache.get(tenant) ?? new Map<string, Line[]>()
  lineCache.set(tenant, cached)
  const key = `${invoice.id} ${tenant.billing.customers} ${tenant.billing.taxPercent}`
  const lines =
    cached.get(key) ??
    monthLines({ tenant, currency: invoice.currency, month: invoice.month, salt: invoice.kind })
  cached.set(key, lines)
  return lines
}

/** Sums over the lines, in hundredths; for a synthetic export without walking it. */
export function invoiceTotals(
  tenant: Tenant,
  invoice: Invoice,
): { subtotal: number; tax: number; total: number } {
  const lines = invoiceLines(tenant, invoice)
  const wanted = tenant.exportLines[invoice.id]
  if (wanted === undefined || lines.length === 0) return sumLines(lines)
  const rounds = Math.floor(wanted / lines.length)
  const all = sumLines(lines)
  const rest = sumLines(lines.slice(0, wanted % lines.length))
  return {
    subtotal: all.subtotal * rounds + rest.subtotal,
    tax: all.tax * rounds + rest.tax,
    total: all.total * rounds + rest.total,
  }
}

/** Hundredths as the JSON number with that very text: 1234 → 12.34. */
export function amount(cents: number): number {
  return cents / 100
}
