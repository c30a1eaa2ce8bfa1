import { Temporal } from 'temporal-polyfill'

import type { ChannelRow } from './types.ts'

/** Now, or the end of the channel's quiet hours. */
export function afterQuiet(
  channel: Pick<ChannelRow, 'quietFrom' | 'quietTo'>,
  now: Date,
  timeZone: string,
): Date {
  const { quietFrom, quietTo } = channel
  if (!quietFrom || !quietTo || quietFrom === quietTo) return now
  const zoned = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone)
  const time = zoned.toPlainTime()
  const [from, to] = [Temporal.PlainTime.from(quietFrom), Temporal.PlainTime.from(quietTo)]
  const since = Temporal.PlainTime.compare(time, from) >= 0
  const until = Temporal.PlainTime.compare(time, to) < 0
  const overnight = Temporal.PlainTime.compare(from, to) > 0
  if (overnight ? !since && !until : !(since && until)) return now
  const day = overnight && since ? zoned.toPlainDate().add({ days: 1 }) : zoned.toPlainDate()
  return new Date(day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds)
}
