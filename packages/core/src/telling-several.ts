import { HOUR } from './microsoft/http.ts'
import type { TenantHappening } from './telling-words.ts'
import type { ToldRow } from './types.ts'

/** Something new about one tenant, before anybody is told. */
export type News = {
  readonly subject: string
  /** What is remembered once it was told; null forgets the subject. */
  readonly next: Pick<ToldRow, 'cause' | 'warned'> | null
  readonly happening: TenantHappening
}

/** So many tenants with the same news within an hour are told in one message. */
const SEVERAL = 3
/** What is going to stop is no emergency: two are one message already. */
const SEVERAL_ENDING = 2

/** What to do with news that are alike: tell each, tell all in one message, or gather until the hour is over. */
export type Manner = 'each' | 'together' | 'later'

/**
 * A storm is one thing to whoever reads it, and it may last a night: the first tenants are told one by one and at
 * once; from the third on, those with the same news are told together, an hour apart. `group` is what was told last of
 * several alike.
 */
export function mannerOf(
  same: readonly News[],
  told: ReadonlyMap<string, ToldRow>,
  group: string,
  now: Date,
): Manner {
  const anHourAgo = new Date(now.getTime() - HOUR)
  const last = told.get(group)
  if (last && last.at > anHourAgo) return 'later'
  const cause = same[0]?.next?.cause
  const lately = [...told.values()].filter(
    (it) => it.subject !== group && it.cause === cause && it.at > anHourAgo,
  )
  const several = same[0]?.happening.event === 'connection.expiring' ? SEVERAL_ENDING : SEVERAL
  return same.length + lately.length >= several ? 'together' : 'each'
}

/** Which news are alike: the same event for the same cause. What ends is told by its date, whatever its cause. */
export function kindOf({ next, happening }: News): string {
  const { event } = happening
  return event === 'connection.broken' || event === 'connection.attention' || event === 'report.failed'
    ? `${event} ${next?.cause ?? ''}${happening.again ? ' again' : ''}`
    : `${event}${happening.was ? ` ${happening.was}` : ''}`
}
