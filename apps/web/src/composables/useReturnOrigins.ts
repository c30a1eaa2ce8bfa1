import { computed } from 'vue'
import { request, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import { useRead } from './useApi.ts'
import { useEdit } from './useEdit.ts'

type Origins = { readonly items: readonly string[] }
type Mine = { readonly add: string } | { readonly remove: string }

/** Addresses that links may lead back to. Adding or removing one goes together with whatever else somebody did. */
export function useReturnOrigins(enabled: () => boolean, onDone: (mine: Mine) => void) {
  const { answer, error, refetch } = useRead<Origins>(api.returnOrigins, computed(enabled))
  const items = computed(() => answer.value?.body.items ?? [])
  const { save, busy, problem } = useEdit<Origins, Mine>({
    changed: [api.returnOrigins],
    change: (mine, seen) => ({ method: 'PUT', path: api.returnOrigins, body: { items: all(mine, seen) } }),
    read: () => request('GET', api.returnOrigins),
    differences: () => [],
    act: 'return_origins',
  })
  async function put(mine: Mine): Promise<void> {
    const seen: Answer<Origins> | undefined = answer.value
    if (seen && (await save(mine, seen))) onDone(mine)
  }
  return { answer, items, error, refetch, busy, problem, put }
}

function all(mine: Mine, { items }: Origins): string[] {
  return 'add' in mine ? [...items, mine.add] : items.filter((it) => it !== mine.remove)
}
