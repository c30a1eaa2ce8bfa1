import { problemParts, valuesOf, type ErrorCode, type Values } from './errors.ts'
import { REASONS } from './foresight.ts'
import { PROBLEMS } from './problems.ts'
import { reasonOf } from './status.ts'
import { clock, isSameDay, shortDay, weekday } from './telling-dates.ts'
import type { Facts } from './telling-facts.ts'
import type { Action, CheckRow, ConnectionRow, MicrosoftAnswer } from './types.ts'

export const TENANTS = '/my-services/microsoft-365-csp-direct/authentication'

/** A line that names one of several; only these may be left out where there is little room. */
export const ITEM = '- '

/** A problem's words, as messages need them. */
export type Said = {
  readonly code: ErrorCode
  readonly title: string
  readonly why: string
  readonly remedy: string
  readonly action: Action
}

/** What a tenant has, with what the refusal itself told. */
export function saidOf(row: ConnectionRow, { evidence }: Partial<Facts>, timeZone: string): Said {
  const { code, values } = reasonOf(row)
  const told = evidence?.code === code ? valuesOf({ ...evidence, code }) : {}
  const known = Object.fromEntries(Object.entries(values).filter(([, it]) => it !== null))
  return say(code, { ...told, ...known }, row.action, timeZone)
}

/** The words of what a tenant is going to have once its time is over. */
export function foretold(row: ConnectionRow, timeZone: string): Said {
  const kind = row.stopsWorkingBecause?.kind ?? 'inactivity'
  const { code, values } = reasonOf(row)
  const reason = REASONS[kind] ?? code
  return say(reason, values, PROBLEMS[reason].action, timeZone)
}

/** The words of a code that hold for all whom it touches. */
export function saidOfAll(code: ErrorCode, action: Action | null, values: Values = {}): Said {
  return { code, ...problemParts(code, values), action: action ?? PROBLEMS[code].action }
}

function say(code: ErrorCode, values: Values, action: Action | null, timeZone: string): Said {
  return saidOfAll(code, action, withDays(values, timeZone))
}

/** Days as people say them. */
function withDays(values: Values, timeZone: string): Values {
  const { date } = values
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date)) return values
  return { ...values, date: shortDay(new Date(`${date}T12:00:00Z`), timeZone) }
}

export function whyOf({ title, why }: Pick<Said, 'title' | 'why'>): string {
  return `Why: ${title}. ${why}`.trimEnd()
}

const SIGN_IN = 'Sign in again.'

/** The one thing to do. "Send a link" stands beside every "Sign in again". */
export function todoOf({ code, remedy, action }: Pick<Said, 'code' | 'remedy' | 'action'>): string {
  if (remedy === SIGN_IN) return 'What to do: sign in again, or send somebody a link.'
  if (code === 'mfa_too_old')
    return 'What to do: sign in again with the second step, or send somebody a link.'
  const isPersons = /\bsign in\b/i.test(remedy) && !/\blink\b/.test(remedy) && action !== 'fix_app'
  return `What to do: ${lower(remedy)}${isPersons ? ' Or send somebody a link.' : ''}`
}

/** What it comes to, in three words, for a subject line. */
export function actOf({ action, title }: Pick<Said, 'action' | 'title'>): string {
  if (action === 'reconsent') return 'sign in again'
  return action === 'fix_policy' ? 'its administrator is needed' : title
}

/** `at 02:14` of today, `on Monday 23 November` of another day. */
export function momentOf(at: Date, now: Date, timeZone: string): string {
  return isSameDay(at, now, timeZone) ? `at ${clock(at, timeZone)}` : `on ${weekday(at, timeZone)}`
}

/** `02:14 (Europe/Stockholm)`, with the day unless it is today. */
export function exactly(at: Date, now: Date, timeZone: string): string {
  const time = `${clock(at, timeZone)} (${timeZone})`
  return isSameDay(at, now, timeZone) ? time : `${weekday(at, timeZone)}, ${time}`
}

const MOST_SERVICES = 10

/** Which services get no tokens, and how the other tenants are. */
export function affectedOf({ services, others }: Facts): string {
  const shown = services.slice(0, MOST_SERVICES)
  if (services.length > shown.length) shown.push(`${services.length - shown.length} more`)
  const whom = shown.length > 0 ? shown.join(', ') : 'no service asked for its tokens in the last seven days'
  return `Affected: ${whom}.${others.work + others.limited + others.stopped > 0 ? ` ${othersOf(others)}` : ''}`
}

function othersOf({ work, limited, stopped }: Facts['others']): string {
  const all = work + limited + stopped
  const other = all === 1 ? 'The other tenant' : 'The other tenants'
  if (stopped === all) return `${other} ${all === 1 ? 'does' : 'do'} not work either.`
  if (stopped > 0)
    return `Of the other ${all} tenants ${stopped} ${stopped === 1 ? 'does' : 'do'} not work either.`
  if (limited > 0)
    return `${other} ${all === 1 ? 'works, but needs somebody' : `work; ${limited} of them ${limited === 1 ? 'needs' : 'need'} somebody`}.`
  return `${other} ${all === 1 ? 'works' : 'work'}.`
}

/** What Microsoft's support asks for; undefined where Microsoft said nothing to go by. */
export function supportOf({ evidence }: Pick<Facts, 'evidence'>): string | undefined {
  if (!evidence?.microsoft) return undefined
  return supportLine(evidence.microsoft, evidence)
}

export function supportLine(said: MicrosoftAnswer, at?: Pick<CheckRow, 'startedAt'>): string | undefined {
  const { code, error, traceId, correlationId, timestamp, httpStatus } = said
  const name = code ? `code ${code}` : (error ?? (httpStatus ? `HTTP ${httpStatus}` : undefined))
  if (!name && !traceId) return undefined
  const id = traceId ? `trace ${traceId}` : correlationId && `correlation ${correlationId}`
  const time = timestamp ?? at?.startedAt.toISOString().replace('T', ' ').replace(/\.\d+/, '')
  return `For Microsoft support: ${[name, id, time].filter(Boolean).join(', ')}`
}

export function aboutTenant({ microsoftId, name, status, reason, action, stopsWorkingBy }: ConnectionRow) {
  return { microsoftId, name, status, reason, action, stopsWorkingBy: stopsWorkingBy?.toISOString() ?? null }
}

export function countOf(n: number, what: string): string {
  return n === 1 ? `one ${what}` : `${n} ${what}s`
}

const MOST_NAMED = 20

/** The first ones by name, and how many more there are. */
export function named(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MOST_NAMED).map((it) => `${ITEM}${it}`)
  return lines.length > shown.length ? [...shown, andMore(lines.length - shown.length)] : shown
}

/** The line behind those that are named. */
export function andMore(n: number): string {
  return `and ${n} more`
}

function lower(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
