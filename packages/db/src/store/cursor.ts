import { ConsentryError } from '@consentry/core'

/** An opaque place in a list: the last row's sort key, so that rows that come and go shift nothing. */
function writeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The sort key behind a cursor. Throws `malformed_request` unless its parts have these types. */
export function readCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] {
  const key = parse(cursor)
  const fits = key.length === types.length && types.every((type, i) => typeof key[i] === type)
  if (!fits) throw new ConsentryError('malformed_request')
  // Each part was found to be of its type above.
  return key as (string | number)[]
}

function parse(cursor: string): readonly unknown[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(key) ? key : []
  } catch (cause) {
    throw new ConsentryError('malformed_request', { cause })
  }
}

/** A page out of at most `limit + 1` rows: the one too many says that there is more. */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  sortKey: (row: T) => readonly (string | number)[],
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: last && rows.length > limit ? writeCursor(sortKey(last)) : null }
}
