import { setTimeout as sleep } from 'node:timers/promises'

import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { nightOf } from './forecast.ts'
import { MINUTE, SECOND } from './microsoft/http.ts'
import { refreshConnection } from './refresh.ts'
import type { ConnectionRow } from './types.ts'

export type NightlyResult = {
  readonly due: number
  readonly refreshed: number
  readonly failed: number
  /** Somebody else had them in hand, or had just refreshed them. */
  readonly skipped: number
  readonly ms: number
}

type Outcome = 'refreshed' | 'failed' | 'skipped'
type Options = { readonly signal?: AbortSignal | undefined }

const BATCH = 200

/**
 * Refreshes every connection whose time has come by the process's own clock, `concurrency` at once and at most
 * `perSecond` started a second over the fleet. A connection that fails for a passing reason gets its next try in
 * minutes, and is not tried again in this run. Stops taking new ones when the signal fires.
 */
export async function refreshDue(deps: Deps, options: Options = {}): Promise<NightlyResult> {
  const startedAt = deps.now()
  const tally = { due: 0, refreshed: 0, failed: 0, skipped: 0 }
  const seen = new Set<string>()
  const { concurrency } = deps.config.nightly
  for (;;) {
    const due = await deps.store.listDue(deps.now(), BATCH + seen.size)
    const fresh = due.filter((it) => !seen.has(it.id)).slice(0, BATCH)
    if (fresh.length === 0 || options.signal?.aborted) break
    for (const it of fresh) seen.add(it.id)
    tally.due += fresh.length
    const later: Turn[] = []
    await eachAtOnce(fresh, concurrency, async ({ id, microsoftId }) => {
      const outcome = await unforeseen(deps, microsoftId, () => refreshIfDue(deps, id, options))
      if (typeof outcome === 'string') tally[outcome] += 1
      else later.push({ id, microsoftId, ...outcome })
    })
    await eachAtOnce(later, concurrency, async (turn) => {
      tally[await unforeseen(deps, turn.microsoftId, () => refreshInTurn(deps, turn, options))] += 1
    })
  }
  return { ...tally, ms: deps.now().getTime() - startedAt.getTime() }
}

type Turn = Pick<ConnectionRow, 'id' | 'microsoftId'> & { readonly waitUntil: Date }

/** One that goes wrong in a way nobody foresaw is told, and does not hold up the others. */
async function unforeseen<T>(deps: Deps, microsoftId: string, work: () => Promise<T>): Promise<T | 'failed'> {
  try {
    return await work()
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
    deps.report?.({ name: 'nightly.fault', microsoftId, detail })
    return 'failed'
  }
}

/**
 * Refreshes one connection if it is still due, once the fleet's pace allows. Another connection of the same tenant may
 * have had its turn within the minute: then tells when this one has its own, to be asked for again then. Throws what
 * nobody foresaw.
 */
export async function refreshIfDue(
  deps: Deps,
  id: string,
  options: Options = {},
): Promise<Outcome | { readonly waitUntil: Date }> {
  const row = await deps.store.getConnection(id)
  if (!row || !isDue(deps, row) || options.signal?.aborted) return 'skipped'
  const turn = await deps.store.takeTurn(`tenant ${row.microsoftId}`, deps.now(), MINUTE, id)
  if (turn > deps.now()) return { waitUntil: turn }
  await waitUntil(deps, await nextStart(deps), options.signal)
  if (options.signal?.aborted) return 'skipped'
  const outcome = await refreshOne(deps, row)
  if (outcome !== 'skipped') {
    const now = deps.now()
    await deps.store.addToNight(row.organisationId, nightOf(now, deps.config.nightly), outcome, now)
  }
  return outcome
}

async function refreshInTurn(deps: Deps, turn: Turn, options: Options): Promise<Outcome> {
  await waitUntil(deps, turn.waitUntil, options.signal)
  const outcome = await refreshIfDue(deps, turn.id, options)
  return typeof outcome === 'string' ? outcome : 'skipped'
}

function isDue(deps: Deps, { nextRefreshAt, disconnectedAt }: ConnectionRow): boolean {
  return nextRefreshAt !== null && disconnectedAt === null && nextRefreshAt <= deps.now()
}

function nextStart(deps: Deps): Promise<Date> {
  return deps.store.takeTurn('refresh', deps.now(), Math.ceil(SECOND / deps.config.nightly.perSecond))
}

async function waitUntil(deps: Deps, moment: Date, signal: AbortSignal | undefined): Promise<void> {
  const wait = moment.getTime() - deps.now().getTime()
  // It rejects for one reason only: the signal ended the wait.
  if (wait > 0) await sleep(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
}

async function refreshOne(deps: Deps, row: ConnectionRow): Promise<Outcome> {
  try {
    return (await refreshConnection(deps, row, { onlyIfDue: true })).ok ? 'refreshed' : 'failed'
  } catch (error) {
    const elsewhere =
      error instanceof ConsentryError &&
      (error.code === 'refresh_under_way' || error.code === 'not_connected')
    if (elsewhere) return 'skipped'
    throw error
  }
}

async function eachAtOnce<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  async function lane(): Promise<void> {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
}
