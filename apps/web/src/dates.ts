const DAY = 24 * 60 * 60 * 1000

export type Clock = { readonly now: Date; readonly locale: string; readonly timeZone?: string }

/** Today "02:41", within six days "Fri 27 Nov", else "21 Feb 2027". */
export function shortTime(iso: string, clock: Clock): string {
  const date = new Date(iso)
  if (sameDay(date, clock.now, clock)) return timeOfDay(iso, clock)
  if (Math.abs(dayDistance(date, clock)) <= 6) return shortDay(iso, clock)
  return dateOnly(iso, clock)
}

/** "02:41". */
export function timeOfDay(iso: string, clock: Clock): string {
  return part(iso, clock, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** "02:41:07". */
export function timeWithSeconds(iso: string, clock: Clock): string {
  return part(iso, clock, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

/** "Fri 27 Nov". */
export function shortDay(iso: string, clock: Clock): string {
  return part(iso, clock, { weekday: 'short', day: 'numeric', month: 'short' })
}

/** "Friday 27 November". */
export function longDay(iso: string, clock: Clock): string {
  return part(iso, clock, { weekday: 'long', day: 'numeric', month: 'long' })
}

/** "21 Feb 2027". */
export function dateOnly(iso: string, clock: Clock): string {
  return part(iso, clock, { day: 'numeric', month: 'short', year: 'numeric' })
}

/** "21 February 2027". */
export function longDate(iso: string, clock: Clock): string {
  return part(iso, clock, { day: 'numeric', month: 'long', year: 'numeric' })
}

/** "October 2026". */
export function monthOf(iso: string, clock: Clock): string {
  return part(iso, clock, { month: 'long', year: 'numeric' })
}

/** "13 Nov 2026, 09:31". */
export function dateAndTime(iso: string, clock: Clock): string {
  return `${dateOnly(iso, clock)}, ${timeOfDay(iso, clock)}`
}

/** Everything, with the zone's name: for `title`. */
export function fullTime(iso: string, clock: Clock): string {
  return part(iso, clock, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
}

/** "2026-11-23 06:11:39Z", for Microsoft support. */
export function utcTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** Whole calendar days from now; negative in the past. */
export function dayDistance(date: Date, clock: Clock): number {
  return Math.round((startOfDay(date, clock) - startOfDay(clock.now, clock)) / DAY)
}

/** "2026-11-23" in the clock's zone: a key to group by. */
export function dayKey(iso: string, clock: Clock): string {
  return new Intl.DateTimeFormat(
    'en-CA',
    zoned(clock, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  ).format(new Date(iso))
}

/** Microsoft's null dates are the year 1. */
export function isRealDate(iso: string | null | undefined): iso is string {
  return typeof iso === 'string' && !iso.startsWith('0001') && !Number.isNaN(Date.parse(iso))
}

function sameDay(a: Date, b: Date, clock: Clock): boolean {
  return dayKey(a.toISOString(), clock) === dayKey(b.toISOString(), clock)
}

function startOfDay(date: Date, clock: Clock): number {
  return Date.parse(`${dayKey(date.toISOString(), clock)}T00:00:00Z`)
}

function part(iso: string, clock: Clock, options: Intl.DateTimeFormatOptions): string {
  const parts = new Intl.DateTimeFormat(clock.locale, zoned(clock, options)).formatToParts(new Date(iso))
  // ICU versions differ on the comma after a weekday ("Fri, 27 Nov"); the brief has none.
  return parts
    .map(({ type, value }, i) => (type === 'literal' && parts[i - 1]?.type === 'weekday' ? ' ' : value))
    .join('')
}

function zoned(clock: Clock, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions {
  return clock.timeZone ? { ...options, timeZone: clock.timeZone } : options
}
