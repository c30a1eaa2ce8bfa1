import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useReports } from './useReports.ts'

/** The report beside which another one is shown; it lives in the address, so reload and Back keep it. */
export function useComparison(microsoftId: MaybeRefOrGetter<string>, reportId: MaybeRefOrGetter<string>) {
  const route = useRoute()
  const router = useRouter()
  const { reports } = useReports(microsoftId)
  const candidates = computed(() =>
    reports.value.filter((it) => it.status === 'succeeded' && it.id !== toValue(reportId)),
  )
  const compared = computed(() => candidates.value.find((it) => it.id === route.query['compare']) ?? null)
  const compareWith = (id: string) =>
    void router.push({ query: { ...route.query, compare: id || undefined } })
  return { candidates, compared, compareWith }
}
