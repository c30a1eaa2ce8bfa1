import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { computed, shallowRef, toValue, type MaybeRefOrGetter } from 'vue'
import { query, request } from '../api.ts'
import { api } from '../routes.ts'
import type { BillingLine, LineFilter, Page } from '../types.ts'

const PAGE = 50
const MINUTE = 60_000

/** With exact numbers all of them are texts, the count too. */
type Lines = Page<BillingLine> & { readonly total: string }
type Shown = Lines & { readonly of: LineFilter }

/** Lines of a report, as far as they are in sight; amounts stay the text that Microsoft sent. */
export function useReportLines(
  microsoftId: MaybeRefOrGetter<string>,
  reportId: MaybeRefOrGetter<string>,
  filter: MaybeRefOrGetter<LineFilter>,
) {
  const base = computed(
    () => `${api.connection(toValue(microsoftId))}/billing-reports/${toValue(reportId)}/lines`,
  )
  const pageOf = (of: LineFilter, number: number) => ({
    queryKey: ['lines', base.value, of, number],
    async queryFn({ signal }: { signal: AbortSignal }): Promise<Shown> {
      const address = base.value + query({ ...of, offset: number * PAGE, limit: PAGE })
      const { body } = await request<Lines>('GET', address, { signal, exactNumbers: true })
      return { ...body, of }
    },
    staleTime: Infinity,
    // A million lines that were once in sight are not all kept.
    gcTime: MINUTE,
  })

  const first = useQuery(
    computed(() => ({ ...pageOf(toValue(filter), 0), placeholderData: keepPreviousData<Shown> })),
  )
  /** What is shown: the filter before, until the new one's first lines are there. */
  const shown = computed(() => first.data.value?.of ?? null)
  const total = computed(() => (first.data.value ? Number(first.data.value.total) : null))

  const inSight = shallowRef<readonly number[]>([])
  const pages = useQueries({
    queries: computed(() => {
      const of = shown.value
      return of ? inSight.value.map((number) => pageOf(of, number)) : []
    }),
  })
  const items = computed(
    () => new Map(inSight.value.map((number, at) => [number, pages.value[at]?.data?.items ?? []])),
  )

  function look(from: number, to: number): void {
    const [begin, end] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to - 1) / PAGE)]
    const numbers = Array.from({ length: end - begin + 1 }, (_, at) => begin + at)
    if (numbers.join() !== inSight.value.join()) inSight.value = numbers
  }
  return {
    shown,
    total,
    error: first.error,
    isPending: first.isPending,
    isOther: first.isPlaceholderData,
    /** True when lines in sight did not come. */
    hasGap: computed(() => pages.value.some((page) => page.isError)),
    line: (row: number) => items.value.get(Math.floor(row / PAGE))?.[row % PAGE] ?? null,
    look,
    refetch: () =>
      Promise.all([first.refetch(), ...pages.value.filter((it) => it.isError).map((it) => it.refetch())]),
  }
}
