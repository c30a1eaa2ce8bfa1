import { furthestTurn, type Store } from '@consentry/core'
import { desc, eq, sql } from 'drizzle-orm'

import type { Handle } from './handle.ts'

export function nightStore({ db, tables }: Handle) {
  const { nights, turns } = tables

  return {
    async addToNight(organisationId, night, outcome, at) {
      const first = { refreshed: 0, failed: 0, [outcome]: 1 }
      await db
        .insert(nights)
        .values({ organisationId, night, startedAt: at, finishedAt: at, ...first })
        .onConflictDoUpdate({
          target: [nights.organisationId, nights.night],
          set: { finishedAt: at, [outcome]: sql`${nights[outcome]} + 1` },
        })
    },
    async listNights(organisationId, limit) {
      return db
        .select()
        .from(nights)
        .where(eq(nights.organisationId, organisationId))
        .orderBy(desc(nights.night))
        .limit(limit)
    },
    async takeTurn(name, now, gap, owner = '') {
      const time = now.getTime()
      const { at: last } = turns
      const wait =
        owner === '' ? sql`${gap}` : sql`case when ${turns.owner} = ${owner} then 0 else ${gap} end`
      // The same as `turnAfter`, in one statement.
      const next = sql<number>`case when ${last} > ${time + furthestTurn(gap)} or ${last} + ${wait} < ${time} then ${time} else ${last} + ${wait} end`
      const [turn] = await db
        .insert(turns)
        .values({ name, at: time, owner: owner || null })
        .onConflictDoUpdate({ target: turns.name, set: { at: next, owner: owner || null } })
        .returning({ at: turns.at })
      return new Date(turn?.at ?? time)
    },
  } satisfies Partial<Store>
}
