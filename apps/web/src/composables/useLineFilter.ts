import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { BreakdownBy, LineFilter, LineKind, LineSort, Report } from '../types.ts'
import { useAddress } from './useAddress.ts'
import { useQueryText } from './useQueryText.ts'

export const LINE_KINDS: readonly LineKind[] = ['licence', 'use', 'credit']
export const LINE_SORTS: readonly LineSort[] = ['largest', 'smallest', 'as_sent']
const ALL = 'all'

/** Which of a report's lines are shown. It lives in the address, so that reload and Back keep it. */
export function useLineFilter(report: MaybeRefOrGetter<Report | null>) {
  const goTo = useAddress()
  const text = useQueryText()
  const currencies = computed(() => toValue(report)?.totals.map((it) => it.currency) ?? [])
  /** Amounts of several currencies have no order: where there are some, one is chosen from the start. */
  const currency = computed(
    () => currencies.value.find((it) => it === text('currency')) ?? currencies.value[0] ?? '',
  )
  const filter = computed<LineFilter>(() => ({
    customer: text('customer'),
    product: text('product'),
    kind: LINE_KINDS.find((it) => it === text('kind')) ?? '',
    currency: currencies.value.length > 1 && text('currency') !== ALL ? currency.value : '',
    search: text('search'),
    sort: LINE_SORTS.find((it) => it === text('sort')) ?? 'largest',
  }))
  /** Whether lines are left out for another reason than their currency. */
  const isNarrowed = computed(() => {
    const { customer, product, kind, search } = filter.value
    return Boolean(customer || product || kind || search)
  })

  function change(patch: Partial<LineFilter>): void {
    const set = Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, value || undefined]))
    // What is typed is one step of the history, not one a letter.
    void goTo({ row: undefined, ...set }, { replace: 'search' in patch })
  }
  return {
    filter,
    currency,
    currencies,
    isNarrowed,
    change,
    pick: (by: BreakdownBy, key: string) => change({ [by]: key }),
    chooseCurrency: (chosen: string) => change({ currency: chosen || ALL }),
    clear: () => change({ customer: '', product: '', kind: '', search: '' }),
    /** The first row in sight. */
    row: () => Math.max(0, Number.parseInt(text('row'), 10) || 0),
    rest: (row: number) => void goTo({ row: row > 0 ? String(row) : undefined }, { replace: true }),
  }
}
