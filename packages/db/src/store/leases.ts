import { PAUSE, type ConnectionRow, type Store } from '@consentry/core'
import { and, eq, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm'

import { endedAmong } from '../holder.ts'
import { connectionColumns, withFoldedName } from './connection-row.ts'
import { type Handle, one, type Statements } from './handle.ts'

const SWEEP = 1000

/** What a lease becomes when nobody ended it: free, with its intent, if it had one, to be verified. */
function letGo({ connections: { intent, verify } }: Handle['tables']) {
  return {
    leaseUntil: null,
    leaseHolder: null,
    intent: null,
    verify: sql<
      ConnectionRow['verify']
    >`case when ${intent} is null then ${verify} else coalesce(${verify}, 'interrupted') end`,
  }
}

/** The leases that this process has, by connection, with their fences; 0 while it is only asking. */
export type HeldLeases = Map<string, number>

export function leaseStore(handle: Handle, held: HeldLeases) {
  const { db, tables } = handle
  const { connections, checks } = tables
  const columns = connectionColumns(tables)
  let sweeping: NodeJS.Timeout | undefined

  const fenced = (id: string, fence: number) => and(eq(connections.id, id), eq(connections.fence, fence))

  /** Takes the lease if it is free, or as it was seen when its holder was found to be gone. */
  async function take(id: string, now: Date, until: Date, seen?: Seen): Promise<ConnectionRow | null> {
    const { id: me } = await handle.holder()
    const lapsed = new Date(now.getTime() - PAUSE)
    const free = or(isNull(connections.leaseUntil), lt(connections.leaseUntil, lapsed))
    const taken = await db
      .update(connections)
      .set({
        ...letGo(tables),
        leaseUntil: until,
        leaseHolder: me,
        fence: sql`${connections.fence} + 1`,
        lastGeneration: sql`${connections.lastGeneration} + 1`,
        intent: sql`${connections.generation}`,
      })
      .where(
        and(
          eq(connections.id, id),
          isNull(connections.disconnectedAt),
          seen ? eq(connections.fence, seen.fence) : free,
        ),
      )
      .returning(columns)
    return one(taken)
  }

  /** The lease as it stands, if its holder has ended. */
  async function leftBehind(id: string): Promise<Seen | null> {
    const seen = one(
      await db
        .select({ holder: connections.leaseHolder, fence: connections.fence })
        .from(connections)
        .where(and(eq(connections.id, id), isNotNull(connections.leaseUntil))),
    )
    const { id: me, isAlive } = await handle.holder()
    if (!seen || seen.holder === me) return null
    return seen.holder === null || !(await isAlive(seen.holder)) ? seen : null
  }

  async function takeLease(id: string, now: Date, until: Date): Promise<ConnectionRow | null> {
    if (held.has(id)) return null
    handle.assertRoom()
    held.set(id, 0)
    try {
      const taken = (await take(id, now, until)) ?? (await takeOver(id, now, until))
      if (taken) held.set(id, taken.fence)
      else held.delete(id)
      return taken
    } catch (error) {
      held.delete(id)
      // The write may have come through all the same, its answer lost on the way.
      sweepLater()
      throw error
    }
  }

  async function takeOver(id: string, now: Date, until: Date): Promise<ConnectionRow | null> {
    const seen = await leftBehind(id)
    return seen && take(id, now, until, seen)
  }

  /** Lets go of what is written down as this process's but that nothing in it holds. */
  async function sweep(): Promise<void> {
    const { id: me } = await handle.holder()
    await db
      .update(connections)
      .set(letGo(tables))
      .where(and(eq(connections.leaseHolder, me), notInArray(connections.id, [...held.keys()])))
  }

  function sweepLater(): void {
    sweeping ??= setTimeout(() => {
      sweeping = undefined
      sweep().catch(sweepLater)
    }, SWEEP).unref()
  }

  return {
    takeLease,
    async renewLease(id, fence, until) {
      // A lease that was let go stays so: a renewal that comes late would lock everybody out.
      const renewed = await db
        .update(connections)
        .set({ leaseUntil: until })
        .where(and(fenced(id, fence), isNotNull(connections.leaseUntil)))
        .returning({ id: connections.id })
      return renewed.length > 0
    },
    async releaseLease(id, fence, patch, check) {
      async function release(tx: Statements): Promise<ConnectionRow | null> {
        const released = await tx
          .update(connections)
          .set({ ...withFoldedName(patch), leaseUntil: null, leaseHolder: null, intent: null })
          .where(fenced(id, fence))
          .returning(columns)
        if (released.length > 0 && check) await tx.insert(checks).values(check)
        return one(released)
      }
      const released = await (check ? handle.transact(release) : release(db))
      if (held.get(id) === fence) held.delete(id)
      return released
    },
    async abandonLease(id, fence) {
      if (held.get(id) !== fence) return
      held.delete(id)
      try {
        await db
          .update(connections)
          .set(letGo(tables))
          .where(and(fenced(id, fence), isNotNull(connections.leaseUntil)))
      } catch (error) {
        sweepLater()
        throw error
      }
    },
    async releaseInterrupted(now) {
      const me = await handle.holder()
      const holders = await db
        .selectDistinct({ holder: connections.leaseHolder })
        .from(connections)
        .where(isNotNull(connections.leaseHolder))
      const ids = holders.map((it) => it.holder)
      const gone = await endedAmong(me, ids)
      if (gone.length === 0) return []
      const { intent, nextRefreshAt } = connections
      const left = await db
        .update(connections)
        .set({
          ...letGo(tables),
          nextRefreshAt: sql`case when ${intent} is null then ${nextRefreshAt} else ${sql.param(now, nextRefreshAt)} end`,
        })
        .where(inArray(connections.leaseHolder, gone))
        .returning(columns)
      return left.filter((row) => row.verify !== null)
    },
  } satisfies Partial<Store>
}

type Seen = { readonly holder: string | null; readonly fence: number }
