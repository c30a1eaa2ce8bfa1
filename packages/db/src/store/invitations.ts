import type { Store } from '@consentry/core'
import { and, desc, eq, gt, isNull } from 'drizzle-orm'

import { type Handle, holdOrganisation, one } from './handle.ts'

/** Invitations, and the one rule of members that needs more than one statement. */
export function invitationStore({ db, tables, transact }: Handle) {
  const { invitations, members } = tables
  const open = and(isNull(invitations.acceptedAt), isNull(invitations.endedAt))

  return {
    async hasMembers() {
      return (await db.select({ id: members.id }).from(members).limit(1)).length > 0
    },
    async changeMember(organisationId, id, role, unchanged) {
      return transact(async (tx) => {
        // Two owners who remove each other do so one after the other.
        await holdOrganisation(tx, tables, organisationId)
        const all = await tx
          .select({ id: members.id, role: members.role })
          .from(members)
          .where(eq(members.organisationId, organisationId))
        const member = all.find((it) => it.id === id)
        if (!member) return 'not_there'
        if (unchanged?.(member.role) === false) return 'changed'
        const owners = all.filter((it) => it.role === 'owner' && it.id !== id)
        if (member.role === 'owner' && role !== 'owner' && owners.length === 0) return 'last_owner'
        if (role === null) await tx.delete(members).where(eq(members.id, id))
        else await tx.update(members).set({ role }).where(eq(members.id, id))
        return 'done'
      })
    },

    async createInvitation(row) {
      await db.insert(invitations).values(row)
    },
    async replaceFirstInvitation(row) {
      await transact(async (tx) => {
        await tx.delete(invitations).where(isNull(invitations.organisationId))
        await tx.insert(invitations).values(row)
      })
    },
    async findInvitation(tokenHash) {
      return one(await db.select().from(invitations).where(eq(invitations.tokenHash, tokenHash)))
    },
    async listInvitations(organisationId) {
      return db
        .select()
        .from(invitations)
        .where(eq(invitations.organisationId, organisationId))
        .orderBy(desc(invitations.createdAt), desc(invitations.id))
    },
    async endInvitation(organisationId, id, now) {
      const ended = await db
        .update(invitations)
        .set({ endedAt: now })
        .where(and(eq(invitations.id, id), eq(invitations.organisationId, organisationId), open))
        .returning({ id: invitations.id })
      return ended.length > 0
    },
    async takeInvitation(id, now) {
      const taken = await db
        .update(invitations)
        .set({ acceptedAt: now })
        .where(and(eq(invitations.id, id), open, gt(invitations.expiresAt, now)))
        .returning({ id: invitations.id })
      return taken.length > 0
    },
  } satisfies Partial<Store>
}
