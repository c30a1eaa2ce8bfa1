import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get } from '../api.ts'
import { countNeeds, inOrder, rowsOf } from '../needs.ts'
import { api } from '../routes.ts'
import type { Today } from '../types.ts'
import { useSession } from './useSession.ts'

const HALF_MINUTE = 30_000
/** Rows of the list; the rest is one link. */
export const MOST_SHOWN = 8

/** What needs a person, by the moment it hurts. */
export function useToday() {
  const { me } = useSession()
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['today'],
    queryFn: ({ signal }) => get<Today>(api.today, signal),
    refetchInterval: HALF_MINUTE,
    enabled: computed(() => me.value !== null),
  })
  const needs = computed(() => inOrder(data.value?.needsPerson ?? []))
  const rows = computed(() => rowsOf(data.value?.needsPerson ?? []))
  const count = computed(() => (data.value ? countNeeds(data.value) : 0))
  const all = computed(() => Object.values(data.value?.counts ?? {}).reduce((sum, n) => sum + n, 0))
  return { data, error, isPending, refetch, dataUpdatedAt, needs, rows, count, all }
}
