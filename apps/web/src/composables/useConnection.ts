import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { post, problemOf, request } from '../api.ts'
import { api } from '../routes.ts'
import type { Check, Connection, TestResult } from '../types.ts'

const HALF_MINUTE = 30_000

/** One tenant: what is known of it, and what can be done with it. */
export function useConnection(microsoftId: MaybeRefOrGetter<string>) {
  const { t } = useI18n()
  const client = useQueryClient()
  const address = () => api.connection(toValue(microsoftId))
  const key = computed(() => ['connection', toValue(microsoftId)])
  const { data, error, isPending, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => request<Connection>('GET', address(), { signal }),
    refetchInterval: HALF_MINUTE,
  })
  const connection = computed(() => data.value?.body ?? null)
  /** Why there is nothing to show. */
  const missing = computed(() => (connection.value ? null : problemOf(error.value)))
  const name = computed(
    () => connection.value?.name || t('tenant.fallback', { id: toValue(microsoftId).slice(0, 8) }),
  )

  /** Reads anew what any act may have changed. */
  async function reload(): Promise<void> {
    await Promise.all([
      client.invalidateQueries({ queryKey: key.value }),
      client.invalidateQueries({ queryKey: ['checks', toValue(microsoftId)] }),
      client.invalidateQueries({ queryKey: ['permissions'] }),
      client.invalidateQueries({ queryKey: ['connections'] }),
    ])
  }
  const test = useMutation({ mutationFn: () => post<TestResult>(`${address()}/test`), onSettled: reload })
  const refresh = useMutation({ mutationFn: () => post<Check>(`${address()}/refresh`), onSettled: reload })
  const disconnect = useMutation({ mutationFn: () => request('DELETE', address()) })
  return { answer: data, connection, missing, name, isPending, refetch, reload, test, refresh, disconnect }
}
