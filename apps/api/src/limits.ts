import { ConsentryError } from '@consentry/core'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** Requests per minute; each process counts for itself. */
export type Limits = {
  /** Token requests of one service key. Most come from the cache and cost next to nothing. */
  readonly tokens: number
  /** Everything else of one caller. */
  readonly caller: number
  /** Look-ups at Microsoft's public discovery by one caller. */
  readonly tenants: number
  /** Refused identities and pages for outsiders, per address. */
  readonly stranger: number
}

export const LIMITS: Limits = { tokens: 60_000, caller: 1_200, tenants: 30, stranger: 600 }

/** Counts one use for the subject; throws `too_many_requests` past the limit. */
export type Limiter = (subject: string) => Promise<void>

export function createLimiters(limits: Limits): Readonly<Record<keyof Limits, Limiter>> {
  return {
    tokens: perMinute(limits.tokens),
    caller: perMinute(limits.caller),
    tenants: perMinute(limits.tenants),
    stranger: perMinute(limits.stranger),
  }
}

function perMinute(points: number): Limiter {
  const limiter = new RateLimiterMemory({ points, duration: 60 })
  return async (subject) => {
    try {
      await limiter.consume(subject)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      throw new ConsentryError('too_many_requests', { retryAfterSeconds })
    }
  }
}
