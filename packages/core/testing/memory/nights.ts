import { turnAfter } from '../../src/turns.ts'
import type { Store } from '../../src/deps.ts'
import { change, copyWhere, type Data, insert, keyOf } from './data.ts'

export function addToNight(data: Data, ...of: Parameters<Store['addToNight']>): void {
  const [organisationId, night, outcome, at] = of
  const key = keyOf(organisationId, night)
  if (!data.nights.has(key)) {
    const none = { refreshed: 0, failed: 0 }
    insert(data.nights, key, { organisationId, night, startedAt: at, finishedAt: at, ...none })
  }
  change(data.nights, key, (row) => ({ [outcome]: row[outcome] + 1, finishedAt: at }))
}

export function memoryNights(data: Data) {
  return {
    async addToNight(...of) {
      addToNight(data, ...of)
    },
    async listNights(organisationId, limit) {
      return copyWhere(data.nights, (it) => it.organisationId === organisationId)
        .toSorted((a, b) => (a.night < b.night ? 1 : -1))
        .slice(0, limit)
    },
    async takeTurn(wish) {
      const turn = turnAfter(data.turns.get(wish.name), wish)
      if (turn.taken) data.turns.set(wish.name, { at: turn.at.getTime(), owner: wish.owner ?? null })
      return turn
    },
    async dropTurns(before) {
      for (const [name, { at }] of data.turns) if (at < before.getTime()) data.turns.delete(name)
    },
  } satisfies Partial<Store>
}
