import type { Store } from '@consentry/core'
import { and, desc, eq, gt, ne } from 'drizzle-orm'

import type { Handle } from './handle.ts'

/** Over the sign-in tables: what ends here is over at once, everywhere. */
export function sessionStore({ db, tables: { session } }: Handle) {
  return {
    async listSessions(userId, now) {
      return db
        .select({
          id: session.id,
          userId: session.userId,
          organisationId: session.organisationId,
          address: session.ipAddress,
          userAgent: session.userAgent,
          createdAt: session.createdAt,
          lastSeenAt: session.updatedAt,
          expiresAt: session.expiresAt,
        })
        .from(session)
        .where(and(eq(session.userId, userId), gt(session.expiresAt, now)))
        .orderBy(desc(session.createdAt), desc(session.id))
    },
    async endSessions(userId, which) {
      const chosen =
        'id' in which ? eq(session.id, which.id) : which.but === null ? undefined : ne(session.id, which.but)
      const { within } = which
      const there = within === undefined ? undefined : eq(session.organisationId, within)
      const ended = await db
        .delete(session)
        .where(and(eq(session.userId, userId), chosen, there))
        .returning({ id: session.id })
      return ended.length
    },
  } satisfies Partial<Store>
}
