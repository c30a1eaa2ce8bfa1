import { randomUUID } from 'node:crypto'

import { Temporal } from 'temporal-polyfill'

import { applicationEnd, type ApplicationEnd } from './application-end.ts'
import type { Deps } from './deps.ts'
import { DAY } from './forecast.ts'
import { MINUTE } from './microsoft/http.ts'
import { isOperators } from './status.ts'
import { kindOf, mannerOf, type News } from './telling-several.ts'
import { wordsOf, type Happening } from './telling-words.ts'
import type { ChannelRow, ConnectionRow, NotificationRow, Organisation, ToldEvent, ToldRow } from './types.ts'

type Telling = Pick<Deps, 'store' | 'now' | 'config' | 'fetch'>

/** Days before it stops at which somebody is warned, each once. */
const WARNINGS = [1, 3, 7, 14, 30]
const EARLIEST_WARNING = 30 * DAY
const PAGE = 100
/** A night of an organisation is over when nothing was added to it for so long. */
const QUIET_NIGHT = 15 * MINUTE

/**
 * Looks for what organisations have to be told and puts it on its way: of each cause once, whoever else looks. What was
 * told lies in the database, so that nothing is lost or said twice when a process ends. Gives how many were put.
 */
export async function tellChanges(deps: Telling): Promise<number> {
  const channels = await deps.store.listChannels()
  const end = channels.length > 0 ? await applicationEnd(deps) : null
  let put = 0
  for (const [organisationId, own] of Map.groupBy(channels, (it) => it.organisationId)) {
    const organisation = await deps.store.findOrganisation(organisationId)
    if (organisation) put += await tellOrganisation(deps, organisation, own, end)
  }
  return put
}

type Round = {
  readonly deps: Telling
  readonly organisation: Organisation
  readonly channels: readonly ChannelRow[]
  readonly told: ReadonlyMap<string, ToldRow>
}

async function tellOrganisation(
  deps: Telling,
  organisation: Organisation,
  channels: readonly ChannelRow[],
  end: ApplicationEnd | null,
) {
  const rows = await deps.store.listTold(organisation.id)
  const told = new Map(rows.map((it) => [it.subject, it]))
  const round: Round = { deps, organisation, channels, told }
  const unwell = await listUnwell(round)
  let put = await tellIncidents(round, unwell.filter(isOperators))
  put += await tellEnding(round, end)
  const news = unwell.filter((it) => !isOperators(it)).map((row) => newsOf(round, row))
  put += await tellNews(round, [...news.filter((it) => it !== null), ...(await listRecovered(round, unwell))])
  put += await tellNight(round)
  return put + (await tellConsents(round))
}

async function listUnwell(round: Round): Promise<ConnectionRow[]> {
  const { deps, organisation } = round
  const rows: ConnectionRow[] = []
  for (const status of ['broken', 'attention'] as const) {
    let cursor: string | undefined
    do {
      const page = await deps.store.listConnections(organisation.id, { status, cursor, limit: PAGE })
      rows.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor)
  }
  return [...rows, ...(await listEnding(round))]
}

/** Those that are well and will stop within a month. */
async function listEnding({ deps, organisation }: Round): Promise<ConnectionRow[]> {
  const rows: ConnectionRow[] = []
  let cursor: string | undefined
  do {
    const page = await deps.store.listConnections(organisation.id, {
      status: 'connected',
      stopsBy: new Date(deps.now().getTime() + EARLIEST_WARNING),
      cursor,
      limit: PAGE,
    })
    rows.push(...page.items.filter((it) => isEnding(it, deps.now())))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return rows
}

// The night itself prevents that a sign-in runs out by inactivity.
function isEnding(row: ConnectionRow, now: Date): boolean {
  return row.stopsWorkingBecause?.kind !== 'inactivity' && warningOf(row, now) !== null
}

const subjectOf = (row: ConnectionRow) => `connection ${row.id}`

/** What somebody has to be told of a tenant now; null when they know. */
function newsOf(round: Round, row: ConnectionRow): News | null {
  const before = round.told.get(subjectOf(row))
  const cause = causeOf(row)
  const warning = warningOf(row, round.deps.now())
  const isNew = before?.cause !== cause
  const isNearer = warning !== null && (before?.warned ?? Number.POSITIVE_INFINITY) > warning
  const again = !isNew && isReminderDue(row, before, round.deps.now())
  if (!isNew && !isNearer && !again) return null
  const event = isNew
    ? isForeseen(row)
      ? 'connection.expiring'
      : row.status === 'broken'
        ? 'connection.broken'
        : 'connection.attention'
    : 'connection.expiring'
  const warned = again ? REMINDED : (warning ?? (isNew ? null : (before?.warned ?? null)))
  const happening = { event: again ? 'connection.broken' : event, connection: row, again } as const
  return { subject: subjectOf(row), next: { cause, warned }, happening }
}

/** Kept in the place of the last warning of a tenant that has stopped: somebody was reminded of it. */
const REMINDED = 0

/** What has stopped is told again after a day, then every week, until it works. */
function isReminderDue(row: ConnectionRow, before: ToldRow | undefined, now: Date): boolean {
  if (row.status !== 'broken' || !before) return false
  const wait = before.warned === REMINDED ? 7 * DAY : DAY
  return now.getTime() - before.at.getTime() >= wait
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

/** It works and will not for ever: the same cause whether that is weeks or days away. */
function isForeseen({ status, stopsWorkingBecause: because, capabilities }: ConnectionRow): boolean {
  if (!because || because.kind === 'inactivity' || status === 'broken') return false
  return !Object.values(capabilities).includes('failing')
}

function causeOf(row: ConnectionRow): string {
  const { kind = '', since = '' } = row.stopsWorkingBecause ?? {}
  return isForeseen(row) ? `ending ${kind} ${since}` : `${row.status} ${row.reason ?? ''}`
}

function warningOf({ status, stopsWorkingBy }: ConnectionRow, now: Date): number | null {
  if (status === 'broken' || !stopsWorkingBy) return null
  return warningAt(stopsWorkingBy, now)
}

function warningAt(end: Date, now: Date): number | null {
  const days = (end.getTime() - now.getTime()) / DAY
  return WARNINGS.find((it) => days <= it) ?? null
}

/** The application's own secret or certificate runs out; once it has, that is an incident. */
async function tellEnding(round: Round, end: ApplicationEnd | null): Promise<number> {
  const subject = `ending ${round.organisation.id}`
  const now = round.deps.now()
  const warning = end && end.at > now ? warningAt(end.at, now) : null
  if (!end || warning === null) return forget(round, subject)
  const cause = end.at.toISOString()
  const before = round.told.get(subject)
  if (before?.cause === cause && (before.warned ?? 0) <= warning) return 0
  return tell(round, subject, { cause, warned: warning }, { event: 'application.secret_expiring', end })
}

async function tellIncidents(round: Round, rows: readonly ConnectionRow[]): Promise<number> {
  const prefix = `application ${round.organisation.id} `
  let put = 0
  const causes = Map.groupBy(rows, (it) => it.reason ?? '')
  for (const [cause, [first, ...more]] of causes) {
    if (!first || round.told.has(prefix + cause)) continue
    const happening: Happening = {
      event: 'application.attention',
      connection: first,
      tenants: 1 + more.length,
    }
    put += await tell(round, prefix + cause, { cause, warned: null }, happening)
  }
  for (const [subject, { cause }] of round.told) {
    if (!subject.startsWith(prefix) || causes.has(cause)) continue
    put += await tell(round, subject, null, { event: 'application.recovered', cause })
  }
  return put
}

/** What was told of and is well again. What was disconnected is forgotten without a word. */
async function listRecovered(round: Round, unwell: readonly ConnectionRow[]): Promise<News[]> {
  const still = new Set(unwell.map(subjectOf))
  const news: News[] = []
  for (const subject of round.told.keys()) {
    if (!subject.startsWith('connection ') || still.has(subject)) continue
    const row = await round.deps.store.getConnection(subject.slice('connection '.length))
    if (row?.status === 'connected' && !row.disconnectedAt)
      news.push({ subject, next: null, happening: { event: 'connection.recovered', connection: row } })
    else if (!row || row.disconnectedAt) await forget(round, subject)
  }
  return news
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
  const notifications = happenings
    .filter((it) => it !== null)
    .flatMap((happening) =>
      channels
        .filter((it) => hears(it, happening.event))
        .map((channel) => notificationOf(deps, organisation, channel, { subject, version }, happening)),
    )
  return (await deps.store.tell(subject, from, row, notifications)) ? notifications.length : 0
}

function hears({ events }: ChannelRow, event: ToldEvent): boolean {
  return events.includes(event === 'application.recovered' ? 'application.attention' : event)
}

function notificationOf(
  deps: Telling,
  organisation: Organisation,
  channel: ChannelRow,
  about: Pick<NotificationRow, 'subject' | 'version'>,
  happening: Happening,
): NotificationRow {
  const now = deps.now()
  const { title, payload } = wordsOf(deps.config, organisation, happening, now)
  return {
    id: randomUUID(),
    organisationId: organisation.id,
    channelId: channel.id,
    event: happening.event,
    ...about,
    title,
    payload: JSON.stringify(payload),
    state: 'waiting',
    tries: 0,
    nextTryAt:
      happening.event === 'connection.broken' ? now : afterQuiet(channel, now, deps.config.nightly.timeZone),
    answer: null,
    createdAt: now,
    endedAt: null,
  }
}

/** Now, or the end of the channel's quiet hours. */
function afterQuiet(channel: ChannelRow, now: Date, timeZone: string): Date {
  const { quietFrom, quietTo } = channel
  if (!quietFrom || !quietTo || quietFrom === quietTo) return now
  const zoned = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  const time = zoned.toPlainTime()
  const [from, to] = [Temporal.PlainTime.from(quietFrom), Temporal.PlainTime.from(quietTo)]
  const since = Temporal.PlainTime.compare(time, from) >= 0
  const until = Temporal.PlainTime.compare(time, to) < 0
  const overnight = Temporal.PlainTime.compare(from, to) > 0
  if (overnight ? !since && !until : !(since && until)) return now
  const day = overnight && since ? zoned.toPlainDate().add({ days: 1 }) : zoned.toPlainDate()
  return new Date(day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds)
}
