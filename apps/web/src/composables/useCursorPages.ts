import { computed } from 'vue'
import type { LocationQueryRaw } from 'vue-router'
import { useAddress } from './useAddress.ts'
import { useQueryText } from './useQueryText.ts'

/** Pages of a list by the API's cursors. They live in the address, so reload and Back show the same. */
export function useCursorPages() {
  const goTo = useAddress()
  const text = useQueryText()
  const page = computed(() => Math.max(1, Number.parseInt(text('page'), 10) || 1))

  /** Changes what is asked for, and begins at the first page again. */
  function show(changes: LocationQueryRaw): Promise<unknown> {
    return goTo({ page: undefined, cursor: undefined, ...changes })
  }
  function next(cursor: string | null | undefined): void {
    if (!cursor) return
    const state = { trail: [...trail(), text('cursor')] }
    void goTo({ page: page.value + 1, cursor }, { state })
  }
  function previous(): void {
    const cursor = trail().at(-1) || undefined
    const back = cursor ? page.value - 1 : undefined
    void goTo({ page: back, cursor }, { state: { trail: trail().slice(0, -1) } })
  }
  return { text, page, show, next, previous }
}

/** Cursors of the pages before this one; the browser keeps them with the entry in its history. */
function trail(): string[] {
  // What was pushed above, or nothing.
  const state = history.state as { trail?: string[] } | null
  return state?.trail ?? []
}
