import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findPoints, GROUP, play, type Points, type Told } from '../src/campaign.ts'
import { isSaved } from '../src/oracle.ts'
import { playRounds } from '../src/round.ts'
import { connectTenant, DIALECTS, openWorld, type World } from '../src/world.ts'

// Sixty rounds. On PostgreSQL each recovery waits a second to be sure that the process has ended.
const GROUPS = { sqlite: 8, postgres: 4 }
const SEED = 3

describe.concurrent.each(DIALECTS)('a process killed at any point, on %s', (dialect) => {
  let world: World
  let points: Points

  beforeAll(async () => {
    world = await openWorld(dialect)
    points = await findPoints(world)
  }, 120_000)

  afterAll(() => world.close())

  it('passes writes and requests, each before and after', () => {
    const night = points.get('night') ?? []
    for (const point of ['update connections', 'request token', 'insert grants', 'commit', 'insert checks']) {
      expect(night).toContain(`before ${point}`)
      expect(night).toContain(`after ${point}`)
    }
  })

  it('costs no consent', async () => {
    const told: Told[] = []
    const groups = Array.from({ length: GROUPS[dialect] }, (_, n) => n)
    await play(world, points, SEED, groups, (outcome) => told.push(outcome))
    expect(told.flatMap((it) => it.lost.map((fault) => `${it.operation}, ${it.point}: ${fault}`))).toEqual([])
    expect(told).toHaveLength(GROUPS[dialect] * GROUP)
    expect(told.filter((it) => it.killed).length).toBeGreaterThan(told.length * 0.7)
    expect(told.reduce((sum, it) => sum + it.recovered, 0)).toBeGreaterThan(told.length)
  }, 240_000)
})

describe('the oracle', () => {
  it('says what was lost, and what a strict Microsoft has ended', async () => {
    const world = await openWorld('sqlite')
    const { row } = await connectTenant(world)
    expect(await isSaved(world, row)).toBe(true)
    world.microsoft.control.setRotation('strict')
    for (const token of world.microsoft.state.refreshTokens.values()) token.uses += 1
    expect(await isSaved(world, row)).toBe(false)
    const [lost] = await playRounds(world, 'strict', [{ operation: 'night', killAt: 10_000 }])
    expect(lost).toMatchObject({ killed: false, told: 0, lost: [] })
    await world.close()
  }, 60_000)
})
