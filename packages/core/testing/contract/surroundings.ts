import { describe, expect, it } from 'vitest'

import { connectionRow, MONDAY } from '../rows.ts'
import { type Current, givenOrganisation, minutesLater } from './opened.ts'

export function surroundingContract(current: Current): void {
  describe('what the fleet met lately', () => {
    it('counts tenants and not connections, over all organisations, and names witnesses of others only', async () => {
      const { store } = current()
      const [one, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      const code = `code of ${one.id}`
      const add = (organisationId: string, given: object) =>
        store.createConnection(
          connectionRow({ status: 'connected', generation: 1, organisationId, ...given }),
        )
      const doubt = { doubtCode: code, doubtSince: minutesLater(-5), refreshedAt: minutesLater(-900) }
      const { row: mine } = await add(one.id, doubt)
      await add(other.id, { ...doubt, microsoftId: mine.microsoftId, doubtSince: minutesLater(-4) })
      await add(other.id, { ...doubt, doubtSince: minutesLater(-3) })
      await add(other.id, { ...doubt, status: 'broken' })
      await add(other.id, { ...doubt, doubtCode: 'another' })
      await add(other.id, { refreshedAt: minutesLater(-4) })
      const { row: witness } = await add(other.id, { refreshedAt: minutesLater(-6) })
      await add(other.id, { refreshedAt: minutesLater(-6), failures: 1 })
      await add(other.id, { refreshedAt: minutesLater(-6), status: 'broken' })
      await add(other.id, { refreshedAt: minutesLater(-6), generation: null })
      const wish = {
        microsoftId: mine.microsoftId,
        code,
        by: 'token' as const,
        now: MONDAY,
        throttledSince: minutesLater(-90),
        witnesses: 100,
      }
      const seen = await store.lookAround(wish)
      expect(seen).toMatchObject({ refused: 2, working: 1, throttled: false })
      expect(seen.witnesses).toEqual([witness.id])
      expect((await store.lookAround({ ...wish, witnesses: 0 })).witnesses).toEqual([])
      // Who only has a token has not been heard of the rest; who needs somebody anyway cannot be a witness of it.
      const fresh = { refreshedAt: minutesLater(-1) }
      const { row: unproven } = await add(other.id, fresh)
      const { row: before } = await add(other.id, { ...fresh, provenAt: minutesLater(-6) })
      await add(other.id, { ...fresh, provenAt: minutesLater(-4) })
      await add(other.id, { ...fresh, status: 'attention' })
      const proofs = await store.lookAround({ ...wish, by: 'proof' })
      expect(proofs).toMatchObject({ refused: 2, working: 1 })
      expect(proofs.witnesses).toEqual(expect.arrayContaining([unproven.id, before.id, witness.id]))
      const cooling = { connectionId: witness.id, until: minutesLater(-60), told: { verdict: 'transient' } }
      const problem = { code: 'microsoft_slow', title: '', detail: '', action: 'retry' } as const
      const row = (key: string) => ({ ...cooling, key, told: { verdict: 'transient' as const, problem } })
      await store.putCoolDown(row('graph'))
      expect((await store.lookAround(wish)).throttled).toBe(false)
      await store.putCoolDown(row('*'))
      expect((await store.lookAround(wish)).throttled).toBe(true)
    })
  })
}
