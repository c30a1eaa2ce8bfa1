import { useRoute, useRouter, type HistoryState, type LocationQueryRaw, type Router } from 'vue-router'

type How = {
  /** In place of the address before, not as a step that Back undoes. */
  readonly replace?: boolean
  readonly state?: HistoryState
}

/** What the address is about to ask for. */
const coming = new WeakMap<Router, LocationQueryRaw>()

/**
 * Changes what the address asks for, and leaves the rest of it. A change on the heels of another, which the address does
 * not have yet, goes on from that.
 */
export function useAddress(): (changes: LocationQueryRaw, how?: How) => Promise<void> {
  const route = useRoute()
  const router = useRouter()
  return async (changes, { replace = false, state = {} } = {}) => {
    const query = { ...(coming.get(router) ?? route.query), ...changes }
    coming.set(router, query)
    try {
      await router.push({ query, replace, state })
    } finally {
      if (coming.get(router) === query) coming.delete(router)
    }
  }
}
