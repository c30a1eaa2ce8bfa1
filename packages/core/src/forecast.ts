import { createHash } from 'node:crypto'

import { Temporal } from 'temporal-polyfill'

import type { NightlyConfig } from './config.ts'
import { MINUTE } from './microsoft/http.ts'
import type { StopsWorkingBecause } from './types.ts'

export const DAY = 24 * 60 * MINUTE

// learn.microsoft.com/entra/identity-platform/refresh-tokens: 90 days for everything but single-page apps.
const INACTIVITY_DAYS = 90

// Waits between tries of a refresh that failed for a passing reason.
const RETRY_WAITS = [5 * MINUTE, 15 * MINUTE, 60 * MINUTE]

/**
 * The connection's own moment in the next nightly window, spread over it by a hash of the tenant, so that the fleet
 * neither starts at once nor moves from night to night. Clock changes keep the local time.
 */
export function nextNight(now: Date, nightly: NightlyConfig, microsoftId: string): Date {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(nightly.timeZone)
  // From yesterday on: a window that crosses midnight may still be open.
  for (const day of [-1, 0, 1, 2]) {
    const slot = slotOf(zoned.toPlainDate().add({ days: day }), nightly, microsoftId)
    if (slot > now.getTime() + 5 * MINUTE) return new Date(slot)
  }
  throw new TypeError('A nightly window comes every day.')
}

/** When the nightly window opens next. */
export function nextWindow(now: Date, nightly: Pick<NightlyConfig, 'from' | 'timeZone'>): Date {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(nightly.timeZone)
  const from = Temporal.PlainTime.from(nightly.from)
  const opens = [0, 1, 2].map((days) =>
    zoned.toPlainDate().add({ days }).toPlainDateTime(from).toZonedDateTime(nightly.timeZone),
  )
  return new Date(opens.find((it) => it.epochMilliseconds > now.getTime())?.epochMilliseconds ?? now)
}

/** The night that a moment belongs to, `YYYY-MM-DD`: the local day on which the nightly window opened last. */
export function nightOf(now: Date, nightly: Pick<NightlyConfig, 'from' | 'timeZone'>): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(nightly.timeZone)
  const today = zoned.toPlainDate()
  const opens = today.toPlainDateTime(Temporal.PlainTime.from(nightly.from)).toZonedDateTime(nightly.timeZone)
  return (opens.epochMilliseconds <= now.getTime() ? today : today.subtract({ days: 1 })).toString()
}

/** Whether the nightly window is open at a moment. */
export function isNightOpen(now: Date, nightly: NightlyConfig): boolean {
  const opened = Temporal.PlainDate.from(nightOf(now, nightly))
    .toPlainDateTime(Temporal.PlainTime.from(nightly.from))
    .toZonedDateTime(nightly.timeZone)
  return now.getTime() < opened.epochMilliseconds + lengthOf(nightly) * 1000
}

/** Seconds from when the window opens until it closes, over midnight too. */
function lengthOf({ from, to }: NightlyConfig): number {
  return (Temporal.PlainTime.from(to).since(Temporal.PlainTime.from(from)).total('seconds') + 86_400) % 86_400
}

function slotOf(day: Temporal.PlainDate, nightly: NightlyConfig, microsoftId: string): number {
  const from = Temporal.PlainTime.from(nightly.from)
  const offset = createHash('sha256').update(microsoftId).digest().readUInt32BE(0) % lengthOf(nightly)
  return day.toPlainDateTime(from).add({ seconds: offset }).toZonedDateTime(nightly.timeZone)
    .epochMilliseconds
}

/** When to try again after `failures` passing failures in a row, not before what Microsoft asked for. */
export function nextTry(now: Date, failures: number, retryAfterSeconds = 0): Date {
  const wait = RETRY_WAITS[Math.min(failures, RETRY_WAITS.length) - 1] ?? MINUTE
  return new Date(now.getTime() + Math.max(wait, retryAfterSeconds * 1000))
}

/** When the grant ends by itself if nothing refreshes it, counted from when Microsoft gave it. */
export function inactivityEnd(refreshedAt: Date): {
  readonly stopsWorkingBy: Date
  readonly stopsWorkingBecause: StopsWorkingBecause
} {
  return {
    stopsWorkingBy: new Date(refreshedAt.getTime() + INACTIVITY_DAYS * DAY),
    stopsWorkingBecause: {
      kind: 'inactivity',
      since: refreshedAt.toISOString(),
      everyDays: INACTIVITY_DAYS,
      evidence: `Microsoft ends a sign-in that is not refreshed for ${INACTIVITY_DAYS} days.`,
    },
  }
}
