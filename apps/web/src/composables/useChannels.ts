import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem, request, type Answer } from '../api.ts'
import { api } from '../routes.ts'
import type { Channel, ChannelKind, Delivery, NotificationEvent } from '../types.ts'
import { useChange, useRead } from './useApi.ts'
import { useEdit, type Difference } from './useEdit.ts'

/** What somebody can be told of, the most urgent first. */
export const EVENTS = [
  'connection.broken',
  'connection.attention',
  'connection.expiring',
  'connection.recovered',
  'application.attention',
  'application.secret_expiring',
  'report.failed',
  'consent.succeeded',
  'consent.failed',
  'nightly.finished',
] as const satisfies readonly NotificationEvent[]

export type ChannelWish = {
  readonly id?: string
  readonly kind: ChannelKind
  readonly address?: string
  readonly events: readonly NotificationEvent[]
  readonly quietHours: Channel['quietHours']
}
type Channels = { readonly channels: readonly Channel[] }
/** A channel as it is to be, or the one that nobody is to be told by any longer. */
type Mine = ChannelWish | { readonly without: Channel }

/** What a page does once channels are saved: `secret` is a new webhook's, which is shown once. */
type Done = (secret: string) => void

/** Whom the organisation tells. Channels are saved whole, over what somebody else saved of other ones meanwhile. */
export function useChannels(enabled: () => boolean, onDone: Done) {
  const { t } = useI18n()
  const { answer, error, isPending, refetch } = useRead<Channels>(api.notifications, enabled)
  const channels = computed(() => answer.value?.body.channels ?? [])

  const edit = useEdit<Channels, Mine>({
    changed: [api.notifications],
    change: (mine, seen) => ({ method: 'PUT', path: api.notifications, body: { channels: all(mine, seen) } }),
    read: () => request('GET', api.notifications),
    differences(mine, before, theirs) {
      const id = 'without' in mine ? mine.without.id : mine.id
      if (id === undefined) return []
      const [was, now] = [find(before, id), find(theirs, id)]
      if (!now && 'without' in mine) return []
      // Its address is known to nobody any more.
      if (!now) throw new ApiProblem(404, { code: 'not_found', title: '', detail: '' })
      return was && same(was, now) ? [] : differencesOf(mine, was, now)
    },
    act: 'notifications',
    saved: ({ body }) => onDone(body.channels.find((it) => it.secret)?.secret ?? ''),
    kept() {
      onDone('')
      void refetch()
    },
  })
  /** `seen` is the answer that the channel was taken from. */
  const save = (mine: Mine, seen: Answer<Channels> | undefined) => void (seen && edit.save(mine, seen))

  function differencesOf(mine: Mine, before: Channel | undefined, theirs: Channel): Difference[] {
    if ('without' in mine)
      return [{ label: name(theirs), theirs: events(theirs.events), mine: t('members.remove') }]
    const of = (label: string, one: string, other: string) =>
      one === other ? [] : [{ label, theirs: one, mine: other }]
    const moved = mine.address && before?.target !== theirs.target
    return [
      ...(moved ? of(t(`notifications.address.${mine.kind}`), theirs.target, mine.address ?? '') : []),
      ...of(t('notifications.of'), events(theirs.events), events(mine.events)),
      ...of(t('notifications.quiet'), quiet(theirs), quiet(mine)),
    ]
  }
  const name = ({ kind, target }: Channel) =>
    t('notifications.named', { kind: t(`notifications.kinds.${kind}`), target })
  const events = (of: readonly NotificationEvent[]) =>
    EVENTS.filter((it) => of.includes(it))
      .map((it) => t(`notifications.events.${it.replace('.', '_')}`))
      .join(' · ')
  const quiet = ({ quietHours: it }: Pick<Channel, 'quietHours'>) =>
    it ? t('notifications.quietFrom', { from: it.from, to: it.to }) : ''
  return { answer, channels, error, isPending, refetch, ...edit, save }
}

function all(mine: Mine, { channels }: Channels): ChannelWish[] {
  const id = 'without' in mine ? mine.without.id : mine.id
  const others = channels.filter((it) => it.id !== id).map(asWish)
  return 'without' in mine ? others : [...others, mine]
}

function asWish({ id, kind, events, quietHours }: Channel): ChannelWish {
  return { id, kind, events, quietHours }
}

function find({ channels }: Channels, id: string): Channel | undefined {
  return channels.find((it) => it.id === id)
}

function same(one: Channel, other: Channel): boolean {
  const text = (it: Channel) => JSON.stringify([it.target, [...it.events].toSorted(), it.quietHours])
  return text(one) === text(other)
}

/** The newest deliveries, and what a test is answered. */
export function useDeliveries(enabled: () => boolean) {
  const path = `${api.notifications}/deliveries`
  const { data, refetch } = useRead<{ items: Delivery[] }>(path, enabled)
  const { run, busy } = useChange<{ ok: boolean; answer: string }>(path, api.notifications)
  const test = async (id: string) =>
    (await run({ method: 'POST', path: `${api.notifications}/${id}/test` }))?.body ?? null
  return { deliveries: computed(() => data.value?.items ?? []), refetch, test, testing: busy }
}
