import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { Rotation, Store } from '../../src/deps.ts'
import type { ConnectionRow } from '../../src/types.ts'
import { accessTokenRow, attemptRow, auditNote, checkRow, grantRow, MONDAY } from '../rows.ts'
import { type Current, givenConnection, minutesLater } from './opened.ts'

/** A connection whose first generation is being redeemed. */
async function givenLeased(store: Store, given: Partial<ConnectionRow> = {}): Promise<ConnectionRow> {
  const { id } = await givenConnection(store, { generation: 1, lastGeneration: 1, ...given })
  await store.saveGrant(grantRow({ connectionId: id, generation: 1 }))
  const leased = await store.takeLease(id, MONDAY, minutesLater(1))
  if (!leased) throw new Error('The lease is taken.')
  return leased
}

function rotation({ id, fence, lastGeneration }: ConnectionRow, given: Partial<Rotation> = {}): Rotation {
  return {
    fence,
    grant: grantRow({ connectionId: id, generation: lastGeneration, origin: 'rotation' }),
    redeemed: 1,
    at: minutesLater(1),
    access: accessTokenRow({ connectionId: id }),
    patch: { status: 'connected', refreshedAt: MONDAY },
    check: checkRow({ connectionId: id }),
    note: auditNote(),
    night: '2026-11-23',
    ...given,
  }
}

const generations = async (store: Store, id: string) =>
  (await store.listGrants(id)).map((each) => each.generation)

export function rotationContract(current: Current): void {
  describe('committing a rotation', () => {
    it('saves, points, remembers the one before, lets go and keeps the access token, all at once', async () => {
      const { store } = current()
      const leased = await givenLeased(store, { verify: 'interrupted' })
      const given = rotation(leased)
      const committed = await store.commitRotation(given)
      expect(committed).toEqual({
        ...leased,
        status: 'connected',
        refreshedAt: MONDAY,
        generation: 2,
        previousGeneration: 1,
        leaseUntil: null,
        leaseHolder: null,
        intent: null,
        verify: null,
      })
      expect(await store.getConnection(leased.id)).toEqual(committed)
      expect(await store.getGrant(leased.id, 2)).toEqual(given.grant)
      expect((await store.getGrant(leased.id, 1))?.redeemedAt).toEqual(minutesLater(1))
      expect(await store.getAccessToken(leased.id, 'graph')).toEqual(given.access)
      expect((await store.listChecks(leased.id, { limit: 9 })).items).toEqual([given.check])
      expect(await store.listNights(leased.organisationId, 2)).toMatchObject([
        { night: '2026-11-23', refreshed: 1, failed: 0, finishedAt: minutesLater(1) },
      ])
    })

    it('a second time, since the first answer was lost on the way, changes nothing more', async () => {
      const { store } = current()
      const leased = await givenLeased(store)
      const given = rotation(leased)
      const committed = await store.commitRotation(given)
      expect(await store.commitRotation(given)).toEqual(committed)
      expect((await store.listChecks(leased.id, { limit: 9 })).items).toHaveLength(1)
      expect(await generations(store, leased.id)).toEqual([1, 2])
      expect(await store.listNights(leased.organisationId, 2)).toMatchObject([{ refreshed: 1 }])
    })

    it('too late keeps the token as a stray and changes nothing else', async () => {
      const { store, another } = current()
      const late = await givenLeased(store)
      const newer = await (await another()).takeLease(late.id, minutesLater(9), minutesLater(10))
      expect(await store.commitRotation(rotation(late))).toBeNull()
      expect(await store.getConnection(late.id)).toEqual(newer)
      expect(await generations(store, late.id)).toEqual([1, 2])
      expect(await store.getAccessToken(late.id, 'graph')).toBeNull()
      expect((await store.listChecks(late.id, { limit: 9 })).items).toEqual([])
      expect(await store.listNights(late.organisationId, 2)).toEqual([])
    })

    it('after Disconnect keeps nothing', async () => {
      const { store } = current()
      const leased = await givenLeased(store)
      await store.disconnect(leased.id, MONDAY)
      expect(await store.commitRotation(rotation(leased))).toBeNull()
      expect(await generations(store, leased.id)).toEqual([])
      expect(await store.getAccessToken(leased.id, 'graph')).toBeNull()
      expect(await store.getConnection(leased.id)).toMatchObject({ generation: null, status: 'new' })
    })

    it('of a connection that does not exist is refused aloud', async () => {
      const { store } = current()
      const leased = await givenLeased(store)
      const nowhere = rotation({ ...leased, id: randomUUID() })
      await expect(store.commitRotation(nowhere)).rejects.toBeInstanceOf(Error)
    })

    it('removes what is older than the one redeemed, of this connection only', async () => {
      const { store } = current()
      const [one, other] = [await givenLeased(store), await givenLeased(store)]
      for (const { id } of [one, other]) await store.saveGrant(grantRow({ connectionId: id, generation: 0 }))
      await store.commitRotation(rotation(one))
      expect(await generations(store, one.id)).toEqual([1, 2])
      expect(await generations(store, other.id)).toEqual([0, 1])
    })

    it('does not remove what came with a consent that may still succeed or be accepted', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store, { generation: 8, lastGeneration: 8 })
      const statuses = ['proving', 'failed', 'succeeded', 'expired'] as const
      for (const [index, status] of statuses.entries()) {
        const attempt = attemptRow({ connectionId, status, expiresAt: minutesLater(5) })
        await store.createAttempt(attempt)
        await store.saveGrant(grantRow({ connectionId, generation: index + 1, attemptId: attempt.id }))
      }
      const first = await store.takeLease(connectionId, MONDAY, minutesLater(1))
      if (!first) throw new Error('The lease is taken.')
      await store.commitRotation(rotation(first, { redeemed: 8, at: MONDAY }))
      expect(await generations(store, connectionId)).toEqual([1, 2, 9])
      const second = await store.takeLease(connectionId, MONDAY, minutesLater(1))
      if (!second) throw new Error('The lease is taken.')
      await store.commitRotation(rotation(second, { redeemed: 9, at: minutesLater(5) }))
      expect(await generations(store, connectionId)).toEqual([9, 10])
    })
  })

  describe('a cool-down', () => {
    const told = {
      verdict: 'transient',
      problem: { code: 'many_at_once', title: 'T', detail: 'D', action: 'retry' },
    } as const

    it('is found by its key until it is over, and by no other connection', async () => {
      const { store } = current()
      const [one, other] = [await givenConnection(store), await givenConnection(store)]
      const row = { connectionId: one.id, key: 'graph', until: minutesLater(1), told }
      await store.putCoolDown(row)
      expect(await store.getCoolDown(one.id, 'graph', MONDAY)).toEqual(row)
      expect(await store.getCoolDown(one.id, 'arm', MONDAY)).toBeNull()
      expect(await store.getCoolDown(other.id, 'graph', MONDAY)).toBeNull()
      expect(await store.getCoolDown(one.id, 'graph', minutesLater(1))).toBeNull()
    })

    it('for everything is found by any key, and the longest counts', async () => {
      const { store } = current()
      const { id: connectionId } = await givenConnection(store)
      await store.putCoolDown({ connectionId, key: 'graph', until: minutesLater(1), told })
      await store.putCoolDown({ connectionId, key: '*', until: minutesLater(5), told })
      expect(await store.getCoolDown(connectionId, 'graph', MONDAY)).toMatchObject({ until: minutesLater(5) })
      await store.putCoolDown({ connectionId, key: '*', until: MONDAY, told })
      expect(await store.getCoolDown(connectionId, 'graph', MONDAY)).toMatchObject({ until: minutesLater(1) })
    })

    it('is forgotten with the access tokens, and when the tenant is disconnected', async () => {
      const { store } = current()
      for (const forget of [
        (id: string) => store.dropAccessTokens(id),
        (id: string) => store.disconnect(id, MONDAY),
      ]) {
        const { id: connectionId } = await givenConnection(store)
        await store.putCoolDown({ connectionId, key: '*', until: minutesLater(5), told })
        await forget(connectionId)
        expect(await store.getCoolDown(connectionId, 'graph', MONDAY)).toBeNull()
      }
    })
  })
}
