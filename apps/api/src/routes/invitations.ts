import { createInvitation, endInvitation, isOpenInvitation, type InvitationRow } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { invitationMail } from '../mail.ts'
import { json, notFound, route } from '../route.ts'
import { roleSchema } from '../schemas.ts'

const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    role: roleSchema,
    invitedBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' })

const list = route('GET /invitations', {
  summary: 'Open invitations, without their links',
  answers: { 200: json(z.object({ items: z.array(invitationSchema) }), 'Invitations') },
  async handle({ context: { deps }, caller }) {
    const rows = await deps.store.listInvitations(caller.organisationId)
    const open = rows.filter((it) => isOpenInvitation(it, deps.now()))
    return { status: 200, body: { items: open.map(view) } }
  },
})

const create = route('POST /invitations', {
  summary: 'Invite somebody; the link is shown once, and mailed where mail is set up',
  body: z.object({ email: z.email().max(254), role: roleSchema }),
  answers: {
    201: json(invitationSchema.extend({ url: z.url(), mailed: z.boolean() }), 'The invitation'),
  },
  async handle({ context: { deps, mail }, caller, body }) {
    const by = actorOf(caller)
    const { row, url } = await createInvitation(deps, caller.organisationId, body, by)
    const organisation = await deps.store.findOrganisation(caller.organisationId)
    const words = { organisation: organisation?.name ?? '', by: by.name, url, until: row.expiresAt }
    const mailed = await mail(invitationMail(body.email, words))
    return { status: 201, body: { ...view(row), url, mailed } }
  },
})

const end = route('DELETE /invitations/{invitationId}', {
  summary: 'End an invitation',
  answers: { 204: { description: 'Ended' } },
  async handle({ context: { deps }, caller, params }) {
    const { invitationId = '' } = params
    const ended = await endInvitation(deps, caller.organisationId, invitationId, actorOf(caller))
    return ended ? { status: 204 } : notFound()
  },
})

export const invitations = [list, create, end]

function view({ id, email, role, invitedBy, createdAt, expiresAt }: InvitationRow) {
  return {
    id,
    email,
    role,
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
