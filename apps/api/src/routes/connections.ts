import {
  addConnection,
  CONNECTION_SORTS,
  connectionView,
  ConsentryError,
  disconnect,
  renameConnection,
  withUses,
} from '@consentry/core'
import type { ConnectionRow, Deps, Status } from '@consentry/core'
import { z } from 'zod'

import { actorOf, boundTo } from '../callers.ts'
import { unchangedSince } from '../editing.ts'
import { connectionRoute, json, route, type Answer } from '../route.ts'
import { connectionSchema, pageOf, pageQuery, statusSchema } from '../schemas.ts'

const name = z.string().trim().min(1).max(200)

const list = route('GET /connections', {
  summary: 'Connections, most urgent first or by name',
  query: pageQuery.extend({
    status: statusSchema.optional(),
    search: z.string().max(200).optional(),
    sort: z.enum(CONNECTION_SORTS).default('urgency'),
  }),
  answers: {
    200: json(
      pageOf(connectionSchema).extend({
        counts: z.record(statusSchema, z.int()),
        total: z.int(),
        matching: z.int(),
      }),
      'A page; how many connections there are by status, in all, and that the filters leave',
    ),
  },
  async handle({ context: { deps }, caller, query }) {
    const only = boundTo(caller)
    const { status, search } = query
    const [page, counts] = await Promise.all([
      deps.store.listConnections(caller.organisationId, { ...query, only }),
      deps.store.countConnections(caller.organisationId, only),
    ])
    const all = query.cursor === undefined && page.nextCursor === null
    // Looking for words reads every tenant's: not once more for what is there as a whole.
    const found =
      search && !all ? await deps.store.countConnections(caller.organisationId, only, search) : counts
    const items = (await withUses(deps, page.items)).map(({ row, uses }) => connectionView(row, uses))
    const total = sumOf(counts)
    const matching = all ? items.length : status ? found[status] : sumOf(found)
    return { status: 200, body: { items, nextCursor: page.nextCursor, counts, total, matching } }
  },
})

const add = route('POST /connections', {
  summary: 'Add a partner tenant by its Microsoft ID or a verified domain',
  body: z.object({ microsoftId: z.string().trim().min(1).max(300), name: name.optional() }),
  answers: {
    201: json(connectionSchema, 'Added'),
    200: json(connectionSchema, 'It was already there'),
  },
  async handle({ context: { deps }, caller, body }) {
    const { organisationId } = caller
    // A key bound to some connections would not see what else it adds.
    if (boundTo(caller)?.includes(body.microsoftId.toLowerCase()) === false) {
      throw new ConsentryError('forbidden', { values: { needs: 'a service key that may use this tenant' } })
    }
    const { row, created } = await addConnection(deps, { ...body, organisationId }, actorOf(caller))
    return { ...(await answerOf(deps, row)), status: created ? 201 : 200 }
  },
})

const show = connectionRoute('GET /connections/{id}', {
  summary: 'One connection; its ETag is for If-Match',
  answers: { 200: json(connectionSchema, 'The connection') },
  async handle({ context: { deps }, connection }) {
    return answerOf(deps, connection)
  },
})

const rename = connectionRoute('PATCH /connections/{id}', {
  summary: 'Rename a connection',
  edits: true,
  body: z.object({ name }),
  answers: { 200: json(connectionSchema, 'The connection as it is now') },
  async handle({ context: { deps }, caller, connection, body, request }) {
    if (unchangedSince(request, etagOf)?.(connection) === false) throw new ConsentryError('changed_meanwhile')
    return answerOf(deps, await renameConnection(deps, connection, body.name, actorOf(caller)))
  },
})

const end = connectionRoute('DELETE /connections/{id}', {
  summary: 'Disconnect: grants are destroyed, history is kept',
  answers: { 204: { description: 'Disconnected' } },
  async handle({ context: { deps }, caller, connection }) {
    await disconnect(deps, connection, actorOf(caller))
    return { status: 204 }
  },
})

export const connections = [list, add, show, rename, end]

function sumOf(counts: Readonly<Record<Status, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

async function answerOf(deps: Deps, row: ConnectionRow): Promise<Answer> {
  const [seen] = await withUses(deps, [row])
  return { status: 200, body: connectionView(row, seen?.uses ?? []), headers: { etag: etagOf(row) } }
}

function etagOf(row: ConnectionRow): string {
  return `"v${row.version}"`
}
