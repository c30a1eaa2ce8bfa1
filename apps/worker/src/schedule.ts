import { setTimeout as sleep } from 'node:timers/promises'

export const SECOND = 1000
const LONGEST_WAIT = 120 * SECOND

export type Loop = {
  /** Pause between the end of one round and the start of the next, in milliseconds. */
  readonly every: number
  /** One round. The signal fires when the loop is to stop: begin nothing new, finish what was begun. */
  work(signal: AbortSignal): Promise<unknown>
  /** A round failed, `failures` times in a row by now. The loop goes on. */
  failed(error: unknown, failures: number): void
}

export type Running = {
  /** Resolves when the round under way has ended. No other begins. */
  stop(): Promise<void>
}

/**
 * Runs rounds one after the other, the first at once. A round never overlaps the one before, however long that takes;
 * after failures the pause doubles, up to two minutes. What is due is told by the clock and not by the number of
 * rounds, so a machine that slept is one pause behind at most.
 */
export function startLoop(loop: Loop): Running {
  const stopping = new AbortController()
  const ended = run(loop, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

async function run(loop: Loop, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      await loop.work(signal)
      failures = 0
    } catch (error) {
      failures += 1
      loop.failed(error, failures)
    }
    await pause(waitAfter(failures, loop.every), signal)
  }
}

/** Milliseconds until the next round, after so many failures in a row. */
export function waitAfter(failures: number, every: number): number {
  return Math.max(every, Math.min(every * 2 ** failures, LONGEST_WAIT))
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // It rejects for one reason only: the signal ended the pause.
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
