import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, post } from '../api.ts'
import { api } from '../routes.ts'
import type { Attempt } from '../types.ts'

const SECOND = 1000
const CHECKING = 1 * SECOND
const WAITING = 3 * SECOND
const HIDDEN = 15 * SECOND

/** One trip to Microsoft, polled: each second while checking, every three while waiting, 15 in a hidden tab. */
export function useAttempt(microsoftId: MaybeRefOrGetter<string>, attemptId: MaybeRefOrGetter<string>) {
  const client = useQueryClient()
  const address = () =>
    `${api.connection(toValue(microsoftId))}/consent-attempts/${encodeURIComponent(toValue(attemptId))}`
  const key = computed(() => ['attempt', toValue(microsoftId), toValue(attemptId)])
  const { data, error, isPending, dataUpdatedAt, refetch } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<Attempt>(address(), signal),
    staleTime: 0,
    refetchInterval: (current) => pauseFor(current.state.data),
    refetchIntervalInBackground: true,
  })
  const attempt = computed(() => data.value ?? null)
  const accept = useMutation({
    mutationFn: () => post(`${address()}/accept-account`),
    onSettled: () => client.invalidateQueries({ queryKey: key.value }),
  })
  return { attempt, error, isPending, dataUpdatedAt, refetch, accept }
}

function pauseFor(attempt: Attempt | undefined): number | false {
  const ended = attempt !== undefined && attempt.status !== 'waiting' && attempt.status !== 'proving'
  if (ended) return false
  if (document.hidden) return HIDDEN
  return attempt?.status === 'waiting' ? WAITING : CHECKING
}
