import { checkView, recordAct, refreshConnection, testConnection } from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json } from '../route.ts'
import { checkSchema, pageOf, pageQuery } from '../schemas.ts'

const refresh = connectionRoute('POST /connections/{id}/refresh', {
  summary: 'Refresh now; the answer is a check, also when it is not ok',
  answers: { 200: json(checkSchema, 'What the refresh proved') },
  async handle({ context: { deps }, caller, connection }) {
    await recordAct(deps, connection, actorOf(caller), 'connection.refresh_requested')
    return { status: 200, body: checkView(await refreshConnection(deps, connection)) }
  },
})

const test = connectionRoute('POST /connections/{id}/test', {
  summary: 'Run the whole ladder of checks now',
  answers: { 200: json(z.object({ ok: z.boolean(), checks: z.array(checkSchema) }), 'What was proven') },
  async handle({ context: { deps }, caller, connection }) {
    await recordAct(deps, connection, actorOf(caller), 'connection.test_requested')
    const { ok, checks } = await testConnection(deps, connection)
    return { status: 200, body: { ok, checks: checks.map(checkView) } }
  },
})

const history = connectionRoute('GET /connections/{id}/checks', {
  summary: 'All checks, newest first',
  query: pageQuery,
  answers: { 200: json(pageOf(checkSchema), 'A page of checks') },
  async handle({ context: { deps }, connection, query }) {
    const page = await deps.store.listChecks(connection.id, query)
    return { status: 200, body: { ...page, items: page.items.map(checkView) } }
  },
})

export const checks = [refresh, test, history]
