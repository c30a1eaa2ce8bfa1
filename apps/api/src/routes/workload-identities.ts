import { createWorkload, listWorkloads, removeWorkload, SCOPES, workloadView } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { json, notFound, route } from '../route.ts'
import { workloadSchema } from '../schemas.ts'

const list = route('GET /workload-identities', {
  summary: 'Services that show tokens of an issuer in place of a key',
  answers: { 200: json(z.object({ items: z.array(workloadSchema) }), 'Identities') },
  async handle({ context: { deps }, caller }) {
    const rows = await listWorkloads(deps, caller.organisationId)
    return { status: 200, body: { items: rows.map(workloadView) } }
  },
})

const create = route('POST /workload-identities', {
  summary: 'Let a service in by tokens of an issuer: Entra, Kubernetes, GitHub Actions',
  body: z.object({
    name: z.string().trim().min(1).max(200),
    scopes: z.array(z.enum(SCOPES)).min(1),
    connections: z.array(z.guid().toLowerCase()).min(1).max(1000).nullish(),
    issuer: z.url().max(500).meta({ description: 'As the tokens name it in `iss`' }),
    audience: z.string().trim().min(1).max(500),
    subject: z.string().trim().min(1).max(500).meta({ description: 'Whole, or with * for any characters' }),
    expiresAt: z.coerce.date().nullish(),
  }),
  answers: { 201: json(workloadSchema, 'The identity') },
  async handle({ context: { deps }, caller, body }) {
    const wish = { ...body, scopes: [...new Set(body.scopes)], organisationId: caller.organisationId }
    return { status: 201, body: workloadView(await createWorkload(deps, wish, actorOf(caller))) }
  },
})

const remove = route('DELETE /workload-identities/{identityId}', {
  summary: 'Let the service in no more',
  answers: { 204: { description: 'Removed' } },
  async handle({ context: { deps }, caller, params }) {
    const removed = await removeWorkload(
      deps,
      caller.organisationId,
      params.identityId ?? '',
      actorOf(caller),
    )
    return removed ? { status: 204 } : notFound()
  },
})

export const workloadIdentities = [list, create, remove]
