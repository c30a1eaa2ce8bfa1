import { randomBytes, randomUUID } from 'node:crypto'

import { record, type Recording } from './audit.ts'
import type { Actor } from './audit-entry.ts'
import type { Deps, Unchanged } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { isVaultFault, keyIdOf, type KeyRing } from './seal.ts'
import type { ChannelKind, ChannelRow, NotificationEvent } from './types.ts'

/** What a channel is to be. With an id it is one that is there; its address stays as it was when none is given. */
export type ChannelWish = {
  readonly id?: string | undefined
  readonly kind: ChannelKind
  /** An email address; an https address. */
  readonly address?: string | undefined
  readonly events: readonly NotificationEvent[]
  readonly quietHours?: { readonly from: string; readonly to: string } | null | undefined
}

/** A channel, with the signing secret of a webhook that was just made, shown this once. */
export type PutChannel = { readonly row: ChannelRow; readonly secret?: string }
type Sealed = { readonly url: string; readonly secret: string | null }

/**
 * Puts these channels in the place of all that the organisation had. Throws `malformed_request` where an address is
 * missing or unusable, `changed_meanwhile`, `not_recorded`.
 */
export async function putChannels(
  deps: Recording & Pick<Deps, 'keys'>,
  organisationId: string,
  wishes: readonly ChannelWish[],
  by: Actor,
  unchanged?: Unchanged<readonly ChannelRow[]>,
): Promise<PutChannel[]> {
  const before = await deps.store.listChannels(organisationId)
  if (unchanged?.(before) === false) throw new ConsentryError('changed_meanwhile')
  const put: PutChannel[] = []
  for (const [place, wish] of wishes.entries()) {
    const there = before.find((it) => it.id === wish.id && it.kind === wish.kind)
    if (wish.id !== undefined && !there) throw malformed(place, 'there is no such channel')
    put.push(await channelOf(deps, organisationId, wish, there, place))
  }
  const targets = put.map(({ row }) => `${row.kind} ${row.target}`)
  await record(deps, {
    organisationId,
    actor: by,
    action: 'notifications.changed',
    details: { channels: targets },
  })
  const rows = put.map((it) => it.row)
  if (!(await deps.store.replaceChannels(organisationId, rows, unchanged)))
    throw new ConsentryError('changed_meanwhile')
  return put
}

async function channelOf(
  { keys, now }: Pick<Deps, 'keys' | 'now'>,
  organisationId: string,
  { kind, address, events, quietHours }: ChannelWish,
  there: ChannelRow | undefined,
  place: number,
): Promise<PutChannel> {
  if (!there && !address) throw malformed(place, 'address: is missing')
  const base = {
    id: there?.id ?? randomUUID(),
    organisationId,
    kind,
    events: [...new Set(events)],
    quietFrom: quietHours?.from ?? null,
    quietTo: quietHours?.to ?? null,
    createdAt: there?.createdAt ?? now(),
    // Whoever looked at it wants it tried again.
    failures: 0,
    pausedAt: null,
  }
  if (!address) return { row: { ...base, target: there?.target ?? '', sealed: there?.sealed ?? null } }
  if (kind === 'email') return { row: { ...base, target: emailOf(address, place), sealed: null } }
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || url.username || url.hash || !/^https?:$/.test(url.protocol))
    throw malformed(place, 'address: set an https address')
  const secret = kind === 'webhook' ? `whsec_${randomBytes(32).toString('base64')}` : null
  const sealed = await seal(keys, base.id, { url: url.href, secret })
  return { row: { ...base, target: url.host, sealed }, ...(secret ? { secret } : {}) }
}

function emailOf(address: string, place: number): string {
  const email = address.trim().toLowerCase()
  if (!/^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+$/.test(email))
    throw malformed(place, 'address: set an email address')
  return email
}

function malformed(place: number, what: string): ConsentryError {
  const problem = `channels.${place}.${what}.`
  return new ConsentryError('malformed_request', { values: { problem } })
}

/** Where a channel leads, opened. Throws `keys_missing` or `sealed_altered`. */
export async function openChannel(keys: KeyRing, row: ChannelRow): Promise<Sealed> {
  if (row.sealed === null) return { url: '', secret: null }
  const text = (await keys.unwrap(row.sealed, ownerOf(row.id))).toString('utf8')
  // Sealed by us, so it is what we wrote.
  return JSON.parse(text) as Sealed
}

/** Wraps every channel's address with the ring's active key. Gives the ids of those that do not open. */
export async function rewrapChannels({ store, keys }: Pick<Deps, 'store' | 'keys'>): Promise<string[]> {
  const stuck: string[] = []
  const active = await keys.activeId()
  for (const row of await store.listChannels()) {
    if (row.sealed === null || keyIdOf(row.sealed) === active) continue
    try {
      await store.updateChannel(row.id, { sealed: await seal(keys, row.id, await openChannel(keys, row)) })
    } catch (error) {
      if (!(error instanceof ConsentryError) || isVaultFault(error)) throw error
      stuck.push(row.id)
    }
  }
  return stuck
}

async function seal(keys: KeyRing, id: string, sealed: Sealed): Promise<string> {
  return keys.wrap(Buffer.from(JSON.stringify(sealed), 'utf8'), ownerOf(id))
}

function ownerOf(id: string): string {
  return `notification channel\n${id}`
}
