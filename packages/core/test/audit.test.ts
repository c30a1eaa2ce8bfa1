import { createHash } from 'node:crypto'

import canonicalize from 'canonicalize'
import { beforeEach, describe, expect, it } from 'vitest'

import { drainNotes, noteOf, record, rewrapLogKey, verifyAudit } from '../src/audit.ts'
import { auditView, chainOn, type AuditEvent, type AuditRow } from '../src/audit-entry.ts'
import type { Store } from '../src/deps.ts'
import { generateKeyEntry, readKeyRing, type KeyRing } from '../src/seal.ts'
import { createMemoryStore } from '../testing/memory-store.ts'
import { MONDAY, organisationRow, TESTER } from '../testing/rows.ts'
import { emptyData, type Data } from '../testing/memory/data.ts'

const ring = (...entries: string[]) => readKeyRing({ CONSENTRY_KEYS: entries.join(',') })
const OLD = generateKeyEntry(MONDAY)

let data: Data
let store: Store
let keys: KeyRing
const deps = () => ({ store, keys, now: () => MONDAY })

beforeEach(() => {
  data = emptyData()
  store = createMemoryStore(data)
  keys = ring(OLD)
})

function event(given: Partial<AuditEvent> = {}): AuditEvent {
  return { organisationId: 'o', actor: TESTER, action: 'token.issued', ...given }
}

async function write(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await record(deps(), event({ details: { number } }))
}

function change(sequence: number, patch: Partial<AuditRow>): void {
  const row = data.audit.get(String(sequence))
  if (!row) throw new Error('no such entry')
  data.audit.set(String(sequence), { ...row, ...patch })
}

describe('an event', () => {
  it('is in the log when its promise resolves', async () => {
    await record(deps(), event({ details: { tokenId: 'a' } }))
    expect(await store.readAudit(0, 9)).toMatchObject([
      { sequence: 1, action: 'token.issued', actorName: 'Test', details: '{"tokenId":"a"}' },
    ])
  })

  it('shares one commit with those that come at the same time', async () => {
    let commits = 0
    const { appendAudit } = store
    store.appendAudit = (...args) => {
      commits += 1
      return appendAudit(...args)
    }
    await Promise.all(Array.from({ length: 100 }, () => record(deps(), event())))
    expect(commits).toBeLessThanOrEqual(2)
    expect(await verifyAudit(deps())).toMatchObject({ ok: true, entries: 100 })
  })

  it('that cannot be written is told to whoever waits, and the next one goes on', async () => {
    const { appendAudit } = store
    store.appendAudit = async () => {
      throw new Error('disk full')
    }
    await expect(record(deps(), event())).rejects.toMatchObject({ code: 'not_recorded', action: 'retry' })
    store.appendAudit = appendAudit
    await record(deps(), event())
    expect(await verifyAudit(deps())).toMatchObject({ ok: true, entries: 1 })
  })

  it('has a hash that anybody can make anew from what is exported', async () => {
    await write(2)
    const [, row] = await store.readAudit(0, 9)
    if (!row) throw new Error('no entry')
    const { hash, ...rest } = auditView(row)
    expect(
      createHash('sha256')
        .update(canonicalize(rest) ?? '')
        .digest('hex'),
    ).toBe(hash)
  })

  it('with text that a database would change is hashed as it will be stored', async () => {
    await record(deps(), event({ details: { name: 'a\0b\uD800', list: ['\uDC00'] } }))
    const [row] = await store.readAudit(0, 9)
    expect(row?.details).toBe('{"list":["\u{FFFD}"],"name":"a\u{FFFD}b\u{FFFD}"}')
  })

  it('of a process without a key ring is noted, and written by the next that has one', async () => {
    await record({ ...deps(), keys: null }, event())
    expect(await store.readAudit(0, 9)).toEqual([])
    expect(await drainNotes(deps())).toBe(1)
    expect(await store.readAudit(0, 9)).toMatchObject([{ action: 'token.issued' }])
  })

  it('that was noted stays noted while the log cannot be written, and that is reported', async () => {
    await store.addAuditNotes([noteOf(deps(), event())])
    const { appendAudit } = store
    store.appendAudit = async () => {
      throw new Error('disk full')
    }
    const events: string[] = []
    expect(await drainNotes({ ...deps(), report: ({ name }) => void events.push(name) })).toBe(0)
    expect(events).toEqual(['audit.fault'])
    store.appendAudit = appendAudit
    expect(await drainNotes(deps())).toBe(1)
  })
})

describe('a check of the log', () => {
  it('finds nothing in an empty one of an empty deployment', async () => {
    expect(await verifyAudit(deps())).toEqual({ ok: true, entries: 0, head: { sequence: 0, hash: '' } })
  })

  it('finds every page of a long one whole', async () => {
    const events = Array.from({ length: 2_500 }, () => event())
    await record(deps(), ...events)
    expect(await verifyAudit(deps())).toMatchObject({ ok: true, entries: 2_500 })
  })

  const faults: readonly [string, () => void, { sequence: number; reason: string }][] = [
    ['a changed word', () => change(3, { actorName: 'Eve' }), { sequence: 3, reason: 'altered' }],
    ['a changed time', () => change(3, { at: new Date(0) }), { sequence: 3, reason: 'altered' }],
    ['a changed detail', () => change(3, { details: '{"number":4}' }), { sequence: 3, reason: 'altered' }],
    ['details that are not JSON', () => change(3, { details: '{' }), { sequence: 3, reason: 'altered' }],
    ['a removed entry', () => void data.audit.delete('3'), { sequence: 3, reason: 'missing' }],
    ['a removed first entry', () => void data.audit.delete('1'), { sequence: 1, reason: 'missing' }],
    ['a removed newest entry', () => void data.audit.delete('5'), { sequence: 5, reason: 'cut_off' }],
    ['all entries removed', () => data.audit.clear(), { sequence: 1, reason: 'cut_off' }],
    ['two entries in each other’s place', () => swap(2, 3), { sequence: 2, reason: 'out_of_order' }],
    ['an entry added at the end', () => add(6), { sequence: 6, reason: 'added' }],
    [
      'an entry removed and the rest renumbered and hashed anew',
      () => rebuild([1, 2, 4, 5]),
      { sequence: 3, reason: 'forged' },
    ],
    ['an end set back', () => setBack(3), { sequence: 3, reason: 'end_altered' }],
  ]

  it.each(faults)('finds %s and names the first bad entry', async (_name, attack, firstBad) => {
    await write(5)
    attack()
    expect(await verifyAudit(deps())).toMatchObject({
      ok: false,
      firstBad,
      entries: firstBad.sequence - (firstBad.reason === 'end_altered' ? 0 : 1),
    })
  })

  it('finds that a log was removed with its end, where there is an organisation', async () => {
    await store.createOrganisation(organisationRow())
    await write(2)
    data.audit.clear()
    data.auditHead.current = null
    expect(await verifyAudit({ store: createMemoryStore(data), keys })).toMatchObject({
      ok: false,
      firstBad: { sequence: 1, reason: 'cut_off' },
    })
  })

  it('needs the ring that the log was begun with', async () => {
    await write(1)
    const stranger = { store: createMemoryStore(data), keys: ring(generateKeyEntry(MONDAY)) }
    await expect(verifyAudit(stranger)).rejects.toMatchObject({ code: 'keys_missing' })
  })

  it('goes on with the new key alone once the ring was rotated', async () => {
    await write(2)
    const fresh = generateKeyEntry(MONDAY)
    expect(await rewrapLogKey({ store, keys: ring(fresh) })).toBe(false)
    expect(await rewrapLogKey({ store, keys: ring(fresh, OLD) })).toBe(true)
    const later = { store: createMemoryStore(data), keys: ring(fresh), now: () => MONDAY }
    await record(later, event())
    expect(await verifyAudit(later)).toMatchObject({ ok: true, entries: 3 })
  })

  function swap(one: number, other: number): void {
    const [a, b] = [data.audit.get(String(one)), data.audit.get(String(other))]
    if (!a || !b) throw new Error('no such entry')
    data.audit.set(String(one), { ...b, sequence: one })
    data.audit.set(String(other), { ...a, sequence: other })
  }

  function add(sequence: number): void {
    const before = data.audit.get(String(sequence - 1))
    if (!before) throw new Error('no such entry')
    const end = { sequence: sequence - 1, hash: before.hash, mac: '' }
    const [row] = chainOn(Buffer.alloc(32), end, [{ at: MONDAY, event: event() }]).entries
    if (row) data.audit.set(String(sequence), row)
  }

  /** As somebody would who may write to the database and lacks the log's key. */
  function rebuild(kept: readonly number[]): void {
    const rows = kept.flatMap((it) => data.audit.get(String(it)) ?? [])
    const events = rows.map((row) => ({ at: row.at, event: event({ details: JSON.parse(row.details) }) }))
    const { entries } = chainOn(Buffer.alloc(32), { sequence: 0, hash: '', mac: '' }, events)
    data.audit.clear()
    for (const [index, entry] of entries.entries()) {
      const mac = rows[index]?.hash === entry.hash ? rows[index].mac : entry.mac
      data.audit.set(String(entry.sequence), { ...entry, mac })
    }
  }

  function setBack(sequence: number): void {
    const { current } = data.auditHead
    const row = data.audit.get(String(sequence))
    if (!current || !row) throw new Error('no log')
    for (const later of [4, 5]) data.audit.delete(String(later))
    data.auditHead.current = { ...current, sequence, hash: row.hash }
  }
})
