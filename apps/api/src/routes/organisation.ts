import { ConsentryError, requireSecondStep } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { json, notFound, route, type Answer, type Call } from '../route.ts'

const organisationSchema = z
  .object({
    slug: z.string(),
    name: z.string(),
    secondStepRequired: z.boolean().meta({
      description: 'A password alone opens nothing here: an authenticator app, a passkey or single sign-on',
    }),
    owners: z.array(z.string()).meta({ description: 'Names of those who may change things' }),
  })
  .meta({ id: 'Organisation' })

const get = route('GET /organisation', {
  summary: 'The organisation, and who owns it',
  answers: { 200: json(organisationSchema, 'The organisation') },
  async handle(call) {
    return answerOf(call)
  },
})

const change = route('PATCH /organisation', {
  summary: 'Ask for a second step, or no longer; only somebody who came in with one can',
  edits: true,
  body: z.object({ secondStepRequired: z.boolean() }),
  answers: { 200: json(organisationSchema, 'The organisation as it is now') },
  async handle(call) {
    const { context, caller, body, request } = call
    if (caller.kind !== 'member') return notFound()
    // Nobody shuts themselves out.
    if (body.secondStepRequired && !caller.strong) throw new ConsentryError('second_step_needed')
    const unchanged = unchangedSince(request, etagOf<boolean>)
    const { organisationId } = caller
    await requireSecondStep(context.deps, organisationId, body.secondStepRequired, actorOf(caller), unchanged)
    return answerOf(call)
  },
})

export const organisation = [get, change]

async function answerOf({ context: { deps }, caller }: Pick<Call, 'context' | 'caller'>): Promise<Answer> {
  const { slug, name } = (await deps.store.findOrganisation(caller.organisationId)) ?? notFound()
  const members = await deps.store.listMembers(caller.organisationId)
  const secondStepRequired = await deps.store.isSecondStepRequired(caller.organisationId)
  const owners = members.filter((it) => it.role === 'owner').map((it) => it.name)
  return {
    status: 200,
    body: { slug, name, secondStepRequired, owners },
    headers: { etag: etagOf(secondStepRequired) },
  }
}
