import { acceptAccount, attemptView, readAttempt, type ConnectionRow, type Deps } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json, notFound } from '../route.ts'
import { checkSchema, innerProblemSchema } from '../schemas.ts'

const attemptSchema = z
  .object({
    attemptId: z.string(),
    microsoftId: z.guid(),
    status: z.enum(['waiting', 'proving', 'succeeded', 'failed', 'expired']),
    kept: z
      .boolean()
      .meta({ description: 'The sign-in became the working one, although something else may be missing' }),
    checks: z.array(checkSchema),
    problem: innerProblemSchema.optional(),
    candidate: z.object({ username: z.string() }).optional(),
    createdByName: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ConsentAttempt' })

const show = connectionRoute('GET /connections/{id}/consent-attempts/{attemptId}', {
  summary: 'How one trip to Microsoft stands, with the checks made so far',
  answers: { 200: json(attemptSchema, 'The attempt') },
  async handle({ context: { deps }, connection, params }) {
    return { status: 200, body: await viewAttempt(deps, connection, params.attemptId ?? '') }
  },
})

const accept = connectionRoute('POST /connections/{id}/consent-attempts/{attemptId}/accept-account', {
  summary: 'Run the connection with the other account from now on',
  answers: { 200: json(attemptSchema, 'The attempt, succeeded') },
  async handle({ context: { deps }, caller, connection, params }) {
    const attemptId = params.attemptId ?? ''
    await acceptAccount(deps, connection, attemptId, actorOf(caller))
    return { status: 200, body: await viewAttempt(deps, connection, attemptId) }
  },
})

export const consentAttempts = [show, accept]

async function viewAttempt(deps: Deps, connection: ConnectionRow, attemptId: string) {
  const seen = await readAttempt(deps, connection, attemptId)
  return seen ? attemptView(seen) : notFound()
}
