import { createConsentLink, endConsentLink, listConsentLinks } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json, notFound } from '../route.ts'

const LONGEST_LINK = 30 * 24 * 60 * 60
const words = z.string().trim().max(500)

const linkSchema = z
  .looseObject({
    attemptId: z.string(),
    status: z.string(),
    createdByName: z.string(),
    recipient: z.string().nullable(),
    reason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ConsentLink' })

const make = connectionRoute('POST /connections/{id}/consent-links', {
  summary: 'Make a consent link; its address is shown once',
  body: z.object({
    returnUrl: z.url().max(2000).optional(),
    expiresInSeconds: z.int().min(60).max(LONGEST_LINK).optional(),
    recipient: words.optional(),
    reason: words.optional(),
  }),
  answers: {
    201: json(z.object({ attemptId: z.string(), url: z.url(), expiresAt: z.iso.datetime() }), 'The link'),
  },
  async handle({ context: { deps }, caller, connection, body }) {
    return { status: 201, body: await createConsentLink(deps, connection, actorOf(caller), body) }
  },
})

const list = connectionRoute('GET /connections/{id}/consent-links', {
  summary: 'Open consent links, without their addresses',
  answers: { 200: json(z.object({ items: z.array(linkSchema) }), 'Open links') },
  async handle({ context: { deps }, connection }) {
    return { status: 200, body: { items: await listConsentLinks(deps, connection) } }
  },
})

const end = connectionRoute('DELETE /connections/{id}/consent-links/{attemptId}', {
  summary: 'End a consent link',
  answers: { 204: { description: 'Ended' } },
  async handle({ context: { deps }, caller, connection, params }) {
    const ended = await endConsentLink(deps, connection, params.attemptId ?? '', actorOf(caller))
    return ended ? { status: 204 } : notFound()
  },
})

export const consentLinks = [make, list, end]
