import { randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { Unchanged } from './deps.ts'
import { ConsentryError } from './errors.ts'
import type { Member, Role } from './types.ts'

/**
 * Makes a person, who can sign in already, a member, or changes the role of one who is. Throws `last_owner`, but not to
 * an operator, who can make another owner.
 */
export async function addMember(
  deps: Recording,
  organisationId: string,
  person: { readonly userId: string; readonly email: string; readonly role: Role },
  by: Actor,
): Promise<Member> {
  const { userId, email, role } = person
  const there = (await deps.store.listMembers(organisationId)).find((it) => it.userId === userId)
  if (there && by.kind !== 'operator') return changeRole(deps, there, role, by)
  const action = there ? 'member.role_changed' : 'member.added'
  await recordMember(deps, { organisationId, email }, by, action, { role })
  return deps.store.putMember({ id: randomUUID(), organisationId, userId, role, createdAt: deps.now() })
}

/** The organisation's member of this id; null when there is none. */
export async function findMember({ store }: Pick<Recording, 'store'>, organisationId: string, id: string) {
  return (await store.listMembers(organisationId)).find((it) => it.id === id) ?? null
}

/** Gives a member another role. Throws `last_owner` when nobody would own the organisation then, `changed_meanwhile`. */
export async function changeRole(
  deps: Recording,
  member: Member,
  role: Role,
  by: Actor,
  unchanged?: Unchanged<Role>,
): Promise<Member> {
  assertUnchanged(member, unchanged)
  if (member.role === role) return member
  await recordMember(deps, member, by, 'member.role_changed', { from: member.role, to: role })
  await settle(deps, member, role, unchanged)
  return { ...member, role }
}

/**
 * Ends a membership, and the person's sessions when it was their last. What they made stays. Throws `last_owner` when
 * nobody would own the organisation then, `changed_meanwhile`.
 */
export async function removeMember(
  deps: Recording,
  member: Member,
  by: Actor,
  unchanged?: Unchanged<Role>,
): Promise<void> {
  assertUnchanged(member, unchanged)
  await recordMember(deps, member, by, 'member.removed', { role: member.role })
  await settle(deps, member, null, unchanged)
  const others = await deps.store.listMemberships(member.userId)
  if (others.length === 0) await deps.store.endSessions(member.userId, { but: null })
}

function assertUnchanged({ role }: Member, unchanged: Unchanged<Role> | undefined): void {
  if (unchanged?.(role) === false) throw new ConsentryError('changed_meanwhile')
}

async function settle(
  { store }: Recording,
  { organisationId, id }: Member,
  role: Role | null,
  unchanged: Unchanged<Role> | undefined,
): Promise<void> {
  const outcome = await store.changeMember(organisationId, id, role, unchanged)
  if (outcome === 'changed') throw new ConsentryError('changed_meanwhile')
  if (outcome === 'last_owner') throw new ConsentryError('last_owner')
  if (outcome === 'not_there') throw new ConsentryError('not_found')
}

async function recordMember(
  deps: Recording,
  { organisationId, email }: Pick<Member, 'organisationId' | 'email'>,
  actor: Actor,
  action: AuditAction,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await record(deps, { organisationId, actor, action, details: { member: email, ...more } })
}
