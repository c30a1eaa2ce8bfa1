import type { Store } from '@consentry/core'
import { and, asc, desc, eq, inArray, lt, lte, notInArray } from 'drizzle-orm'

import { type Handle, holdOrganisation, one, type Statements } from './handle.ts'

export function notificationStore({ db, tables, transact }: Handle) {
  const { channels, told, notifications } = tables
  async function list(on: Statements, organisationId: string | undefined) {
    const own = organisationId === undefined ? undefined : eq(channels.organisationId, organisationId)
    return on.select().from(channels).where(own).orderBy(asc(channels.createdAt), asc(channels.id))
  }

  return {
    async listChannels(organisationId) {
      return list(db, organisationId)
    },
    async replaceChannels(organisationId, rows, unchanged) {
      const ids = rows.map((it) => it.id)
      return transact(async (tx) => {
        await holdOrganisation(tx, tables, organisationId)
        if (unchanged?.(await list(tx, organisationId)) === false) return false
        const others = ids.length > 0 ? notInArray(channels.id, ids) : undefined
        await tx.delete(channels).where(and(eq(channels.organisationId, organisationId), others))
        for (const row of rows)
          await tx.insert(channels).values(row).onConflictDoUpdate({ target: channels.id, set: row })
        return true
      })
    },
    async updateChannel(id, patch) {
      await db.update(channels).set(patch).where(eq(channels.id, id))
    },
    async listTold(organisationId) {
      return db.select().from(told).where(eq(told.organisationId, organisationId)).orderBy(asc(told.subject))
    },
    async getTold(subject) {
      return one(await db.select().from(told).where(eq(told.subject, subject)))
    },
    async tell(subject, from, row, rows) {
      return transact(async (tx) => {
        const same = and(eq(told.subject, subject), eq(told.version, from))
        const changed =
          row === null
            ? await tx.delete(told).where(same).returning({ subject: told.subject })
            : from === 0
              ? await tx.insert(told).values(row).onConflictDoNothing().returning({ subject: told.subject })
              : await tx.update(told).set(row).where(same).returning({ subject: told.subject })
        if (changed.length === 0) return false
        if (rows.length > 0) await tx.insert(notifications).values([...rows])
        return true
      })
    },
    async addNotification(row) {
      await db.insert(notifications).values(row)
    },
    async takeNotifications(now, until, limit) {
      return transact(async (tx) => {
        const isDue = and(eq(notifications.state, 'waiting'), lte(notifications.nextTryAt, now))
        const due = await tx
          .select({ id: notifications.id })
          .from(notifications)
          .where(isDue)
          .orderBy(asc(notifications.nextTryAt), asc(notifications.id))
          .limit(limit)
        if (due.length === 0) return []
        const ids = due.map((it) => it.id)
        // Asked again: another process may have taken some in the meantime.
        const taken = await tx
          .update(notifications)
          .set({ nextTryAt: until })
          .where(and(inArray(notifications.id, ids), isDue))
          .returning()
        return taken.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
      })
    },
    async updateNotification(id, patch) {
      await db.update(notifications).set(patch).where(eq(notifications.id, id))
    },
    async listNotifications(organisationId, limit) {
      return db
        .select()
        .from(notifications)
        .where(eq(notifications.organisationId, organisationId))
        .orderBy(desc(notifications.createdAt), desc(notifications.id))
        .limit(limit)
    },
    async dropNotifications(before) {
      await db.delete(notifications).where(lt(notifications.endedAt, before))
    },
  } satisfies Partial<Store>
}
