import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { MONDAY, organisationRow, serviceKeyRow } from '../rows.ts'
import {
  atOnce,
  type Current,
  givenConnection,
  givenOrganisation,
  givenPerson,
  minutesLater,
} from './opened.ts'

export function peopleContract(current: Current): void {
  describe('organisations and members', () => {
    it('keeps an organisation and finds it by slug and by id', async () => {
      const { store } = current()
      const row = organisationRow({ slug: 'contoso' })
      expect(await store.createOrganisation(row)).toBe('created')
      expect(await store.findOrganisation('contoso')).toEqual(row)
      expect(await store.findOrganisation(row.id)).toEqual(row)
      expect(await store.findOrganisation('nobody')).toBeNull()
    })

    it('remembers whether an organisation asks for a second step, and shows it in memberships', async () => {
      const opened = current()
      const { store } = opened
      const [mine, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      const userId = await givenPerson(opened, 'Kim')
      const member = { id: randomUUID(), userId, role: 'viewer', createdAt: MONDAY } as const
      await store.putMember({ ...member, organisationId: mine.id })
      expect(await store.isSecondStepRequired(mine.id)).toBe(false)
      await store.setSecondStepRequired(mine.id, true)
      expect(await store.isSecondStepRequired(mine.id)).toBe(true)
      expect(await store.isSecondStepRequired(other.id)).toBe(false)
      expect(await store.listMemberships(userId)).toMatchObject([{ secondStepRequired: true }])
      expect(await store.findOrganisation(mine.id)).toEqual(mine)
      await store.setSecondStepRequired(mine.id, false)
      expect(await store.listMemberships(userId)).toMatchObject([{ secondStepRequired: false }])
    })

    it('refuses a slug that is taken and keeps the first organisation', async () => {
      const { store } = current()
      const first = await givenOrganisation(store, 'contoso')
      expect(await store.createOrganisation(organisationRow({ slug: 'contoso' }))).toBe('slug_taken')
      expect(await store.listOrganisations()).toEqual([first])
    })

    it('lists organisations by slug', async () => {
      const { store } = current()
      for (const slug of ['b', 'a', 'c']) await givenOrganisation(store, slug)
      expect((await store.listOrganisations()).map((each) => each.slug)).toEqual(['a', 'b', 'c'])
    })

    it('adds a person as a member, with the name and address that sign-in knows', async () => {
      const opened = current()
      const { store } = opened
      const organisation = await givenOrganisation(store)
      const row = {
        id: randomUUID(),
        organisationId: organisation.id,
        userId: await givenPerson(opened, 'Kim'),
        role: 'admin' as const,
        createdAt: MONDAY,
      }
      const member = { ...row, name: 'Kim', email: 'kim@example.com' }
      expect(await store.putMember(row)).toEqual(member)
      expect(await store.listMembers(organisation.id)).toEqual([member])
    })

    it('changes the role of a member who is already there', async () => {
      const opened = current()
      const { store } = opened
      const { id: organisationId } = await givenOrganisation(store)
      const userId = await givenPerson(opened, 'Kim')
      const first = await store.putMember({
        id: randomUUID(),
        organisationId,
        userId,
        role: 'viewer',
        createdAt: MONDAY,
      })
      const again = { id: randomUUID(), organisationId, userId, createdAt: minutesLater(5) }
      expect(await store.putMember({ ...again, role: 'owner' })).toEqual({ ...first, role: 'owner' })
      expect(await store.listMembers(organisationId)).toHaveLength(1)
    })

    it('takes nobody as a member whom sign-in does not know', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const stranger = { id: randomUUID(), organisationId, userId: 'nobody', createdAt: MONDAY }
      await expect(store.putMember({ ...stranger, role: 'owner' })).rejects.toBeInstanceOf(Error)
      expect(await store.listMembers(organisationId)).toEqual([])
    })

    it("lists a person's memberships with their organisations, and nobody else's", async () => {
      const opened = current()
      const { store } = opened
      const [b, a] = [await givenOrganisation(store, 'b'), await givenOrganisation(store, 'a')]
      const [kim, lee] = [await givenPerson(opened, 'Kim'), await givenPerson(opened, 'Lee')]
      const member = (organisationId: string, userId: string) =>
        store.putMember({ id: randomUUID(), organisationId, userId, role: 'owner', createdAt: MONDAY })
      const kimB = await member(b.id, kim)
      const kimA = await member(a.id, kim)
      await member(a.id, lee)
      expect(await store.listMemberships(kim)).toEqual([
        { ...kimA, organisation: a, singleSignOn: null, secondStepRequired: false },
        { ...kimB, organisation: b, singleSignOn: null, secondStepRequired: false },
      ])
      expect((await store.listMembers(b.id)).map((each) => each.userId)).toEqual([kim])
    })
  })

  describe('service keys and return origins', () => {
    it('finds a service key by its hash, with all it was made with', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const row = serviceKeyRow({ organisationId, connections: ['a', 'b'], expiresAt: minutesLater(60) })
      await store.createServiceKey(row)
      expect(await store.findServiceKey(row.hash)).toEqual(row)
      expect(await store.findServiceKey('unknown')).toBeNull()
    })

    it('lists the service keys of one organisation, oldest first', async () => {
      const { store } = current()
      const [mine, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      const newer = serviceKeyRow({ organisationId: mine.id, createdAt: minutesLater(1) })
      const older = serviceKeyRow({ organisationId: mine.id })
      for (const row of [newer, older, serviceKeyRow({ organisationId: other.id })]) {
        await store.createServiceKey(row)
      }
      expect(await store.listServiceKeys(mine.id)).toEqual([older, newer])
    })

    it('revokes a service key once, and only for its own organisation', async () => {
      const { store } = current()
      const [mine, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      const row = serviceKeyRow({ organisationId: mine.id })
      await store.createServiceKey(row)
      expect(await store.revokeServiceKey(other.id, row.id, MONDAY)).toBe(false)
      expect((await store.findServiceKey(row.hash))?.revokedAt).toBeNull()
      expect(await store.revokeServiceKey(mine.id, row.id, MONDAY)).toBe(true)
      expect(await store.revokeServiceKey(mine.id, row.id, minutesLater(1))).toBe(false)
      expect((await store.findServiceKey(row.hash))?.revokedAt).toEqual(MONDAY)
    })

    it('remembers when a service key was last used', async () => {
      const { store } = current()
      const row = serviceKeyRow({ organisationId: (await givenOrganisation(store)).id })
      await store.createServiceKey(row)
      await store.touchServiceKey(row.id, minutesLater(3))
      expect((await store.findServiceKey(row.hash))?.lastUsedAt).toEqual(minutesLater(3))
    })

    it('finds those that trust an issuer, until they are revoked', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      const trust = { issuer: 'https://issuer.example', audience: 'a', subject: 's' }
      const row = serviceKeyRow({ organisationId, ...trust })
      await store.createServiceKey(row)
      await store.createServiceKey(serviceKeyRow({ organisationId }))
      expect(await store.findWorkloads(trust.issuer)).toEqual([row])
      expect(await store.findWorkloads('https://other.example')).toEqual([])
      await store.revokeServiceKey(organisationId, row.id, MONDAY)
      expect(await store.findWorkloads(trust.issuer)).toEqual([])
    })

    it('makes one key in the place of another, whoever else asks for it at once', async () => {
      const { store } = current()
      const { id: organisationId } = await givenOrganisation(store)
      // It ends no sooner than it would have, so that this does not tell that it was replaced.
      const old = serviceKeyRow({ organisationId, expiresAt: minutesLater(5) })
      await store.createServiceKey(old)
      const row = serviceKeyRow({ organisationId, createdAt: minutesLater(1) })
      const replaced = await atOnce(store, 4, (n) =>
        store.replaceServiceKey(old.id, minutesLater(5), {
          ...row,
          id: `${n}${row.id}`,
          hash: `${n}${row.hash}`,
        }),
      )
      expect(replaced.filter(Boolean)).toHaveLength(1)
      const id = `${replaced.indexOf(true)}${row.id}`
      expect(await store.listServiceKeys(organisationId)).toMatchObject([{ ...old, replacedBy: id }, { id }])
    })

    it("makes none in the place of a revoked one, nor of another organisation's", async () => {
      const { store } = current()
      const [mine, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      const old = serviceKeyRow({ organisationId: mine.id })
      await store.createServiceKey(old)
      const replace = (organisationId: string) =>
        store.replaceServiceKey(old.id, minutesLater(1), serviceKeyRow({ organisationId }))
      expect(await replace(other.id)).toBe(false)
      expect(await store.listServiceKeys(mine.id)).toEqual([old])
      await store.revokeServiceKey(mine.id, old.id, MONDAY)
      expect(await replace(mine.id)).toBe(false)
      expect(await store.listServiceKeys(mine.id)).toEqual([{ ...old, revokedAt: MONDAY }])
      expect(await store.listServiceKeys(other.id)).toEqual([])
    })

    it('tells which keys were given tokens of a connection lately, once each and by name', async () => {
      const { store } = current()
      const { id: connectionId, organisationId } = await givenConnection(store)
      const [late, early] = ['b late', 'a early'].map((name) => serviceKeyRow({ organisationId, name }))
      if (!late || !early) throw new Error('There are two.')
      for (const row of [late, early]) await store.createServiceKey(row)
      await store.noteTokenUse(connectionId, early.id, MONDAY)
      await store.noteTokenUse(connectionId, late.id, MONDAY)
      await store.noteTokenUse(connectionId, late.id, minutesLater(9))
      const latest = {
        connectionId,
        serviceKeyId: late.id,
        name: 'b late',
        lastUsedAt: minutesLater(9),
      }
      expect(await store.listTokenUses([connectionId], MONDAY)).toMatchObject([{ name: 'a early' }, latest])
      expect(await store.listTokenUses([connectionId], minutesLater(1))).toEqual([latest])
      expect(await store.listTokenUses([], MONDAY)).toEqual([])
    })

    it("replaces an organisation's return origins as a whole", async () => {
      const { store } = current()
      const [mine, other] = [await givenOrganisation(store), await givenOrganisation(store)]
      await store.putReturnOrigins(other.id, ['https://other.example'])
      await store.putReturnOrigins(mine.id, ['https://a.example'])
      await store.putReturnOrigins(mine.id, ['https://c.example', 'https://b.example', 'https://b.example'])
      expect(await store.listReturnOrigins(mine.id)).toEqual(['https://b.example', 'https://c.example'])
      await store.putReturnOrigins(mine.id, [])
      expect(await store.listReturnOrigins(mine.id)).toEqual([])
      expect(await store.listReturnOrigins(other.id)).toEqual(['https://other.example'])
    })
  })
}
