import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { BreakdownItem } from '../types.ts'
import { useBreakdown } from './useReports.ts'

/** How many customers a report has in a currency, and how many came and went since the one it stands beside. */
export function useCustomerCount(
  microsoftId: MaybeRefOrGetter<string>,
  comparedId: MaybeRefOrGetter<string | null>,
  items: MaybeRefOrGetter<readonly BreakdownItem[]>,
  currency: MaybeRefOrGetter<string>,
) {
  const earlier = useBreakdown(
    microsoftId,
    () => toValue(comparedId) ?? '',
    'customer',
    () => toValue(comparedId) !== null,
  )
  const keysIn = (all: readonly BreakdownItem[]) =>
    new Set(all.filter((it) => it.currency === toValue(currency)).map((it) => it.key))
  const now = computed(() => keysIn(toValue(items)))
  const before = computed(() => keysIn(earlier.items.value))
  return {
    count: computed(() => now.value.size || null),
    change: computed(() =>
      toValue(comparedId) !== null && before.value.size > 0 && now.value.size > 0
        ? { added: missingFrom(before.value, now.value), left: missingFrom(now.value, before.value) }
        : null,
    ),
  }
}

function missingFrom(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...others].filter((key) => !some.has(key)).length
}
