import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  auditView,
  ConsentryError,
  drainNotes,
  record,
  verifyAudit,
  type AuditQuery,
  type AuditVerdict,
  type Deps,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf, boundTo } from '../callers.ts'
import { json, route } from '../route.ts'
import { pageOf, pageQuery } from '../schemas.ts'

const entrySchema = z
  .object({
    sequence: z.int(),
    at: z.iso.datetime(),
    organisationId: z.string().nullable(),
    actor: z.object({
      kind: z.enum(['person', 'service_key', 'workload', 'outsider', 'operator', 'consentry']),
      id: z.string(),
      name: z.string(),
      email: z.string().nullable(),
    }),
    action: z.string(),
    microsoftId: z.string().nullable(),
    details: z.looseObject({}),
    previous: z.string(),
    hash: z.string(),
  })
  .meta({
    id: 'AuditEntry',
    description: '`hash` is the SHA-256, in hex, of the canonical JSON (RFC 8785) of all the rest.',
  })

const JSONL = ['application/jsonl', 'application/x-ndjson']

const list = route('GET /audit', {
  summary: 'What was done, newest first: a page in JSON, or all of it as JSON Lines, oldest last',
  query: pageQuery.extend({
    actor: z.string().min(1).max(320).optional().meta({ description: 'Id, name or email' }),
    action: z
      .string()
      .regex(/^[a-z_]+(\.[a-z_]+)?$/, 'an action such as token.issued, or its subject such as token')
      .max(100)
      .optional(),
  }),
  answers: {
    200: {
      description: 'Entries',
      content: { 'application/json': pageOf(entrySchema), 'application/jsonl': z.string() },
    },
  },
  async handle({ context: { deps }, caller, query, request, response }) {
    const wanted = { ...query, only: boundTo(caller) }
    const { organisationId } = caller
    if (!JSONL.includes(String(request.accepts(['application/json', ...JSONL])))) {
      await drainNotes(deps)
      const page = await deps.store.listAudit(organisationId, wanted)
      return { status: 200, body: { ...page, items: page.items.map(auditView) } }
    }
    await record(deps, { organisationId, actor: actorOf(caller), action: 'audit.exported' })
    response.status(200).set({
      'content-type': 'application/jsonl; charset=utf-8',
      'content-disposition': 'attachment; filename="audit.jsonl"',
    })
    await pipeline(Readable.from(exported(deps, organisationId, wanted)), response)
    return undefined
  },
})

const PAGE = 500

async function* exported(deps: Deps, organisationId: string, query: AuditQuery): AsyncGenerator<string> {
  let cursor: string | undefined
  do {
    const page = await deps.store.listAudit(organisationId, { ...query, cursor, limit: PAGE })
    for (const row of page.items) yield `${JSON.stringify(auditView(row))}\n`
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

const verify = route('GET /audit/verify', {
  summary: "Whether the deployment's log is whole, and which entry is the first that is not",
  answers: {
    200: json(
      z.object({
        ok: z.boolean(),
        entries: z.int(),
        firstBad: z.object({ sequence: z.int(), reason: z.string() }).optional(),
        head: z.object({ sequence: z.int(), hash: z.string() }),
      }),
      'The verdict',
    ),
  },
  async handle({ context: { deps } }) {
    return { status: 200, body: await verifyOnce(deps) }
  },
})

export const audit = [list, verify]

// Reading a long log takes a processor for seconds: those who ask meanwhile share the answer.
const running = new WeakMap<Deps['store'], Promise<AuditVerdict>>()

async function verifyOnce(deps: Deps): Promise<AuditVerdict> {
  const begun = running.get(deps.store) ?? verifyAudit(deps)
  running.set(deps.store, begun)
  try {
    return await begun
  } catch (cause) {
    if (cause instanceof ConsentryError) throw cause
    throw new ConsentryError('not_recorded', { cause, retryAfterSeconds: 5 })
  } finally {
    running.delete(deps.store)
  }
}
