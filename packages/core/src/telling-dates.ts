/** Moments as messages say them: British English, in the deployment's time zone. */

/** `Friday 27 November 2026`. */
export function fullDay(at: Date, timeZone: string): string {
  return `${weekday(at, timeZone)} ${say(at, timeZone, { year: 'numeric' })}`
}

/** `Friday 27 November`. */
export function weekday(at: Date, timeZone: string): string {
  return say(at, timeZone, { weekday: 'long', day: 'numeric', month: 'long' })
}

/** `27 November`. */
export function shortDay(at: Date, timeZone: string): string {
  return say(at, timeZone, { day: 'numeric', month: 'long' })
}

/** `09:30`. */
export function clock(at: Date, timeZone: string): string {
  return say(at, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

export function isSameDay(one: Date, other: Date, timeZone: string): boolean {
  return fullDay(one, timeZone) === fullDay(other, timeZone)
}

function say(at: Date, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(at)
}
