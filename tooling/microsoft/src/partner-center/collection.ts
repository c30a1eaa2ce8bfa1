import { json, parameter, type Call } from '../http.ts'

export type Page<T> = { items: T[]; totalCount: number; links: Record<string, unknown> }

/** Cuts a page by `size` and `offset`; addresses in `links` are relative to `/v1`. */
export function pageOf<T>(call: Call, path: string, all: readonly T[], most: number): Page<T> | undefined {
  const size = number(parameter(call.query, 'size'), most)
  const offset = number(parameter(call.query, 'offset'), 0)
  if (size === undefined || offset === undefined || size < 1 || size > most) return undefined
  const others = new URLSearchParams([...call.query].filter(([name]) => name !== 'size' && name !== 'offset'))
  const link = (start: number): Record<string, unknown> => {
    const query = new URLSearchParams([...others, ['size', String(size)], ['offset', String(start)]])
    return { uri: `${path}?${query}`, method: 'GET', headers: [] }
  }
  const next = offset + size < all.length ? { next: link(offset + size) } : {}
  return {
    items: all.slice(offset, offset + size),
    totalCount: all.length,
    links: { self: link(offset), ...next },
  }
}

function number(value: string | undefined, fallback: number): number | undefined {
  if (value === undefined) return fallback
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined
}

export function collection<T>(page: Page<T>): Response {
  const { totalCount, items, links } = page
  return json(200, { totalCount, items, links, attributes: { objectType: 'Collection' } })
}

export function listOf(items: readonly unknown[], path: string): Response {
  const links = { self: { uri: path, method: 'GET', headers: [] } }
  return collection({ totalCount: items.length, items: [...items], links })
}
