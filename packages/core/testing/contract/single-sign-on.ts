import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { SingleSignOnRow } from '../../src/types.ts'
import { MONDAY } from '../rows.ts'
import { type Current, givenOrganisation, givenPerson, minutesLater } from './opened.ts'

export function singleSignOnRow(
  organisationId: string,
  given: Partial<SingleSignOnRow> = {},
): SingleSignOnRow {
  return {
    organisationId,
    issuer: 'https://login.example',
    clientId: 'consentry',
    clientSecret: 'sealed',
    domains: ['example.com'],
    required: false,
    newcomers: null,
    updatedAt: MONDAY,
    ...given,
  }
}

export function singleSignOnContract(current: Current): void {
  describe('single sign-on', () => {
    it('is one of each organisation, and changes whole', async () => {
      const { store } = current()
      const [a, b] = [await givenOrganisation(store), await givenOrganisation(store)]
      expect(await store.getSingleSignOn(a.id)).toBeNull()
      await store.putSingleSignOn(singleSignOnRow(a.id))
      await store.putSingleSignOn(singleSignOnRow(b.id))
      const changed = singleSignOnRow(a.id, {
        issuer: 'https://other.example',
        clientSecret: 'another',
        domains: ['a.example', 'b.example'],
        required: true,
        newcomers: 'viewer',
        updatedAt: minutesLater(1),
      })
      await store.putSingleSignOn(changed)
      expect(await store.getSingleSignOn(a.id)).toEqual(changed)
      expect(await store.getSingleSignOn(b.id)).toEqual(singleSignOnRow(b.id))
      expect(new Set(await store.listSingleSignOns())).toEqual(new Set([changed, singleSignOnRow(b.id)]))
      expect(await store.removeSingleSignOn(a.id)).toBe(true)
      expect(await store.removeSingleSignOn(a.id)).toBe(false)
      expect(await store.listSingleSignOns()).toEqual([singleSignOnRow(b.id)])
    })

    it('shows in the memberships of its people', async () => {
      const opened = current()
      const { store } = opened
      const { id: organisationId } = await givenOrganisation(store)
      const userId = await givenPerson(opened, 'Kim')
      const member = { id: randomUUID(), organisationId, userId, role: 'viewer', createdAt: MONDAY } as const
      await store.putMember(member)
      const shown = async () => (await store.listMemberships(userId)).map((it) => it.singleSignOn)
      expect(await shown()).toEqual([null])
      await store.putSingleSignOn(singleSignOnRow(organisationId))
      expect(await shown()).toEqual(['offered'])
      await store.putSingleSignOn(singleSignOnRow(organisationId, { required: true }))
      expect(await shown()).toEqual(['required'])
    })

    it('has its secret wrapped anew only while it is what was read', async () => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      await store.putSingleSignOn(singleSignOnRow(id))
      expect(await store.replaceClientSecret(id, 'older', 'newer')).toBe(false)
      expect(await store.replaceClientSecret(id, 'sealed', 'newer')).toBe(true)
      expect((await store.getSingleSignOn(id))?.clientSecret).toBe('newer')
    })
  })
}
