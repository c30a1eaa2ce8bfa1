import {
  CHANNEL_KINDS,
  NOTIFICATION_EVENTS,
  putChannels,
  testChannel,
  type ChannelRow,
  type NotificationRow,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { etagOf, unchangedSince } from '../editing.ts'
import { json, notFound, route } from '../route.ts'

const MOST = 20
const MOST_DELIVERIES = 100
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00')
const quietHours = z
  .object({ from: time, to: time })
  .nullable()
  .meta({ description: "In the deployment's time zone; what is broken is told all the same" })

const channelSchema = z
  .object({
    id: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    target: z
      .string()
      .meta({ description: 'An email address, or the host of an address that is a secret itself' }),
    events: z.array(z.enum(NOTIFICATION_EVENTS)),
    quietHours,
    failures: z.int().meta({ description: 'Deliveries that failed one after the other' }),
    pausedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Left alone since then; saving it tries it again' }),
    secret: z
      .string()
      .optional()
      .meta({ description: 'Signs what a webhook gets; shown once, when it is made' }),
  })
  .meta({ id: 'NotificationChannel' })
const channelsAnswer = z.object({ channels: z.array(channelSchema) })

const deliverySchema = z
  .object({
    id: z.string(),
    channelId: z.string(),
    event: z.string(),
    title: z.string(),
    state: z.enum(['waiting', 'sent', 'failed', 'dropped']),
    tries: z.int(),
    nextTryAt: z.iso.datetime().nullable(),
    answer: z.string().nullable(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Delivery' })

const get = route('GET /notifications', {
  summary: 'Whom the organisation tells, and of what',
  answers: { 200: json(channelsAnswer, 'Channels') },
  async handle({ context: { deps }, caller }) {
    const rows = await deps.store.listChannels(caller.organisationId)
    return {
      status: 200,
      body: { channels: rows.map((it) => view(it)) },
      headers: { etag: channelsTag(rows) },
    }
  },
})

const put = route('PUT /notifications', {
  summary: 'Put these channels in the place of all; one with its id keeps its address when none is given',
  edits: true,
  body: z.object({
    channels: z
      .array(
        z.object({
          id: z.string().max(100).optional(),
          kind: z.enum(CHANNEL_KINDS),
          address: z.string().trim().min(1).max(2000).optional(),
          events: z.array(z.enum(NOTIFICATION_EVENTS)).min(1),
          quietHours: quietHours.default(null),
        }),
      )
      .max(MOST),
  }),
  answers: { 200: json(channelsAnswer, 'Channels as they are now') },
  async handle({ context: { deps }, caller, body, request }) {
    const { organisationId } = caller
    const unchanged = unchangedSince(request, channelsTag)
    const made = await putChannels(deps, organisationId, body.channels, actorOf(caller), unchanged)
    return {
      status: 200,
      body: { channels: made.map(({ row, secret }) => view(row, secret)) },
      headers: { etag: channelsTag(made.map(({ row }) => row)) },
    }
  },
})

const test = route('POST /notifications/{channelId}/test', {
  summary: 'Send a test, and say what the channel answered',
  answers: { 200: json(z.object({ ok: z.boolean(), answer: z.string() }), 'What it answered') },
  async handle({ context: { deps, transports }, caller, params }) {
    const rows = await deps.store.listChannels(caller.organisationId)
    const channel = rows.find((it) => it.id === params.channelId) ?? notFound()
    const organisation = (await deps.store.findOrganisation(caller.organisationId)) ?? notFound()
    return { status: 200, body: await testChannel(deps, transports, organisation, channel) }
  },
})

const deliveries = route('GET /notifications/deliveries', {
  summary: 'The newest deliveries, with what each channel answered',
  answers: { 200: json(z.object({ items: z.array(deliverySchema) }), 'Deliveries') },
  async handle({ context: { deps }, caller }) {
    const rows = await deps.store.listNotifications(caller.organisationId, MOST_DELIVERIES)
    return { status: 200, body: { items: rows.map(deliveryView) } }
  },
})

export const notifications = [get, put, deliveries, test]

// How its deliveries went is nobody's edit. In the order of making, as they are listed.
function channelsTag(rows: readonly ChannelRow[]): string {
  const edited = rows.map(({ id, kind, target, sealed, events, quietFrom, quietTo }) =>
    JSON.stringify([id, kind, target, sealed, events, quietFrom, quietTo]),
  )
  return etagOf(edited.toSorted())
}

function view(
  { id, kind, target, events, quietFrom, quietTo, failures, pausedAt }: ChannelRow,
  secret?: string,
) {
  return {
    id,
    kind,
    target,
    events: [...events],
    quietHours: quietFrom && quietTo ? { from: quietFrom, to: quietTo } : null,
    failures,
    pausedAt: pausedAt?.toISOString() ?? null,
    ...(secret ? { secret } : {}),
  }
}

function deliveryView(row: NotificationRow) {
  const { id, channelId, event, title, state, tries, answer } = row
  return {
    id,
    channelId,
    event,
    title,
    state,
    tries,
    answer,
    nextTryAt: row.nextTryAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
