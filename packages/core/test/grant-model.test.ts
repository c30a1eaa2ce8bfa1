import { hashToken } from '@consentry/microsoft-simulator'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import {
  getAccessToken,
  recoverInterrupted,
  refreshConnection,
  refreshDue,
  testConnection,
  type ConnectionRow,
} from '../src/index.ts'
import { openGrant } from '../src/grants.ts'
import { arrive, consent, createBench, MINUTE, stored, tenant, travel, type Bench } from './bench.ts'
import { startMortal } from './mortal.ts'

// More of them: MODEL_RUNS=5000.
const RUNS = Number(process.env.MODEL_RUNS ?? 150)

const OPERATIONS = ['night', 'token', 'graph', 'refresh', 'test', 'consent', 'recover'] as const
const FAULTS = ['none', 'none', 'none', 'reset before', 'reset after', 'body cut', 'busy', 'down'] as const

type Step = {
  readonly operation: (typeof OPERATIONS)[number]
  readonly fault: (typeof FAULTS)[number]
  /** Where the process dies, counted in steps; most live. */
  readonly dieAt: number | null
  /** Minutes that pass before. */
  readonly pass: number
}

const step: fc.Arbitrary<Step> = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  fault: fc.constantFrom(...FAULTS),
  dieAt: fc.option(fc.integer({ min: 1, max: 40 }), { freq: 1 }),
  pass: fc.constantFrom(0, 1, 2, 70, 24 * 60),
})

const THEN = {
  'reset before': { reset: 'before' },
  'reset after': { reset: 'after' },
  'body cut': { reset: 'body' },
  busy: { retryAfter: 90 },
  down: { status: 503, body: '' },
} as const

it.each(['entra', 'strict'] as const)(
  'a consent outlives whatever happens to us, where rotation is %s',
  async (rotation) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const bench = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
        bench.microsoft.control.setRotation(rotation)
        await consent(bench)
        const faults: string[] = []
        for (const each of steps) {
          const before = await stored(bench)
          await play(bench, each)
          faults.push(...(await faultsOf(bench, before, rotation)))
        }
        faults.push(...(await faultsAtTheEnd(bench, rotation)))
        expect(faults).toEqual([])
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    )
  },
  90_000,
)

/** One process does one thing, and perhaps dies of it. */
async function play(bench: Bench, { operation, fault, dieAt, pass }: Step): Promise<void> {
  bench.pass(pass * MINUTE)
  // A consent that meets a slow Microsoft tries again for seconds.
  if (fault !== 'none' && operation !== 'consent')
    bench.microsoft.control.addFault({ on: { route: 'token' }, times: 1, then: THEN[fault] })
  const row = await stored(bench)
  const trip = operation === 'consent' ? await travel(bench, row, { user: tenant.users.service }) : null
  const process = startMortal(bench)
  if (dieAt !== null) process.dieAt(dieAt)
  const done = trip ? arrive(process.bench, trip) : ACTS[operation as keyof typeof ACTS](process.bench, row)
  await Promise.race([done.catch(() => undefined), process.died])
  await process.end()
  bench.microsoft.control.clearFaults()
}

const ACTS = {
  night: (bench: Bench) => refreshDue(bench),
  token: (bench: Bench, row: ConnectionRow) => getAccessToken(bench, row, { resource: 'partner-center' }),
  graph: (bench: Bench, row: ConnectionRow) =>
    getAccessToken(bench, row, { resource: 'graph', minimumValiditySeconds: 3500 }),
  refresh: (bench: Bench, row: ConnectionRow) => refreshConnection(bench, row),
  test: (bench: Bench, row: ConnectionRow) => testConnection(bench, row),
  recover: (bench: Bench) => recoverInterrupted(bench),
}

/** What is wrong after a step, whatever died; nothing, if all is well. */
async function faultsOf(bench: Bench, before: ConnectionRow, rotation: string): Promise<string[]> {
  const row = await stored(bench)
  const saved = await isSaved(bench, row)
  const grant = await bench.store.getGrant(row.id, row.generation ?? 0)
  const successes = bench.microsoft.requests.filter(
    (it) => it.grantType === 'refresh_token' && it.status === 200,
  )
  const perToken = [...Map.groupBy(successes, (it) => it.refreshTokenHash).values()].map((it) => it.length)
  // Nothing here takes a sign-in away but a lost rotation.
  const rightlyBroken = !saved && row.reason === 'rotation_unconfirmed'
  return complaints([
    [row.fence < before.fence, 'The fence went back.'],
    [row.lastGeneration < before.lastGeneration, 'A generation number was given out again.'],
    [!grant, 'The connection points at a grant that is not there.'],
    [rotation === 'entra' && !saved, 'The grant is gone.'],
    [row.status === 'broken' && !rightlyBroken, `It is broken without need: ${row.reason}.`],
    [rotation === 'strict' && perToken.some((times) => times > 1), 'A token was redeemed twice.'],
  ])
}

/** What is wrong once a fresh process has put everything right and some quiet nights have passed. */
async function faultsAtTheEnd(bench: Bench, rotation: string): Promise<string[]> {
  const process = startMortal(bench)
  await recoverInterrupted(process.bench)
  const saved = await isSaved(bench, await stored(bench))
  for (const minutes of [0, 3, 24 * 60, 24 * 60, 24 * 60]) {
    bench.pass(minutes * MINUTE)
    await refreshDue(process.bench)
  }
  await process.end()
  const row = await stored(bench)
  const { items } = await bench.store.listChecks(row.id, { limit: 500 })
  const told = items.some((it) => it.code === 'rotation_unconfirmed' && !it.ok)
  const lost = row.status === 'broken' && row.reason === 'rotation_unconfirmed' && told
  const open = await bench.store.listOpenAttempts(row.id, bench.now())
  return complaints([
    [row.leaseUntil !== null || row.leaseHolder !== null || row.intent !== null, 'A lease was left behind.'],
    [saved && row.status !== 'connected', `What was saved is not used: ${row.status}, ${row.reason}.`],
    [saved && row.verify !== null, 'It is still to be verified.'],
    [!saved && rotation === 'entra', 'The grant is gone.'],
    [!saved && !lost, `The loss is not told: ${row.status}, ${row.reason}.`],
    [open.some((it) => it.status === 'proving'), 'An attempt is proven for ever.'],
    [/1\.[A-Za-z0-9_-]{200}/.test(JSON.stringify([items, bench.events])), 'A token was told.'],
  ])
}

function complaints(all: readonly (readonly [boolean, string])[]): string[] {
  return all.filter(([wrong]) => wrong).map(([, words]) => words)
}

/** Whether a grant that Microsoft would accept is stored, by Microsoft's own state. */
async function isSaved(bench: Bench, row: ConnectionRow): Promise<boolean> {
  for (const { generation, attemptId } of await bench.store.listGrants(row.id)) {
    const pointedAt = generation === row.generation || generation === row.previousGeneration
    if (attemptId !== null && !pointedAt) continue
    const token = bench.microsoft.state.refreshTokens.get(
      hashToken((await openGrant(bench, row, generation)).refreshToken),
    )
    const strict = bench.microsoft.control.settings.rotation === 'strict'
    if (token && !token.revoked && (!strict || token.uses === 0)) return true
  }
  return false
}
