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
    it('are given at least the gap apart, at once when it is over', async () => {
      const { store } = current()
      expect(await store.takeTurn('a', MONDAY, 100)).toEqual(MONDAY)
      expect(await store.takeTurn('a', MONDAY, 100)).toEqual(after(100))
      expect(await store.takeTurn('a', after(50), 100)).toEqual(after(200))
      expect(await store.takeTurn('a', after(5_000), 100)).toEqual(after(5_000))
      expect(await store.takeTurn('b', after(5_000), 100)).toEqual(after(5_000))
    })

    it('are different for all who ask at the same time', async () => {
      const { store } = current()
      const given = await atOnce(store, 6, () => store.takeTurn('crowd', MONDAY, 10))
      const times = given.map((it) => it.getTime() - MONDAY.getTime())
      expect(times.toSorted((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50])
    })

    it('are kept by an owner that asks again', async () => {
      const { store } = current()
      await store.takeTurn('owned', MONDAY, 100, 'one')
      expect(await store.takeTurn('owned', after(1), 100, 'one')).toEqual(after(1))
      expect(await store.takeTurn('owned', after(2), 100, 'two')).toEqual(after(101))
      expect(await store.takeTurn('owned', after(3), 100, 'two')).toEqual(after(101))
      expect(await store.takeTurn('owned', after(4), 100)).toEqual(after(201))
    })

    it('start anew when the last one lies absurdly far ahead', async () => {
      const { store } = current()
      await store.takeTurn('back', minutesLater(60), 100)
      expect(await store.takeTurn('back', MONDAY, 100)).toEqual(MONDAY)
    })
  })
}
