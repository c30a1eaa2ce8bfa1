import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useAddress } from './useAddress.ts'
import { useQueryText } from './useQueryText.ts'
import { useReports } from './useReports.ts'

/** The report beside which another one is shown; it lives in the address, so reload and Back keep it. */
export function useComparison(microsoftId: MaybeRefOrGetter<string>, reportId: MaybeRefOrGetter<string>) {
  const text = useQueryText()
  const goTo = useAddress()
  const { reports } = useReports(microsoftId)
  const candidates = computed(() =>
    reports.value.filter((it) => it.status === 'succeeded' && it.id !== toValue(reportId)),
  )
  const compared = computed(() => candidates.value.find((it) => it.id === text('compare')) ?? null)
  const compareWith = (id: string) => void goTo({ compare: id || undefined })
  return { candidates, compared, compareWith }
}
