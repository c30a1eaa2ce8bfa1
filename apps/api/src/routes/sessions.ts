import { recordIfPossible, type SessionRow } from '@consentry/core'
import { z } from 'zod'

import { actorOf, type Caller } from '../callers.ts'
import { json, notFound, route, type Call } from '../route.ts'

const sessionSchema = z
  .object({
    id: z.string(),
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    current: z.boolean(),
  })
  .meta({ id: 'Session', description: 'Where somebody is signed in; never what carries it.' })

const list = route('GET /sessions', {
  summary: 'Where the signed-in person is signed in, newest first',
  answers: { 200: json(z.object({ items: z.array(sessionSchema) }), 'Sessions') },
  async handle({ context: { deps }, caller }) {
    const { person, sessionId, within } = memberOf(caller)
    const rows = await deps.store.listSessions(person.id, deps.now())
    const seen = rows.filter((it) => within === undefined || it.organisationId === within)
    return { status: 200, body: { items: seen.map((it) => view(it, sessionId)) } }
  },
})

const endOne = route('DELETE /sessions/{sessionId}', {
  summary: 'End one of your sessions, at once',
  answers: { 204: { description: 'Ended' } },
  async handle(call) {
    const { sessionId = '' } = call.params
    const ended = await end(call, { id: sessionId })
    return ended > 0 ? { status: 204 } : notFound()
  },
})

const endOthers = route('DELETE /sessions', {
  summary: 'End all your other sessions, at once',
  answers: { 204: { description: 'Ended' } },
  async handle(call) {
    await end(call, { but: memberOf(call.caller).sessionId })
    return { status: 204 }
  },
})

export const sessions = [list, endOthers, endOne]

// Ended first: somebody who throws a thief out must not wait for a log that cannot be written.
async function end(
  { context: { deps }, caller }: Call,
  which: { id: string } | { but: string },
): Promise<number> {
  const { person, organisationId, within } = memberOf(caller)
  const ended = await deps.store.endSessions(person.id, { ...which, within })
  const details = { sessions: ended }
  const event = { organisationId, actor: actorOf(caller), action: 'person.session_ended', details } as const
  if (ended > 0) await recordIfPossible(deps, event)
  return ended
}

function memberOf(caller: Caller) {
  return caller.kind === 'member' ? caller : notFound()
}

function view({ userId: _userId, organisationId: _within, ...row }: SessionRow, current: string) {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    current: row.id === current,
  }
}
