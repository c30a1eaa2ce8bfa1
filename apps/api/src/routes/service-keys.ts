import { createServiceKey, SCOPES, serviceKeyView } from '@consentry/core'
import { z } from 'zod'

import { json, notFound, route } from '../route.ts'
import { serviceKeySchema } from '../schemas.ts'

const list = route('GET /service-keys', {
  summary: 'Service keys, without the keys themselves',
  answers: { 200: json(z.object({ items: z.array(serviceKeySchema) }), 'Keys') },
  async handle({ context: { deps }, caller }) {
    const rows = await deps.store.listServiceKeys(caller.organisationId)
    return { status: 200, body: { items: rows.map(serviceKeyView) } }
  },
})

const create = route('POST /service-keys', {
  summary: 'Make a service key; it is shown once and stored hashed',
  body: z.object({
    name: z.string().trim().min(1).max(200),
    scopes: z.array(z.enum(SCOPES)).min(1),
    connections: z.array(z.guid().toLowerCase()).min(1).max(1000).nullish(),
    // As the answer will say it: a number, or a year past 9999, could not be.
    expiresAt: z.iso.datetime({ offset: true }).pipe(z.coerce.date()).nullish(),
  }),
  answers: { 201: json(serviceKeySchema.extend({ key: z.string() }), 'The key, for the only time') },
  async handle({ context: { deps }, caller, body }) {
    const { row, key } = await createServiceKey(deps, {
      organisationId: caller.organisationId,
      name: body.name,
      scopes: [...new Set(body.scopes)],
      connections: body.connections ?? null,
      expiresAt: body.expiresAt ?? null,
    })
    return { status: 201, body: { ...serviceKeyView(row), key } }
  },
})

const revoke = route('DELETE /service-keys/{keyId}', {
  summary: 'Revoke a service key',
  answers: { 204: { description: 'Revoked' } },
  async handle({ context: { deps }, caller, params }) {
    const revoked = await deps.store.revokeServiceKey(caller.organisationId, params.keyId ?? '', deps.now())
    return revoked ? { status: 204 } : notFound()
  },
})

export const serviceKeys = [list, create, revoke]
