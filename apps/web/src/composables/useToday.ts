import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get } from '../api.ts'
import { api } from '../routes.ts'
import type { Need, Today } from '../types.ts'
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
  const all = computed(() => Object.values(data.value?.counts ?? {}).reduce((sum, n) => sum + n, 0))
  return { data, error, isPending, refetch, dataUpdatedAt, needs, all }
}

/** Broken first, then by the day it stops, then what stops nothing. */
function inOrder(needs: readonly Need[]): readonly Need[] {
  const moment = ({ status, by }: Need) =>
    status === 'broken' ? 0 : by === null ? Number.MAX_SAFE_INTEGER : Date.parse(by)
  return needs.toSorted((one, other) => moment(one) - moment(other))
}
