import { addDecimals, compareDecimals } from './money.ts'
import type { BreakdownItem } from './types.ts'

const SHOWN = 7

export type Split = {
  readonly all: readonly BreakdownItem[]
  readonly largest: readonly BreakdownItem[]
  readonly others: { readonly count: number; readonly subtotal: string; readonly earlier: string } | null
  /** The longest bar's amount, regardless of its sign. */
  readonly longest: string
}

/** The seven largest by amount before tax, and the exact sum of the others. One currency only. */
export function largestAndOthers(items: readonly BreakdownItem[]): Split {
  const all = items.toSorted((a, b) => compareDecimals(b.subtotal, a.subtotal))
  const largest = all.slice(0, SHOWN)
  const rest = all.slice(SHOWN)
  const others = rest.length
    ? {
        count: rest.length,
        subtotal: addDecimals(rest.map((item) => item.subtotal)),
        earlier: addDecimals(rest.flatMap((item) => item.compared?.subtotal ?? [])),
      }
    : null
  const amounts = [
    ...largest.flatMap((item) => [item.subtotal, item.compared?.subtotal ?? '0']),
    ...(others ? [others.subtotal, others.earlier] : []),
  ]
  return { all, largest, others, longest: amounts.map(unsigned).toSorted(compareDecimals).at(-1) ?? '0' }
}

function unsigned(amount: string): string {
  return amount.replace('-', '')
}
