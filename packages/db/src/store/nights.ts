import { FURTHEST_TURN, turnAfter, type NightRow, type Store } from '@consentry/core'
import { desc, eq, lt, sql } from 'drizzle-orm'

import type { Handle, Statements } from './handle.ts'

/** What became of one refresh, and of which night. */
export type OfNight = Pick<NightRow, 'organisationId' | 'night'> & {
  readonly outcome: 'refreshed' | 'failed'
  readonly at: Date
}

/** Adds it to its night, with whatever else is written with it. */
export async function addToNight(
  db: Statements,
  { nights }: Handle['tables'],
  { organisationId, night, outcome, at }: OfNight,
): Promise<void> {
  const first = { refreshed: 0, failed: 0, [outcome]: 1 }
  await db
    .insert(nights)
    .values({ organisationId, night, startedAt: at, finishedAt: at, ...first })
    .onConflictDoUpdate({
      target: [nights.organisationId, nights.night],
      set: { finishedAt: at, [outcome]: sql`${nights[outcome]} + 1` },
    })
}

export function nightStore({ db, tables }: Handle) {
  const { nights, turns } = tables

  return {
    async addToNight(organisationId, night, outcome, at) {
      await addToNight(db, tables, { organisationId, night, outcome, at })
    },
    async listNights(organisationId, limit) {
      return db
        .select()
        .from(nights)
        .where(eq(nights.organisationId, organisationId))
        .orderBy(desc(nights.night))
        .limit(limit)
    },
    async takeTurn(wish) {
      const { name, now, gap, ahead, owner = '' } = wish
      const time = now.getTime()
      const { at: last } = turns
      // The same as `turnAfter`, in one statement.
      const free = sql`${last} > ${time + FURTHEST_TURN}`
      const wait = sql`case when ${turns.owner} = ${owner} then 0 else ${gap} end`
      const next = sql<number>`case when ${free} or ${last} + ${wait} < ${time} then ${time} else ${last} + ${wait} end`
      const [taken] = await db
        .insert(turns)
        .values({ name, at: time, owner: owner || null })
        .onConflictDoUpdate({
          target: turns.name,
          set: { at: next, owner: owner || null },
          setWhere: sql`${free} or ${last} + ${wait} <= ${time + ahead}`,
        })
        .returning({ at: turns.at })
      if (taken) return { taken: true, at: new Date(taken.at) }
      const [there] = await db.select().from(turns).where(eq(turns.name, name))
      return { ...turnAfter(there, wish), taken: false }
    },
    async dropTurns(before) {
      await db.delete(turns).where(lt(turns.at, before.getTime()))
    },
  } satisfies Partial<Store>
}
