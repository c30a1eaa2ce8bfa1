import { ConsentryError } from '@consentry/core'

/** Requests per minute; each process counts for itself. */
export type Limits = {
  /** Token requests of one service key. Most come from the cache and cost next to nothing. */
  readonly tokens: number
  /** Everything else of one caller. */
  readonly caller: number
  /** Look-ups at Microsoft's public discovery by one caller. */
  readonly tenants: number
  /** Sign-in, per address: an office behind one address gets through, a guesser does not get far. */
  readonly signIn: number
  /** Refused identities and pages for outsiders, per address. */
  readonly stranger: number
}

export const LIMITS: Limits = { tokens: 60_000, caller: 1_200, tenants: 30, signIn: 60, stranger: 600 }

/** Counts one use for the subject; throws `too_many_requests` past the limit. */
export type Limiter = (subject: string) => Promise<void>

export function createLimiters(limits: Limits): Readonly<Record<keyof Limits, Limiter>> {
  return {
    tokens: perMinute(limits.tokens),
    caller: perMinute(limits.caller),
    tenants: perMinute(limits.tenants),
    signIn: perMinute(limits.signIn),
    stranger: perMinute(limits.stranger),
  }
}

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Subjects that one limiter keeps in mind: about 10 MB, however many addresses somebody sends from. */
export const MOST_SUBJECTS = 50_000

type Count = { uses: number; readonly until: number }

/** A minute begins with the subject's first use. `now` is in milliseconds and never goes back. */
export function perMinute(most: number, now = () => performance.now()): Limiter {
  // In the order in which their minutes end, since all last as long.
  const counts = new Map<string, Count>()

  function forget(time: number): void {
    for (const [subject, { until }] of counts) {
      // Past the bound the oldest go early: who has so many addresses has as many limits anyway.
      if (until > time && counts.size < MOST_SUBJECTS) return
      counts.delete(subject)
    }
  }

  return async (subject) => {
    // Whole milliseconds: of fractions a minute later is a little more than a minute.
    const time = Math.floor(now())
    forget(time)
    const count = counts.get(subject) ?? { uses: 0, until: time + MINUTE }
    if (count.uses === 0) counts.set(subject, count)
    count.uses += 1
    if (count.uses <= most) return
    const retryAfterSeconds = Math.max(1, Math.ceil((count.until - time) / SECOND))
    throw new ConsentryError('too_many_requests', { retryAfterSeconds })
  }
}
