import { setTimeout as sleep } from 'node:timers/promises'

import { stillCooling } from './cool-down.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { nextTry, nightOf } from './forecast.ts'
import { MINUTE, SECOND } from './microsoft/http.ts'
import { refreshConnection } from './refresh.ts'
import type { ConnectionRow } from './types.ts'
import { readOrder } from './wish.ts'

export type NightlyResult = {
  readonly due: number
  readonly refreshed: number
  readonly failed: number
  /** Somebody else had them in hand, or had just refreshed them; or the run was told to end. */
  readonly skipped: number
  readonly ms: number
}

type Outcome = 'refreshed' | 'failed' | 'skipped'
type Later = { readonly waitUntil: Date }
type Waiting = Later & { readonly id: string }
type Options = { readonly signal?: AbortSignal | undefined }

const PAGE = 200
/** How long a refresh may wait for its start with the turn in hand. */
const AHEAD = 20 * SECOND

/**
 * Refreshes every connection whose time has come by the process's own clock, `concurrency` at once and at most
 * `perSecond` started a second over the fleet. A connection that fails gets its next try in minutes, in another run.
 * Those that wait for another one of the same tenant come last. Stops taking new ones when the signal fires.
 */
export async function refreshDue(deps: Deps, options: Options = {}): Promise<NightlyResult> {
  const startedAt = deps.now()
  const tally = { due: 0, refreshed: 0, failed: 0, skipped: 0 }
  let later: Waiting[] = []
  async function refresh({ id }: { readonly id: string }): Promise<void> {
    const outcome = await orPostponed(deps, id, () => refreshIfDue(deps, id, options))
    if (typeof outcome === 'string') tally[outcome] += 1
    else later.push({ id, ...outcome })
  }
  for await (const page of listDuePages(deps, PAGE)) {
    if (options.signal?.aborted) break
    tally.due += page.length
    await eachAtOnce(page, deps.config.nightly.concurrency, refresh)
  }
  while (later.length > 0 && !options.signal?.aborted) {
    const waiting = later
    later = []
    await eachAtOnce(waiting, deps.config.nightly.concurrency, async (it) => {
      await waitUntil(deps, it.waitUntil, options.signal)
      await refresh(it)
    })
  }
  tally.skipped += later.length
  return { ...tally, ms: deps.now().getTime() - startedAt.getTime() }
}

/** Those whose time has come by the process's own clock when it is asked for the first page, longest due first. */
export async function* listDuePages(deps: Deps, size: number): AsyncGenerator<ConnectionRow[]> {
  const now = deps.now()
  for (let after: ConnectionRow | undefined; ;) {
    const page = await deps.store.listDue(now, size, after)
    if (page.length > 0) yield page
    if (page.length < size) return
    after = page.at(-1)
  }
}

/**
 * Refreshes one connection if it is still due, once the fleet's pace allows. Another connection of the same tenant may
 * have been refreshed within the minute: then tells when to ask again. Throws what nobody foresaw.
 */
export async function refreshIfDue(deps: Deps, id: string, options: Options = {}): Promise<Outcome | Later> {
  const row = await deps.store.getConnection(id)
  if (!row || !isDue(deps, row) || options.signal?.aborted) return 'skipped'
  if (await hasToCool(deps, row)) return 'skipped'
  const early = await waitOfTenant(deps, row)
  if (early) return early
  await waitForStart(deps, options.signal)
  if (options.signal?.aborted) return 'skipped'
  // The minute counts from when something is sent.
  const late = await waitOfTenant(deps, row)
  if (late) return late
  const outcome = await refreshOne(deps, row, options)
  if (outcome === 'failed') await countFailed(deps, row)
  return outcome
}

/**
 * Tells of a refresh that went wrong in a way that nobody foresaw, and puts the connection off if it is still due, for
 * minutes at first and then longer, so that it neither holds up the others nor is tried over and over.
 */
export async function postpone(deps: Deps, id: string, error: unknown): Promise<void> {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
  const row = await deps.store.getConnection(id).catch(() => null)
  deps.report?.({ name: 'nightly.fault', ...(row && { microsoftId: row.microsoftId }), detail })
  if (!row || !isDue(deps, row)) return
  const failures = row.failures + 1
  await deps.store.updateConnection(id, { failures, nextRefreshAt: nextTry(deps.now(), failures) })
  await countFailed(deps, row)
}

async function orPostponed<T>(deps: Deps, id: string, work: () => Promise<T>): Promise<T | 'failed'> {
  try {
    return await work()
  } catch (error) {
    // Where the store is away it stays due.
    await postpone(deps, id, error).catch(() => undefined)
    return 'failed'
  }
}

/** Takes the tenant's minute, or tells when it is free. */
async function waitOfTenant(deps: Deps, { id, microsoftId }: ConnectionRow): Promise<Later | null> {
  const wish = { name: `tenant ${microsoftId}`, now: deps.now(), gap: MINUTE, ahead: 0, owner: id }
  const { taken, at } = await deps.store.takeTurn(wish)
  return taken ? null : { waitUntil: at }
}

/** Microsoft asked not to be asked before: it comes again then. */
async function hasToCool(deps: Deps, row: ConnectionRow): Promise<boolean> {
  const cooling = await stillCooling(deps, row.id, readOrder(deps, { resource: 'partner-center' }).key)
  if (!cooling) return false
  const wait = (cooling.retryAfterSeconds ?? 0) * SECOND
  await deps.store.updateConnection(row.id, { nextRefreshAt: new Date(deps.now().getTime() + wait) })
  return true
}

function isDue(deps: Deps, { nextRefreshAt, disconnectedAt }: ConnectionRow): boolean {
  return nextRefreshAt !== null && disconnectedAt === null && nextRefreshAt <= deps.now()
}

// What worked was counted as it was saved.
async function countFailed(deps: Deps, row: ConnectionRow): Promise<void> {
  const now = deps.now()
  await deps.store.addToNight(row.organisationId, nightOf(now, deps.config.nightly), 'failed', now)
}

async function waitForStart(deps: Deps, signal: AbortSignal | undefined): Promise<void> {
  const gap = Math.ceil(SECOND / deps.config.nightly.perSecond)
  for (;;) {
    const turn = await deps.store.takeTurn({ name: 'refresh', now: deps.now(), gap, ahead: AHEAD })
    await waitUntil(deps, turn.at, signal)
    if (turn.taken || signal?.aborted) return
  }
}

async function waitUntil(deps: Deps, moment: Date, signal: AbortSignal | undefined): Promise<void> {
  const wait = moment.getTime() - deps.now().getTime()
  // It rejects for one reason only: the signal ended the wait.
  if (wait > 0) await sleep(wait, undefined, signal ? { signal } : {}).catch(() => undefined)
}

async function refreshOne(deps: Deps, row: ConnectionRow, { signal }: Options): Promise<Outcome> {
  try {
    return (await refreshConnection(deps, row, { night: true, signal })).ok ? 'refreshed' : 'failed'
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
