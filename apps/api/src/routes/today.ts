import { nextWindow, problemOf, type ConnectionRow, type Deps, type NightlyRunRow } from '@consentry/core'
import { z } from 'zod'

import { boundTo, type Caller } from '../callers.ts'
import { json, route } from '../route.ts'
import { innerProblemSchema, statusSchema } from '../schemas.ts'

/** As many rows of each status as one answer holds; `counts` tell how many there are. */
const MOST = 100
const NIGHTS = 14

const needSchema = innerProblemSchema.extend({
  microsoftId: z.guid(),
  name: z.string(),
  status: statusSchema,
  by: z.iso.datetime().nullable().meta({ description: 'When it will stop working; null: it has.' }),
})
const nightSchema = z.looseObject({
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  ms: z.number(),
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
      }),
      'Today',
    ),
  },
  async handle({ context: { deps }, caller }) {
    const [unwell, counts, nights] = await Promise.all([
      listUnwell(deps, caller),
      count(deps, caller),
      listNights(deps),
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

// A run serves all organisations of the deployment; its figures are shown only where there is no other to learn about.
async function listNights(deps: Deps): Promise<Partial<NightlyRunRow>[]> {
  const [runs, organisations] = await Promise.all([
    deps.store.listNightlyRuns(NIGHTS),
    deps.store.listOrganisations(),
  ])
  return runs.map(({ id: _id, ...run }) => {
    const { startedAt, finishedAt, ms } = run
    return organisations.length === 1 ? run : { startedAt, finishedAt, ms }
  })
}
