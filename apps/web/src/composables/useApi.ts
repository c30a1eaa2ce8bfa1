import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, readonly, ref, toValue, watchEffect, type MaybeRefOrGetter, type Ref } from 'vue'
import { ApiProblem, problemOf, request, type Answer } from '../api.ts'

/** What one address of the API says, read again whenever a change names it. */
export function useRead<T>(path: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean> = true) {
  const {
    data: answer,
    error,
    isPending,
    refetch,
  } = useQuery({
    queryKey: computed(() => [toValue(path)]),
    queryFn: ({ signal }) => request<T>('GET', toValue(path), { signal }),
    enabled: computed(() => toValue(enabled)),
  })
  const data = computed(() => answer.value?.body)
  /** It has nothing here, which is no failure. */
  const missing = computed(() => error.value instanceof ApiProblem && error.value.status === 404)
  return { answer, data, error, isPending, missing, refetch }
}

/** True until each of these was answered or refused for the first time: a page whose parts come together does not jump. */
export function useFirstLoad(...pending: readonly Readonly<Ref<boolean>>[]) {
  const loading = ref(true)
  // For good: a part that asks anew as it appears must not make the page take it away again.
  watchEffect(() => {
    if (pending.every((it) => !it.value)) loading.value = false
  })
  return readonly(loading)
}

export type Change = {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** Of what may be replaced, as for `request`. */
  readonly etag?: string | null
}

/** One change at a time at the API; what was read from these addresses is read anew afterwards. */
export function useChange<T>(...changed: readonly string[]) {
  const client = useQueryClient()
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: ({ method, path, ...sent }: Change) => request<T>(method, path, sent),
    onSuccess: () =>
      Promise.all(changed.map((path) => client.invalidateQueries({ queryKey: [path], exact: true }))),
  })
  const problem = computed(() => problemOf(error.value))

  /** Null when it was refused; `problem` says why. */
  async function run(change: Change): Promise<Answer<T> | null> {
    try {
      return await mutateAsync(change)
    } catch {
      return null
    }
  }
  return { run, busy: isPending, problem, reset }
}
