import type { NightlyConfig } from '@consentry/core'

const DAY = 24 * 60 * 60 * 1000

/** When the nightly window opens next, in the time zone it is configured for. */
export function nextWindow(now: Date, { from, timeZone }: NightlyConfig): Date {
  const days = [-1, 0, 1, 2].map((ahead) => opening(new Date(now.getTime() + ahead * DAY), from, timeZone))
  return days.find((it) => it > now) ?? now
}

function opening(day: Date, from: string, timeZone: string): Date {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(day)
  const asIfUtc = new Date(`${date}T${from}:00Z`).getTime()
  // The offset at the guess may be the one before a clock change; asking again at the result settles it.
  const guess = asIfUtc - offset(asIfUtc, timeZone)
  return new Date(asIfUtc - offset(guess, timeZone))
}

/** How far the zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offset(at: number, timeZone: string): number {
  const local = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at)
  return new Date(`${local.replace(' ', 'T')}Z`).getTime() - Math.floor(at / 1000) * 1000
}
