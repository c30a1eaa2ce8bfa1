import { randomUUID } from 'node:crypto'

import { applicationEnd, type ApplicationEnd } from './application-end.ts'
import { workingClientId } from './applications.ts'
import type { Deps } from './deps.ts'
import { isOperators } from './doubt.ts'
import { MINUTE } from './microsoft/http.ts'
import { afterQuiet } from './quiet-hours.ts'
import { gatherFacts } from './telling-facts.ts'
import { isRunningOut, listRecovered, listUnwell, newsOf, type Round as Looking } from './telling-news.ts'
import { warningAt } from './telling-reminders.ts'
import { listReportNews, REPORTS_TOLD } from './telling-reports.ts'
import { kindOf, mannerOf, type News } from './telling-several.ts'
import { wordsOf, type Happening, type Words } from './telling-words.ts'
import type {
  ChannelRow,
  ConnectionRow,
  NotificationRow,
  Organisation,
  ReportRow,
  ToldEvent,
  ToldRow,
} from './types.ts'

type Telling = Pick<Deps, 'store' | 'now' | 'config' | 'fetch'>

const PAGE = 100
/** Of so many failed reports in two days the newest are looked at. */
const MOST_REPORTS = 500
/** A night of an organisation is over when nothing was added to it for so long. */
const QUIET_NIGHT = 15 * MINUTE

/**
 * Looks for what organisations have to be told and puts it on its way: of each cause once, whoever else looks. What was
 * told lies in the database, so that nothing is lost or said twice when a process ends. Gives how many were put.
 */
export async function tellChanges(deps: Telling): Promise<number> {
  const channels = await deps.store.listChannels()
  if (channels.length === 0) return 0
  const since = new Date(deps.now().getTime() - REPORTS_TOLD)
  const shared = {
    end: await applicationEnd(deps),
    failed: await deps.store.listFailedReports(since, MOST_REPORTS),
  }
  let put = 0
  for (const [organisationId, own] of Map.groupBy(channels, (it) => it.organisationId)) {
    const organisation = await deps.store.findOrganisation(organisationId)
    if (organisation) put += await tellOrganisation(deps, organisation, own, shared)
  }
  return put
}

type Round = Looking & { readonly deps: Telling; readonly channels: readonly ChannelRow[] }
type Shared = { readonly end: ApplicationEnd | null; readonly failed: readonly ReportRow[] }

async function tellOrganisation(
  deps: Telling,
  organisation: Organisation,
  channels: readonly ChannelRow[],
  { end, failed }: Shared,
) {
  const rows = await deps.store.listTold(organisation.id)
  const told = new Map(rows.map((it) => [it.subject, it]))
  const round: Round = { deps, organisation, channels, told }
  const unwell = await listUnwell(round)
  let put = await tellIncidents(round, unwell.filter(isOperators))
  put += await tellEnding(round, `ending ${organisation.id}`, end)
  put += await tellOwnEndings(round, unwell)
  const own = unwell.filter((it) => !isOperators(it) || isRunningOut(it, deps.now()))
  const news = own.map((row) => newsOf(round, row))
  const recovered = await listRecovered(round, unwell)
  const reports = await listReportNews(
    round,
    failed.filter((it) => isOurs(round, it)),
  )
  for (const subject of [...recovered.gone, ...reports.gone]) await forget(round, subject)
  put += await tellNews(round, [...news.filter((it) => it !== null), ...recovered.news, ...reports.news])
  put += await tellNight(round)
  return put + (await tellConsents(round))
}

/** Whoever has just set up the first channel is not told of reports before. */
function isOurs({ organisation, channels }: Round, { organisationId, finishedAt }: ReportRow): boolean {
  return organisationId === organisation.id && channels.some((it) => finishedAt && finishedAt >= it.createdAt)
}

/** Tells of each, or of several that are alike in one message. */
async function tellNews(round: Round, news: readonly News[]): Promise<number> {
  let put = 0
  for (const [kind, same] of Map.groupBy(news, kindOf)) {
    const group = `several ${round.organisation.id} ${kind}`
    const manner = mannerOf(same, round.told, group, round.deps.now())
    if (manner === 'each')
      for (const { subject, next, happening } of same) put += await tell(round, subject, next, happening)
    if (manner === 'together') put += await tellTogether(round, group, same)
  }
  return put
}

/** The message first: what is remembered of each tenant only keeps it from being told again. */
async function tellTogether(round: Round, group: string, same: readonly News[]): Promise<number> {
  const [first, ...more] = same.map((it) => it.happening)
  if (!first) return 0
  const before = round.told.get(group)
  const put = await tell(
    round,
    group,
    { cause: group, warned: null },
    { ...first, also: more.map((it) => it.connection) },
  )
  // Somebody else is telling of them.
  if ((await round.deps.store.getTold(group))?.version !== (before?.version ?? 0) + 1) return put
  for (const { subject, next } of same) await tell(round, subject, next, null)
  return put
}

/** An application's secret or certificate runs out; once it has, that is an incident, or its tenant has stopped. */
async function tellEnding(
  round: Round,
  subject: string,
  end: ApplicationEnd | null,
  owner?: ConnectionRow,
): Promise<number> {
  const now = round.deps.now()
  const warning = end && end.at > now ? warningAt(end.at, now) : null
  if (!end || warning === null) return forget(round, subject)
  const cause = end.at.toISOString()
  const before = round.told.get(subject)
  if (before?.cause === cause && (before.warned ?? 0) <= warning) return 0
  const happening = { event: 'application.secret_expiring', end, ...(owner && { owner }) } as const
  return tell(round, subject, { cause, warned: warning }, happening)
}

/** The same of tenants that have an application of their own. */
async function tellOwnEndings(round: Round, rows: readonly ConnectionRow[]): Promise<number> {
  const prefix = `ending of ${round.organisation.id} `
  const ending = new Map(rows.filter((it) => it.credentialEndsAt).map((it) => [prefix + it.id, it]))
  let put = 0
  for (const [subject, row] of ending)
    put += await tellEnding(round, subject, await ownEnd(round.deps, row), row)
  for (const subject of round.told.keys())
    if (subject.startsWith(prefix) && !ending.has(subject)) await forget(round, subject)
  return put
}

async function ownEnd({ store }: Telling, row: ConnectionRow): Promise<ApplicationEnd | null> {
  const clientId = await workingClientId({ store }, row)
  const application = clientId === null ? null : await store.getApplication(row.id, clientId)
  return application?.expiresAt ? { kind: application.kind, at: application.expiresAt } : null
}

async function tellIncidents(round: Round, rows: readonly ConnectionRow[]): Promise<number> {
  const prefix = `application ${round.organisation.id} `
  let put = 0
  const causes = Map.groupBy(rows, (it) => it.reason ?? '')
  for (const [cause, [first, ...more]] of causes) {
    if (!first || round.told.has(prefix + cause)) continue
    const happening: Happening = { event: 'application.attention', connection: first, also: more }
    put += await tell(round, prefix + cause, { cause, warned: null }, happening)
  }
  for (const [subject, { cause }] of round.told) {
    if (!subject.startsWith(prefix) || causes.has(cause)) continue
    put += await tell(round, subject, null, { event: 'application.recovered', cause })
  }
  return put
}

async function forget(round: Round, subject: string): Promise<0> {
  const before = round.told.get(subject)
  if (before) await round.deps.store.tell(subject, before.version, null, [])
  return 0
}

async function tellNight(round: Round): Promise<number> {
  const { deps, organisation } = round
  const subject = `night ${organisation.id}`
  const [night] = await deps.store.listNights(organisation.id, 1)
  const before = round.told.get(subject)
  if (!night || before?.cause === night.night) return 0
  if (deps.now().getTime() - night.finishedAt.getTime() < QUIET_NIGHT) return 0
  const next = { cause: night.night, warned: null }
  // Whoever has just set up a channel is not told of the nights before.
  if (!before) return tell(round, subject, next, null)
  return tell(round, subject, next, { event: 'nightly.finished', night })
}

async function tellConsents(round: Round): Promise<number> {
  const { deps, organisation } = round
  const subject = `consents ${organisation.id}`
  const before = round.told.get(subject)
  const { items } = await deps.store.listAudit(organisation.id, { action: 'consent', limit: PAGE })
  const newest = items[0]?.sequence ?? 0
  if (before?.cause === String(newest)) return 0
  const fresh = items.filter((it) => it.sequence > Number(before?.cause ?? newest)).toReversed()
  const happenings = fresh.flatMap((entry): Happening[] => {
    const { action } = entry
    return action === 'consent.succeeded' || action === 'consent.failed' ? [{ event: action, entry }] : []
  })
  return tell(round, subject, { cause: String(newest), warned: null }, ...happenings)
}

type Next = Pick<ToldRow, 'cause' | 'warned'>

async function tell(
  { deps, organisation, channels, told }: Round,
  subject: string,
  next: Next | null,
  ...happenings: readonly (Happening | null)[]
): Promise<number> {
  const from = told.get(subject)?.version ?? 0
  const version = from + 1
  const at = deps.now()
  const row = next && { subject, organisationId: organisation.id, ...next, version, at }
  const notifications: NotificationRow[] = []
  for (const happening of happenings) {
    const listening = channels.filter((it) => happening && hears(it, happening.event))
    if (!happening || listening.length === 0) continue
    const facts = await gatherFacts(deps, organisation.id, happening)
    const words = wordsOf(deps.config, organisation, happening, facts, at)
    notifications.push(...listening.map((it) => notificationOf(deps, it, { subject, version }, words)))
  }
  return (await deps.store.tell(subject, from, row, notifications)) ? notifications.length : 0
}

function hears({ events }: ChannelRow, event: ToldEvent): boolean {
  return events.includes(event === 'application.recovered' ? 'application.attention' : event)
}

function notificationOf(
  { now, config }: Telling,
  channel: ChannelRow,
  about: Pick<NotificationRow, 'subject' | 'version'>,
  { title, payload }: Words,
): NotificationRow {
  const at = now()
  const atOnce = payload.type === 'connection.broken'
  return {
    id: randomUUID(),
    organisationId: channel.organisationId,
    channelId: channel.id,
    event: payload.type,
    ...about,
    title,
    payload: JSON.stringify(payload),
    state: 'waiting',
    tries: 0,
    nextTryAt: atOnce ? at : afterQuiet(channel, at, config.nightly.timeZone),
    answer: null,
    createdAt: at,
    endedAt: null,
  }
}
