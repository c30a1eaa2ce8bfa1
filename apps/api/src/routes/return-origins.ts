import { putReturnOrigins } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { json, route, type Answer } from '../route.ts'

const originsSchema = z.object({ items: z.array(z.string()) })

const list = route('GET /return-origins', {
  summary: 'Origins that a returnUrl may name',
  answers: { 200: json(originsSchema, 'Origins') },
  async handle({ context: { deps }, caller }) {
    return answerOf(await deps.store.listReturnOrigins(caller.organisationId))
  },
})

const origin = z
  .string()
  .max(300)
  .refine(isOrigin, 'an https origin such as https://portal.example.com; http only for localhost')
  .transform((it) => new URL(it).origin)

const replace = route('PUT /return-origins', {
  summary: 'Replace the origins that a returnUrl may name',
  edits: true,
  body: z.object({ items: z.array(origin).max(100) }),
  answers: { 200: json(originsSchema, 'Origins as they are now') },
  async handle({ context: { deps }, caller, body, request }) {
    const unchanged = unchangedSince(request, etagOf<readonly string[]>)
    return answerOf(
      await putReturnOrigins(deps, caller.organisationId, body.items, actorOf(caller), unchanged),
    )
  },
})

export const returnOrigins = [list, replace]

function answerOf(items: readonly string[]): Answer {
  return { status: 200, body: { items }, headers: { etag: etagOf(items) } }
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const bare = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
  return bare && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
