import { acceptInvitation, ConsentryError, showInvitation } from '@consentry/core'
import express, { Router, type Request } from 'express'
import { z } from 'zod'

import { addressOf, countedAs } from '../address.ts'
import { signedInPerson } from '../callers.ts'
import type { Context } from '../context.ts'
import { refuseCrossSite } from '../cross-site.ts'
import { sendJson } from '../problem-json.ts'

const TOKEN = /^[\w-]{43}$/

const acceptance = z.object({
  name: z.string().trim().min(1).max(200),
  password: z.string().max(1000).default(''),
  email: z.email().max(254).optional(),
  organisation: z.string().trim().min(1).max(200).optional(),
})

/** What the holder of an invitation's link may do without being anybody yet: look at it, and accept it. */
export function acceptingInvitations(context: Context): Router {
  const { deps, config, limiters, people } = context
  const router = Router()
  router.use(async (request, response, next) => {
    response.locals.route = '/api/invitations'
    response.set('cache-control', 'no-store')
    await limiters.stranger(countedAs(addressOf(request)))
    refuseCrossSite(request, new URL(config.url).origin)
    next()
  })
  router.get('/:token', async (request, response) => {
    const shown = await showInvitation(deps, tokenOf(request))
    if (!shown) throw new ConsentryError('not_found')
    const { row, organisation } = shown
    const hasAccount = row.email !== null && (await people.find(row.email)) !== null
    const { email, role, invitedBy, expiresAt } = row
    const name = organisation?.name ?? null
    sendJson(response, 200, { organisation: name, email, role, invitedBy, expiresAt, hasAccount })
  })
  router.post('/:token', express.json({ limit: 10_000 }), async (request, response) => {
    const wish = acceptance.parse(request.body ?? {})
    const signedIn = await signedInPerson(context, request)
    const token = tokenOf(request)
    const { role } = await acceptInvitation(deps, people, token, { ...wish, signedIn: signedIn?.id ?? null })
    sendJson(response, 201, { role })
  })
  return router
}

function tokenOf(request: Request): string {
  const { token } = request.params
  if (typeof token !== 'string' || !TOKEN.test(token)) throw new ConsentryError('not_found')
  return token
}
