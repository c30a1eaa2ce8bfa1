import { useI18n } from 'vue-i18n'
import type { Report } from '../types.ts'
import { useFormat } from './useFormat.ts'

/** What a report is about, in words: "October 2026, G017240918" or "Unbilled, this month, EUR". */
export function useReportName() {
  const { t } = useI18n()
  const { month } = useFormat()

  function nameOf(report: Report): string {
    if (report.invoice) {
      const { id, periodStart, date } = report.invoice
      return t('billing.namedInvoice', { month: month(periodStart ?? date), id })
    }
    if (report.kind === 'billed') return report.invoiceId ?? t('billing.namedNewest')
    const currency = report.currency ?? ''
    if (!currency) return t('billing.namedUnbilledPlain')
    return t(report.period === 'last' ? 'billing.namedUnbilledLast' : 'billing.namedUnbilledCurrent', {
      currency,
    })
  }
  function shortNameOf(report: Report): string {
    return report.invoice ? month(report.invoice.periodStart ?? report.invoice.date) : nameOf(report)
  }
  return { nameOf, shortNameOf }
}
