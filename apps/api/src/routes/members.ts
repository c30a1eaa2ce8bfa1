import { changeRole, findMember, removeMember, type Member, type Role } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { json, notFound, route } from '../route.ts'
import { roleSchema } from '../schemas.ts'

const memberSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    createdAt: z.iso.datetime(),
    etag: z.string().meta({ description: 'For If-Match, when the role is changed or the member removed' }),
  })
  .meta({ id: 'Member' })

const list = route('GET /members', {
  summary: 'The people of the organisation',
  answers: { 200: json(z.object({ items: z.array(memberSchema) }), 'Members') },
  async handle({ context: { deps }, caller }) {
    const members = await deps.store.listMembers(caller.organisationId)
    return { status: 200, body: { items: members.map(view) } }
  },
})

const change = route('PATCH /members/{memberId}', {
  summary: 'Give a member another role; the last owner stays one',
  edits: true,
  body: z.object({ role: roleSchema }),
  answers: { 200: json(memberSchema, 'The member as they are now') },
  async handle({ context: { deps }, caller, params, body, request }) {
    const member = await findMember(deps, caller.organisationId, params.memberId ?? '')
    if (!member) return notFound()
    const unchanged = unchangedSince(request, etagOf<Role>)
    const now = view(await changeRole(deps, member, body.role, actorOf(caller), unchanged))
    return { status: 200, body: now, headers: { etag: now.etag } }
  },
})

const remove = route('DELETE /members/{memberId}', {
  summary: 'End a membership at once; the last owner stays',
  edits: true,
  answers: { 204: { description: 'Removed' } },
  async handle({ context: { deps }, caller, params, request }) {
    const member = await findMember(deps, caller.organisationId, params.memberId ?? '')
    if (!member) return notFound()
    await removeMember(deps, member, actorOf(caller), unchangedSince(request, etagOf<Role>))
    return { status: 204 }
  },
})

export const members = [list, change, remove]

function view({ id, name, email, role, createdAt }: Member) {
  return { id, name, email, role, createdAt: createdAt.toISOString(), etag: etagOf(role) }
}
