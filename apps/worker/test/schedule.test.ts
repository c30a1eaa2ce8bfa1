import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { startLoop, waitAfter } from '../src/schedule.ts'

describe('a loop', () => {
  it('never begins a round before the one before has ended', async () => {
    let running = 0
    let most = 0
    let rounds = 0
    const loop = startLoop({
      every: 1,
      async work() {
        running += 1
        most = Math.max(most, running)
        await sleep(20)
        running -= 1
        rounds += 1
      },
      failed: () => undefined,
    })
    await sleep(200)
    await loop.stop()
    expect(rounds).toBeGreaterThan(2)
    expect(most).toBe(1)
  })

  it('goes on after a failure, and counts failures only while they follow each other', async () => {
    const outcomes = [false, false, true, false, true]
    const told: number[] = []
    const loop = startLoop({
      every: 1,
      async work() {
        if (outcomes.shift() === false) throw new Error('down')
      },
      failed: (_, failures) => void told.push(failures),
    })
    while (outcomes.length > 0) await sleep(5)
    await loop.stop()
    expect(told).toEqual([1, 2, 1])
  })

  it('lets the round under way end when it is stopped, and begins no other', async () => {
    let begun = 0
    let ended = 0
    const loop = startLoop({
      every: 1,
      async work() {
        begun += 1
        await sleep(50)
        ended += 1
      },
      failed: () => undefined,
    })
    await loop.stop()
    await sleep(20)
    expect({ begun, ended }).toEqual({ begun: 1, ended: 1 })
  })

  it('does not wait out its pause when it is stopped', async () => {
    const loop = startLoop({ every: 60_000, work: async () => undefined, failed: () => undefined })
    await sleep(10)
    const started = performance.now()
    await loop.stop()
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

it.each([
  [0, 30_000, 30_000],
  [1, 30_000, 60_000],
  [2, 30_000, 120_000],
  [9, 30_000, 120_000],
  [0, 1000, 1000],
  [3, 1000, 8000],
  [1, 300_000, 300_000],
])('waits after %i failures of a loop of %i ms for %i ms', (failures, every, wait) => {
  expect(waitAfter(failures, every)).toBe(wait)
})
