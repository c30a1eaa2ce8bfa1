import { randomUUID } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import type { ChannelRow, NotificationRow, ToldRow } from '../../src/types.ts'
import { MONDAY } from '../rows.ts'
import { type Current, givenOrganisation, minutesLater } from './opened.ts'

export function channelRow(organisationId: string, given: Partial<ChannelRow> = {}): ChannelRow {
  return {
    id: randomUUID(),
    organisationId,
    kind: 'email',
    target: 'ops@example.com',
    sealed: null,
    events: ['connection.broken'],
    quietFrom: null,
    quietTo: null,
    failures: 0,
    pausedAt: null,
    createdAt: MONDAY,
    ...given,
  }
}

function notificationRow(channel: ChannelRow, given: Partial<NotificationRow> = {}): NotificationRow {
  return {
    id: randomUUID(),
    organisationId: channel.organisationId,
    channelId: channel.id,
    event: 'connection.broken',
    subject: 's',
    version: 1,
    title: 'T',
    payload: '{}',
    state: 'waiting',
    tries: 0,
    nextTryAt: MONDAY,
    answer: null,
    createdAt: MONDAY,
    endedAt: null,
    ...given,
  }
}

function toldRow(organisationId: string, given: Partial<ToldRow> = {}): ToldRow {
  return {
    subject: randomUUID(),
    organisationId,
    cause: 'broken',
    warned: null,
    version: 1,
    at: MONDAY,
    ...given,
  }
}

export function notificationContract(current: Current): void {
  describe('notifications', () => {
    it('go to the channels of their organisation, which are replaced whole', async () => {
      const { store } = current()
      const [a, b] = [await givenOrganisation(store), await givenOrganisation(store)]
      const [one, two] = [channelRow(a.id), channelRow(a.id, { createdAt: minutesLater(1), kind: 'webhook' })]
      const theirs = channelRow(b.id)
      await store.replaceChannels(a.id, [one, two])
      await store.replaceChannels(b.id, [theirs])
      expect(await store.listChannels(a.id)).toEqual([one, two])
      await store.addNotification(notificationRow(one))
      const changed = { ...two, events: ['nightly.finished' as const], quietFrom: '22:00', quietTo: '06:00' }
      await store.replaceChannels(a.id, [changed])
      expect(await store.listChannels(a.id)).toEqual([changed])
      expect(await store.listNotifications(a.id, 10)).toEqual([])
      await store.updateChannel(two.id, { failures: 3, pausedAt: MONDAY })
      expect((await store.listChannels(a.id))[0]).toMatchObject({ failures: 3, pausedAt: MONDAY })
      expect(await store.listChannels()).toHaveLength(2)
      await store.replaceChannels(a.id, [])
      expect(await store.listChannels()).toEqual([theirs])
    })

    it('are told of once, whoever else looks at the same time', async () => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      const channel = channelRow(id)
      await store.replaceChannels(id, [channel])
      const row = toldRow(id)
      const tries = [1, 2, 3].map(() => store.tell(row.subject, 0, row, [notificationRow(channel)]))
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
      expect(await store.listNotifications(id, 10)).toHaveLength(1)
      expect(await store.getTold(row.subject)).toEqual(row)
      const next = { ...row, cause: 'attention', version: 2, warned: 7 }
      expect(await store.tell(row.subject, 7, next, [notificationRow(channel)])).toBe(false)
      expect(await store.tell(row.subject, 1, next, [])).toBe(true)
      expect(await store.listTold(id)).toEqual([next])
      expect(await store.tell(row.subject, 1, null, [])).toBe(false)
      expect(await store.tell(row.subject, 2, null, [notificationRow(channel)])).toBe(true)
      expect(await store.getTold(row.subject)).toBeNull()
      expect(await store.listNotifications(id, 10)).toHaveLength(2)
    })

    it('are taken by one process when they are due, longest first', async () => {
      const { store } = current()
      const { id } = await givenOrganisation(store)
      const channel = channelRow(id)
      await store.replaceChannels(id, [channel])
      const [late, early] = [
        notificationRow(channel, { nextTryAt: minutesLater(1) }),
        notificationRow(channel, { nextTryAt: MONDAY }),
      ]
      const later = notificationRow(channel, { nextTryAt: minutesLater(9) })
      const sent = notificationRow(channel, { state: 'sent', nextTryAt: null, endedAt: MONDAY })
      for (const row of [late, early, later, sent]) await store.addNotification(row)
      const taken = await store.takeNotifications(minutesLater(2), minutesLater(5), 10)
      expect(taken.map((it) => it.id)).toEqual([early.id, late.id])
      expect(await store.takeNotifications(minutesLater(2), minutesLater(5), 10)).toEqual([])
      expect(await store.takeNotifications(minutesLater(6), minutesLater(8), 1)).toHaveLength(1)
      const patch = {
        state: 'failed',
        tries: 2,
        answer: 'no',
        endedAt: minutesLater(3),
        nextTryAt: null,
      } as const
      await store.updateNotification(early.id, patch)
      const all = await store.listNotifications(id, 10)
      expect(all.find((it) => it.id === early.id)).toEqual({ ...early, ...patch })
      await store.dropNotifications(minutesLater(1))
      expect(await store.listNotifications(id, 10)).toHaveLength(3)
    })
  })
}
