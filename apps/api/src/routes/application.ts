import {
  applicationsView,
  putApplication,
  redirectUri,
  removeApplication,
  showApplications,
  type ApplicationsSeen,
  type ConnectionRow,
  type Deps,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { connectionRoute, json, type Answer } from '../route.ts'

const instant = z.iso.datetime().nullable()

const application = {
  clientId: z.string(),
  kind: z.enum(['deployment', 'secret', 'certificate']).meta({
    description: "deployment: it has none of its own, and works with Consentry's",
  }),
  expiresAt: instant.meta({ description: 'When its secret or certificate runs out, where that is known' }),
  addedAt: instant,
  addedBy: z.string().nullable(),
}

const applicationSchema = z
  .object({
    ...application,
    consentNeeded: z.boolean().meta({
      description:
        'The working sign-in was given to another application and goes on until a new consent is proven',
    }),
    working: z
      .object(application)
      .nullable()
      .meta({ description: 'What the working sign-in was given to; null before the first consent' }),
    redirectUri: z.string().meta({ description: 'To register with the application, of the kind Web' }),
  })
  .meta({ id: 'Application', description: 'What consents are asked for as; never its secret' })

const get = connectionRoute('GET /connections/{id}/application', {
  summary: 'The application that consents are asked for as',
  answers: { 200: json(applicationSchema, 'The application') },
  async handle({ context: { deps }, connection }) {
    return answerOf(deps, connection)
  },
})

const put = connectionRoute('PUT /connections/{id}/application', {
  summary:
    "Use an application of the partner's own; a sign-in that works goes on until a new consent is proven",
  edits: true,
  body: z.strictObject({
    clientId: z.string().max(100).meta({ description: 'Application (client) id, a GUID' }),
    clientSecrets: z
      .array(z.string().max(1000))
      .max(20)
      .optional()
      .meta({ description: 'Values of its secrets, tried in this order; kept sealed, never shown again' }),
    clientCertificate: z
      .string()
      .max(20_000)
      .optional()
      .meta({ description: 'PEM text with certificate and RSA key, in the place of secrets' }),
    expiresAt: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'When the last of the secrets runs out; a certificate says it itself' }),
  }),
  answers: { 200: json(applicationSchema, 'The application as it is now') },
  async handle({ context: { deps }, caller, connection, body, request }) {
    const { clientId, clientSecrets: secrets, clientCertificate: certificate } = body
    const expiresAt = body.expiresAt === undefined ? undefined : new Date(body.expiresAt)
    const wish = { clientId, secrets, certificate, expiresAt }
    await putApplication(deps, connection, wish, actorOf(caller), unchangedSince(request, tagOf))
    return answerOf(deps, (await deps.store.getConnection(connection.id)) ?? connection)
  },
})

const remove = connectionRoute('DELETE /connections/{id}/application', {
  summary: "Ask for consents as the deployment's application again; a sign-in that works goes on until then",
  edits: true,
  answers: { 204: { description: 'Removed, or there was none' } },
  async handle({ context: { deps }, caller, connection, request }) {
    await removeApplication(deps, connection, actorOf(caller), unchangedSince(request, tagOf))
    return { status: 204 }
  },
})

export const ownApplication = [get, put, remove]

// What was entered, and not what works: a consent meanwhile overwrites nothing.
function tagOf({ next: { clientId, kind, row } }: ApplicationsSeen): string {
  return etagOf([clientId, kind, row?.addedAt.getTime() ?? null])
}

async function answerOf(deps: Deps, connection: ConnectionRow): Promise<Answer> {
  const seen = await showApplications(deps, connection)
  const body = { ...applicationsView(seen), redirectUri: redirectUri(deps) }
  return { status: 200, body, headers: { etag: tagOf(seen) } }
}
