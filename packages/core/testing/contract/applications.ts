import { describe, expect, it } from 'vitest'

import type { ApplicationRow } from '../../src/types.ts'
import { attemptRow, grantRow, MONDAY } from '../rows.ts'
import { atOnce, type Current, givenConnection, minutesLater } from './opened.ts'

export function applicationContract(current: Current): void {
  describe('own applications', () => {
    async function given(clientId: string): Promise<ApplicationRow> {
      const { id: connectionId } = await givenConnection(current().store)
      return {
        connectionId,
        clientId,
        kind: 'secret',
        sealed: 'sealed secret',
        expiresAt: minutesLater(60),
        addedAt: MONDAY,
        addedBy: 'Kim',
      }
    }

    it('are kept per connection and client id; the last one put is what consents are asked for as', async () => {
      const { store } = current()
      const one = await given('one')
      const { connectionId } = one
      const two = { ...one, clientId: 'two', addedAt: minutesLater(1) }
      await store.putApplication(one)
      await store.putApplication(two)
      expect(await store.listApplications(connectionId)).toEqual([one, two])
      expect((await store.getConnection(connectionId))?.clientId).toBe('two')
      const renewed = { ...one, kind: 'certificate', sealed: 'sealed key', expiresAt: null } as const
      await store.putApplication(renewed)
      expect(await store.getApplication(connectionId, 'one')).toEqual(renewed)
      expect((await store.getConnection(connectionId))?.clientId).toBe('one')
      const version = (await store.getConnection(connectionId))?.version ?? 0
      expect(await store.putApplication(two, version - 1)).toBe(false)
      expect((await store.getConnection(connectionId))?.clientId).toBe('one')
      const tries = await atOnce(store, 3, () => store.putApplication(two, version))
      expect(tries.filter(Boolean)).toHaveLength(1)
      const other = await given('one')
      expect(await store.getApplication(other.connectionId, 'one')).toBeNull()
    })

    it('are forgotten once nothing was, is or will be asked for as them', async () => {
      const { store } = current()
      const one = await given('one')
      const { connectionId } = one
      for (const clientId of ['granted', 'tried', 'done', 'unused', 'chosen'])
        await store.putApplication({ ...one, clientId })
      await store.saveGrant(grantRow({ connectionId, generation: 1, clientId: 'granted' }))
      await store.createAttempt(attemptRow({ connectionId, clientId: 'tried' }))
      await store.createAttempt(attemptRow({ connectionId, clientId: 'done', status: 'succeeded' }))
      // Another connection's use of the same application is no use of this one.
      const other = await given('unused')
      await store.putApplication(other)
      expect(await store.dropUnusedApplications(minutesLater(-1))).toBe(0)
      expect(await store.dropUnusedApplications(MONDAY)).toBe(2)
      const left = await store.listApplications(connectionId)
      expect(left.map((it) => it.clientId)).toEqual(['chosen', 'granted', 'tried'])
      expect(await store.getApplication(other.connectionId, 'unused')).toEqual(other)
      expect(await store.dropUnusedApplications(minutesLater(61))).toBe(1)
    })

    it('end with Disconnect, and none comes after it', async () => {
      const { store } = current()
      const one = await given('one')
      await store.putApplication(one)
      await store.disconnect(one.connectionId, MONDAY)
      expect(await store.listApplications(one.connectionId)).toEqual([])
      await store.putApplication(one)
      expect(await store.listApplications(one.connectionId)).toEqual([])
      expect((await store.getConnection(one.connectionId))?.clientId).toBeNull()
    })
  })
}
