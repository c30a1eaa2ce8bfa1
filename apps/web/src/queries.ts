import { QueryClient } from '@tanstack/vue-query'
import { ApiProblem, DEFAULT_WAIT_SECONDS } from './api.ts'

const SECOND = 1000
const LIMITED_TRIES = 5

/** Reading is tried once more after a passing failure. A 429 changed nothing, so even writing goes on after it. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10 * SECOND,
      retry: (failures, error) => goesOn(failures, error) || (failures < 1 && isPassing(error)),
      retryDelay: pauseAfter,
    },
    mutations: { retry: goesOn, retryDelay: pauseAfter },
  },
})

function goesOn(failures: number, error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 429 && failures < LIMITED_TRIES
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500)
}

function pauseAfter(_failures: number, error: unknown): number {
  if (!(error instanceof ApiProblem) || error.status !== 429) return 2 * SECOND
  return (error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS) * SECOND
}
