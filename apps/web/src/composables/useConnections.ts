import type { ConnectionSort } from '@consentry/core'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import type { ConnectionPage, Status } from '../types.ts'
import { useCursorPages } from './useCursorPages.ts'

/** By urgency, as the list is sorted. */
export const STATUSES = [
  'broken',
  'attention',
  'waiting',
  'new',
  'connected',
] as const satisfies readonly Status[]
export const CONNECTION_SORTS: readonly ConnectionSort[] = ['urgency', 'name']
export const PAGE_SIZES = [25, 50, 100]
const HALF_MINUTE = 30_000

/** The list of tenants. Filters, order and page live in the address, so reload and Back show the same. */
export function useConnections() {
  const { text, page, show, next: to, previous } = useCursorPages()
  const status = computed(() => STATUSES.find((known) => known === text('status')) ?? null)
  const search = computed(() => text('search'))
  const sort = computed(() => CONNECTION_SORTS.find((it) => it === text('sort')) ?? 'urgency')
  const limit = computed(() => PAGE_SIZES.find((size) => size === Number(text('limit'))) ?? 25)
  const filters = computed(() => ({
    status: status.value,
    search: search.value,
    sort: sort.value,
    limit: limit.value,
    cursor: text('cursor'),
  }))

  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['connections', filters],
    queryFn: ({ signal }) => get<ConnectionPage>(api.connections + query(filters.value), signal),
    placeholderData: keepPreviousData,
    refetchInterval: HALF_MINUTE,
  })

  const next = () => to(data.value?.nextCursor)
  return { data, error, isPending, refetch, status, search, sort, limit, page, show, next, previous }
}
