import { Big } from 'big.js'

import type { BreakdownRow, Totals } from './types.ts'

/** A running sum of exact decimals. */
export type Sum = { subtotal: Big; tax: Big; total: Big; lines: number }

export function emptySum(): Sum {
  return { subtotal: Big(0), tax: Big(0), total: Big(0), lines: 0 }
}

export function addTo(
  sum: Sum,
  amounts: { readonly subtotal: string; readonly tax: string; readonly total: string },
): void {
  sum.subtotal = sum.subtotal.plus(amounts.subtotal)
  sum.tax = sum.tax.plus(amounts.tax)
  sum.total = sum.total.plus(amounts.total)
  sum.lines += 1
}

/** The sum as decimal texts: exact, never in exponent form, at least two decimals. */
export function sumView(
  sum: Sum,
): Pick<BreakdownRow, 'subtotal' | 'tax' | 'total' | 'lines'> & Omit<Totals, 'currency'> {
  return {
    subtotal: decimal(sum.subtotal),
    tax: decimal(sum.tax),
    total: decimal(sum.total),
    lines: sum.lines,
  }
}

function decimal(value: Big): string {
  const places = Math.max(2, value.c.length - value.e - 1)
  return value.toFixed(places)
}

/** True for a decimal number in text form, as JSON writes it. */
export function isDecimal(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(text)
}

/** One decimal less another, exact. */
export function difference(one: string, other: string): string {
  return decimal(Big(one).minus(other))
}
