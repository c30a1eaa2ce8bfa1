import type { Operation } from './document.ts'
import type { Asked } from './requests.ts'
import type { Answer } from './send.ts'

export type Tally = ReturnType<typeof createTally>

/** Counts what was asked and answered. */
export function createTally(operations: readonly string[]) {
  const statuses = new Map<number, number>()
  const through = new Map(operations.map((it) => [it, 0]))
  const notes: string[] = []
  const started = performance.now()
  let slowest = { ms: 0, target: '' }
  let requests = 0
  return {
    add({ sent }: Asked, { status, ms }: Answer, operation: Operation | null): void {
      requests += 1
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (ms > slowest.ms) slowest = { ms, target: `${sent.method} ${sent.target.slice(0, 60)}` }
      if (operation && status < 300) through.set(operation.name, (through.get(operation.name) ?? 0) + 1)
    },
    note: (words: string): void => void notes.push(words),
    get requests() {
      return requests
    },
    /** Operations that never succeeded: behind them nothing was tried. */
    get unreached(): string[] {
      return [...through].filter(([, count]) => count === 0).map(([name]) => name)
    },
    summary(): string {
      const seconds = Math.round((performance.now() - started) / 1000)
      const counted = [...statuses].toSorted(([a], [b]) => a - b).map((it) => it.join(': '))
      const slow = `slowest ${Math.round(slowest.ms)} ms (${slowest.target})`
      return [`${requests} requests in ${seconds} s`, counted.join(', '), slow, ...notes].join('; ')
    },
  }
}
