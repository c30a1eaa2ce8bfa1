import { hashToken } from '@consentry/microsoft-simulator'
import fc from 'fast-check'
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
import { arrive, consent, createBench, DAY, MINUTE, stored, tenant, travel, type Bench } from './bench.ts'
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
        for (const each of steps) {
          const before = await stored(bench)
          await play(bench, each)
          await expectSound(bench, before, rotation)
        }
        await expectRecovered(bench, rotation)
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

/** What must hold after every step, whatever died. */
async function expectSound(bench: Bench, before: ConnectionRow, rotation: string): Promise<void> {
  const row = await stored(bench)
  expect(row.fence).toBeGreaterThanOrEqual(before.fence)
  expect(row.lastGeneration).toBeGreaterThanOrEqual(before.lastGeneration)
  expect(row.generation).not.toBeNull()
  expect(await bench.store.getGrant(row.id, row.generation ?? 0)).not.toBeNull()
  const saved = await isSaved(bench, row)
  if (rotation === 'entra') expect(saved).toBe(true)
  // Nothing here takes a sign-in away but a lost rotation.
  if (row.status === 'broken')
    expect({ saved, reason: row.reason }).toEqual({ saved: false, reason: 'rotation_unconfirmed' })
  const successes = bench.microsoft.requests.filter(
    (it) => it.grantType === 'refresh_token' && it.status === 200,
  )
  const perToken = [...Map.groupBy(successes, (it) => it.refreshTokenHash).values()].map((it) => it.length)
  if (rotation === 'strict') expect(Math.max(0, ...perToken)).toBeLessThanOrEqual(1)
}

/** A fresh process, two quiet nights: what was saved works, and what could not be says so. */
async function expectRecovered(bench: Bench, rotation: string): Promise<void> {
  const process = startMortal(bench)
  await recoverInterrupted(process.bench)
  const saved = await isSaved(bench, await stored(bench))
  for (const minutes of [0, 3, 24 * 60, 24 * 60]) {
    bench.pass(minutes * MINUTE)
    await refreshDue(process.bench)
  }
  bench.pass(DAY)
  await refreshDue(process.bench)
  const row = await stored(bench)
  expect({ leaseUntil: row.leaseUntil, leaseHolder: row.leaseHolder, intent: row.intent }).toEqual({
    leaseUntil: null,
    leaseHolder: null,
    intent: null,
  })
  const { items } = await bench.store.listChecks(row.id, { limit: 200 })
  const told = items.some((it) => it.code === 'rotation_unconfirmed')
  if (saved) expect(row).toMatchObject({ status: 'connected', verify: null })
  else
    expect({ rotation, status: row.status, reason: row.reason, told }).toEqual({
      rotation: 'strict',
      status: 'broken',
      reason: 'rotation_unconfirmed',
      told: true,
    })
  const open = await bench.store.listOpenAttempts(row.id, bench.now())
  expect(open.filter((it) => it.status === 'proving')).toEqual([])
  const tokens = [...bench.microsoft.state.refreshTokens.keys()]
  expect(tokens.length).toBeGreaterThan(0)
  expect(JSON.stringify([items, bench.events])).not.toMatch(/"1\.[A-Za-z0-9_-]{200}/)
  await process.end()
}

/** Whether a grant that Microsoft would accept is stored, by Microsoft's own state. */
async function isSaved(bench: Bench, row: ConnectionRow): Promise<boolean> {
  for (const { generation, attemptId } of await bench.store.listGrants(row.id)) {
    const pointedAt = generation === row.generation || generation === row.previousGeneration
    if (attemptId !== null && !pointedAt) continue
    const token = bench.microsoft.state.refreshTokens.get(hashToken(await openGrant(bench, row, generation)))
    const strict = bench.microsoft.control.settings.rotation === 'strict'
    if (token && !token.revoked && (!strict || token.uses === 0)) return true
  }
  return false
}
