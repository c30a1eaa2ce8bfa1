import { createHmac } from 'node:crypto'

import { eq, sql } from 'drizzle-orm'

import type { Database } from '../open.ts'

const MINUTE = 60_000

/** How many tries in how many milliseconds. */
export type TryLimit = { readonly max: number; readonly window: number }

/** Wrong passwords for one email from browsers that never signed in with it: an outsider's guesses, or a new laptop. */
export const STRANGERS_TRIES: TryLimit = { max: 20, window: 15 * MINUTE }
/** Wrong passwords for one email from one browser that signed in with it before. */
export const DEVICE_TRIES: TryLimit = { max: 10, window: 15 * MINUTE }
/** A code counts once in the time in which it would be valid. */
export const CODE_USES: TryLimit = { max: 1, window: 2 * MINUTE }

export type Tries = ReturnType<typeof countTries>

// The table cannot grow beyond this, whatever names strangers send.
const BUCKETS = 2 ** 18

/**
 * Counts tries over all processes, in as many rows as there are buckets. Two subjects may share one; which, nobody can
 * tell who lacks the secret.
 */
export function countTries({ db, tables: { tries } }: Pick<Database, 'db' | 'tables'>, secret: string) {
  function bucketOf(subject: string): number {
    return createHmac('sha256', secret).update(`tries\n${subject}`).digest().readUInt32BE(0) % BUCKETS
  }
  return {
    /** Counts one; gives the seconds to wait when there were too many, else 0. */
    async count(subject: string, { max, window }: TryLimit): Promise<number> {
      const now = Date.now()
      const over = sql`${tries.resetAt} <= ${now}`
      const [row] = await db
        .insert(tries)
        .values({ bucket: bucketOf(subject), count: 1, resetAt: now + window })
        .onConflictDoUpdate({
          target: tries.bucket,
          set: {
            count: sql`case when ${over} then 1 else ${tries.count} + 1 end`,
            resetAt: sql`case when ${over} then ${now + window} else ${tries.resetAt} end`,
          },
        })
        .returning({ count: tries.count, resetAt: tries.resetAt })
      if (!row || row.count <= max) return 0
      return Math.max(1, Math.ceil((row.resetAt - now) / 1000))
    },
    async forget(subject: string): Promise<void> {
      await db.delete(tries).where(eq(tries.bucket, bucketOf(subject)))
    },
  }
}
