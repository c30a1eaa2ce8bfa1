import type { Need, Today } from './types.ts'

/** One row of what needs somebody: a tenant, or several with the same cause. */
export type NeedRow = { readonly key: string; readonly needs: readonly [Need, ...Need[]] }

/** From so many on, tenants with the same cause are one row. */
const SAME = 3

/** By the moment it hurts: what has stopped first, then by the day it stops, then what stops nothing. */
export function inOrder(needs: readonly Need[]): readonly Need[] {
  return needs.toSorted((one, other) => momentOf(one) - momentOf(other))
}

/** The rows of the list, each where its most urgent tenant stands. */
export function rowsOf(needs: readonly Need[]): readonly NeedRow[] {
  const sorted = inOrder(needs)
  const together = [...Map.groupBy(sorted, causeOf)].flatMap(([cause, same]) =>
    same.length >= SAME
      ? [{ key: cause, needs: same }]
      : same.map((it) => ({ key: it.microsoftId, needs: [it] })),
  )
  const rows = together.flatMap(({ key, needs: [first, ...rest] }) =>
    first ? [{ key, needs: [first, ...rest] as const }] : [],
  )
  return rows.toSorted((one, other) => momentOf(one.needs[0]) - momentOf(other.needs[0]))
}

/** How many tenants need somebody; one answer holds only the most urgent of them. */
export function countNeeds({ needsPerson, incidents, counts }: Today): number {
  const operators = incidents.reduce((sum, it) => sum + it.connections, 0)
  return Math.max(needsPerson.length, counts.broken + counts.attention - operators)
}

function causeOf({ status, code }: Need): string {
  return `${status} ${code}`
}

function momentOf({ status, by }: Need): number {
  if (status === 'broken') return 0
  return by === null ? Number.MAX_SAFE_INTEGER : Date.parse(by)
}
