import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { InvitationRow, Role } from '../../src/types.ts'
import { MONDAY } from '../rows.ts'
import { type Current, givenOrganisation, givenPerson, minutesLater } from './opened.ts'

function invitationRow(given: Partial<InvitationRow> = {}): InvitationRow {
  return {
    id: randomUUID(),
    organisationId: null,
    email: 'kim@example.com',
    role: 'viewer',
    tokenHash: randomUUID(),
    invitedBy: 'Ida',
    createdAt: MONDAY,
    expiresAt: minutesLater(60),
    acceptedAt: null,
    endedAt: null,
    ...given,
  }
}

export function invitationContract(current: Current): void {
  describe('invitations', () => {
    it('are found by their hash and listed newest first', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const [old, fresh] = [
        invitationRow({ organisationId }),
        invitationRow({ organisationId, createdAt: minutesLater(1) }),
      ]
      for (const row of [old, fresh]) await store.createInvitation(row)
      expect(await store.findInvitation(old.tokenHash)).toEqual(old)
      expect(await store.findInvitation('none')).toBeNull()
      expect(await store.listInvitations(organisationId)).toEqual([fresh, old])
      expect(await store.listInvitations(randomUUID())).toEqual([])
    })

    it('are used up once, in time, whoever else tries', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const row = invitationRow({ organisationId })
      await store.createInvitation(row)
      expect(await store.takeInvitation(row.id, minutesLater(61))).toBe(false)
      const taken = await Promise.all([1, 2, 3].map((it) => store.takeInvitation(row.id, minutesLater(it))))
      expect(taken.filter(Boolean)).toHaveLength(1)
      expect(await store.endInvitation(organisationId, row.id, MONDAY)).toBe(false)
    })

    it('end by their own organisation only, and cannot be used then', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const row = invitationRow({ organisationId })
      await store.createInvitation(row)
      expect(await store.endInvitation(randomUUID(), row.id, MONDAY)).toBe(false)
      expect(await store.endInvitation(organisationId, row.id, MONDAY)).toBe(true)
      expect(await store.takeInvitation(row.id, MONDAY)).toBe(false)
    })

    it("of a first owner replace each other and leave organisations' alone", async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const [own, first, second] = [invitationRow({ organisationId }), invitationRow(), invitationRow()]
      await store.createInvitation(own)
      await store.replaceFirstInvitation(first)
      await store.replaceFirstInvitation(second)
      expect(await store.findInvitation(first.tokenHash)).toBeNull()
      expect(await store.findInvitation(second.tokenHash)).toEqual(second)
      expect(await store.findInvitation(own.tokenHash)).toEqual(own)
    })
  })

  describe('members', () => {
    async function given(...roles: readonly Role[]) {
      const opened = current()
      const { store } = opened
      const { id: organisationId } = await givenOrganisation(store)
      const ids: string[] = []
      for (const [index, role] of roles.entries()) {
        const id = randomUUID()
        const userId = await givenPerson(opened, `Kim${index}`)
        await store.putMember({ id, organisationId, userId, role, createdAt: MONDAY })
        ids.push(id)
      }
      return { store, organisationId, ids }
    }

    it('are there or not', async () => {
      expect(await current().store.hasMembers()).toBe(false)
      expect(await (await given('viewer')).store.hasMembers()).toBe(true)
    })

    it('change their role and go, but not in another organisation', async () => {
      const { store, organisationId, ids } = await given('owner', 'viewer')
      const [, id = ''] = ids
      expect(await store.changeMember(randomUUID(), id, 'admin')).toBe('not_there')
      expect(await store.changeMember(organisationId, id, 'admin')).toBe('done')
      expect((await store.listMembers(organisationId)).map((it) => it.role).toSorted()).toEqual([
        'admin',
        'owner',
      ])
      expect(await store.changeMember(organisationId, id, null)).toBe('done')
      expect(await store.listMembers(organisationId)).toHaveLength(1)
    })

    it('keep an owner, also when two remove each other at the same moment', async () => {
      const { store, organisationId, ids } = await given('owner', 'owner')
      const outcomes = await Promise.all(ids.map((id) => store.changeMember(organisationId, id, null)))
      expect(outcomes.toSorted()).toEqual(['done', 'last_owner'])
      const [left] = await store.listMembers(organisationId)
      expect(await store.changeMember(organisationId, left?.id ?? '', 'admin')).toBe('last_owner')
      expect(await store.changeMember(organisationId, left?.id ?? '', 'owner')).toBe('done')
    })
  })
}
