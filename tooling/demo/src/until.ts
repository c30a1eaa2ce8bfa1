import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE = 30_000
const POLL = 100

/** Looks again and again until what is seen fits. Throws after half a minute. */
export async function until<T>(look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const seen = await look()
    if (fits(seen)) return seen
    if (Date.now() > deadline) throw new Error(`Nothing more happened for ${PATIENCE / 1000} seconds.`)
    await sleep(POLL)
  }
}
