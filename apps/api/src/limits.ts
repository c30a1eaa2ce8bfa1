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
    signIn: perAddress(limits.signIn),
    stranger: perAddress(limits.stranger),
  }
}

/** Counts an IPv6 address by its network of 64 bits: whoever has one address there has them all (RFC 6177). */
function perAddress(points: number): Limiter {
  const count = perMinute(points)
  return (address) => count(networkOf(address))
}

/** An IPv4 address as it is, also inside IPv6; of an IPv6 address the first four groups. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  const groups = tail === undefined ? first : [...first, ...zeros, ...last]
  return groups
    .slice(0, 4)
    .map((it) => it.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')
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
