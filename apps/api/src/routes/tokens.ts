import { issueAccessToken, noteTokenUse, readChallenge } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json } from '../route.ts'

const tokenSchema = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresAt: z.iso.datetime(),
    resource: z.string(),
    scopes: z.array(z.string()),
    source: z.enum(['cache', 'refreshed', 'stale']),
  })
  .meta({ id: 'AccessToken' })

const issue = connectionRoute('POST /connections/{id}/token', {
  summary: 'An access token for one resource; for service keys only',
  body: z.object({
    resource: z.string().min(1).max(500).meta({ description: 'partner-center, graph, arm, or a scope URI' }),
    minimumValiditySeconds: z.int().min(0).max(86_400).optional(),
    claims: z
      .string()
      .max(8_000)
      .refine((it) => readChallenge(it) !== null, 'a JSON object as text, or its base64')
      .optional()
      .meta({
        description:
          'The claims challenge that a resource answered with: JSON text, or the base64 of its WWW-Authenticate header',
      }),
  }),
  answers: { 200: json(tokenSchema, 'The token') },
  async handle({ context: { deps, metrics }, caller, connection, body }) {
    const token = await issueAccessToken(deps, connection, body, actorOf(caller))
    if (caller.kind === 'service-key') await noteTokenUse(deps, caller.key, connection.id)
    metrics.countToken(token.source)
    return { status: 200, body: token }
  },
})

export const tokens = [issue]
