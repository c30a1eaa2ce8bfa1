import { OPERATIONS, prepare, type Operation } from './operations.ts'
import { randomFrom } from './random.ts'
import { playRounds, ROTATIONS, type Outcome, type Rotation, type Round } from './round.ts'
import type { World } from './world.ts'

export type Points = ReadonlyMap<Operation, readonly string[]>

/** Every fault point of every operation, found by letting it live once. */
export async function findPoints(world: World): Promise<Points> {
  const found = new Map<Operation, readonly string[]>()
  for (const operation of OPERATIONS) {
    const stake = await prepare(world, operation)
    found.set(operation, await stake.points())
  }
  return found
}

// A night shows most for the time it takes: several connections at once, and no server to start.
const MIX: readonly (readonly Operation[])[] = [
  ['night', 'token', 'night', 'consent', 'night'],
  ['night', 'again', 'night', 'refresh', 'test'],
]
/** Rounds of one group: they share a recovery. */
export const GROUP = 5
const RECOVERY_KILLED = 0.4
const RECOVERY_POINTS = 40

export type Group = {
  readonly rotation: Rotation
  readonly rounds: readonly Round[]
  readonly killRecoveryAt: number
}

/** The group of this number: always the same for a seed. Over the groups every fault point has its turn. */
function planGroup(points: Points, seed: number, number: number): Group {
  const random = randomFrom(seed * 1_000_003 + number)
  const turns = MIX.length * ROTATIONS.length
  const operations = MIX[number % MIX.length] ?? []
  const rotation = ROTATIONS[Math.floor(number / MIX.length) % ROTATIONS.length] ?? 'entra'
  const rounds = operations.map((operation, place) => {
    const count = points.get(operation)?.length ?? 1
    const turn = Math.floor(number / turns) * GROUP + place
    return { operation, killAt: 1 + ((seed + turn * stepOf(count)) % count) }
  })
  const killRecoveryAt = random() < RECOVERY_KILLED ? 1 + Math.floor(random() * RECOVERY_POINTS) : 0
  return { rotation, rounds, killRecoveryAt }
}

/** Shares no factor with the count, so that its multiples visit every point, near and far in turn. */
function stepOf(count: number): number {
  const wanted = Math.max(1, Math.round(count * 0.382))
  for (let step = wanted; step < wanted + count; step += 1) if (commonFactor(step, count) === 1) return step
  return 1
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b)
}

export type Told = Outcome & {
  readonly group: number
  readonly rotation: Rotation
  /** What the process was about to do, or had just done, when it died. */
  readonly point: string
}

/** Plays the groups of these numbers, one after the other, telling each round's outcome. */
export async function play(
  world: World,
  points: Points,
  seed: number,
  groups: Iterable<number>,
  tell: (outcome: Told) => void,
): Promise<void> {
  for (const group of groups) {
    const { rotation, rounds, killRecoveryAt } = planGroup(points, seed, group)
    for (const outcome of await playRounds(world, rotation, rounds, killRecoveryAt)) {
      const point = points.get(outcome.operation)?.[outcome.killAt - 1] ?? ''
      tell({ ...outcome, group, rotation, point })
    }
  }
}
