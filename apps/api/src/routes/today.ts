import { nextWindow, problemOf, type ConnectionRow, type Deps } from '@consentry/core'
import { z } from 'zod'

import { boundTo, type Caller } from '../callers.ts'
import { json, route } from '../route.ts'
import { innerProblemSchema, statusSchema } from '../schemas.ts'

/** As many rows of each status as one answer holds; `counts` tell how many there are. */
const MOST = 100
const NIGHTS = 14
const HOURS = 24
const HOUR = 60 * 60 * 1000

const needSchema = innerProblemSchema.extend({
  microsoftId: z.guid(),
  name: z.string(),
  status: statusSchema,
  by: z.iso.datetime().nullable().meta({ description: 'When it will stop working; null: it has.' }),
})
const nightSchema = z.object({
  night: z.iso.date().meta({ description: 'The local day on which the nightly window opened' }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  ms: z.number(),
  due: z.int(),
  refreshed: z.int(),
  failed: z.int(),
})

const show = route('GET /today', {
  summary: 'What needs a person, by the moment it hurts, and how the nights went',
  answers: {
    200: json(
      z.object({
        needsPerson: z.array(needSchema),
        incidents: z.array(innerProblemSchema.extend({ connections: z.int() })),
        counts: z.record(statusSchema, z.int()),
        nextNightlyRun: z.iso.datetime(),
        lastNightlyRun: nightSchema.nullable(),
        nights: z.array(nightSchema),
        tokens: z.object({
          total: z.int(),
          hours: z.array(z.object({ from: z.iso.datetime(), tokens: z.int() })),
        }),
      }),
      'Today',
    ),
  },
  async handle({ context: { deps }, caller }) {
    const [unwell, counts, nights, tokens] = await Promise.all([
      listUnwell(deps, caller),
      count(deps, caller),
      listNights(deps, caller),
      countTokens(deps, caller),
    ])
    return {
      status: 200,
      body: {
        needsPerson: unwell.filter((it) => !isOperators(it)).map(needOf),
        incidents: incidentsOf(unwell.filter(isOperators)),
        counts,
        nextNightlyRun: nextWindow(deps.now(), deps.config.nightly),
        lastNightlyRun: nights[0] ?? null,
        nights,
        tokens,
      },
    }
  },
})

export const today = [show]

async function listUnwell(deps: Deps, caller: Caller): Promise<ConnectionRow[]> {
  const pages = (['broken', 'attention'] as const).map((status) =>
    deps.store.listConnections(caller.organisationId, { status, only: boundTo(caller), limit: MOST }),
  )
  return (await Promise.all(pages)).flatMap((page) => page.items)
}

function count(deps: Deps, caller: Caller) {
  return deps.store.countConnections(caller.organisationId, boundTo(caller))
}

// A fault of the deployment's own application is one thing for its operator, not one per tenant.
function isOperators(row: ConnectionRow): boolean {
  return row.action === 'fix_app'
}

function needOf(row: ConnectionRow) {
  const by = row.status === 'broken' ? null : row.stopsWorkingBy
  return { ...problemOf(row), microsoftId: row.microsoftId, name: row.name, status: row.status, by }
}

function incidentsOf(rows: readonly ConnectionRow[]) {
  const byCode = Map.groupBy(rows, (it) => it.reason)
  return [...byCode.values()].flatMap((same) => {
    const [first] = same
    return first ? [{ ...problemOf(first), connections: same.length }] : []
  })
}

async function listNights(deps: Deps, caller: Caller) {
  // A key that sees some tenants only learns nothing of the others.
  if (boundTo(caller)) return []
  const nights = await deps.store.listNights(caller.organisationId, NIGHTS)
  return nights.map(({ night, startedAt, finishedAt, refreshed, failed }) => ({
    night,
    startedAt,
    finishedAt,
    ms: finishedAt.getTime() - startedAt.getTime(),
    due: refreshed + failed,
    refreshed,
    failed,
  }))
}

/** Tokens handed out in each of the last 24 hours, the running one last. */
async function countTokens(deps: Deps, caller: Caller) {
  if (boundTo(caller)) return { total: 0, hours: [] }
  const last = Math.floor(deps.now().getTime() / HOUR) * HOUR
  const starts = Array.from({ length: HOURS }, (_, n) => last - (HOURS - 1 - n) * HOUR)
  const hours = await Promise.all(
    starts.map(async (start) => {
      const [from, until] = [new Date(start), new Date(start + HOUR)]
      const tokens = await deps.store.countAudit(caller.organisationId, 'token.issued', from, until)
      return { from: from.toISOString(), tokens }
    }),
  )
  return { total: hours.reduce((sum, it) => sum + it.tokens, 0), hours }
}
