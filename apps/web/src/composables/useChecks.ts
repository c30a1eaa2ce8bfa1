import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, query } from '../api.ts'
import { groupIntoRounds } from '../rounds.ts'
import { api } from '../routes.ts'
import type { Check, Page } from '../types.ts'

/** What happened to a tenant, in rounds of checks, newest first. */
export function useChecks(microsoftId: MaybeRefOrGetter<string>) {
  const { data, error, isPending, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: computed(() => ['checks', toValue(microsoftId)]),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Check>>(
        `${api.connection(toValue(microsoftId))}/checks${query({ cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  const checks = computed(() => data.value?.pages.flatMap((page) => page.items) ?? [])
  const rounds = computed(() => groupIntoRounds(checks.value))
  return { checks, rounds, error, isPending, hasNextPage, fetchNextPage, refetch }
}
