import type { ConnectionRow } from '@consentry/core'

import { isSaved } from './oracle.ts'
import { prepare, type Operation, type Stake } from './operations.ts'
import { run } from './program.ts'
import type { World } from './world.ts'

export type Rotation = 'entra' | 'strict'
export const ROTATIONS: readonly Rotation[] = ['entra', 'strict']

/** One kill: what a process is to do, and at which of its fault points it dies. */
export type Round = { readonly operation: Operation; readonly killAt: number }

export type Outcome = Round & {
  /** False when the process had ended before it came to the point. */
  readonly killed: boolean
  readonly recovered: number
  /** Gone before anything could be saved, and told. */
  readonly told: number
  /** What must never be: one sentence each. */
  readonly lost: readonly string[]
}

const RECOVERY = ['apps/worker/src/main.ts', '--once']

/**
 * Kills one process after the other, each at its fault point, lets another put right what they left (killing that too,
 * if told), and judges what came of each.
 */
export async function playRounds(
  world: World,
  rotation: Rotation,
  rounds: readonly Round[],
  killRecoveryAt = 0,
): Promise<Outcome[]> {
  world.microsoft.control.setRotation(rotation)
  const played: (Round & { readonly stake: Stake; readonly killed: boolean })[] = []
  for (const round of rounds) {
    const stake = await prepare(world, round.operation)
    const { killed } = await stake.act(round.killAt)
    played.push({ ...round, stake, killed })
  }
  if (killRecoveryAt > 0) await run(RECOVERY, world.env, { killAt: killRecoveryAt })
  const before = await Promise.all(played.map(({ stake }) => lookAt(world, stake)))
  const { words } = await run(RECOVERY, world.env)
  return Promise.all(
    played.map(async ({ stake, ...round }, index) => {
      const found = before[index] ?? []
      return { ...round, ...(await judge(world, rotation, stake, found, words)) }
    }),
  )
}

type Found = { readonly id: string; readonly saved: boolean; readonly candidate: boolean }

function lookAt(world: World, stake: Stake): Promise<Found[]> {
  return Promise.all(stake.rows.map((row) => look(world, row, stake)))
}

async function judge(
  world: World,
  rotation: Rotation,
  stake: Stake,
  found: readonly Found[],
  words: string,
): Promise<Pick<Outcome, 'recovered' | 'told' | 'lost'>> {
  const lost: string[] = []
  let [recovered, told] = [0, 0]
  for (const { id, saved, candidate } of found) {
    const fault = await faultOf(world, id, stake, { saved, candidate, rotation })
    if (fault) lost.push(`${fault}\n${words}`)
    else if (saved || candidate) recovered += 1
    else told += 1
  }
  return { lost, recovered, told }
}

async function look(world: World, { id }: ConnectionRow, { attemptId }: Stake): Promise<Found> {
  const row = await current(world, id)
  const candidate = attemptId !== undefined && (await isSaved(world, row, attemptId))
  return { id, candidate, saved: await isSaved(world, row) }
}

type Before = { readonly saved: boolean; readonly candidate: boolean; readonly rotation: Rotation }

/** What is wrong after recovery, given what was on the disk before it. */
async function faultOf(
  world: World,
  id: string,
  { attemptId }: Stake,
  { saved, candidate, rotation }: Before,
): Promise<string | null> {
  const row = await current(world, id)
  const attempt = attemptId === undefined ? null : await world.deps.store.getAttempt(attemptId)
  const state = `${row.status}/${row.reason}, attempt ${attempt?.status}/${attempt?.problem?.code}`
  if (row.leaseUntil || row.leaseHolder || row.intent !== null) return `A lease was left behind (${state}).`
  if (attempt?.status === 'proving') return 'The attempt is proven for ever.'
  if (candidate && attempt?.status !== 'succeeded') return `A stored consent was not promoted (${state}).`
  if (saved || candidate) {
    if (row.status !== 'connected') return `The grant was there and is not used (${state}).`
    return (await isSaved(world, row)) ? null : `What it works with is not accepted (${state}).`
  }
  // The first consent: nothing was there before, and the code is used up by whoever redeems it.
  if (row.generation === null) return attempt && row.status !== 'connected' ? null : `No grant (${state}).`
  if (rotation === 'entra') return `The grant is gone (${state}).`
  return isTold(world, row)
}

async function isTold(world: World, row: ConnectionRow): Promise<string | null> {
  const { items } = await world.deps.store.listChecks(row.id, { limit: 20 })
  const told = items.some((it) => it.code === 'rotation_unconfirmed' && !it.ok)
  if (row.status === 'broken' && row.reason === 'rotation_unconfirmed' && told) return null
  return `The loss is not told (${row.status}/${row.reason}, checks ${items.map((it) => it.code).join(' ')}).`
}

async function current(world: World, id: string): Promise<ConnectionRow> {
  const row = await world.deps.store.getConnection(id)
  if (!row) throw new Error('The connection is gone.')
  return row
}
