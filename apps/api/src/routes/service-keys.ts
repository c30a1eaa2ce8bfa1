import {
  createServiceKey,
  listServiceKeys,
  revokeServiceKey,
  rotateServiceKey,
  SCOPES,
  serviceKeyView,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { json, notFound, route } from '../route.ts'
import { serviceKeySchema } from '../schemas.ts'

const LONGEST_OVERLAP = 30 * 24 * 60 * 60

const list = route('GET /service-keys', {
  summary: 'Service keys, without the keys themselves',
  answers: { 200: json(z.object({ items: z.array(serviceKeySchema) }), 'Keys') },
  async handle({ context: { deps }, caller }) {
    const rows = await listServiceKeys(deps, caller.organisationId)
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
    const wish = { ...body, scopes: [...new Set(body.scopes)], organisationId: caller.organisationId }
    const { row, key } = await createServiceKey(deps, wish, actorOf(caller))
    return { status: 201, body: { ...serviceKeyView(row), key } }
  },
})

const revoke = route('DELETE /service-keys/{keyId}', {
  summary: 'Revoke a service key',
  answers: { 204: { description: 'Revoked' } },
  async handle({ context: { deps }, caller, params }) {
    const revoked = await revokeServiceKey(deps, caller.organisationId, params.keyId ?? '', actorOf(caller))
    return revoked ? { status: 204 } : notFound()
  },
})

const rotate = route('POST /service-keys/{keyId}/rotate', {
  summary: 'Make a key in the place of another, which goes on for the overlap',
  body: z.object({ overlapSeconds: z.int().min(0).max(LONGEST_OVERLAP).optional() }),
  answers: {
    201: json(
      serviceKeySchema.extend({ key: z.string(), old: serviceKeySchema }),
      'The new key, for the only time, and the old one with its end',
    ),
  },
  async handle({ context: { deps }, caller, params, body }) {
    const { keyId = '' } = params
    const made = await rotateServiceKey(
      deps,
      caller.organisationId,
      keyId,
      actorOf(caller),
      body.overlapSeconds,
    )
    if (!made) return notFound()
    return {
      status: 201,
      body: { ...serviceKeyView(made.row), key: made.key, old: serviceKeyView(made.old) },
    }
  },
})

export const serviceKeys = [list, create, rotate, revoke]
