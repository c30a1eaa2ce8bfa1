import { createRandom, guidFrom, type Random } from '../random.ts'
import type { Tenant } from '../state.ts'
import { azurePlan, catalogue, type Product } from './catalogue.ts'
import { customersOf, type Customer } from './customers.ts'
import { startOfMonth } from './months.ts'

/** One charge. Amounts are whole hundredths of the currency, so sums are exact. */
export type Line = {
  customer: Customer
  product: Product
  chargeType: 'new' | 'cycleFee' | 'addQuantity' | 'removeQuantity' | 'cancelImmediate'
  quantity: number
  unitCents: number
  effectiveCents: number
  subtotal: number
  tax: number
  total: number
  subscriptionId: string
  orderId: string
  start: Date
  end: Date
}

export type LinesInput = { tenant: Tenant; currency: string; month: number; salt: string }

/** All charges of one month and currency: seats, changes in mid-month, credits, and metered Azure usage. */
export function monthLines(input: LinesInput): Line[] {
  const { tenant, currency } = input
  const customers = customersOf(tenant)
  const own = customers.filter(
    (_, index) => index % tenant.billing.currencies.length === currencyIndex(tenant, currency),
  )
  const lines = own.flatMap((customer) => customerLines(input, customer))
  if (lines.length > 0 || customers.length === 0) return lines
  return customers.slice(0, 1).flatMap((customer) => customerLines(input, customer))
}

function currencyIndex(tenant: Tenant, currency: string): number {
  return Math.max(0, tenant.billing.currencies.indexOf(currency))
}

function customerLines(input: LinesInput, customer: Customer): Line[] {
  const { month, salt } = input
  // What a customer has is the same every month; what changed in the month is not.
  const steady = createRandom(`subscriptions ${customer.id}`)
  const changing = createRandom(`changes ${salt} ${customer.id} ${month}`)
  const products = catalogue.filter(() => steady.next() < 0.45)
  const lines = products.flatMap((product) => seatLines(input, customer, product, steady, changing))
  const amount = changing.integer(2_000, 900_000)
  if (steady.next() < 0.6) {
    const metered = { quantity: 1, unitCents: amount, effectiveCents: amount, chargeType: 'new' as const }
    lines.push(line(input, customer, azurePlan, metered))
  }
  if (lines.length > 0) return lines
  const fallback = catalogue[0] ?? azurePlan
  return [
    line(input, customer, fallback, {
      quantity: 5,
      unitCents: fallback.cents,
      effectiveCents: fallback.cents,
      chargeType: 'cycleFee',
    }),
  ]
}

function seatLines(
  input: LinesInput,
  customer: Customer,
  product: Product,
  steady: Random,
  changing: Random,
): Line[] {
  const quantity = steady.integer(1, 120)
  const unitCents = product.cents
  const whole: Amounts = { quantity, unitCents, effectiveCents: unitCents, chargeType: 'cycleFee' }
  return [whole, ...seatChange(whole, changing)].map((amounts) => line(input, customer, product, amounts))
}

/** Seats added or removed in mid-month are prorated by day; removed ones come back as a credit. */
function seatChange({ quantity, unitCents }: Amounts, changing: Random): Amounts[] {
  const event = changing.next()
  const effectiveCents = Math.round((unitCents * changing.integer(3, 27)) / 30)
  if (event < 0.2) {
    return [{ quantity: changing.integer(1, 9), unitCents, effectiveCents, chargeType: 'addQuantity' }]
  }
  if (event >= 0.34) return []
  const removed = changing.integer(1, Math.min(5, quantity))
  return [{ quantity: -removed, unitCents, effectiveCents, chargeType: 'removeQuantity' }]
}

type Amounts = Pick<Line, 'quantity' | 'unitCents' | 'effectiveCents' | 'chargeType'>

function line({ tenant, month }: LinesInput, customer: Customer, product: Product, amounts: Amounts): Line {
  const subtotal = amounts.effectiveCents * amounts.quantity
  const tax = Math.round((subtotal * tenant.billing.taxPercent) / 100)
  const key = `${customer.id} ${product.productId} ${product.skuId}`
  return {
    customer,
    product,
    ...amounts,
    subtotal,
    tax,
    total: subtotal + tax,
    subscriptionId: guidFrom(`subscription ${key}`),
    orderId: guidFrom(`order ${key} ${amounts.chargeType} ${month}`).replaceAll('-', '').slice(0, 12),
    start: startOfMonth(month),
    end: new Date(startOfMonth(month + 1).getTime() - 1000),
  }
}

export function sumLines(lines: readonly Line[]): { subtotal: number; tax: number; total: number } {
  const sum = { subtotal: 0, tax: 0, total: 0 }
  for (const one of lines) {
    sum.subtotal += one.subtotal
    sum.tax += one.tax
    sum.total += one.total
  }
  return sum
}
