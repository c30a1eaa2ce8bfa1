import { listDuePages, postpone, refreshIfDue, type Deps } from '@consentry/core'
import { parseCronItems, type JobHelpers, type TaskList } from 'graphile-worker'

import type { Log } from './log.ts'
import { SECOND } from './schedule.ts'

/** Where the engine keeps its jobs. */
export const SCHEMA = 'graphile_worker'

const DAY = 24 * 60 * 60 * SECOND
const PAGE = 500
/** How many seconds' worth of connections are made jobs of at most: the rest is still due the next time. */
const AHEAD = 120
/** A refresh that goes wrong in a way nobody foresaw is tried again by the engine, later each time; then it is dead. */
const TRIES = 5

/** Looking for what is due. Before all that was found: what was locked by a process that was killed is made anew. */
export const LOOK = { jobKey: 'find-due', priority: -1, maxAttempts: TRIES } as const

/** A minute that nobody was there for is made up for; all of them together are one job, by its key. */
export const CRON = parseCronItems([
  {
    task: 'find-due',
    identifier: 'find-due',
    match: '* * * * *',
    options: { ...LOOK, jobKeyMode: 'replace', backfillPeriod: DAY },
  },
])

/** Nothing new is begun once the signal has fired. */
export function nightJobs(deps: Deps, log: Log, signal: AbortSignal): TaskList {
  return {
    'find-due': (_payload, helpers) => findDue(deps, log, helpers),
    refresh: (payload, helpers) => refresh(deps, payload, signal, helpers),
  }
}

async function findDue(deps: Deps, log: Log, helpers: JobHelpers): Promise<void> {
  const most = AHEAD * deps.config.nightly.perSecond
  let found = 0
  let made = 0
  for await (const page of listDuePages(deps, PAGE)) {
    const waiting = await whatWaits(helpers, page.map(keyOf))
    const specs = page
      .filter((row) => !waiting.has(keyOf(row)))
      .map((row) => ({
        identifier: 'refresh',
        payload: { id: row.id },
        jobKey: keyOf(row),
        maxAttempts: TRIES,
      }))
    if (specs.length > 0) await helpers.addJobs(specs)
    made += specs.length
    found += page.length
    if (found >= most) break
  }
  if (made > 0) log.info({ due: found, jobs: made }, 'found what is due')
}

/**
 * Those of the keys whose jobs are about to run, or to be tried again: making them anew would forget how often they were
 * tried. What is locked may have been locked by a process that was killed, what is dead gets a new life, and what
 * lies further ahead than any wait for a new try was put there by a clock that has been set back.
 */
async function whatWaits({ query }: JobHelpers, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await query<{ key: string }>(
    `select key from ${SCHEMA}.jobs where key = any($1::text[])
      and locked_at is null and attempts < max_attempts and run_at < now() + interval '5 minutes'`,
    [keys],
  )
  return new Set(rows.map((it) => it.key))
}

function keyOf({ id }: { readonly id: string }): string {
  return `refresh ${id}`
}

/** One that waits for another connection of its tenant is still due, and found again. */
async function refresh(
  deps: Deps,
  payload: unknown,
  signal: AbortSignal,
  { job }: JobHelpers,
): Promise<void> {
  // What is put in above.
  const { id } = payload as { readonly id: string }
  try {
    await refreshIfDue(deps, id, { signal })
  } catch (error) {
    if (job.attempts >= job.max_attempts) await postpone(deps, id, error)
    throw error
  }
}
