import { isMicrosoftId, SCOPES, type Role, type Scope } from '@consentry/core'

import { badInput } from './failure.ts'

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const LONGEST_SLUG = 63

export function readSlug(text: string): string {
  if (SLUG.test(text) && text.length <= LONGEST_SLUG) return text
  throw badInput(
    `"${text}" cannot be a slug`,
    `A slug is up to ${LONGEST_SLUG} lower-case letters, digits and single hyphens between them, such as contoso-cloud.`,
  )
}

// Letters that Unicode does not take apart into a Latin letter and a mark.
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** A slug out of a name: `Nordwind Über & Søn AB` becomes `nordwind-uber-son-ab`. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => LATIN[letter] ?? letter)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_SLUG)
    .replaceAll(/^-|-$/g, '')
  if (slug !== '') return slug
  throw badInput(`No slug can be made of "${name}"`, 'Choose one yourself with --slug, such as contoso.')
}

export function readName(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= 200) return name
  throw badInput('The name cannot be used', 'Give one of 1 to 200 characters with --name.')
}

export function readScopes(text: string): Scope[] {
  const wanted = text.split(',').map((it) => it.trim())
  const scopes = SCOPES.filter((it) => wanted.includes(it))
  const unknown = wanted.filter((it) => !scopes.some((scope) => scope === it))
  if (unknown.length === 0) return scopes
  const named = unknown.map((it) => `"${it}"`).join(', ')
  throw badInput(`There is no scope ${named}`, `Choose among ${SCOPES.join(', ')}, separated by commas.`)
}

const ROLES: readonly Role[] = ['owner', 'admin', 'viewer']

export function readRole(text: string): Role {
  const role = ROLES.find((it) => it === text)
  if (role) return role
  throw badInput(`There is no role "${text}"`, `Choose among ${ROLES.join(', ')}.`)
}

/** People paste it in braces and capitals. */
export function readMicrosoftId(text: string): string {
  const id = text
    .trim()
    .replace(/^\{(.*)\}$/, '$1')
    .toLowerCase()
  if (isMicrosoftId(id)) return id
  throw badInput(
    `"${text}" is not a Microsoft ID`,
    'It has 32 letters and digits in five groups. The list of connections shows it: consentry connection list.',
  )
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 24 * 3_600_000 }
const ISO_DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/** `90d`, `12h`, or a date in ISO 8601 (a bare day means its beginning in UTC). It must lie ahead. */
export function readExpiry(text: string, now: Date): Date {
  const [, count = '', unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? []
  const at = count ? now.getTime() + Number(count) * (UNITS[unit] ?? 0) : instantOf(text)
  if (Number.isNaN(at))
    throw badInput(`"${text}" is not a time to expire`, 'Use days (90d), hours (12h) or a date (2027-01-31).')
  if (at <= now.getTime())
    throw badInput(`"${text}" has passed already`, 'Give --expires a time that lies ahead, such as 90d.')
  return new Date(at)
}

/** A length of time such as 12h or 7d, in seconds; at most 30 days. */
export function readSpan(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,3})([hd])$/.exec(text) ?? []
  const seconds = (Number(count) * (UNITS[unit] ?? 0)) / 1000
  if (count !== '' && seconds <= LONGEST_SPAN) return seconds
  throw badInput(`"${text}" is not a length of time`, 'Use hours (12h) or days (7d), at most 30d.')
}

const LONGEST_SPAN = 30 * 24 * 60 * 60

function instantOf(text: string): number {
  const at = ISO_DATE.test(text) ? Date.parse(text) : Number.NaN
  // JavaScript reads 31 February as 3 March.
  const sameDay =
    !Number.isNaN(at) && new Date(`${text.slice(0, 10)}T00:00Z`).toISOString().startsWith(text.slice(0, 10))
  return sameDay ? at : Number.NaN
}

/** An origin that a return address may have: https, or http on this machine. */
export function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const loopback = url && /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname)
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)
  const bare = url && url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
  if (url && secure && bare) return url.origin
  throw badInput(
    `"${text}" is not an origin that can be registered`,
    'Give the scheme and host alone, such as https://portal.example.com; http only for localhost.',
  )
}
