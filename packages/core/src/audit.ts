import { randomBytes, randomUUID } from 'node:crypto'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

import {
  chainOn,
  faultOf,
  isOwnEnd,
  type AuditEvent,
  type AuditFault,
  type AuditHead,
  type AuditNote,
} from './audit-entry.ts'
import type { Deps, Store } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { isVaultFault, keyIdOf, type KeyRing } from './seal.ts'

/** What recording needs. Without a key ring events are noted only, and written by the next process that has one. */
export type Recording = Pick<Deps, 'store' | 'now'> & { readonly keys: KeyRing | null }
type Keyed = Recording & { readonly keys: KeyRing }

/**
 * Writes events into the audit log; they survive a power cut when the promise resolves. Events of many callers share one
 * commit. Throws `not_recorded` when they cannot be written: what they tell of must not be done then.
 */
export async function record(deps: Recording, ...events: readonly AuditEvent[]): Promise<void> {
  const { keys } = deps
  if (!keys) return deps.store.addAuditNotes(events.map((it) => noteOf(deps, it)))
  const at = deps.now()
  const queue = queueOf(deps.store)
  const written = Promise.withResolvers<void>()
  queue.waiting.push({ events: events.map((event) => ({ at, event })), ...written })
  if (!queue.running) {
    queue.running = true
    void commitAll({ ...deps, keys }, queue)
  }
  await written.promise
}

type Waiting = {
  readonly events: readonly { readonly at: Date; readonly event: AuditEvent }[]
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}
type Queue = { waiting: Waiting[]; running: boolean; committedAt: number }

const queues = new WeakMap<Store, Queue>()

function queueOf(store: Store): Queue {
  const queue = queues.get(store) ?? { waiting: [], running: false, committedAt: 0 }
  queues.set(store, queue)
  return queue
}

/** While commits follow each other, one waits this long for more callers to share it; milliseconds. */
const GATHER = 2
const BUSY = 10
const LARGEST = 500

async function commitAll(deps: Keyed, queue: Queue): Promise<void> {
  while (queue.waiting.length > 0) {
    // Whoever asks in this turn of the event loop comes along.
    await (performance.now() - queue.committedAt < BUSY ? sleep(GATHER) : setImmediate())
    const batch = queue.waiting.splice(0, LARGEST)
    try {
      const key = await keyOf(deps)
      const events = batch.flatMap((it) => it.events)
      await deps.store.appendAudit([], (head) => chainOn(key, head, events))
      for (const it of batch) it.resolve()
    } catch (cause) {
      for (const it of batch) it.reject(new ConsentryError('not_recorded', { cause, retryAfterSeconds: 5 }))
    }
    queue.committedAt = performance.now()
  }
  queue.running = false
}

/** As `record`, for what has happened already and must not be undone by a log that cannot be written: that is reported. */
export async function recordIfPossible(deps: Recording & Pick<Deps, 'report'>, event: AuditEvent) {
  await record(deps, event).catch((error: unknown) => tellFault(deps, error))
}

/** An event to be stored in one step with what it tells of; `drainNotes` brings it into the log. */
export function noteOf(deps: Pick<Deps, 'now'>, event: AuditEvent): AuditNote {
  return { id: randomUUID(), at: deps.now(), event }
}

/**
 * Brings noted events into the log: each once, whoever does it. Gives how many. What cannot be written now stays noted,
 * is reported, and comes along the next time.
 */
export async function drainNotes(deps: Keyed & Pick<Deps, 'report'>): Promise<number> {
  let drained = 0
  try {
    for (;;) {
      const notes = await deps.store.listAuditNotes(LARGEST)
      if (notes.length === 0) return drained
      const key = await keyOf(deps)
      drained += await deps.store.appendAudit(
        notes.map((it) => it.id),
        (head, taken) => chainOn(key, head, taken),
      )
    }
  } catch (error) {
    tellFault(deps, error)
    return drained
  }
}

function tellFault(deps: Pick<Deps, 'report'>, error: unknown): void {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
  deps.report?.({ name: 'audit.fault', detail })
}

const OWNER = 'audit log'
const logKeys = new WeakMap<Store, Promise<Buffer>>()

/** The log's own key: made with its first entry, wrapped by the key ring. */
async function keyOf(deps: Pick<Keyed, 'store' | 'keys'>): Promise<Buffer> {
  const known = logKeys.get(deps.store) ?? openKey(deps)
  logKeys.set(deps.store, known)
  try {
    return await known
  } catch (error) {
    logKeys.delete(deps.store)
    throw error
  }
}

async function openKey({ store, keys }: Pick<Keyed, 'store' | 'keys'>): Promise<Buffer> {
  const head = (await store.getAuditHead()) ?? (await begin(store, keys))
  return keys.unwrap(head.key, OWNER)
}

async function begin(store: Store, keys: KeyRing): Promise<AuditHead> {
  const secret = randomBytes(32)
  const end = chainOn(secret, { sequence: 0, hash: '', mac: '' }, []).end
  const key = await keys.wrap(secret, OWNER)
  return store.createAuditHead({ ...end, key, keyId: keyIdOf(key) })
}

/** Wraps the log's key with the ring's active key. False when it does not open: its ring key is missing, or it was altered. */
export async function rewrapLogKey({ store, keys }: Pick<Deps, 'store' | 'keys'>): Promise<boolean> {
  const head = await store.getAuditHead()
  if (!head) return true
  try {
    const secret = await keys.unwrap(head.key, OWNER)
    if (head.keyId !== (await keys.activeId())) {
      const key = await keys.wrap(secret, OWNER)
      await store.replaceAuditKey(head.key, { key, keyId: keyIdOf(key) })
    }
    return true
  } catch (error) {
    if (!(error instanceof ConsentryError) || isVaultFault(error)) throw error
    return false
  }
}

export type AuditVerdict = {
  readonly ok: boolean
  readonly entries: number
  readonly firstBad?: {
    readonly sequence: number
    readonly reason: AuditFault | 'cut_off' | 'added' | 'end_altered'
  }
  /** The newest entry that was looked at. Kept elsewhere, it shows later that nothing before it was taken away. */
  readonly head: { readonly sequence: number; readonly hash: string }
}

const PAGE = 1000

/**
 * Reads the whole log and finds the first entry that was altered, removed, added, moved or cut off, the newest too.
 * Throws `keys_missing` or `sealed_altered` when the log's key does not open.
 */
export async function verifyAudit(deps: Pick<Keyed, 'store' | 'keys'>): Promise<AuditVerdict> {
  const head = await deps.store.getAuditHead()
  if (!head) return verdictWithoutHead(deps.store)
  const key = await keyOf(deps)
  let last = { sequence: 0, hash: '' }
  while (last.sequence < head.sequence) {
    const rows = await deps.store.readAudit(last.sequence, Math.min(PAGE, head.sequence - last.sequence))
    for (const row of rows) {
      const fault = row.sequence > head.sequence ? 'missing' : faultOf(key, last, row)
      if (fault) return bad(last, { sequence: last.sequence + 1, reason: fault })
      last = row
    }
    if (rows.length === 0) return bad(last, { sequence: last.sequence + 1, reason: 'cut_off' })
    await setImmediate()
  }
  if (!isOwnEnd(key, head) || head.hash !== last.hash)
    return bad(last, { sequence: head.sequence, reason: 'end_altered' })
  const [beyond] = await deps.store.readAudit(head.sequence, 1)
  const moved = (await deps.store.getAuditHead())?.sequence !== head.sequence
  if (beyond && !moved) return bad(last, { sequence: head.sequence + 1, reason: 'added' })
  return { ok: true, ...summary(last) }
}

/** A log begins with the first organisation: where there is one, an empty log has been emptied. */
async function verdictWithoutHead(store: Store): Promise<AuditVerdict> {
  const none = { sequence: 0, hash: '' }
  const [organisation] = await store.listOrganisations()
  const [row] = await store.readAudit(0, 1)
  if (!organisation && !row) return { ok: true, ...summary(none) }
  return bad(none, { sequence: 1, reason: 'cut_off' })
}

function bad(last: AuditVerdict['head'], firstBad: NonNullable<AuditVerdict['firstBad']>): AuditVerdict {
  return { ok: false, ...summary(last), firstBad }
}

function summary({ sequence, hash }: AuditVerdict['head']) {
  return { entries: sequence, head: { sequence, hash } }
}
