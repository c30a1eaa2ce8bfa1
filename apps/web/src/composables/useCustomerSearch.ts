import { useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'
import { get, query } from '../api.ts'
import { readMicrosoftId } from '../microsoft-id.ts'
import { api } from '../routes.ts'
import type { Customer, Page } from '../types.ts'

const PAUSE_MS = 400
const LEAST = 2
const MOST = 5

/** Customers whose name begins so, or whose domain does; an id stands for itself, and is checked when it is used. */
export function useCustomerSearch(microsoftId: MaybeRefOrGetter<string>, typed: Ref<string>) {
  const search = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  const input = computed(() => readMicrosoftId(typed.value))
  const id = computed(() => (input.value.form === 'guid' ? input.value.value : null))

  // At once: whom an earlier name found is not who is meant by this one.
  watch(
    typed,
    () => {
      clearTimeout(timer)
      search.value = ''
      timer = setTimeout(() => (search.value = id.value ? '' : typed.value.trim()), PAUSE_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  const { data, error, isFetching } = useQuery({
    queryKey: computed(() => ['customers', toValue(microsoftId), 'search', search.value]),
    queryFn: ({ signal }) =>
      get<Page<Customer>>(
        api.customers(toValue(microsoftId)) + query({ search: search.value, limit: MOST }),
        signal,
      ),
    enabled: computed(() => search.value.length >= LEAST),
  })
  const found = computed(() => (search.value.length >= LEAST ? (data.value?.items ?? null) : null))
  return { id, found, error, isFetching }
}
