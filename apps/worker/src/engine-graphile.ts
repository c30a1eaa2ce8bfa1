import { setTimeout as sleep } from 'node:timers/promises'

import { refreshIfDue, type Deps } from '@consentry/core'
import { isLoss } from '@consentry/db'
import { Logger, parseCronItems, run, type JobHelpers, type Runner, type TaskList } from 'graphile-worker'
import { Pool } from 'pg'

import { logFailure, type Log } from './log.ts'
import { SECOND, startLoop, type Running } from './schedule.ts'

const DAY = 24 * 60 * 60 * SECOND
const BATCH = 500
/** How many seconds' worth of jobs are made at most: the rest is still due when it is looked for again. */
const AHEAD = 120
/** While something is due it is looked for more often than every minute. */
const LOOK_AGAIN = 15 * SECOND
/** Connections of the engine's own: one for each refresh under way, within reason. */
const CONNECTIONS = { least: 10, most: 20 }
/** A refresh that fails in a way nobody foresaw is tried again by the engine, later each time; then it is dead. */
const TRIES = 5
/** How long jobs may take to end when the process is told to stop; what is left goes back to the others. */
const GRACE = 6 * SECOND
const PATIENCE = 5 * SECOND
/** How often the database is asked whether it is still there. */
const LOOK = 2 * SECOND

/**
 * The night of many processes: every minute one of them looks for what is due and makes a job of each connection, which
 * any of them takes. Minutes without a worker are made up for. Started anew whenever the database was away.
 */
export function startGraphileNight(deps: Deps, log: Log, url: string): Running {
  const unguard = surviveLoss(log)
  const loop = startLoop({
    every: SECOND,
    work: (signal) => runUntil(signal, deps, log, url),
    failed: logFailure(log, 'the nightly jobs'),
  })
  return {
    async stop() {
      await loop.stop()
      unguard()
    },
  }
}

async function runUntil(signal: AbortSignal, deps: Deps, log: Log, url: string): Promise<void> {
  const { concurrency } = deps.config.nightly
  const { pool, lost } = openPool(url, concurrency)
  try {
    const runner = await run({
      pgPool: pool,
      concurrency,
      noHandleSignals: true,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: quietly(log),
      taskList: tasks(deps, log, signal),
      parsedCronItems: parseCronItems([EVERY_MINUTE]),
    })
    runner.promise.catch(() => undefined)
    // Nothing due waits for the next minute when a worker starts.
    await runner.addJob('find-due', {}, { jobKey: 'find-due', maxAttempts: TRIES })
    const over = [lost, untilSilent(pool, signal), runner.promise.then(() => 'it ended by itself')]
    const reason = await Promise.race(over)
    await stop(runner)
    if (!signal.aborted) throw new Error(`The jobs of the night are started anew: ${reason}`)
  } finally {
    // It waits for statements under way; whoever has lost the server need not.
    void pool.end().catch(() => undefined)
  }
}

function openPool(url: string, concurrency: number): { pool: Pool; lost: Promise<string> } {
  const pool = new Pool({
    connectionString: url,
    application_name: 'consentry jobs',
    max: Math.min(Math.max(concurrency, CONNECTIONS.least), CONNECTIONS.most),
    connectionTimeoutMillis: PATIENCE,
    keepAlive: true,
  })
  // Once a connection was cut the engine may wait for minutes before it goes on; a new one starts in a moment.
  const { promise: lost, resolve } = Promise.withResolvers<string>()
  pool.on('error', (error) => resolve(error.message))
  pool.on('connect', (client) => client.on('error', (error) => resolve(error.message)))
  return { pool, lost }
}

/** Resolves when the database no longer answers, though nothing was cut; and when the signal fires. */
async function untilSilent(pool: Pool, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    await sleep(LOOK, undefined, { signal }).catch(() => undefined)
    try {
      await pool.query('select 1')
    } catch (error) {
      return error instanceof Error ? error.message : 'the database does not answer'
    }
  }
  return 'told to stop'
}

/** Lets running jobs end, for a while; the jobs that are left then go to other processes. */
async function stop(runner: Runner): Promise<void> {
  const stopped = runner.stop().then(
    () => true,
    () => true,
  )
  const ended = await Promise.race([stopped, sleep(GRACE, false, { ref: false })])
  if (!ended)
    await Promise.race([runner.kill('the process has to end').catch(() => undefined), sleep(SECOND)])
}

/**
 * The engine lets a promise of its own reject with nobody listening when the database goes away under it, which would end
 * the process. Anything else still does.
 */
function surviveLoss(log: Log): () => void {
  function survive(reason: unknown): void {
    if (!isLoss(reason)) throw reason
    log.warn({ err: reason }, 'the nightly jobs lost the database')
  }
  process.on('unhandledRejection', survive)
  return () => void process.off('unhandledRejection', survive)
}

// A minute that nobody was there for is made up for; all of them together are one job, by its key.
const EVERY_MINUTE = {
  task: 'find-due',
  identifier: 'find-due',
  match: '* * * * *',
  options: { backfillPeriod: DAY, maxAttempts: TRIES, jobKey: 'find-due', jobKeyMode: 'replace' },
} as const

function tasks(deps: Deps, log: Log, signal: AbortSignal): TaskList {
  return {
    'find-due': (_payload, helpers) => findDue(deps, log, helpers),
    refresh: (payload, helpers) => refresh(deps, payload, signal, helpers),
  }
}

/**
 * One job for each connection that is due, by its key: what waits already is not made twice, and what a process that
 * was killed had locked is made anew.
 */
async function findDue(deps: Deps, log: Log, { addJob, addJobs }: JobHelpers): Promise<void> {
  const now = deps.now()
  const most = AHEAD * deps.config.nightly.perSecond
  let found = 0
  for (let after; found < most;) {
    const rows = await deps.store.listDue(now, BATCH, after)
    await addJobs(rows.map(({ id }) => ({ identifier: 'refresh', payload: { id }, ...keyOf(id) })))
    found += rows.length
    after = rows.at(-1)
    if (rows.length < BATCH) break
  }
  if (found === 0) return
  log.info({ due: found }, 'found what is due')
  const runAt = new Date(now.getTime() + LOOK_AGAIN)
  await addJob('find-due', {}, { jobKey: 'find-due', maxAttempts: TRIES, runAt })
}

function keyOf(id: string) {
  return { jobKey: `refresh ${id}`, maxAttempts: TRIES }
}

type Refresh = { readonly id: string }

async function refresh(
  deps: Deps,
  payload: unknown,
  signal: AbortSignal,
  { addJob }: JobHelpers,
): Promise<void> {
  // What is put in above and below.
  const { id } = payload as Refresh
  const outcome = await refreshIfDue(deps, id, { signal })
  if (typeof outcome === 'string') return
  await addJob('refresh', { id } satisfies Refresh, { ...keyOf(id), runAt: outcome.waitUntil })
}

/** The engine's own words: how it goes about its jobs is nobody's concern but a debugger's. */
function quietly(log: Log): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error') log.error({ work: 'the nightly jobs' }, message)
    else if (level === 'warning') log.warn({ work: 'the nightly jobs' }, message)
    else log.debug({ work: 'the nightly jobs' }, message)
  })
}
