import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { accessTokenRow, grantRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenConnection, minutesLater } from './opened.ts'

export function grantContract(current: Current): void {
  describe('generations', () => {
    it('are never given out twice, also to those who ask at the same time', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { lastGeneration: 3 })
      const numbers = await atOnce(store, 4, () => store.allocateGeneration(id))
      expect(numbers.toSorted((a, b) => a - b)).toEqual([4, 5, 6, 7])
      expect((await store.takeLease(id, MONDAY, minutesLater(1)))?.lastGeneration).toBe(8)
      await expect(store.allocateGeneration(randomUUID())).rejects.toBeInstanceOf(Error)
    })

    it('keep the sealed token, and list everything but it', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      const row = grantRow({ connectionId, generation: 2, origin: 'rotation', attemptId: 'attempt' })
      await store.saveGrant(row)
      await store.saveGrant(grantRow({ connectionId, generation: 1 }))
      expect(await store.getGrant(connectionId, 2)).toEqual(row)
      expect(await store.getGrant(connectionId, 3)).toBeNull()
      const { sealed: _, ...listed } = row
      const grants = await store.listGrants(connectionId)
      expect(grants.map((each) => each.generation)).toEqual([1, 2])
      expect(grants[1]).toEqual(listed)
      expect(grants[1]).not.toHaveProperty('sealed')
    })

    it('are never written over', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      await store.saveGrant(grantRow({ connectionId, generation: 1, sealed: 'first' }))
      const second = store.saveGrant(grantRow({ connectionId, generation: 1, sealed: 'second' }))
      await expect(second).rejects.toBeInstanceOf(Error)
      expect((await store.getGrant(connectionId, 1))?.sealed).toBe('first')
    })

    it('of a connection that does not exist are refused aloud', async () => {
      const { store } = current()
      await expect(
        store.saveGrant(grantRow({ connectionId: randomUUID(), generation: 1 })),
      ).rejects.toBeInstanceOf(Error)
    })

    it('of one attempt are dropped but those to be kept', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      for (const [generation, attemptId] of [
        [1, 'a'],
        [2, 'a'],
        [3, 'b'],
        [4, null],
      ] as const) {
        await store.saveGrant(grantRow({ connectionId, generation, attemptId }))
      }
      await store.dropAttemptGrants(connectionId, 'a', [2])
      expect((await store.listGrants(connectionId)).map((each) => each.generation)).toEqual([2, 3, 4])
      await store.dropAttemptGrants(connectionId, 'a', [])
      expect((await store.listGrants(connectionId)).map((each) => each.generation)).toEqual([3, 4])
    })
  })

  describe('committing a generation', () => {
    it('points at it, remembers the one before, lets go and changes the row, in one write', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, {
        generation: 1,
        lastGeneration: 1,
        previousGeneration: null,
      })
      const held = await store.takeLease(id, MONDAY, minutesLater(1))
      await store.saveGrant(grantRow({ connectionId: id, generation: 2 }))
      const committed = await store.commitGeneration(id, 1, 2, { status: 'connected', refreshedAt: MONDAY })
      expect(committed).toEqual({
        ...held,
        status: 'connected',
        refreshedAt: MONDAY,
        generation: 2,
        previousGeneration: 1,
        leaseUntil: null,
        leaseHolder: null,
        intent: null,
      })
    })

    it('is refused to a late writer, whose grant stays as a stray', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      const late = await store.takeLease(id, MONDAY, minutesLater(1))
      await store.releaseLease(id, 1, {})
      const newer = await store.takeLease(id, minutesLater(2), minutesLater(3))
      await store.saveGrant(grantRow({ connectionId: id, generation: late?.lastGeneration ?? 0 }))
      expect(await store.commitGeneration(id, late?.fence ?? 0, 2, { status: 'connected' })).toBeNull()
      expect(await store.getConnection(id)).toEqual(newer)
      expect((await store.listGrants(id)).map((each) => each.generation)).toEqual([2])
    })

    it('twice does not forget the one before', async () => {
      const { store } = current()
      const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1 })
      await store.takeLease(id, MONDAY, minutesLater(1))
      await store.saveGrant(grantRow({ connectionId: id, generation: 2 }))
      await store.commitGeneration(id, 1, 2, {})
      expect(await store.commitGeneration(id, 1, 2, {})).toMatchObject({
        generation: 2,
        previousGeneration: 1,
      })
    })

    it('wins over a patch that says otherwise', async () => {
      const { store } = current()
      const { id } = await givenConnection(store)
      await store.takeLease(id, MONDAY, minutesLater(1))
      await store.saveGrant(grantRow({ connectionId: id, generation: 1 }))
      const patch = { generation: 99, leaseUntil: minutesLater(9), intent: 4 }
      expect(await store.commitGeneration(id, 1, 1, patch)).toMatchObject({
        generation: 1,
        leaseUntil: null,
        intent: null,
      })
    })

    it('is refused when its grant is not there, and what works goes on working', async () => {
      const { store } = current()
      const [one, other] = [await givenConnection(store, { generation: 1 }), await givenConnection(store)]
      await store.saveGrant(grantRow({ connectionId: other.id, generation: 2 }))
      const held = await store.takeLease(one.id, MONDAY, minutesLater(1))
      expect(await store.commitGeneration(one.id, 1, 2, {})).toBeNull()
      expect(await store.getConnection(one.id)).toEqual(held)
    })
  })

  describe('access tokens', () => {
    it('are kept per key, the newest in place of the one before', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      const graph = accessTokenRow({ connectionId, key: 'graph' })
      const arm = accessTokenRow({ connectionId, key: 'arm' })
      await store.putAccessToken(graph)
      await store.putAccessToken(arm)
      const newer = {
        ...graph,
        sealed: 'newer',
        scopes: ['x'],
        expiresAt: minutesLater(90),
        createdAt: MONDAY,
      }
      await store.putAccessToken(newer)
      expect(await store.getAccessToken(connectionId, 'graph')).toEqual(newer)
      expect(await store.getAccessToken(connectionId, 'arm')).toEqual(arm)
      expect(await store.getAccessToken(connectionId, 'else')).toBeNull()
    })

    it('are dropped for one connection', async () => {
      const { store } = current()
      const [one, other] = [await givenConnection(store), await givenConnection(store)]
      for (const { id } of [one, other]) await store.putAccessToken(accessTokenRow({ connectionId: id }))
      await store.dropAccessTokens(one.id)
      expect(await store.getAccessToken(one.id, 'graph')).toBeNull()
      expect(await store.getAccessToken(other.id, 'graph')).not.toBeNull()
    })
  })
}
