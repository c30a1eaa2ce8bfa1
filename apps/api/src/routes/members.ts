import { changeRole, findMember, removeMember, type Member } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { json, notFound, route } from '../route.ts'
import { roleSchema } from '../schemas.ts'

const memberSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    createdAt: z.iso.datetime(),
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
  body: z.object({ role: roleSchema }),
  answers: { 200: json(memberSchema, 'The member as they are now') },
  async handle({ context: { deps }, caller, params, body }) {
    const member = await findMember(deps, caller.organisationId, params.memberId ?? '')
    if (!member) return notFound()
    return { status: 200, body: view(await changeRole(deps, member, body.role, actorOf(caller))) }
  },
})

const remove = route('DELETE /members/{memberId}', {
  summary: 'End a membership at once; the last owner stays',
  answers: { 204: { description: 'Removed' } },
  async handle({ context: { deps }, caller, params }) {
    const member = await findMember(deps, caller.organisationId, params.memberId ?? '')
    if (!member) return notFound()
    await removeMember(deps, member, actorOf(caller))
    return { status: 204 }
  },
})

export const members = [list, change, remove]

function view({ id, name, email, role, createdAt }: Member) {
  return { id, name, email, role, createdAt: createdAt.toISOString() }
}
