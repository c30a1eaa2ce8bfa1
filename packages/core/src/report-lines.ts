import { isObject, readExact } from './exact-json.ts'
import { addTo, emptySum, isDecimal, sumView, type Sum } from './money.ts'
import type { BreakdownRow, Totals } from './types.ts'

export const LINE_KINDS = ['licence', 'use', 'credit'] as const
export type LineKind = (typeof LINE_KINDS)[number]

/** What a report is read for; everything else of a line is kept as Microsoft sent it. */
export type LineFacts = {
  readonly customerId: string
  readonly customerName: string
  readonly productId: string
  readonly productName: string
  readonly currency: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
  readonly subscriptionId: string
  readonly kind: LineKind
  /** Names of all it has, as Microsoft writes them and in its order. */
  readonly attributes: readonly string[]
}

// Attribute names of learn.microsoft.com/graph/api/resources/partners-billing-reconciliation and …-usage: PascalCase,
// with names that differ between invoices (Subtotal) and usage (BillingPreTaxTotal).
const NAMES = {
  customerId: ['customerid'],
  customerName: ['customername'],
  productId: ['productid'],
  productName: ['productname', 'skuname'],
  currency: ['currency', 'billingcurrency', 'currencycode'],
  subtotal: ['subtotal', 'billingpretaxtotal', 'pretaxtotal'],
  tax: ['taxtotal', 'tax'],
  total: ['total', 'totalforcustomer'],
  subscriptionId: ['subscriptionid'],
} satisfies Partial<Record<keyof LineFacts, readonly string[]>>
/** Only what is metered has one of these; a licence leaves them empty. */
const METERED = ['meterdescription', 'meterid', 'usagedate']

/** Reads one JSON line; null when it is not a JSON object. Numbers keep their digits as Microsoft wrote them. */
export function readLine(text: string): LineFacts | null {
  const parsed = parseExact(text)
  if (!parsed) return null
  const { values, attributes } = parsed
  const subtotal = money(values, 'subtotal') ?? '0'
  const tax = money(values, 'tax') ?? '0'
  const fallback = emptySum()
  addTo(fallback, { subtotal, tax, total: '0' })
  return {
    customerId: word(values, 'customerId'),
    customerName: word(values, 'customerName'),
    productId: word(values, 'productId'),
    productName: word(values, 'productName'),
    currency: word(values, 'currency'),
    subtotal,
    tax,
    total: money(values, 'total') ?? fallback.subtotal.plus(fallback.tax).toFixed(),
    subscriptionId: word(values, 'subscriptionId'),
    kind: kindOf(values, subtotal),
    attributes,
  }
}

function kindOf(values: ReadonlyMap<string, string>, subtotal: string): LineKind {
  if (subtotal.startsWith('-')) return 'credit'
  return METERED.some((it) => values.get(it)) ? 'use' : 'licence'
}

type Parsed = { readonly values: ReadonlyMap<string, string>; readonly attributes: readonly string[] }

/** The line's texts and numbers by lower-case name, numbers with the digits they were written with. */
function parseExact(text: string): Parsed | null {
  try {
    return LONG_NUMBER.test(text) ? parseSlowly(text) : parseQuickly(text)
  } catch {
    return null
  }
}

// A decimal of up to 15 digits comes back from a binary number as it was written (IEEE 754); only longer ones need
// their source, which costs several times as much to get.
const LONG_NUMBER = /[\d.]{16}/

function parseQuickly(text: string): Parsed | null {
  const parsed: unknown = JSON.parse(text)
  return isObject(parsed) ? parsedOf(Object.entries(parsed)) : null
}

function parseSlowly(text: string): Parsed | null {
  const exact = readExact(text)
  if (!exact) return null
  return parsedOf(Object.entries(exact.values).map(([key, value]) => [key, exact.written.get(key) ?? value]))
}

function parsedOf(entries: readonly (readonly [string, unknown])[]): Parsed {
  const values = new Map<string, string>()
  for (const [key, value] of entries) {
    if (typeof value === 'string' || typeof value === 'number') values.set(key.toLowerCase(), String(value))
  }
  return { values, attributes: entries.map(([key]) => key) }
}

function word(values: ReadonlyMap<string, string>, name: keyof typeof NAMES): string {
  for (const candidate of NAMES[name]) {
    const found = values.get(candidate)
    if (found) return found
  }
  return ''
}

function money(values: ReadonlyMap<string, string>, name: keyof typeof NAMES): string | undefined {
  const found = word(values, name)
  return isDecimal(found) ? found : undefined
}

/** Sums lines per currency, customer and product while they stream by. */
export function createTally(reportId: string) {
  const currencies = new Map<string, Sum>()
  const parts = new Map<string, { row: Pick<BreakdownRow, 'by' | 'key' | 'name' | 'currency'>; sum: Sum }>()

  function addPart(by: BreakdownRow['by'], key: string, name: string, facts: LineFacts): void {
    const id = `${by}\n${key}\n${facts.currency}`
    const part = parts.get(id) ?? { row: { by, key, name, currency: facts.currency }, sum: emptySum() }
    parts.set(id, part)
    addTo(part.sum, facts)
  }

  return {
    add(facts: LineFacts): void {
      const sum = currencies.get(facts.currency) ?? emptySum()
      currencies.set(facts.currency, sum)
      addTo(sum, facts)
      addPart(
        'customer',
        facts.customerId || facts.customerName,
        facts.customerName || facts.customerId,
        facts,
      )
      addPart('product', facts.productId || facts.productName, facts.productName || facts.productId, facts)
    },
    /** Per currency, the largest first. */
    totals(): Totals[] {
      return [...currencies]
        .toSorted(([, a], [, b]) => b.total.cmp(a.total))
        .map(([currency, sum]) => ({ currency, ...sumView(sum) }))
    },
    breakdown(): BreakdownRow[] {
      return [...parts.values()].map(({ row, sum }) => ({ reportId, ...row, ...sumView(sum) }))
    },
  }
}
