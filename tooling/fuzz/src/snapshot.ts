import type { Database } from '@consentry/db'

export type Rows = Readonly<Record<string, readonly string[]>>

/** What a use of a key is allowed to change about it. */
const BY_USE = new Set(['lastUsedAt'])

/** Every row of every table, as text. */
export async function readRows({ db, tables }: Pick<Database, 'db' | 'tables'>): Promise<Rows> {
  const read: Record<string, readonly string[]> = {}
  for (const [name, table] of Object.entries(tables)) {
    const rows: object[] = await db.select().from(table)
    read[name] = rows.map((row) => JSON.stringify(row, (key, it: unknown) => (BY_USE.has(key) ? null : it)))
  }
  return read
}

/**
 * The rows that belong to whatever one of these ids names: those that mention one, and then those that mention an id
 * of theirs. No knowledge of the schema, so that a new table cannot be forgotten.
 */
export function rowsAbout(rows: Rows, ids: readonly string[]): { rows: Rows; ids: ReadonlySet<string> } {
  const known = new Set(ids)
  const found = new Map<string, Set<string>>()
  for (let before = -1; before !== known.size;) {
    before = known.size
    for (const [name, all] of Object.entries(rows)) {
      for (const row of all) {
        if (![...known].some((id) => row.includes(id))) continue
        found.set(name, (found.get(name) ?? new Set()).add(row))
        const own = idOf(row)
        if (own !== null) known.add(own)
      }
    }
  }
  return {
    rows: Object.fromEntries([...found].map(([name, set]) => [name, [...set].toSorted()])),
    ids: known,
  }
}

function idOf(row: string): string | null {
  const parsed: unknown = JSON.parse(row)
  const id = typeof parsed === 'object' && parsed !== null && 'id' in parsed ? parsed.id : null
  // A short one would be found inside other words.
  return typeof id === 'string' && id.length >= 20 ? id : null
}

/** What of the first is not in the second as it was, or is new there; a line each. */
export function differences(before: Rows, after: Rows): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => {
    const [old, now] = [new Set(before[name]), new Set(after[name])]
    return [
      ...[...old].filter((row) => !now.has(row)).map((row) => `${name}: gone or changed ${row}`),
      ...[...now].filter((row) => !old.has(row)).map((row) => `${name}: new ${row}`),
    ]
  })
}
