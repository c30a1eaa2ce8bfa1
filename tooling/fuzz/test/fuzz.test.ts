import { afterAll, beforeAll, expect, it } from 'vitest'

import { attack, type Outcome } from '../src/campaign.ts'
import { openWorld, type World } from '../src/world.ts'

const REQUESTS = 6000
const SEED = 3

let world: World
let outcome: Outcome

beforeAll(async () => {
  world = await openWorld('sqlite')
  outcome = await attack(world, { requests: REQUESTS, seed: SEED })
}, 120_000)
afterAll(() => world.close())

it('answers whatever is asked, by anybody, as the contract says, and nothing of it reaches who must not see it', () => {
  expect(outcome.faults).toEqual([])
  expect(outcome.tally.requests).toBeGreaterThanOrEqual(2000)
})

it('gets through to every operation, so that none was tried at its door only', () => {
  // A session is ended by its own person only, and nobody here knows the id of another of theirs.
  const hard = new Set(['DELETE /sessions/{sessionId}'])
  expect(outcome.tally.unreached.filter((it) => !hard.has(it))).toEqual([])
})
