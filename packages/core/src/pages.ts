import type { Page, PageRequest } from './deps.ts'

const AT_ONCE = 100

/** All items of a paged list in its order, a page in memory at a time. */
export async function* everyItem<T>(read: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined
  do {
    const page = await read({ cursor, limit: AT_ONCE })
    yield* page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}
