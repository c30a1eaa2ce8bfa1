import type { Store } from '../../src/deps.ts'
import { change, compareKeys, copyOf, copyWhere, type Data, insert, removeWhere } from './data.ts'

export function memoryNotifications(data: Data) {
  function listed(organisationId: string | undefined) {
    return copyWhere(
      data.channels,
      (it) => organisationId === undefined || it.organisationId === organisationId,
    ).toSorted((a, b) => compareKeys([a.createdAt.getTime(), a.id], [b.createdAt.getTime(), b.id]))
  }

  return {
    async listChannels(organisationId) {
      return listed(organisationId)
    },
    async replaceChannels(organisationId, rows, unchanged) {
      if (unchanged?.(listed(organisationId)) === false) return false
      const kept = new Set(rows.map((it) => it.id))
      removeWhere(data.channels, (it) => it.organisationId === organisationId && !kept.has(it.id))
      removeWhere(data.notifications, (it) => it.organisationId === organisationId && !kept.has(it.channelId))
      for (const row of rows) data.channels.set(row.id, structuredClone(row))
      return true
    },
    async updateChannel(id, patch) {
      change(data.channels, id, () => patch)
    },
    async listTold(organisationId) {
      return copyWhere(data.told, (it) => it.organisationId === organisationId).toSorted((a, b) =>
        compareKeys([a.subject], [b.subject]),
      )
    },
    async getTold(subject) {
      return copyOf(data.told.get(subject))
    },
    async tell(subject, from, row, rows) {
      if ((data.told.get(subject)?.version ?? 0) !== from) return false
      if (row === null && from === 0) return false
      if (row === null) data.told.delete(subject)
      else data.told.set(subject, structuredClone(row))
      for (const it of rows) insert(data.notifications, it.id, it)
      return true
    },
    async addNotification(row) {
      insert(data.notifications, row.id, row)
    },
    async takeNotifications(now, until, limit) {
      const due = copyWhere(
        data.notifications,
        (it) => it.state === 'waiting' && it.nextTryAt !== null && it.nextTryAt <= now,
      )
        .toSorted((a, b) =>
          compareKeys([a.nextTryAt?.getTime() ?? 0, a.id], [b.nextTryAt?.getTime() ?? 0, b.id]),
        )
        .slice(0, limit)
      return due.flatMap((it) => change(data.notifications, it.id, () => ({ nextTryAt: until })) ?? [])
    },
    async updateNotification(id, patch) {
      change(data.notifications, id, () => patch)
    },
    async listNotifications(organisationId, limit) {
      return copyWhere(data.notifications, (it) => it.organisationId === organisationId)
        .toSorted((a, b) => compareKeys([b.createdAt.getTime(), b.id], [a.createdAt.getTime(), a.id]))
        .slice(0, limit)
    },
    async dropNotifications(before) {
      removeWhere(data.notifications, (it) => it.endedAt !== null && it.endedAt < before)
    },
  } satisfies Partial<Store>
}
