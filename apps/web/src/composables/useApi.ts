import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { ApiProblem, get, request } from '../api.ts'
import type { Problem } from '../types.ts'

/** What one address of the API says, read again whenever a change names it. */
export function useRead<T>(path: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => [toValue(path)]),
    queryFn: ({ signal }) => get<T>(toValue(path), signal),
    enabled: computed(() => toValue(enabled)),
  })
  /** It has nothing here, which is no failure. */
  const missing = computed(() => error.value instanceof ApiProblem && error.value.status === 404)
  return { data, error, isPending, missing, refetch }
}

export type Change = { readonly method: string; readonly path: string; readonly body?: unknown }

/** One change at a time at the API; what was read from these addresses is read anew afterwards. */
export function useChange<T>(...changed: readonly string[]) {
  const client = useQueryClient()
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: async ({ method, path, body }: Change) =>
      (await request<T>(method, path, body === undefined ? {} : { body })).body,
    onSuccess: () =>
      Promise.all(changed.map((path) => client.invalidateQueries({ queryKey: [path], exact: true }))),
  })
  const problem = computed<Problem | null>(() =>
    error.value instanceof ApiProblem ? error.value.problem : null,
  )

  /** Null when it was refused; `problem` says why. */
  async function run(change: Change): Promise<{ readonly answer: T } | null> {
    try {
      return { answer: await mutateAsync(change) }
    } catch {
      return null
    }
  }
  return { run, busy: isPending, problem, reset }
}
