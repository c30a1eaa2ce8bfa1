import type { Store } from '../../src/deps.ts'
import type { InvitationRow } from '../../src/types.ts'
import { change, copyWhere, type Data, insert, removeWhere } from './data.ts'

export function memoryInvitations(data: Data) {
  const open = (it: InvitationRow) => it.acceptedAt === null && it.endedAt === null

  return {
    async hasMembers() {
      return data.members.size > 0
    },
    async changeMember(organisationId, id, role, unchanged) {
      const all = [...data.members].filter(([, it]) => it.organisationId === organisationId)
      const [key, member] = all.find(([, it]) => it.id === id) ?? []
      if (key === undefined || !member) return 'not_there'
      if (unchanged?.(member.role) === false) return 'changed'
      const owners = all.filter(([, it]) => it.role === 'owner' && it.id !== id)
      if (member.role === 'owner' && role !== 'owner' && owners.length === 0) return 'last_owner'
      if (role === null) data.members.delete(key)
      else change(data.members, key, () => ({ role }))
      return 'done'
    },
    async createInvitation(row) {
      insert(data.invitations, row.id, row)
    },
    async replaceFirstInvitation(row) {
      removeWhere(data.invitations, (it) => it.organisationId === null)
      insert(data.invitations, row.id, row)
    },
    async findInvitation(tokenHash) {
      return copyWhere(data.invitations, (it) => it.tokenHash === tokenHash)[0] ?? null
    },
    async listInvitations(organisationId) {
      return copyWhere(data.invitations, (it) => it.organisationId === organisationId).toSorted(
        (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
      )
    },
    async endInvitation(organisationId, id, now) {
      const own = (it: InvitationRow) => it.organisationId === organisationId && open(it)
      return change(data.invitations, id, () => ({ endedAt: now }), own) !== null
    },
    async takeInvitation(id, now) {
      const usable = (it: InvitationRow) => open(it) && it.expiresAt > now
      return change(data.invitations, id, () => ({ acceptedAt: now }), usable) !== null
    },
  } satisfies Partial<Store>
}
