import type { ApplicationEnd } from './application-end.ts'
import type { AuditRow } from './audit-entry.ts'
import type { Config } from './config.ts'
import { ofApplication, ofIncident, ofNight, ofOver, ofTrip } from './telling-others.ts'
import type { Facts } from './telling-facts.ts'
import { ofReport, ofReports } from './telling-report.ts'
import { ofSeveral } from './telling-storm.ts'
import { ofTenant } from './telling-tenant.ts'
import type { ConnectionRow, NightRow, Organisation, ReportRow, ToldEvent } from './types.ts'

/** Something about a tenant. */
export type TenantHappening = {
  readonly event:
    | 'connection.broken'
    | 'connection.attention'
    | 'connection.expiring'
    | 'connection.recovered'
    | 'report.failed'
  readonly connection: ConnectionRow
  /** It was told of before, and nobody has acted. */
  readonly again?: boolean
  /** Of one that is well again: what was told of it last. */
  readonly was?: 'broken' | 'attention' | 'ending'
  /** Further tenants that the same is said of. */
  readonly also?: readonly ConnectionRow[]
  /** The billing report that could not be made. */
  readonly report?: ReportRow
}

/** A fault that is not the tenants' own, with all of the organisation's that it touches. */
export type Incident = {
  readonly event: 'application.attention'
  readonly connection: ConnectionRow
  readonly also: readonly ConnectionRow[]
}

/** Something that somebody is told of. */
export type Happening =
  | TenantHappening
  | Incident
  | {
      readonly event: 'application.secret_expiring'
      readonly end: ApplicationEnd
      /** Whose own application it is; absent for the deployment's. */
      readonly owner?: ConnectionRow
    }
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
    /** When somebody hears of it again, in words. */
    readonly reminder?: string | undefined
    /** Microsoft's ids, for its support. */
    readonly support?: string | undefined
    readonly [more: string]: unknown
  }
}

export type Words = { readonly title: string; readonly payload: Payload }

/** A message before it is addressed; `path` is the one thing to open. */
export type Described = Pick<Payload['data'], 'title' | 'text' | 'reminder' | 'support'> & {
  readonly path: string
  readonly more?: Readonly<Record<string, unknown>>
}

/** What all messages are said by: how things stand, when it is, and where. */
export type Saying = { readonly facts: Facts; readonly now: Date; readonly timeZone: string }

/** Says it in words: what, since or by when, why, whom it touches, what to do, and when it is said again. */
export function wordsOf(
  config: Config,
  organisation: Organisation,
  happening: Happening,
  facts: Facts,
  now: Date,
): Words {
  const said = describe(happening, { facts, now, timeZone: config.nightly.timeZone })
  const { title, text, path, reminder, support, more } = said
  const { slug, name } = organisation
  const url = `${config.url}${path}`
  const data = {
    organisation: { slug, name },
    title,
    text,
    url,
    ...(reminder ? { reminder } : {}),
    ...(support ? { support } : {}),
    ...more,
  }
  return { title, payload: { type: happening.event, timestamp: now.toISOString(), data } }
}

function describe(happening: Happening, saying: Saying): Described {
  if ('night' in happening) return ofNight(happening.night)
  if ('entry' in happening) return ofTrip(happening.entry, saying)
  if ('end' in happening) return ofApplication(happening, saying)
  if ('cause' in happening) return ofOver(happening.cause)
  if (happening.event === 'application.attention') return ofIncident(happening, saying)
  const { connection, also = [], report } = happening
  if (report)
    return also.length > 0 ? ofReports([connection, ...also], report) : ofReport(connection, report, saying)
  return also.length > 0 ? ofSeveral(happening, saying) : ofTenant(happening, saying)
}
