import { afterAll, beforeAll, expect, it } from 'vitest'

import { attack, type Outcome } from '../src/campaign.ts'
import { openWorld, type World } from '../src/world.ts'

const REQUESTS = 3000
const SEED = 1

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
  expect(outcome.tally.unreached).toEqual([])
})
