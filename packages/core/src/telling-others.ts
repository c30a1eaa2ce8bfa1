import type { AuditRow } from './audit-entry.ts'
import { isProblemCode, problemParts, valuesOf } from './errors.ts'
import { reasonOf } from './status.ts'
import { fullDay } from './telling-dates.ts'
import {
  aboutTenant,
  countOf,
  named,
  saidOfAll,
  supportLine,
  supportOf,
  TENANTS,
  todoOf,
} from './telling-parts.ts'
import { beforeEnd } from './telling-reminders.ts'
import type { Described, Happening, Incident, Saying } from './telling-words.ts'
import type { NightRow, Problem } from './types.ts'

/** A fault that is the application's or Microsoft's: how many it touches, and the first of them. */
export function ofIncident({ connection, also }: Incident, { facts }: Saying): Described {
  const rows = [connection, ...also].toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const { code, values } = reasonOf(connection)
  const stored = facts.evidence?.code === code ? valuesOf({ ...facts.evidence, code }) : {}
  // The refusal counted those of the whole deployment; of other organisations nobody learns more than that.
  const n = Math.max(Number(stored['n'] ?? 0), rows.length)
  const said = saidOfAll(code, connection.action, { ...values, ...(n > 1 ? { n } : {}) })
  const lead = `It touches ${countOf(rows.length, 'tenant')} of yours:`
  return {
    title: said.title,
    text: [reassured(said.why), todoOf(said), '', lead, ...named(rows.map((it) => it.name))].join('\n'),
    path: '/',
    reminder: 'You hear again when it is over.',
    support: supportOf(facts),
    more: { connections: rows.map(aboutTenant) },
  }
}

function reassured(why: string): string {
  return why.includes(NO_SIGN_IN) ? why : `${why} ${NO_SIGN_IN}`
}

const NO_SIGN_IN = 'You need not sign in anywhere.'

type Ending = Extract<Happening, { end: unknown }>

/** An application's secret or certificate runs out: the deployment's, or a tenant's own. */
export function ofApplication({ end, owner }: Ending, { now, timeZone }: Saying): Described {
  const { kind, at } = end
  const code = owner ? 'application_secret_expiring' : 'app_secret_expiring'
  const said = saidOfAll(code, null, { tenant: owner?.name, date: fullDay(at, timeZone) })
  return {
    title: owner ? `${owner.name}: ${said.title}` : said.title,
    text: [said.why, todoOf(said)].join('\n'),
    path: owner ? `${TENANTS}/${owner.microsoftId}` : '/',
    reminder: beforeEnd(at, now, timeZone),
    more: {
      application: { kind, expiresAt: at.toISOString() },
      ...(owner ? { connection: aboutTenant(owner) } : {}),
    },
  }
}

/** What touched several tenants is over. */
export function ofOver(cause: string): Described {
  const was = isProblemCode(cause) ? problemParts(cause).title : cause
  const text = `What touched several tenants is over: ${was}. Nobody has to sign in because of it.`
  return { title: `Over: ${was}`, text, path: '/', more: { cause } }
}

/** How a night went. */
export function ofNight({ night, refreshed, failed }: NightRow): Described {
  const all = refreshed + failed
  const title =
    failed > 0
      ? `Last night: ${countOf(failed, 'tenant')} could not be refreshed`
      : 'Last night: all refreshed'
  const rest =
    failed > 0
      ? ' Where somebody is needed there is a message of its own; the rest is tried again by itself.'
      : ' There is nothing to do.'
  const text = `In the night of ${night} ${refreshed} of ${countOf(all, 'tenant')} ${refreshed === 1 ? 'was' : 'were'} refreshed.${rest}`
  return { title, text, path: '/', more: { night, refreshed, failed } }
}

/** A trip to Microsoft that ended, well or not. */
export function ofTrip({ action, microsoftId, details }: AuditRow, { facts }: Saying): Described {
  const { connection, attempt } = facts
  const name = connection?.name ?? `the tenant ${microsoftId ?? ''}`.trimEnd()
  const path = `${TENANTS}/${microsoftId ?? ''}`
  const more = { microsoftId, ...(connection ? { connection: aboutTenant(connection) } : {}) }
  // Written by us.
  const { account, code } = JSON.parse(details) as { account?: string; code?: string }
  const by = attempt ? ` ${attempt.createdByName} had asked for it.` : ''
  if (action === 'consent.succeeded') {
    const who = account ? `${account} signed in` : 'Somebody signed in'
    const text = `${who} for ${name}, and everything was proven.${by} Consentry refreshes it every night; there is nothing to do.`
    return { title: `${name} is connected`, text, path, more }
  }
  const problem: Partial<Problem> = attempt?.problem ?? {}
  const known = isProblemCode(code ?? '') ? (code as ReturnType<typeof reasonOf>['code']) : 'grant_refused'
  const said = saidOfAll(
    known,
    problem.action ?? null,
    attempt?.problem?.code === known ? valuesOf(attempt.problem) : {},
  )
  const kept = connection?.status === 'connected' ? ' The sign-in from before goes on working.' : ''
  return {
    title: `${name}: the sign-in at Microsoft did not succeed`,
    text: [
      `A sign-in for ${name} ended without success.${by}${kept}`,
      '',
      // Written for whoever made the trip.
      `They were told: ${said.title}. ${said.why}`,
      todoOf(said),
    ].join('\n'),
    path,
    support: problem.microsoft && supportLine(problem.microsoft),
    more,
  }
}
