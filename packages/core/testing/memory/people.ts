import type { Store } from '../../src/deps.ts'
import type { Member, ServiceKeyRow } from '../../src/types.ts'
import { isWorkload } from '../../src/workloads.ts'
import {
  change,
  compareKeys,
  copyOf,
  copyWhere,
  type Data,
  insert,
  keyOf,
  type MembershipRow,
} from './data.ts'

export function memoryPeople(data: Data) {
  function memberOf(row: MembershipRow): Member {
    const person = data.people.get(row.userId)
    if (!person) throw new Error(`No person has the id ${row.userId}; add them first`)
    return structuredClone({ ...row, email: person.email, name: person.name })
  }

  return {
    async createOrganisation(row) {
      if (copyWhere(data.organisations, (it) => it.slug === row.slug).length > 0) return 'slug_taken'
      insert(data.organisations, row.id, row)
      return 'created'
    },
    async findOrganisation(slugOrId) {
      const bySlug = [...data.organisations.values()].find((it) => it.slug === slugOrId)
      return copyOf(data.organisations.get(slugOrId) ?? bySlug)
    },
    async listOrganisations() {
      return copyWhere(data.organisations, () => true).toSorted((a, b) => compareKeys([a.slug], [b.slug]))
    },
    async isSecondStepRequired(organisationId) {
      return data.secondSteps.has(organisationId)
    },
    async setSecondStepRequired(organisationId, required, unchanged) {
      if (unchanged?.(data.secondSteps.has(organisationId)) === false) return false
      if (required) data.secondSteps.add(organisationId)
      else data.secondSteps.delete(organisationId)
      return true
    },
    async putMember(row) {
      if (!data.organisations.has(row.organisationId)) throw new Error('The organisation does not exist')
      const key = keyOf(row.organisationId, row.userId)
      const membership = { ...row, ...data.members.get(key), role: row.role }
      const member = memberOf(membership)
      data.members.set(key, structuredClone(membership))
      return member
    },
    async listMemberships(userId) {
      return copyWhere(data.members, (it) => it.userId === userId)
        .flatMap((row) => {
          const organisation = copyOf(data.organisations.get(row.organisationId))
          const required = data.singleSignOns.get(row.organisationId)?.required
          const secondStepRequired = data.secondSteps.has(row.organisationId)
          const singleSignOn = required === undefined ? null : required ? 'required' : 'offered'
          return organisation
            ? [{ ...memberOf(row), organisation, singleSignOn, secondStepRequired } as const]
            : []
        })
        .toSorted((a, b) => compareKeys([a.organisation.slug], [b.organisation.slug]))
    },
    async listMembers(organisationId) {
      return copyWhere(data.members, (it) => it.organisationId === organisationId)
        .map(memberOf)
        .toSorted((a, b) => compareKeys([a.createdAt.getTime(), a.id], [b.createdAt.getTime(), b.id]))
    },

    async createServiceKey(row) {
      if (copyWhere(data.serviceKeys, (it) => it.hash === row.hash).length > 0) {
        throw new Error('A service key with this hash is already there')
      }
      insert(data.serviceKeys, row.id, row)
    },
    async findServiceKey(hash) {
      return copyOf([...data.serviceKeys.values()].find((it) => it.hash === hash))
    },
    async listServiceKeys(organisationId) {
      return copyWhere(data.serviceKeys, (it) => it.organisationId === organisationId).toSorted((a, b) =>
        compareKeys([a.createdAt.getTime(), a.id], [b.createdAt.getTime(), b.id]),
      )
    },
    async revokeServiceKey(organisationId, id, now) {
      const live = (it: { organisationId: string; revokedAt: Date | null }) =>
        it.organisationId === organisationId && it.revokedAt === null
      return change(data.serviceKeys, id, () => ({ revokedAt: now }), live) !== null
    },
    async findWorkloads(issuer) {
      const rows = copyWhere(data.serviceKeys, (it) => it.issuer === issuer && it.revokedAt === null)
      return rows.filter(isWorkload)
    },
    async replaceServiceKey(id, end, row) {
      const live = (it: ServiceKeyRow) =>
        it.organisationId === row.organisationId && it.revokedAt === null && it.replacedBy === null
      const ended = change(data.serviceKeys, id, () => ({ expiresAt: end, replacedBy: row.id }), live)
      if (ended) insert(data.serviceKeys, row.id, row)
      return ended !== null
    },
    async touchServiceKey(id, at) {
      change(data.serviceKeys, id, () => ({ lastUsedAt: at }))
    },
    async noteTokenUse(connectionId, serviceKeyId, lastUsedAt) {
      data.tokenUses.set(keyOf(connectionId, serviceKeyId), { connectionId, serviceKeyId, lastUsedAt })
    },
    async listTokenUses(connectionIds, since) {
      return copyWhere(
        data.tokenUses,
        (it) => connectionIds.includes(it.connectionId) && it.lastUsedAt >= since,
      )
        .map((it) => ({ ...it, name: data.serviceKeys.get(it.serviceKeyId)?.name ?? '' }))
        .toSorted((a, b) => compareKeys([a.name, a.serviceKeyId], [b.name, b.serviceKeyId]))
    },

    async listReturnOrigins(organisationId) {
      return [...(data.returnOrigins.get(organisationId) ?? [])]
    },
    async putReturnOrigins(organisationId, origins, unchanged) {
      if (unchanged?.(data.returnOrigins.get(organisationId) ?? []) === false) return false
      data.returnOrigins.set(organisationId, [...new Set(origins)].toSorted())
      return true
    },
  } satisfies Partial<Store>
}
