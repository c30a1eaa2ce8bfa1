import { createHmac, randomUUID } from 'node:crypto'

import { openChannel } from './channels.ts'
import type { Deps } from './deps.ts'
import { DAY } from './forecast.ts'
import { letterOf } from './letter.ts'
import { HOUR, MINUTE, SECOND } from './microsoft/http.ts'
import { isVaultFault } from './seal.ts'
import { teamsCard } from './teams-card.ts'
import type { Payload } from './telling-words.ts'
import type { ChannelRow, NotificationRow, Organisation } from './types.ts'

/** How a channel was served: whether it took it, and what it said, for people. */
export type Answered = {
  readonly ok: boolean
  readonly answer: string
  /** Asked not to be tried again before. */
  readonly retryAfterSeconds?: number | undefined
  /** Says that it is there no more (410): it is left alone from now on. */
  readonly gone?: boolean
}

/** The ways out. None of them throws. */
export type Transports = {
  mail(mail: { readonly to: string; readonly subject: string; readonly text: string }): Promise<Answered>
  /** Posts JSON to an address that an organisation named: https, no redirects, nothing inside the own network. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answered>
}

type Delivering = Pick<Deps, 'store' | 'keys' | 'now'>

const AT_ONCE = 20
/** How long a delivery is nobody else's. */
const LEASE = MINUTE
/** Pauses between tries; after the last one it has failed. */
const PAUSES = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * 60 * MINUTE, 6 * 60 * MINUTE, DAY]
/** Failed deliveries in a row after which a channel is left alone until somebody looks at it. */
const PAUSED_AFTER = 20
/** After so long one delivery tries a channel that was left alone; when it is taken all go there again. */
const PROBED_AFTER = 6 * HOUR
const KEPT = 30 * DAY
const LONGEST_ANSWER = 300

/** Delivers what is due: each to one process, again and again until it is taken or given up. Gives how many were sent. */
export async function deliverDue(deps: Delivering, transports: Transports): Promise<number> {
  const now = deps.now()
  const due = await deps.store.takeNotifications(now, new Date(now.getTime() + LEASE), AT_ONCE)
  const channels = new Map((await deps.store.listChannels()).map((it) => [it.id, it]))
  const sent = await Promise.all(due.map((it) => deliver(deps, transports, channels.get(it.channelId), it)))
  await deps.store.dropNotifications(new Date(now.getTime() - KEPT))
  return sent.filter(Boolean).length
}

async function deliver(
  deps: Delivering,
  transports: Transports,
  channel: ChannelRow | undefined,
  row: NotificationRow,
): Promise<boolean> {
  const { store, now } = deps
  if (!channel || isLeftAlone(channel, now()) || (await isOver(deps, row))) {
    await store.updateNotification(row.id, { state: 'dropped', nextTryAt: null, endedAt: now() })
    return false
  }
  const answered = await send(deps, transports, channel, row).catch(() => null)
  if (!answered) {
    // The key vault is away: that is neither the channel's fault nor one of its tries.
    await store.updateNotification(row.id, { nextTryAt: new Date(now().getTime() + MINUTE) })
    return false
  }
  const { ok, answer, gone, retryAfterSeconds = 0 } = answered
  const tries = row.tries + 1
  const pause = gone ? undefined : PAUSES[row.tries]
  const told = { tries, answer: answer.slice(0, LONGEST_ANSWER) }
  if (ok) await store.updateNotification(row.id, { ...told, state: 'sent', nextTryAt: null, endedAt: now() })
  else if (pause === undefined)
    await store.updateNotification(row.id, { ...told, state: 'failed', nextTryAt: null, endedAt: now() })
  else
    await store.updateNotification(row.id, {
      ...told,
      nextTryAt: laterBy(now(), Math.max(pause, retryAfterSeconds * SECOND)),
    })
  await judge(deps, channel, answered)
  return ok
}

function isLeftAlone({ pausedAt }: ChannelRow, now: Date): boolean {
  return pausedAt !== null && now.getTime() - pausedAt.getTime() < PROBED_AFTER
}

/** What is pointless to tell once it is over. */
const ENDS = new Set<NotificationRow['event']>([
  'connection.broken',
  'connection.attention',
  'connection.expiring',
  'report.failed',
])

/** A trouble that is gone, or another by now, is not told of any more. */
async function isOver({ store }: Delivering, { event, subject, version }: NotificationRow): Promise<boolean> {
  if (!ENDS.has(event)) return false
  // Of several tenants: some of them may still need somebody.
  if (subject.startsWith('several ')) return false
  return (await store.getTold(subject))?.version !== version
}

function laterBy(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms)
}

async function judge({ store, now }: Delivering, channel: ChannelRow, { ok, gone }: Answered): Promise<void> {
  const failures = ok ? 0 : channel.failures + 1
  if (failures === channel.failures) return
  const pausedAt = gone || failures >= PAUSED_AFTER ? now() : null
  await store.updateChannel(channel.id, { failures, pausedAt })
}

async function send(
  { store, keys, now }: Delivering,
  transports: Transports,
  channel: ChannelRow,
  row: Pick<NotificationRow, 'id' | 'payload'>,
): Promise<Answered> {
  // Written by us.
  const payload = JSON.parse(row.payload) as Payload
  if (channel.kind === 'email') {
    const members = await store.listMembers(channel.organisationId)
    return transports.mail(letterOf(channel.target, payload, members))
  }
  try {
    const { url, secret } = await openChannel(keys, channel)
    const body = channel.kind === 'teams' ? teamsCard(payload) : row.payload
    return await transports.post(url, body, secret ? signatureOf(row.id, body, secret, now()) : {})
  } catch (error) {
    if (isVaultFault(error)) throw error
    return { ok: false, answer: 'Its address cannot be opened with the key ring.' }
  }
}

/** Standard Webhooks 1.0: `id.timestamp.body` under the secret's bytes. */
export function signatureOf(id: string, body: string, secret: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / SECOND))
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** Sends a channel a message that says that it works, and keeps it among the deliveries. Gives what the channel said. */
export async function testChannel(
  deps: Delivering & Pick<Deps, 'config'>,
  transports: Transports,
  organisation: Organisation,
  channel: ChannelRow,
): Promise<Answered> {
  const { slug, name } = organisation
  const title = 'This is a test from Consentry'
  const text = `Here ${name} is told when a tenant needs somebody. There is nothing to do.`
  const data = {
    organisation: { slug, name },
    title,
    text,
    url: `${deps.config.url}/organisation/notifications`,
  }
  const at = deps.now()
  const payload: Payload = { type: 'test', timestamp: at.toISOString(), data }
  const row = { id: randomUUID(), payload: JSON.stringify(payload) }
  const answered = await send(deps, transports, channel, row)
  await deps.store.addNotification({
    ...row,
    organisationId: organisation.id,
    channelId: channel.id,
    event: 'test',
    subject: 'test',
    version: 0,
    title,
    state: answered.ok ? 'sent' : 'failed',
    tries: 1,
    nextTryAt: null,
    answer: answered.answer.slice(0, LONGEST_ANSWER),
    createdAt: at,
    endedAt: deps.now(),
  })
  await judge(deps, channel, answered)
  return { ok: answered.ok, answer: answered.answer }
}
