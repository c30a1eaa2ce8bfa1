import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import type { ConnectionPage, Status } from '../types.ts'

/** By urgency, as the list is sorted. */
export const STATUSES = [
  'broken',
  'attention',
  'waiting',
  'new',
  'connected',
] as const satisfies readonly Status[]
export const PAGE_SIZES = [25, 50, 100]
const HALF_MINUTE = 30_000

/** The list of tenants. Filters and page live in the address, so reload and Back show the same. */
export function useConnections() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const status = computed(() => STATUSES.find((known) => known === text('status')) ?? null)
  const search = computed(() => text('search'))
  const limit = computed(() => PAGE_SIZES.find((size) => size === Number(text('limit'))) ?? 25)
  const page = computed(() => Math.max(1, Number.parseInt(text('page'), 10) || 1))
  const filters = computed(() => ({
    status: status.value,
    search: search.value,
    limit: limit.value,
    cursor: text('cursor'),
  }))

  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['connections', filters],
    queryFn: ({ signal }) => get<ConnectionPage>(api.connections + query(filters.value), signal),
    placeholderData: keepPreviousData,
    refetchInterval: HALF_MINUTE,
  })

  function show(changes: LocationQueryRaw): Promise<unknown> {
    return router.push({ query: { ...route.query, page: undefined, cursor: undefined, ...changes } })
  }
  function next(): void {
    const cursor = data.value?.nextCursor
    if (!cursor) return
    const state = { trail: [...trail(), text('cursor')] }
    void router.push({ query: { ...route.query, page: page.value + 1, cursor }, state })
  }
  function previous(): void {
    const cursor = trail().at(-1) || undefined
    const back = cursor ? page.value - 1 : undefined
    void router.push({
      query: { ...route.query, page: back, cursor },
      state: { trail: trail().slice(0, -1) },
    })
  }
  return { data, error, isPending, refetch, status, search, limit, page, show, next, previous }
}

/** Cursors of the pages before this one; the browser keeps them with the entry in its history. */
function trail(): string[] {
  // What was pushed above, or nothing.
  const state = history.state as { trail?: string[] } | null
  return state?.trail ?? []
}
