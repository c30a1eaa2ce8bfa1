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

// By the number of their fault points; a night shows several connections at once, with no server to start.
const MIX: readonly (readonly Operation[])[] = [
  ['night', 'consent', 'night', 'again', 'token'],
  ['night', 'again', 'test', 'consent', 'night'],
  ['night', 'consent', 'night', 'again', 'refresh'],
  ['night', 'again', 'test', 'consent', 'night'],
]
/** Rounds of one group: they share a recovery. */
export const GROUP = 5
const RECOVERY_KILLED = 0.4
const RECOVERY_POINTS = 40

type Group = {
  readonly rotation: Rotation
  readonly rounds: readonly Round[]
  readonly killRecoveryAt: number
}

/** The group of this number: always the same for a seed. In each rotation every fault point has its turn. */
function planGroup(points: Points, seed: number, number: number): Group {
  const random = randomFrom(seed * 1_000_003 + number)
  const rotation = ROTATIONS[number % ROTATIONS.length] ?? 'entra'
  const turn = Math.floor(number / ROTATIONS.length)
  const before = Array.from({ length: turn }, (_, n) => mixOf(n)).flat()
  const rounds = mixOf(turn).map((operation, place, mix) => {
    const count = points.get(operation)?.length ?? 1
    const earlier = [...before, ...mix.slice(0, place)].filter((it) => it === operation).length
    return { operation, killAt: 1 + ((seed + earlier * stepOf(count)) % count) }
  })
  const killRecoveryAt = random() < RECOVERY_KILLED ? 1 + Math.floor(random() * RECOVERY_POINTS) : 0
  return { rotation, rounds, killRecoveryAt }
}

function mixOf(turn: number): readonly Operation[] {
  return MIX[turn % MIX.length] ?? []
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
