import { QueryClient } from '@tanstack/vue-query'
import { ApiProblem } from './api.ts'

const SECOND = 1000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10 * SECOND,
      retry: (failures, error) => failures < 1 && isPassing(error),
      retryDelay: 2 * SECOND,
    },
  },
})

function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500)
}
