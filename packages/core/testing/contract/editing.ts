import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { Store } from '../../src/deps.ts'
import type { Role } from '../../src/types.ts'
import { MONDAY } from '../rows.ts'
import { atOnce, type Current, givenOrganisation, givenPerson } from './opened.ts'
import { channelRow } from './notifications.ts'
import { singleSignOnRow } from './single-sign-on.ts'

/** One try to change a thing, given that it is still there or not there as it was at first; true when it was changed. */
type Edit = (store: Store, organisationId: string, n: number) => Promise<boolean>

const EDITS: Readonly<Record<string, Edit>> = {
  'return origins': (store, id, n) =>
    store.putReturnOrigins(id, [`https://${n}.example`], (now) => now.length === 0),
  'notification channels': (store, id, n) =>
    store.replaceChannels(id, [channelRow(id, { target: `${n}@example.com` })], (now) => now.length === 0),
  'single sign-on': (store, id, n) =>
    store.putSingleSignOn(singleSignOnRow(id, { clientId: `${n}` }), (now) => now === null),
  'the second step': (store, id) => store.setSecondStepRequired(id, true, (now) => !now),
}

export function editingContract(current: Current): void {
  describe('what several people edit at once', () => {
    it.each(Object.keys(EDITS))('%s: one of them changes it, the others change nothing', async (thing) => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      const edit = EDITS[thing] ?? never()
      const outcomes = await atOnce(store, 4, (n) => edit(store, id, n))
      expect(outcomes.filter(Boolean)).toHaveLength(1)
      expect(await edit(store, id, 9)).toBe(false)
      const winner = `${outcomes.indexOf(true)}`
      const there = await Promise.all([
        store.listReturnOrigins(id),
        store.listChannels(id).then((rows) => rows.map((it) => it.target)),
        store.getSingleSignOn(id).then((row) => (row ? [row.clientId] : [])),
        store.isSecondStepRequired(id).then((required) => (required ? [winner] : [])),
      ])
      expect(there.flat()).toEqual([expect.stringContaining(winner)])
    })

    it("a member's role: one of them changes it or removes the member, the others change nothing", async () => {
      const opened = current()
      const { store } = opened
      const { id } = await givenOrganisation(store)
      const member = await store.putMember({
        id: randomUUID(),
        organisationId: id,
        userId: await givenPerson(opened, 'Kim'),
        role: 'viewer',
        createdAt: MONDAY,
      })
      const isViewer = (role: Role) => role === 'viewer'
      const outcomes = await atOnce(store, 3, () => store.changeMember(id, member.id, 'admin', isViewer))
      expect(outcomes.toSorted()).toEqual(['changed', 'changed', 'done'])
      expect(await store.changeMember(id, member.id, null, isViewer)).toBe('changed')
      expect(await store.listMembers(id)).toMatchObject([{ role: 'admin' }])
    })

    it('single sign-on is not ended by somebody who saw another', async () => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      await store.putSingleSignOn(singleSignOnRow(id))
      expect(await store.removeSingleSignOn(id, (now) => now?.clientId === 'another')).toBe(false)
      expect(await store.getSingleSignOn(id)).not.toBeNull()
      expect(await store.removeSingleSignOn(id, (now) => now?.clientId === 'consentry')).toBe(true)
    })
  })
}

function never(): never {
  throw new Error('There is such a thing.')
}
