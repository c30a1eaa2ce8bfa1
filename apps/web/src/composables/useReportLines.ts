import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { query, request } from '../api.ts'
import { api } from '../routes.ts'
import type { BillingLine, Page } from '../types.ts'

const PAGE = 25

export type LineFilter = { readonly customer: string; readonly product: string }

/** Lines of a report, page by page; amounts stay the text that Microsoft sent. */
export function useReportLines(
  microsoftId: MaybeRefOrGetter<string>,
  reportId: MaybeRefOrGetter<string>,
  filter: MaybeRefOrGetter<LineFilter>,
) {
  const trail = ref<string[]>([''])
  const cursor = computed(() => trail.value.at(-1) ?? '')
  watch(
    () => toValue(filter),
    () => (trail.value = ['']),
  )
  const address = computed(() => {
    const base = `${api.connection(toValue(microsoftId))}/billing-reports/${toValue(reportId)}/lines`
    return base + query({ cursor: cursor.value, limit: PAGE, ...toValue(filter) })
  })
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => ['lines', address.value]),
    queryFn: ({ signal }) => request<Page<BillingLine>>('GET', address.value, { signal, exactNumbers: true }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  const page = computed(() => data.value?.body ?? null)

  function next(): void {
    if (page.value?.nextCursor) trail.value.push(page.value.nextCursor)
  }
  return {
    page,
    error,
    isPending,
    refetch,
    from: computed(() => (trail.value.length - 1) * PAGE + 1),
    hasPrevious: computed(() => trail.value.length > 1),
    next,
    previous: () => trail.value.pop(),
  }
}
