import { randomUUID } from 'node:crypto'

import { describe, expect, it, vi } from 'vitest'

import type { Store } from '../../src/deps.ts'
import type { AttemptRow, CheckRow } from '../../src/types.ts'
import { attemptRow, checkRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenConnection, minutesLater } from './opened.ts'

export function attemptContract(current: Current): void {
  async function given(store: Store, row: Partial<AttemptRow> = {}): Promise<AttemptRow> {
    const connectionId = row.connectionId ?? (await givenConnection(store)).id
    const attempt = attemptRow({ ...row, connectionId })
    await store.createAttempt(attempt)
    return attempt
  }

  describe('a consent attempt', () => {
    it('comes back exactly as it was stored, by id and by its link', async () => {
      const { store } = current()
      const row = await given(store, {
        createdByEmail: 'kim@example.com',
        recipient: 'lee@example.com',
        reason: 'expired',
        returnUrl: 'https://a.example/',
        browserHash: 'b',
        stateHash: 's',
        nonceHash: 'n',
        sealedVerifier: 'v',
        tripStartedAt: minutesLater(1),
        finishedAt: minutesLater(2),
        byMember: true,
        clientId: 'own',
        problem: {
          code: 'mfa_missing',
          title: 'T',
          detail: 'D',
          action: 'reconsent',
          microsoft: { code: '5' },
        },
        candidate: { generation: 2, objectId: 'o', username: 'u' },
      })
      expect(await store.getAttempt(row.id)).toEqual(row)
      expect(await store.findAttemptByToken(row.tokenHash)).toEqual(row)
      expect(await store.getAttempt(randomUUID())).toBeNull()
      expect(await store.findAttemptByToken('unknown')).toBeNull()
    })

    it('takes a patch of some fields or none', async () => {
      const { store } = current()
      const row = await given(store)
      const changed = { ...row, status: 'succeeded', finishedAt: MONDAY }
      expect(await store.updateAttempt(row.id, { status: 'succeeded', finishedAt: MONDAY })).toEqual(changed)
      expect(await store.updateAttempt(row.id, {})).toEqual(changed)
      expect(await store.updateAttempt(randomUUID(), {})).toBeNull()
    })

    it('is listed as open until it succeeded or its time is over, newest first', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      const older = await given(store, { connectionId })
      const newer = await given(store, { connectionId, status: 'proving', createdAt: minutesLater(1) })
      const failed = await given(store, { connectionId, status: 'failed', createdAt: minutesLater(1.5) })
      for (const status of ['succeeded', 'expired'] as const) await given(store, { connectionId, status })
      await given(store, { connectionId, expiresAt: minutesLater(2) })
      await given(store)
      expect(await store.listOpenAttempts(connectionId, minutesLater(2))).toEqual([failed, newer, older])
    })
  })

  describe('a trip', () => {
    it('binds the attempt to the browser that set off first, in one write', async () => {
      const { store } = current()
      const row = await given(store)
      const started = await store.startTrip(row.id, minutesLater(1), TRIP)
      expect(started).toEqual({ ...row, ...TRIP, tripStartedAt: minutesLater(1) })
      expect(await store.startTrip(row.id, minutesLater(2), { ...TRIP, browserHash: 'other' })).toBeNull()
      expect(await store.getAttempt(row.id)).toEqual(started)
    })

    it('goes to one of two browsers that set off at the same time', async () => {
      const { store } = current()
      const { id } = await given(store)
      const trips = await atOnce(store, 2, (n) =>
        store.startTrip(id, MONDAY, { ...TRIP, browserHash: `browser ${n}`, stateHash: `state ${n}` }),
      )
      expect(trips.filter((each) => each !== null)).toHaveLength(1)
    })

    it('may be made again from the same browser, and the newest counts', async () => {
      const { store } = current()
      const { id } = await given(store)
      await store.startTrip(id, MONDAY, TRIP)
      await store.startTrip(id, MONDAY, { ...TRIP, stateHash: 'second' })
      expect(await store.takeTrip(TRIP.stateHash, TRIP.browserHash, MONDAY)).toBeNull()
      expect(await store.takeTrip('second', TRIP.browserHash, MONDAY)).toMatchObject({ id })
    })

    it('may be made again after it failed, which makes the attempt wait again', async () => {
      const { store } = current()
      const problem = { code: 'mfa_missing', title: 'T', detail: 'D', action: 'reconsent' } as const
      const failed = { status: 'failed', browserHash: TRIP.browserHash, finishedAt: MONDAY, problem } as const
      const { id } = await given(store, failed)
      expect(await store.startTrip(id, minutesLater(1), TRIP)).toMatchObject({
        status: 'waiting',
        problem: null,
        finishedAt: null,
      })
    })

    it.each(['succeeded', 'proving', 'expired'] as const)('cannot start when it is %s', async (status) => {
      const { store } = current()
      const { id } = await given(store, { status })
      expect(await store.startTrip(id, MONDAY, TRIP)).toBeNull()
    })

    it('cannot start when its time is over', async () => {
      const { store } = current()
      const { id, expiresAt } = await given(store)
      expect(await store.startTrip(id, expiresAt, TRIP)).toBeNull()
    })

    it('is taken once, also by four who come at the same time', async () => {
      const { store } = current()
      const row = await given(store)
      await store.startTrip(row.id, MONDAY, TRIP)
      const taken = await atOnce(store, 4, () => store.takeTrip(TRIP.stateHash, TRIP.browserHash, MONDAY))
      expect(taken.filter((each) => each !== null)).toEqual([
        {
          ...row,
          ...TRIP,
          tripStartedAt: MONDAY,
          stateHash: null,
          status: 'proving',
          provingBy: expect.any(String),
        },
      ])
    })

    it('that a process was proving when it ended goes to one other, and to none while it lives', async () => {
      const { store, another } = current()
      const [gone, second] = [await another(), await another()]
      const row = await given(store)
      await store.startTrip(row.id, MONDAY, TRIP)
      await gone.takeTrip(TRIP.stateHash, TRIP.browserHash, MONDAY)
      expect(await store.takeInterruptedAttempts()).toEqual([])
      await gone.close()
      // To be seen to have ended may take a moment.
      await vi.waitFor(async () => {
        const both = [store.takeInterruptedAttempts(), second.takeInterruptedAttempts()]
        const taken = (await Promise.all(both)).flat()
        expect(taken.map((it) => it.id)).toEqual([row.id])
      }, 10_000)
      expect(await store.getAttempt(row.id)).toMatchObject({ status: 'proving' })
    })

    it('is not taken from another browser, nor used up by it', async () => {
      const { store } = current()
      const { id } = await given(store)
      await store.startTrip(id, MONDAY, TRIP)
      expect(await store.takeTrip(TRIP.stateHash, 'other', MONDAY)).toBeNull()
      expect(await store.takeTrip('guessed', TRIP.browserHash, MONDAY)).toBeNull()
      expect(await store.takeTrip(TRIP.stateHash, TRIP.browserHash, MONDAY)).toMatchObject({ id })
    })

    it('is not taken when its time is over or the attempt was ended', async () => {
      const { store } = current()
      const late = await given(store, { ...TRIP, stateHash: 'late' })
      const ended = await given(store, { ...TRIP, stateHash: 'ended' })
      await store.updateAttempt(ended.id, { status: 'expired' })
      expect(await store.takeTrip('late', TRIP.browserHash, late.expiresAt)).toBeNull()
      expect(await store.takeTrip('ended', TRIP.browserHash, MONDAY)).toBeNull()
    })
  })

  describe('attempts whose time is over', () => {
    it('are ended, stripped of what could still be used, and returned as they were', async () => {
      const { store } = current()
      const waiting = await given(store, { ...TRIP, expiresAt: minutesLater(1) })
      const proving = await given(store, { status: 'proving', expiresAt: minutesLater(2) })
      await given(store)
      await given(store, { status: 'succeeded', expiresAt: minutesLater(1) })
      expect(await store.expireAttempts(minutesLater(2))).toEqual([waiting, proving])
      expect(await store.getAttempt(waiting.id)).toEqual({
        ...waiting,
        status: 'expired',
        finishedAt: minutesLater(2),
        stateHash: null,
        sealedVerifier: null,
      })
      expect((await store.getAttempt(proving.id))?.status).toBe('expired')
      expect(await store.expireAttempts(minutesLater(2))).toEqual([])
    })

    it('give up the candidate that nobody accepted, and stay failed', async () => {
      const { store } = current()
      const candidate = { generation: 2, objectId: 'o', username: 'u' }
      const row = await given(store, { status: 'failed', candidate, expiresAt: minutesLater(1) })
      await given(store, { status: 'failed', expiresAt: minutesLater(1) })
      expect(await store.expireAttempts(minutesLater(1))).toEqual([row])
      expect(await store.getAttempt(row.id)).toEqual({ ...row, candidate: null })
    })

    it('let a connection that waited for them be new again, unless another attempt is open', async () => {
      const { store } = current()
      const [alone, another, works] = [
        await givenConnection(store, { status: 'waiting' }),
        await givenConnection(store, { status: 'waiting' }),
        await givenConnection(store, { status: 'connected' }),
      ]
      for (const { id } of [alone, another, works]) {
        await given(store, { connectionId: id, expiresAt: minutesLater(1) })
      }
      await given(store, { connectionId: another.id })
      await store.expireAttempts(minutesLater(1))
      expect((await store.getConnection(alone.id))?.status).toBe('new')
      expect((await store.getConnection(another.id))?.status).toBe('waiting')
      expect((await store.getConnection(works.id))?.status).toBe('connected')
    })
  })

  describe('checks', () => {
    async function made(store: Store, count: number, like: Partial<CheckRow> = {}) {
      const connectionId = like.connectionId ?? (await givenConnection(store)).id
      const rows = Array.from({ length: count }, () => checkRow({ ...like, connectionId }))
      for (const row of rows) await store.addCheck(row)
      return { connectionId, rows }
    }

    it('come back exactly as they were stored', async () => {
      const { store } = current()
      const { connectionId, rows } = await made(store, 1, {
        ok: false,
        action: 'fix_policy',
        microsoft: { code: '50076', traceId: 't', httpStatus: 400, refreshTokenAgeMs: 5 },
      })
      expect((await store.listChecks(connectionId, { limit: 1 })).items).toEqual(rows)
    })

    it('are listed newest first in pages, though the clock stands still', async () => {
      const { store } = current()
      const { connectionId, rows } = await made(store, 5)
      await made(store, 2)
      const seen: CheckRow[] = []
      let cursor: string | undefined
      do {
        const page = await store.listChecks(connectionId, { limit: 2, cursor })
        seen.push(...page.items)
        cursor = page.nextCursor ?? undefined
        // A check made between two pages belongs before the first.
        await store.addCheck(checkRow({ connectionId }))
      } while (cursor !== undefined && seen.length < 9)
      expect(seen).toEqual(rows.toReversed())
      const nonsense = store.listChecks(connectionId, { limit: 2, cursor: 'nonsense' })
      await expect(nonsense).rejects.toMatchObject({ code: 'malformed_request' })
    })

    it('are forgotten when they are old, what was well before what was not, and those of a consent never', async () => {
      const { store } = current()
      const day = (n: number) => new Date(Date.UTC(2020, 0, n))
      const { connectionId } = await made(store, 2, { startedAt: day(1), ok: true })
      const kept = [
        ...(await made(store, 1, { connectionId, startedAt: day(1), ok: true, attemptId: 'one' })).rows,
        ...(await made(store, 1, { connectionId, startedAt: day(3), ok: true })).rows,
        ...(await made(store, 1, { connectionId, startedAt: day(2), ok: false })).rows,
      ]
      await made(store, 1, { connectionId, startedAt: day(1), ok: false })
      const before = { well: day(3), all: day(2) }
      expect(await store.dropChecks(before, 2)).toBe(2)
      expect(await store.dropChecks(before, 2)).toBe(1)
      expect(await store.dropChecks(before, 2)).toBe(0)
      expect((await store.listChecks(connectionId, { limit: 9 })).items).toEqual(kept.toReversed())
    })

    it('of an attempt are listed in the order they were made, and cleared without the others', async () => {
      const { store } = current()
      const { connectionId, rows } = await made(store, 3, { attemptId: 'one' })
      const other = await made(store, 1, { connectionId, attemptId: 'other' })
      expect(await store.listAttemptChecks('one')).toEqual(rows)
      await store.clearAttemptChecks('one')
      expect(await store.listAttemptChecks('one')).toEqual([])
      expect((await store.listChecks(connectionId, { limit: 9 })).items).toEqual(other.rows)
    })
  })
}

const TRIP = {
  browserHash: 'browser',
  stateHash: 'state',
  nonceHash: 'nonce',
  sealedVerifier: 'verifier',
  byMember: true,
  clientId: 'own',
}
