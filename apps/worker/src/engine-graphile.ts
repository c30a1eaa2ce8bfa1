import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Deps } from '@consentry/core'
import { isLoss } from '@consentry/db'
import { Logger, run, type Runner, type WorkerEvents, type WorkerPool } from 'graphile-worker'
import { Pool } from 'pg'

import { logFailure, type Log } from './log.ts'
import { CRON, LOOK, nightJobs, SCHEMA } from './night-jobs.ts'
import { SECOND, startLoop, type Running } from './schedule.ts'

/** Connections of the engine's own: one for each refresh under way, within reason. */
const CONNECTIONS = { least: 10, most: 20 }
/** How long jobs may take to end when the process is told to stop; what is left goes back to the others. */
const GRACE = 6 * SECOND
const PATIENCE = 5 * SECOND
/** How often the database is asked whether it is still there, and at every which time what is due is looked for. */
const PULSE = 2 * SECOND
const LOOK_AT = 5

/**
 * The night of many processes: one of them looks for what is due and makes a job of each connection, which any of them
 * takes. Started anew whenever the database was away.
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
  const events: WorkerEvents = new EventEmitter()
  const workers: WorkerPool[] = []
  events.on('pool:create', ({ workerPool }) => void workers.push(workerPool))
  try {
    const runner = await run({
      pgPool: pool,
      events,
      schema: SCHEMA,
      concurrency,
      noHandleSignals: true,
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: quietly(log),
      taskList: nightJobs(deps, log, signal),
      parsedCronItems: CRON,
    })
    const ended = runner.promise.then(
      () => 'it ended by itself',
      (error: unknown) => wordsOf(error),
    )
    const reason = await Promise.race([lost, ended, keepLooking(runner, pool, signal)])
    await stop(runner, workers)
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

/**
 * Has what is due looked for, at once and again and again, by a timer that no setting of a clock holds up: the engine's
 * minutes wait when the clock is set back. Tells why it ended: the database does not answer, or the signal fired.
 */
async function keepLooking(runner: Runner, pool: Pool, signal: AbortSignal): Promise<string> {
  try {
    for (let beat = 0; !signal.aborted; beat += 1) {
      // Without a time of its own it runs by the database's clock, whatever this machine's says.
      if (beat % LOOK_AT === 0) await runner.addJob('find-due', {}, LOOK)
      else await pool.query('select 1')
      await sleep(PULSE, undefined, { signal }).catch(() => undefined)
    }
    return 'told to stop'
  } catch (error) {
    return wordsOf(error)
  }
}

/** Lets running jobs end, for a while; those that are left are unlocked, so that other processes take them at once. */
async function stop(runner: Runner, workers: readonly WorkerPool[]): Promise<void> {
  const ended = runner.stop().catch(() => undefined)
  const patience = new AbortController()
  const over = sleep(GRACE, 'over', { signal: patience.signal }).catch(() => undefined)
  if ((await Promise.race([ended, over])) !== 'over') return patience.abort()
  const unlocked = workers.map((it) => Promise.resolve(it.forcefulShutdown('the process has to end')))
  await Promise.race([Promise.allSettled(unlocked), sleep(SECOND)])
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

/** The engine's own words: errors apart, how it goes about its jobs is nobody's concern but a debugger's. */
function quietly(log: Log): Logger {
  return new Logger(() => (level, message) => {
    log[level === 'error' ? 'error' : 'debug']({ work: 'the nightly jobs' }, message)
  })
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given'
}
