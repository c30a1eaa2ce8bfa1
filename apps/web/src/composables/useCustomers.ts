import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, query } from '../api.ts'
import { api } from '../routes.ts'
import { folded } from '../search.ts'
import type { Customer, Page } from '../types.ts'
import { useCursorPages } from './useCursorPages.ts'
import { useCustomerConsents } from './useCustomerConsents.ts'

/** Those with whom something was granted, or all that Partner Center lists. */
export const VIEWS = ['granted', 'all'] as const
export type CustomerView = (typeof VIEWS)[number]

const PAGE_SIZE = 25

/** A partner's customers. What is looked for and which page live in the address. */
export function useCustomers(microsoftId: MaybeRefOrGetter<string>) {
  const { text, page, show, next: to, previous } = useCursorPages()
  const view = computed<CustomerView>(() => (text('show') === 'all' ? 'all' : 'granted'))
  const search = computed(() => text('search'))
  const granted = useCustomerConsents(microsoftId)
  const filters = computed(() => ({ search: search.value, limit: PAGE_SIZE, cursor: text('cursor') }))
  const all = useQuery({
    queryKey: computed(() => ['customers', toValue(microsoftId), filters.value]),
    queryFn: ({ signal }) =>
      get<Page<Customer>>(api.customers(toValue(microsoftId)) + query(filters.value), signal),
    placeholderData: keepPreviousData,
    enabled: computed(() => view.value === 'all'),
  })

  const data = computed<Page<Customer> | undefined>(() =>
    view.value === 'all'
      ? all.data.value
      : granted.customers.value && pageOf(granted.customers.value, search.value, Number(text('cursor'))),
  )
  const error = computed(() => (view.value === 'all' ? all.error.value : granted.error.value))
  const isPending = computed(() => (view.value === 'all' ? all.isPending.value : granted.isPending.value))
  const refetch = () => (view.value === 'all' ? all.refetch() : granted.refetch())
  const next = () => to(data.value?.nextCursor)
  const range = computed(() => {
    const before = (page.value - 1) * PAGE_SIZE
    return { from: before + 1, to: before + (data.value?.items.length ?? 0) }
  })
  /** Of this page, or anywhere among those with whom something was granted. */
  const find = (id: string) =>
    [...(data.value?.items ?? []), ...(granted.customers.value ?? [])].find(
      (it) => it.customerTenantId === id,
    ) ?? null
  const { defaults, count, stuck, isPending: isFirst } = granted
  return {
    data,
    error,
    isPending,
    isFirst,
    refetch,
    view,
    search,
    page,
    range,
    show,
    find,
    next,
    previous,
    defaults,
    count,
    stuck,
  }
}

/** A page of what is here already, as the API gives pages of the others. */
function pageOf(customers: readonly Customer[], search: string, from: number): Page<Customer> {
  const wanted = folded(search.trim())
  const found = customers.filter(({ name, domain, customerTenantId }) =>
    [name, domain ?? '', customerTenantId].some((it) => folded(it).includes(wanted)),
  )
  const end = from + PAGE_SIZE
  return { items: found.slice(from, end), nextCursor: end < found.length ? String(end) : null }
}
