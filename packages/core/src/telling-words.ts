import type { ApplicationEnd } from './application-end.ts'
import type { AuditRow } from './audit-entry.ts'
import type { Config } from './config.ts'
import { isProblemCode, problem } from './errors.ts'
import { problemOf } from './status.ts'
import type { ConnectionRow, NightRow, Organisation, ToldEvent } from './types.ts'

/** Something about a tenant. */
export type TenantHappening = {
  readonly event:
    'connection.broken' | 'connection.attention' | 'connection.expiring' | 'connection.recovered'
  readonly connection: ConnectionRow
  /** It was told of before, and nobody has acted. */
  readonly again?: boolean
  /** Further tenants that the same is said of. */
  readonly also?: readonly ConnectionRow[]
}

/** Something that somebody is told of. */
export type Happening =
  | TenantHappening
  | { readonly event: 'application.attention'; readonly connection: ConnectionRow; readonly tenants: number }
  | { readonly event: 'application.secret_expiring'; readonly end: ApplicationEnd }
  | { readonly event: 'application.recovered'; readonly cause: string }
  | { readonly event: 'nightly.finished'; readonly night: NightRow }
  | { readonly event: 'consent.succeeded' | 'consent.failed'; readonly entry: AuditRow }

/** What webhooks get, and what mails and cards are made of. Never a token or a secret. */
export type Payload = {
  readonly type: ToldEvent | 'test'
  readonly timestamp: string
  readonly data: {
    readonly organisation: { readonly slug: string; readonly name: string }
    readonly title: string
    readonly text: string
    readonly url: string
    readonly [more: string]: unknown
  }
}

export type Words = { readonly title: string; readonly payload: Payload }

/** Says it in words: what, since or by when, why, and what to do. */
export function wordsOf(config: Config, organisation: Organisation, happening: Happening, now: Date): Words {
  const { title, text, path, more } = describe(happening, config.nightly.timeZone)
  const { slug, name } = organisation
  const data = { organisation: { slug, name }, title, text, url: `${config.url}${path}`, ...more }
  return { title, payload: { type: happening.event, timestamp: now.toISOString(), data } }
}

const TENANTS = '/my-services/microsoft-365-csp-direct/authentication'

type Described = {
  readonly title: string
  readonly text: string
  readonly path: string
  readonly more?: Readonly<Record<string, unknown>>
}

function describe(happening: Happening, timeZone: string): Described {
  if ('night' in happening) return ofNight(happening.night)
  if ('entry' in happening) return ofConsent(happening.entry)
  if ('end' in happening) return ofApplication(happening.end, timeZone)
  if ('cause' in happening) return ofOver(happening.cause)
  if ('tenants' in happening) {
    const { title, detail } = problemOf(happening.connection)
    return { title, text: `${detail} It concerns ${countOf(happening.tenants, 'tenant')}.`, path: '/' }
  }
  return happening.also?.length ? ofSeveral(happening, timeZone) : ofConnection(happening, timeZone)
}

function ofConnection({ event, connection: row, again }: TenantHappening, timeZone: string): Described {
  const { name, status, stopsWorkingBy } = row
  const path = `${TENANTS}/${row.microsoftId}`
  const more = { connection: aboutTenant(row) }
  if (event === 'connection.recovered')
    return {
      title: `${name} works again`,
      text: `${name} is connected and refreshed every night.`,
      path,
      more,
    }
  const { title, detail } = problemOf(row)
  const why = `${title}. ${detail}`
  if (status === 'broken')
    return {
      title: `${name} ${again ? 'still does not work' : 'stopped'}: ${title}`,
      text: `Microsoft no longer accepts the sign-in of ${name}.\n\nWhy and what to do: ${why}\n\n${NEXT_REMINDER[again ? 'again' : 'first']}`,
      path,
      more,
    }
  if (!stopsWorkingBy) return { title: `${name}: ${title}`, text: why, path, more }
  const [day, moment] = [dayOf(stopsWorkingBy, timeZone), momentOf(stopsWorkingBy, timeZone)]
  const text = `${name} works today. It will stop on ${moment}.\n\nWhy and what to do: ${why}`
  return { title: `${name} needs somebody by ${day}`, text, path, more }
}

const NEXT_REMINDER = {
  first: 'You are reminded in a day, then every week, until it works.',
  again: 'You are reminded every week until it works.',
} as const

/** The same said of several tenants: the earliest first, all in the payload, the first ones by name. */
function ofSeveral({ event, connection, also = [], again }: TenantHappening, timeZone: string): Described {
  const rows = [connection, ...also].toSorted(
    (a, b) => endOf(a) - endOf(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  )
  const n = countOf(rows.length, 'tenant')
  const names = rows.slice(0, MOST_NAMED).map((row) => {
    const { stopsWorkingBy } = row
    const by =
      event === 'connection.expiring' && stopsWorkingBy ? `: ${momentOf(stopsWorkingBy, timeZone)}` : ''
    return `- ${row.name}${by}`
  })
  const rest = rows.length > MOST_NAMED ? [`and ${countOf(rows.length - MOST_NAMED, 'more')}`] : []
  const { title, detail } = problemOf(connection)
  const said = {
    'connection.broken': [`${n} ${again ? 'still do not work' : 'stopped'}: ${title}`, detail],
    'connection.attention': [`${n}: ${title}`, detail],
    'connection.expiring': [
      `${n} need somebody, the first by ${rows[0]?.stopsWorkingBy ? dayOf(rows[0].stopsWorkingBy, timeZone) : 'soon'}`,
      'They work today and will stop at these moments. The page of each says why and what to do.',
    ],
    'connection.recovered': [`${n} work again`, 'They are connected and refreshed every night.'],
  }[event]
  const text = [said[1], '', ...names, ...rest].join('\n')
  return { title: said[0] ?? n, text, path: '/', more: { connections: rows.map(aboutTenant) } }
}

const MOST_NAMED = 20

function endOf({ stopsWorkingBy }: ConnectionRow): number {
  return stopsWorkingBy?.getTime() ?? Number.POSITIVE_INFINITY
}

function aboutTenant({ microsoftId, name, status, reason, action, stopsWorkingBy }: ConnectionRow) {
  return { microsoftId, name, status, reason, action, stopsWorkingBy: stopsWorkingBy?.toISOString() ?? null }
}

function ofApplication({ kind, at }: ApplicationEnd, timeZone: string): Described {
  const { title, detail } = problem('app_secret_expiring', { date: dayOf(at, timeZone) })
  return { title, text: detail, path: '/', more: { application: { kind, expiresAt: at.toISOString() } } }
}

function ofOver(cause: string): Described {
  const was = isProblemCode(cause) ? problem(cause).title : cause
  const text = `What concerned several tenants is over: ${was}. Nobody has to sign in because of it.`
  return { title: `Over: ${was}`, text, path: '/', more: { cause } }
}

function ofNight({ night, refreshed, failed }: NightRow): Described {
  const title =
    failed > 0
      ? `Last night: ${countOf(failed, 'tenant')} could not be refreshed`
      : 'Last night: all refreshed'
  const text = `In the night of ${night} ${refreshed} of ${refreshed + failed} tenants were refreshed.`
  return { title, text, path: '/', more: { night, refreshed, failed } }
}

function ofConsent({ action, microsoftId, actorName }: AuditRow): Described {
  const succeeded = action === 'consent.succeeded'
  const title = succeeded ? 'A tenant was connected' : 'A sign-in at Microsoft did not succeed'
  const text = succeeded
    ? `${actorName} consented for the tenant ${microsoftId}.`
    : `The trip to Microsoft for the tenant ${microsoftId} did not succeed. The page says why and what to do.`
  return { title, text, path: `${TENANTS}/${microsoftId}`, more: { microsoftId } }
}

function countOf(n: number, what: string): string {
  return n === 1 ? `one ${what}` : `${n} ${what === 'more' ? what : `${what}s`}`
}

function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone }).format(at)
}

/** `Friday 27 November 2026 at 09:30 (Europe/Stockholm)`. */
function momentOf(at: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone }).format(at)
  return `${dayOf(at, timeZone)} at ${time} (${timeZone})`
}
