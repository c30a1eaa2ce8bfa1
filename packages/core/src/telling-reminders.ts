import { DAY } from './forecast.ts'
import { shortDay } from './telling-dates.ts'
import type { ConnectionRow } from './types.ts'

/** Days before it stops at which somebody is warned, each once. */
const WARNINGS = [1, 3, 7, 14, 30]
export const EARLIEST_WARNING = 30 * DAY
/** What has stopped is told again after a day, then every week, until it works. */
export const FIRST_REMINDER = DAY
export const NEXT_REMINDERS = 7 * DAY

/** Which of the warnings it is time for; null while the end is further away than the earliest. */
export function warningAt(end: Date, now: Date): number | null {
  const days = (end.getTime() - now.getTime()) / DAY
  return WARNINGS.find((it) => days <= it) ?? null
}

/** When the next warning before an end is due; null after the last. */
function nextWarning(end: Date, now: Date): Date | null {
  const current = warningAt(end, now) ?? Number.POSITIVE_INFINITY
  const next = WARNINGS.findLast((it) => it < current)
  return next === undefined ? null : new Date(end.getTime() - next * DAY)
}

type Reminded = Pick<ConnectionRow, 'status' | 'stopsWorkingBy' | 'stopsWorkingBecause'>

/** When somebody hears of it again, for the foot of a message. */
export function reminderOf(row: Reminded, again: boolean, now: Date, timeZone: string): string {
  if (row.status === 'broken') {
    const at = new Date(now.getTime() + (again ? NEXT_REMINDERS : FIRST_REMINDER))
    const then = again ? ', and every week until it works.' : ', then every week until it works.'
    return `Next reminder: ${shortDay(at, timeZone)}${then}`
  }
  const { stopsWorkingBy: end, stopsWorkingBecause: because } = row
  if (!end || because?.kind === 'inactivity') return 'You hear again when all of it works.'
  return beforeEnd(end, now, timeZone)
}

/** When somebody is warned of an end again. */
export function beforeEnd(end: Date, now: Date, timeZone: string): string {
  const next = nextWarning(end, now)
  return next ? `Next reminder: ${shortDay(next, timeZone)}.` : 'This is the last reminder before it stops.'
}
