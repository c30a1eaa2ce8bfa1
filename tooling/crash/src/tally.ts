import type { Told } from './campaign.ts'
import type { Dialect } from './world.ts'

type Row = { rounds: number; killed: number; recovered: number; told: number; lost: number }

/** Counts outcomes by database and rotation mode. */
export function createTally() {
  const rows = new Map<string, Row>()
  const started = performance.now()

  function sum(column: keyof Row): number {
    return [...rows.values()].reduce((all, row) => all + row[column], 0)
  }

  return {
    add(dialect: Dialect, { rotation, killed, recovered, told, lost }: Told): void {
      const key = `${dialect}, ${rotation}`
      const row = rows.get(key) ?? { rounds: 0, killed: 0, recovered: 0, told: 0, lost: 0 }
      rows.set(key, {
        rounds: row.rounds + 1,
        killed: row.killed + (killed ? 1 : 0),
        recovered: row.recovered + recovered,
        told: row.told + told,
        lost: row.lost + lost.length,
      })
    },
    get rounds() {
      return sum('rounds')
    },
    get lost() {
      return sum('lost')
    },
    summary(): string {
      const seconds = Math.round((performance.now() - started) / 1000)
      return `${sum('rounds')} rounds in ${seconds} s, ${sum('killed')} killed, consents lost: ${sum('lost')}`
    },
    table(): Record<string, Row> {
      return Object.fromEntries([...rows].toSorted(([a], [b]) => a.localeCompare(b)))
    },
  }
}
