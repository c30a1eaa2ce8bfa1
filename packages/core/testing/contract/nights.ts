import { describe, expect, it } from 'vitest'

import { MONDAY } from '../rows.ts'
import { atOnce, type Current, givenOrganisation, minutesLater } from './opened.ts'

const after = (ms: number) => new Date(MONDAY.getTime() + ms)

export function nightContract(current: Current): void {
  describe('nights', () => {
    it('add up their refreshes, also those of several processes at once', async () => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      await store.addToNight(id, '2026-11-22', 'failed', minutesLater(-900))
      await store.addToNight(id, '2026-11-23', 'refreshed', MONDAY)
      await atOnce(store, 4, () => store.addToNight(id, '2026-11-23', 'refreshed', minutesLater(1)))
      await store.addToNight(id, '2026-11-23', 'failed', minutesLater(2))
      const newest = {
        organisationId: id,
        night: '2026-11-23',
        startedAt: MONDAY,
        finishedAt: minutesLater(2),
        refreshed: 5,
        failed: 1,
      }
      expect(await store.listNights(id, 1)).toEqual([newest])
      expect(await store.listNights(id, 9)).toMatchObject([newest, { night: '2026-11-22', failed: 1 }])
    })

    it("of one organisation are nobody else's", async () => {
      const { store } = current()
      const [one, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      await store.addToNight(one.id, '2026-11-23', 'refreshed', MONDAY)
      expect(await store.listNights(other.id, 9)).toEqual([])
    })
  })

  describe('turns', () => {
    const wish = { name: 'a', now: MONDAY, gap: 100, ahead: 10_000 }
    const given = (ms: number) => ({ taken: true, at: after(ms) })

    it('are given at least the gap apart, at once when it is over', async () => {
      const { store } = current()
      expect(await store.takeTurn(wish)).toEqual(given(0))
      expect(await store.takeTurn(wish)).toEqual(given(100))
      expect(await store.takeTurn({ ...wish, now: after(50) })).toEqual(given(200))
      expect(await store.takeTurn({ ...wish, now: after(5_000) })).toEqual(given(5_000))
      expect(await store.takeTurn({ ...wish, name: 'b', now: after(5_000) })).toEqual(given(5_000))
    })

    it('are different for all who ask at the same time', async () => {
      const { store } = current()
      const turns = await atOnce(store, 6, () => store.takeTurn(wish))
      const times = turns.map((it) => it.at.getTime() - MONDAY.getTime())
      expect(times.toSorted((a, b) => a - b)).toEqual([0, 100, 200, 300, 400, 500])
    })

    it('too far ahead are not taken, by however many they are asked for', async () => {
      const { store } = current()
      const near = { ...wish, ahead: 250 }
      const turns = await atOnce(store, 6, () => store.takeTurn(near))
      expect(turns.filter((it) => it.taken)).toHaveLength(3)
      expect(await store.takeTurn(near)).toEqual({ taken: false, at: after(300) })
      expect(await store.takeTurn({ ...near, now: after(50) })).toEqual(given(300))
    })

    it('may be taken again by their owner', async () => {
      const { store } = current()
      const own = { ...wish, ahead: 0 }
      expect(await store.takeTurn({ ...own, owner: 'one' })).toEqual(given(0))
      expect(await store.takeTurn({ ...own, owner: 'one', now: after(1) })).toEqual(given(1))
      expect(await store.takeTurn({ ...own, owner: 'two', now: after(2) })).toEqual({
        taken: false,
        at: after(101),
      })
      expect(await store.takeTurn({ ...own, now: after(100) })).toMatchObject({ taken: false })
      expect(await store.takeTurn({ ...own, owner: 'two', now: after(101) })).toEqual(given(101))
    })

    it('start anew when the last one lies absurdly far ahead', async () => {
      const { store } = current()
      await store.takeTurn({ ...wish, now: minutesLater(60) })
      expect(await store.takeTurn(wish)).toEqual(given(0))
    })

    it('are forgotten once they are long over', async () => {
      const { store } = current()
      await store.takeTurn(wish)
      await store.takeTurn({ ...wish, name: 'b', now: minutesLater(1) })
      await store.dropTurns(minutesLater(1))
      expect(await store.takeTurn(wish)).toEqual(given(0))
      expect(await store.takeTurn({ ...wish, name: 'b', now: minutesLater(1) })).toEqual(given(60_100))
    })
  })
}
