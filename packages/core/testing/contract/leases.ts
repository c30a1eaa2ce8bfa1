import { describe, expect, it, vi } from 'vitest'

import { checkRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenConnection, minutesLater } from './opened.ts'

export function leaseContract(current: Current): void {
  describe('the lease', () => {
    it('raises the fence, gives out a generation number and marks what is being redeemed', async () => {
      const { store } = current()
      const row = await givenConnection(store, { generation: 4, lastGeneration: 6, fence: 10 })
      const held = { ...row, leaseUntil: minutesLater(1), fence: 11, lastGeneration: 7, intent: 4 }
      const taken = await store.takeLease(row.id, MONDAY, minutesLater(1))
      expect(taken).toEqual({ ...held, leaseHolder: expect.any(String) })
      expect(await store.getConnection(row.id)).toEqual(taken)
    })

    it('goes to exactly one of four who ask at the same time', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      const asked = await atOnce(store, 4, () => store.takeLease(id, MONDAY, minutesLater(1)))
      expect(asked.filter((each) => each !== null)).toHaveLength(1)
      expect(await store.getConnection(id)).toMatchObject({ fence: 1, lastGeneration: 1 })
    })

    it('is kept by a process that lives for five minutes beyond its time, and not longer', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await givenConnection(store)
      await store.takeLease(id, MONDAY, minutesLater(1))
      expect(await other.takeLease(id, minutesLater(6), minutesLater(7))).toBeNull()
      expect(await other.takeLease(id, minutesLater(6.1), minutesLater(7))).toMatchObject({ fence: 2 })
    })

    it('of a process that has ended is free at once, and says what it left undone', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      await other.takeLease(id, MONDAY, minutesLater(1))
      await other.close()
      const taken = await store.takeLease(id, MONDAY, minutesLater(1))
      expect(taken).toMatchObject({ fence: 2, intent: 1, verify: 'interrupted' })
    })

    it('that was let go leaves nothing to verify', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      await other.takeLease(id, MONDAY, minutesLater(1))
      await other.releaseLease(id, 1, {})
      expect(await store.takeLease(id, MONDAY, minutesLater(1))).toMatchObject({ verify: null })
    })

    it('that was abandoned is free, and its intent is to be verified', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1, verify: 'restored' })
      const fresh = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      for (const one of [id, fresh.id]) {
        await store.takeLease(one, MONDAY, minutesLater(1))
        await store.abandonLease(one, 1)
      }
      const free = { leaseUntil: null, leaseHolder: null, intent: null }
      expect(await store.getConnection(fresh.id)).toMatchObject({ ...free, verify: 'interrupted' })
      expect(await store.getConnection(id)).toMatchObject({ ...free, verify: 'restored' })
    })

    it('is abandoned by nobody who let go of it, or who held it before', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      await store.takeLease(id, MONDAY, minutesLater(1))
      await store.releaseLease(id, 1, {})
      await store.abandonLease(id, 1)
      expect(await store.getConnection(id)).toMatchObject({ verify: null })
      const held = await store.takeLease(id, MONDAY, minutesLater(1))
      await store.abandonLease(id, 1)
      expect(await store.getConnection(id)).toEqual(held)
    })

    it('is renewed by its holder, and by nobody who held it before', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await givenConnection(store)
      await store.takeLease(id, MONDAY, minutesLater(1))
      expect(await store.renewLease(id, 1, minutesLater(5))).toBe(true)
      expect(await other.takeLease(id, minutesLater(9), minutesLater(10))).toBeNull()
      await other.takeLease(id, minutesLater(11), minutesLater(12))
      expect(await store.renewLease(id, 1, minutesLater(60))).toBe(false)
      expect((await store.getConnection(id))?.leaseUntil).toEqual(minutesLater(12))
    })

    it('is not taken back by a renewal that comes after it was let go', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      await store.takeLease(id, MONDAY, minutesLater(1))
      await store.releaseLease(id, 1, {})
      expect(await store.renewLease(id, 1, minutesLater(60))).toBe(false)
      expect((await store.getConnection(id))?.leaseUntil).toBeNull()
    })

    it('is let go with what was learnt, in one write', async () => {
      const { store } = current()
      const row = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      const held = await store.takeLease(row.id, MONDAY, minutesLater(1))
      const released = await store.releaseLease(row.id, 1, {
        failures: 3,
        name: 'Learnt',
        doubtCode: 'expired',
      })
      expect(released).toEqual({
        ...held,
        failures: 3,
        name: 'Learnt',
        doubtCode: 'expired',
        leaseUntil: null,
        leaseHolder: null,
        intent: null,
      })
      expect(await store.takeLease(row.id, MONDAY, minutesLater(1))).toMatchObject({ fence: 2, intent: 1 })
    })

    it('is let go together with what the history says of it', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      await store.takeLease(id, MONDAY, minutesLater(1))
      const check = checkRow({ connectionId: id, ok: false, code: 'rotation_unconfirmed' })
      expect(await store.releaseLease(id, 9, {}, check)).toBeNull()
      expect((await store.listChecks(id, { limit: 9 })).items).toEqual([])
      expect(await store.releaseLease(id, 1, {}, check)).toMatchObject({ leaseUntil: null })
      expect((await store.listChecks(id, { limit: 9 })).items).toEqual([check])
    })

    it('is not let go, and nothing is changed, by one who held it before', async () => {
      const { store, another } = current()
      const { id } = await givenConnection(store)
      await store.takeLease(id, MONDAY, minutesLater(1))
      const held = await (await another()).takeLease(id, minutesLater(9), minutesLater(10))
      expect(await store.releaseLease(id, 1, { failures: 9 })).toBeNull()
      expect(await store.getConnection(id)).toEqual(held)
    })
  })

  describe('what ended processes left', () => {
    it('is let go: an interrupted renewal is due now, and told of once', async () => {
      const { store, another } = current()
      const other = await another()
      const given = { generation: 1, lastGeneration: 1, nextRefreshAt: minutesLater(60) }
      const [cut, mine] = [await givenConnection(store, given), await givenConnection(store, given)]
      await other.takeLease(cut.id, MONDAY, minutesLater(1))
      const held = await store.takeLease(mine.id, MONDAY, minutesLater(1))
      expect(await store.releaseInterrupted(MONDAY)).toEqual([])
      await other.close()
      // To be seen to have ended may take a moment.
      await vi.waitFor(async () => {
        const left = await store.releaseInterrupted(minutesLater(2))
        expect(left.map((it) => it.id)).toEqual([cut.id])
      }, 10_000)
      expect(await store.getConnection(cut.id)).toMatchObject({
        leaseUntil: null,
        leaseHolder: null,
        intent: null,
        verify: 'interrupted',
        nextRefreshAt: minutesLater(2),
      })
      expect(await store.getConnection(mine.id)).toEqual(held)
      expect(await store.releaseInterrupted(minutesLater(3))).toEqual([])
    })

    it('is not due when nothing was being renewed', async () => {
      const { store, another } = current()
      const other = await another()
      const { id } = await givenConnection(store)
      await other.takeLease(id, MONDAY, minutesLater(1))
      await other.close()
      expect(await store.releaseInterrupted(MONDAY)).toEqual([])
      expect(await store.getConnection(id)).toMatchObject({ leaseHolder: null, nextRefreshAt: null })
    })
  })
}
