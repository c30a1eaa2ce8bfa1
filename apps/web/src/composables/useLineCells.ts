import { useI18n } from 'vue-i18n'
import type { BillingLine } from '../types.ts'
import { useFormat } from './useFormat.ts'

export type LineCells = Readonly<Record<(typeof COLUMNS)[number], string>>

export const NUMBERS: readonly string[] = ['quantity', 'price', 'subtotal', 'total']
export const COLUMNS = ['customer', 'product', 'term', 'quantity', 'price', 'subtotal', 'total'] as const

/** What is shown of a line: names that differ between invoices and use, amounts with Microsoft's own digits. */
export function useLineCells() {
  const { t } = useI18n()
  const { number, money } = useFormat()

  function cell(line: BillingLine, ...names: string[]): string {
    for (const name of names) {
      const value = line[name]
      if (value) return value
    }
    return t('app.none')
  }
  /** Prices are in the currency of the price list, sums in that of the bill. */
  function amount(line: BillingLine, currency: string | null | undefined, ...names: string[]): string {
    const value = cell(line, ...names)
    return value === t('app.none') || !currency ? value : money(value, currency)
  }
  return function cellsOf(line: BillingLine): LineCells {
    const billing = line['Currency'] ?? line['BillingCurrency']
    const pricing = line['PricingCurrency'] ?? billing
    return {
      customer: cell(line, 'CustomerName'),
      product: cell(line, 'ProductName', 'SkuName'),
      term: cell(line, 'TermAndBillingCycle', 'ChargeType'),
      quantity: number(cell(line, 'Quantity', 'BillableQuantity')),
      price: amount(line, pricing, 'UnitPrice', 'EffectiveUnitPrice'),
      subtotal: amount(line, billing, 'Subtotal', 'BillingPreTaxTotal'),
      total: amount(line, billing, 'Total', 'TotalForCustomer'),
    }
  }
}
