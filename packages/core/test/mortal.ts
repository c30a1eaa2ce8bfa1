import type { Store } from '../src/deps.ts'
import type { Bench } from './bench.ts'

/** A process of its own on the bench's tables, and what ends it. */
export type Mortal = {
  readonly bench: Bench
  /** From now on it dies at the n-th step: a store call or a request, each has a step before and one after. */
  dieAt(step: number): void
  /** Resolves when it has died; what it was doing never ends. */
  readonly died: Promise<void>
  readonly steps: number
  end(): Promise<void>
}

/** Does nothing ever again. */
const NEVER = new Promise<never>(() => undefined)

export function startMortal(of: Bench): Mortal {
  const store = of.store.fork()
  const life = { steps: 0, end: Number.POSITIVE_INFINITY, dead: false }
  const { promise: died, resolve } = Promise.withResolvers<void>()

  /** Lets the step pass, or ends the process there. */
  async function step(): Promise<void> {
    life.steps += 1
    if (!life.dead && life.steps === life.end) {
      life.dead = true
      await store.close()
      resolve()
    }
    if (life.dead) await NEVER
  }

  async function around<T>(work: () => Promise<T>): Promise<T> {
    await step()
    const result = await work()
    await step()
    return result
  }

  const mortal = Object.fromEntries(
    Object.entries(store).map(([name, method]: [string, (...args: never[]) => unknown]) => [
      name,
      (...args: never[]) => (name === 'fork' ? method(...args) : around(async () => method(...args))),
    ]),
    // The same names with functions of the same arguments and results.
  ) as unknown as Bench['store'] & Store
  return {
    bench: { ...of, store: mortal, fetch: (input, init) => around(() => of.fetch(input, init)) },
    dieAt: (n) => void (life.end = life.steps + n),
    died,
    get steps() {
      return life.steps
    },
    async end() {
      if (!life.dead) await store.close()
      life.dead = true
    },
  }
}
