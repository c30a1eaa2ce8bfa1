import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { chainOn, type AuditEvent, type AuditHead, type AuditNote } from '../../src/audit-entry.ts'
import type { Store } from '../../src/deps.ts'
import { attemptRow, auditNote, MONDAY } from '../rows.ts'
import { type Current, givenConnection, minutesLater } from './opened.ts'

const KEY = Buffer.alloc(32, 7)
const MINE = randomUUID()
const KIM = { kind: 'person', id: 'u1', name: 'Kim Ås', email: 'kim@example.com' } as const

const BEGINNING: AuditHead = { sequence: 0, hash: '', mac: 'm0', key: 'wrapped', keyId: 'a' }

function event(given: Partial<AuditEvent> = {}): AuditEvent {
  return { organisationId: MINE, actor: KIM, action: 'token.issued', ...given }
}

async function append(store: Store, events: readonly AuditEvent[], notes: readonly AuditNote[] = []) {
  await store.createAuditHead(BEGINNING)
  return store.appendAudit(
    notes.map((it) => it.id),
    (head, taken) => chainOn(KEY, head, [...taken, ...events.map((it) => ({ at: MONDAY, event: it }))]),
  )
}

export function auditContract(current: Current): void {
  describe('the audit log', () => {
    it('has no end before it is begun, and is begun once', async () => {
      const { store } = current()
      expect(await store.getAuditHead()).toBeNull()
      expect(await store.createAuditHead(BEGINNING)).toEqual(BEGINNING)
      expect(await store.createAuditHead({ ...BEGINNING, key: 'other' })).toEqual(BEGINNING)
    })

    it('cannot be added to before it is begun', async () => {
      const { store } = current()
      await expect(store.appendAudit([], (head) => chainOn(KEY, head, []))).rejects.toThrow()
    })

    it('gives its entries back as they were added, in order', async () => {
      const { store } = current()
      const details = { scopes: ['a', 'ö'], n: 1, none: null }
      await append(store, [event({ details, microsoftId: 'm' }), event({ organisationId: null })])
      const rows = await store.readAudit(0, 10)
      expect(rows.map((it) => it.sequence)).toEqual([1, 2])
      expect(rows[0]).toMatchObject({
        at: MONDAY,
        actorName: 'Kim Ås',
        microsoftId: 'm',
        details: '{"n":1,"none":null,"scopes":["a","ö"]}',
      })
      expect(rows[1]?.previous).toBe(rows[0]?.hash)
      expect(await store.getAuditHead()).toMatchObject({ sequence: 2, hash: rows[1]?.hash, key: 'wrapped' })
      expect(await store.readAudit(1, 10)).toEqual(rows.slice(1))
    })

    it('lets many add at once, one after the other', async () => {
      const { store } = current()
      await store.createAuditHead(BEGINNING)
      await Promise.all(Array.from({ length: 20 }, () => append(store, [event(), event()])))
      const rows = await store.readAudit(0, 100)
      expect(rows.map((it) => it.sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
      expect(rows.slice(1).map((it) => it.previous)).toEqual(rows.slice(0, -1).map((it) => it.hash))
    })

    it('adds nothing when what is to be added cannot be made', async () => {
      const { store } = current()
      await append(store, [event()])
      const note = auditNote()
      await store.addAuditNotes([note])
      await expect(
        store.appendAudit([note.id], () => {
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await store.getAuditHead()).toMatchObject({ sequence: 1 })
      expect(await store.listAuditNotes(10)).toEqual([note])
    })

    it('takes noted events along once, oldest first, whoever asks', async () => {
      const { store } = current()
      const [late, early] = [auditNote({ at: minutesLater(2) }), auditNote({ at: minutesLater(1) })]
      await store.addAuditNotes([late, early])
      expect(await store.listAuditNotes(10)).toEqual([early, late])
      const counts = await Promise.all([append(store, [], [late, early]), append(store, [], [late, early])])
      expect(counts.toSorted()).toEqual([0, 2])
      expect((await store.readAudit(0, 10)).map((it) => it.at)).toEqual([early.at, late.at])
      expect(await store.listAuditNotes(10)).toEqual([])
    })

    it('keeps a note with the end of an attempt in one step', async () => {
      const { store } = current()
      const connection = await givenConnection(store)
      const { id: connectionId, organisationId, microsoftId } = connection
      const attempt = attemptRow({ connectionId, organisationId, microsoftId })
      await store.createAttempt(attempt)
      const note = auditNote()
      expect(await store.updateAttempt(attempt.id, { status: 'failed' }, note)).toMatchObject({
        status: 'failed',
      })
      expect(await store.listAuditNotes(10)).toEqual([note])
    })

    it('replaces the key only in the place of the one that was read', async () => {
      const { store } = current()
      await store.createAuditHead(BEGINNING)
      expect(await store.replaceAuditKey('other', { key: 'new', keyId: 'b' })).toBe(false)
      expect(await store.replaceAuditKey('wrapped', { key: 'new', keyId: 'b' })).toBe(true)
      expect(await store.getAuditHead()).toEqual({ ...BEGINNING, key: 'new', keyId: 'b' })
    })

    it("lists one organisation's entries, newest first and in pages", async () => {
      const { store } = current()
      await append(store, [event(), event({ organisationId: randomUUID() }), event(), event()])
      const page = await store.listAudit(MINE, { limit: 2 })
      expect(page.items.map((it) => it.sequence)).toEqual([4, 3])
      const rest = await store.listAudit(MINE, { limit: 2, cursor: page.nextCursor ?? '' })
      expect(rest).toMatchObject({ items: [{ sequence: 1 }], nextCursor: null })
    })

    it('counts the entries of one action between two moments, of one organisation', async () => {
      const { store } = current()
      await append(store, [
        event(),
        event(),
        event({ action: 'person.signed_in' }),
        event({ organisationId: 'o' }),
      ])
      expect(await store.countAudit(MINE, 'token.issued', MONDAY, minutesLater(1))).toBe(2)
      expect(await store.countAudit(MINE, 'token.issued', minutesLater(-1), MONDAY)).toBe(0)
      expect(await store.countAudit(MINE, 'token.issued', minutesLater(1), minutesLater(2))).toBe(0)
      expect(await store.countAudit(MINE, 'grant.refreshed', MONDAY, minutesLater(1))).toBe(0)
    })

    it('finds entries by actor, by action or its subject, and by tenant', async () => {
      const { store } = current()
      const ida = { kind: 'person', id: 'u2', name: 'Ida', email: 'ida@example.com' } as const
      await append(store, [
        event({ microsoftId: 'a' }),
        event({ actor: ida, action: 'connection.added', microsoftId: 'b' }),
        event({ actor: ida, action: 'connection.renamed' }),
      ])
      const found = async (query: Parameters<Store['listAudit']>[1]) =>
        (await store.listAudit(MINE, query)).items.map((it) => it.sequence)
      for (const actor of ['u2', 'Ida', 'IDA@example.com'])
        expect(await found({ limit: 9, actor })).toEqual([3, 2])
      expect(await found({ limit: 9, actor: 'nobody' })).toEqual([])
      expect(await found({ limit: 9, action: 'connection' })).toEqual([3, 2])
      expect(await found({ limit: 9, action: 'connection.added' })).toEqual([2])
      expect(await found({ limit: 9, action: 'conn' })).toEqual([])
      expect(await found({ limit: 9, only: ['a'] })).toEqual([1])
      expect(await found({ limit: 9, only: [] })).toEqual([])
    })
  })
}
