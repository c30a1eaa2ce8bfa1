import {
  APPLICATION_ENDS,
  APPLICATION_WARNING,
  applicationEnd,
  isNightOpen,
  isOperators,
  listConsentLinks,
  nextWindow,
  nightOf,
  overdueSince,
  problem,
  problemOf,
  type ApplicationEnd,
  type ConnectionRow,
  type Deps,
  type Status,
} from '@consentry/core'
import { z } from 'zod'

import { boundTo, type Caller } from '../callers.ts'
import { json, route } from '../route.ts'
import { becauseSchema, innerProblemSchema, statusSchema } from '../schemas.ts'

/** As many rows of each status as one answer holds; `counts` tell how many there are. */
const MOST = 100
const MOST_WAITING = 8
const PARTS = ['waiting', 'nights', 'tokens', 'application', 'overdue'] as const
const NIGHTS = 14
const HOURS = 24
const HOUR = 60 * 60 * 1000

const needSchema = innerProblemSchema.extend({
  microsoftId: z.guid(),
  name: z.string(),
  status: statusSchema,
  by: z.iso.datetime().nullable().meta({ description: 'When it will stop working; null: it has.' }),
  stopsWorkingBecause: becauseSchema.optional(),
})
const incidentSchema = innerProblemSchema.extend({
  connections: z.int(),
  application: z
    .object({ kind: z.enum(APPLICATION_ENDS), expiresAt: z.iso.datetime() })
    .optional()
    .meta({ description: "What of the deployment's own application runs out, and when" }),
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
const waitingSchema = z.object({
  microsoftId: z.string(),
  name: z.string(),
  recipient: z.string().nullable(),
  createdByName: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})

const show = route('GET /today', {
  summary: 'What needs a person, by the moment it hurts, and how the nights went',
  answers: {
    200: json(
      z.object({
        needsPerson: z.array(needSchema),
        incidents: z.array(incidentSchema),
        counts: z.record(statusSchema, z.int()),
        nextNightlyRun: z.iso.datetime(),
        lastNightlyRun: nightSchema.nullable(),
        nights: z.array(nightSchema),
        running: z
          .object({ done: z.int(), of: z.int() })
          .nullable()
          .meta({ description: "Tonight's run while its window is open" }),
        waiting: z
          .array(waitingSchema)
          .meta({ description: 'Tenants whose link somebody else has, with the newest link' }),
        unavailable: z
          .array(z.enum(PARTS))
          .meta({ description: 'Parts that could not be read just now; the others are as they are' }),
        tokens: z.object({
          total: z.int(),
          hours: z.array(z.object({ from: z.iso.datetime(), tokens: z.int() })),
        }),
      }),
      'Today',
    ),
  },
  async handle({ context: { deps }, caller }) {
    const unavailable: Part[] = []
    const part = <T>(name: Part, read: Promise<T>, without: T) =>
      read.catch((error: unknown) => {
        deps.report?.({ name: 'today.part_failed', detail: `${name}: ${String(error)}` })
        unavailable.push(name)
        return without
      })
    const [unwell, counts, waiting, nights, tokens, end, overdue] = await Promise.all([
      listUnwell(deps, caller),
      count(deps, caller),
      part('waiting', listWaiting(deps, caller), []),
      part('nights', listNights(deps, caller), []),
      part('tokens', countTokens(deps, caller), NO_TOKENS),
      part('application', applicationEnd(deps), null),
      part('overdue', overdueSince(deps), null),
    ])
    return {
      status: 200,
      body: {
        needsPerson: unwell.filter((it) => !isOperators(it)).map(needOf),
        incidents: [
          ...missedOf(overdue, counts),
          ...incidentsOf(unwell.filter(isOperators)),
          ...endingOf(deps, end, counts),
        ],
        counts,
        waiting,
        nextNightlyRun: nextWindow(deps.now(), deps.config.nightly),
        lastNightlyRun: nights[0] ?? null,
        nights,
        running: runOf(deps, counts, nights[0]),
        tokens,
        unavailable,
      },
    }
  },
})

export const today = [show]

type Part = (typeof PARTS)[number]
type Tokens = { readonly total: number; readonly hours: readonly { from: string; tokens: number }[] }
const NO_TOKENS: Tokens = { total: 0, hours: [] }

/** The tenants that wait for somebody, each with its newest link. */
async function listWaiting(deps: Deps, caller: Caller) {
  const query = { status: 'waiting', only: boundTo(caller), limit: MOST_WAITING } as const
  const { items } = await deps.store.listConnections(caller.organisationId, query)
  const found = items.map(async (row) => {
    const [link] = await listConsentLinks(deps, row)
    if (!link) return []
    const { recipient, createdByName, createdAt, expiresAt } = link
    return [{ microsoftId: row.microsoftId, name: row.name, recipient, createdByName, createdAt, expiresAt }]
  })
  return (await Promise.all(found)).flat()
}

/** How far tonight's run is. What works is what it goes over. */
function runOf(
  { now, config }: Deps,
  counts: Readonly<Record<Status, number>>,
  newest: { night: string; due: number } | undefined,
) {
  if (!newest || !isNightOpen(now(), config.nightly) || newest.night !== nightOf(now(), config.nightly))
    return null
  return { done: newest.due, of: Math.max(newest.due, counts.connected + counts.attention) }
}

async function listUnwell(deps: Deps, caller: Caller): Promise<ConnectionRow[]> {
  const pages = (['broken', 'attention'] as const).map((status) =>
    deps.store.listConnections(caller.organisationId, { status, only: boundTo(caller), limit: MOST }),
  )
  return (await Promise.all(pages)).flatMap((page) => page.items)
}

function count(deps: Deps, caller: Caller) {
  return deps.store.countConnections(caller.organisationId, boundTo(caller))
}

function needOf(row: ConnectionRow) {
  const { microsoftId, name, status, stopsWorkingBy, stopsWorkingBecause: because } = row
  const stops =
    status === 'broken'
      ? { by: null }
      : { by: stopsWorkingBy, ...(because ? { stopsWorkingBecause: because } : {}) }
  return { ...problemOf(row), microsoftId, name, status, ...stops }
}

function incidentsOf(rows: readonly ConnectionRow[]) {
  const byCode = Map.groupBy(rows, (it) => it.reason)
  return [...byCode.values()].flatMap((same) => {
    const [first] = same
    return first ? [{ ...problemOf(first), connections: same.length }] : []
  })
}

/** The application's secret or certificate runs out within a fortnight: then all that works would stop. */
function endingOf(deps: Deps, end: ApplicationEnd | null, counts: Readonly<Record<string, number>>) {
  const left = end ? end.at.getTime() - deps.now().getTime() : 0
  if (!end || left <= 0 || left > APPLICATION_WARNING) return []
  const expiresAt = end.at.toISOString()
  const connections = refreshable(counts)
  const told = problem('app_secret_expiring', { date: expiresAt.slice(0, 10) })
  return [{ ...told, connections, application: { kind: end.kind, expiresAt } }]
}

/** No worker refreshes what is due: that is told here, because it cannot tell anybody itself. */
function missedOf(since: Date | null, counts: Readonly<Record<string, number>>) {
  if (!since) return []
  const date = since.toISOString().slice(0, 10)
  return [{ ...problem('nights_missed', { date }), connections: refreshable(counts) }]
}

function refreshable({ connected = 0, attention = 0 }: Readonly<Record<string, number>>): number {
  return connected + attention
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
async function countTokens(deps: Deps, caller: Caller): Promise<Tokens> {
  if (boundTo(caller)) return NO_TOKENS
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
