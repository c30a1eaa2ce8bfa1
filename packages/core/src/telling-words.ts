import type { ApplicationEnd } from './application-end.ts'
import type { AuditRow } from './audit-entry.ts'
import type { Config } from './config.ts'
import { isProblemCode, problem } from './errors.ts'
import { problemOf } from './status.ts'
import type { ConnectionRow, NightRow, Organisation, ToldEvent } from './types.ts'

/** Something that somebody is told of. */
export type Happening =
  | {
      readonly event:
        'connection.broken' | 'connection.attention' | 'connection.expiring' | 'connection.recovered'
      readonly connection: ConnectionRow
      readonly warning?: number | null
    }
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
  return ofConnection(happening.event, happening.connection, timeZone)
}

function ofConnection(event: string, row: ConnectionRow, timeZone: string): Described {
  const { microsoftId, name, status, reason, action, stopsWorkingBy } = row
  const path = `${TENANTS}/${microsoftId}`
  const by = stopsWorkingBy?.toISOString() ?? null
  const more = { connection: { microsoftId, name, status, reason, action, stopsWorkingBy: by } }
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
      title: `${name} stopped: ${title}`,
      text: `Microsoft no longer accepts the sign-in of ${name}. ${why}`,
      path,
      more,
    }
  if (!stopsWorkingBy) return { title: `${name}: ${title}`, text: why, path, more }
  const day = dayOf(stopsWorkingBy, timeZone)
  const text = `${name} works today. It will stop on ${day}. ${why}`
  return { title: `${name} needs somebody by ${day}`, text, path, more }
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
  return n === 1 ? `one ${what}` : `${n} ${what}s`
}

function dayOf(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone }).format(at)
}
