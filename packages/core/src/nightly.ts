import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { SECOND } from './microsoft/http.ts'
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

const BATCH = 200

/**
 * Refreshes every connection whose time has come by the process's own clock, `concurrency` at once and at most
 * `perSecond` started a second. A connection that fails for a passing reason gets its next try in minutes, and is not
 * tried again in this run. Stops taking new ones when the signal fires.
 */
export async function refreshDue(
  deps: Deps,
  options: { readonly signal?: AbortSignal } = {},
): Promise<NightlyResult> {
  const startedAt = deps.now()
  const tally = { due: 0, refreshed: 0, failed: 0, skipped: 0 }
  const seen = new Set<string>()
  const pace = pacer(deps.config.nightly.perSecond)
  for (;;) {
    const due = await deps.store.listDue(deps.now(), BATCH + seen.size)
    const fresh = due.filter((it) => !seen.has(it.id)).slice(0, BATCH)
    if (fresh.length === 0 || options.signal?.aborted) break
    for (const it of fresh) seen.add(it.id)
    tally.due += fresh.length
    await eachAtOnce(fresh, deps.config.nightly.concurrency, async (row) => {
      if (options.signal?.aborted) return void (tally.skipped += 1)
      tally[await refreshOne(deps, row, pace, options.signal)] += 1
    })
  }
  const finishedAt = deps.now()
  const result = { ...tally, ms: finishedAt.getTime() - startedAt.getTime() }
  if (tally.due > 0) await deps.store.addNightlyRun({ id: randomUUID(), startedAt, finishedAt, ...result })
  return result
}

async function refreshOne(
  deps: Deps,
  row: ConnectionRow,
  pace: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<'refreshed' | 'failed' | 'skipped'> {
  await pace()
  if (signal?.aborted) return 'skipped'
  const now = await deps.store.getConnection(row.id)
  if (!now?.nextRefreshAt || now.disconnectedAt || now.nextRefreshAt > deps.now()) return 'skipped'
  try {
    return (await refreshConnection(deps, now, { onlyIfDue: true })).ok ? 'refreshed' : 'failed'
  } catch (error) {
    if (
      error instanceof ConsentryError &&
      (error.code === 'refresh_under_way' || error.code === 'not_connected')
    )
      return 'skipped'
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
    deps.report?.({ name: 'nightly.fault', microsoftId: row.microsoftId, detail })
    return 'failed'
  }
}

/** Lets `perSecond` callers through each second, evenly. */
function pacer(perSecond: number): () => Promise<void> {
  let next = 0
  return async () => {
    const now = performance.now()
    next = Math.max(next, now)
    const wait = next - now
    next += SECOND / perSecond
    if (wait > 0) await sleep(wait)
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
