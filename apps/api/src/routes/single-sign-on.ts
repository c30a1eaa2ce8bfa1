import { putSingleSignOn, removeSingleSignOn, type Deps, type SingleSignOnRow } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { json, notFound, route, type Answer } from '../route.ts'

const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

const settings = {
  issuer: z.url().max(500).meta({ description: 'As the provider names itself in its discovery document' }),
  clientId: z.string().trim().min(1).max(500),
  domains: z
    .array(z.string().trim().toLowerCase().regex(DOMAIN))
    .min(1)
    .max(50)
    .meta({ description: 'Of email addresses that the provider may vouch for' }),
  required: z.boolean().meta({ description: 'Nobody but owners comes in any other way' }),
  newcomers: z
    .enum(['admin', 'viewer'])
    .nullable()
    .meta({ description: 'What somebody becomes who is no member yet; null: they are refused' }),
}

const singleSignOnSchema = z
  .object({
    ...settings,
    newcomers: z.string().nullable(),
    redirectUri: z.string().meta({ description: 'To register at the provider' }),
    signInUrl: z.string().meta({ description: 'Starts a sign-in; for bookmarks and application portals' }),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'SingleSignOn',
    description: 'Sign-in through the own OpenID Connect provider; never its secret.',
  })

const get = route('GET /single-sign-on', {
  summary: "The organisation's OpenID Connect provider",
  answers: { 200: json(singleSignOnSchema, 'The provider') },
  async handle({ context: { deps }, caller }) {
    return answerOf(deps, (await deps.store.getSingleSignOn(caller.organisationId)) ?? notFound())
  },
})

const put = route('PUT /single-sign-on', {
  summary: 'Let people in through an OpenID Connect provider',
  edits: true,
  body: z.object({
    ...settings,
    required: settings.required.default(false),
    newcomers: settings.newcomers.default(null),
    clientSecret: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'As it was when absent, while provider and client id stay' }),
  }),
  answers: { 200: json(singleSignOnSchema, 'The provider as it is now') },
  async handle({ context: { deps }, caller, body, request }) {
    const unchanged = unchangedSince(request, providerTag)
    return answerOf(
      deps,
      await putSingleSignOn(deps, caller.organisationId, body, actorOf(caller), unchanged),
    )
  },
})

const remove = route('DELETE /single-sign-on', {
  summary: 'End it, and the sessions that it made, at once',
  edits: true,
  answers: { 204: { description: 'Removed' } },
  async handle({ context: { deps }, caller, request }) {
    const { organisationId } = caller
    const unchanged = unchangedSince(request, providerTag)
    const removed = await removeSingleSignOn(deps, organisationId, actorOf(caller), unchanged)
    return removed ? { status: 204 } : notFound()
  },
})

export const singleSignOn = [get, put, remove]

function providerTag(row: SingleSignOnRow | null): string | null {
  if (!row) return null
  const { issuer, clientId, domains, required, newcomers, updatedAt } = row
  return etagOf([issuer, clientId, domains, required, newcomers, updatedAt.getTime()])
}

async function answerOf(deps: Pick<Deps, 'store' | 'config'>, row: SingleSignOnRow): Promise<Answer> {
  return { status: 200, body: await view(deps, row), headers: { etag: providerTag(row) ?? '' } }
}

async function view(
  { store, config }: Pick<Deps, 'store' | 'config'>,
  { issuer, clientId, domains, required, newcomers, organisationId, updatedAt }: SingleSignOnRow,
) {
  const slug = (await store.findOrganisation(organisationId))?.slug ?? ''
  return {
    issuer,
    clientId,
    domains: [...domains],
    required,
    newcomers,
    redirectUri: `${config.url}/api/auth/sso/callback`,
    signInUrl: `${config.url}/api/auth/sso/start?organisation=${encodeURIComponent(slug)}`,
    updatedAt: updatedAt.toISOString(),
  }
}
