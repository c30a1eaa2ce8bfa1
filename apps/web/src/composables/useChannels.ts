import { computed } from 'vue'
import { api } from '../routes.ts'
import type { Channel, ChannelKind, Delivery, NotificationEvent } from '../types.ts'
import { useChange, useRead } from './useApi.ts'

/** What somebody can be told of, the most urgent first. */
export const EVENTS = [
  'connection.broken',
  'connection.attention',
  'connection.expiring',
  'connection.recovered',
  'application.attention',
  'report.failed',
  'application.secret_expiring',
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

/** Whom the organisation tells; channels are saved whole. */
export function useChannels(enabled: () => boolean) {
  const { data, error, isPending, refetch } = useRead<{ channels: Channel[] }>(api.notifications, enabled)
  const { run, busy, problem, reset } = useChange<{ channels: Channel[] }>(api.notifications)
  const channels = computed(() => data.value?.channels ?? [])
  const put = (all: readonly ChannelWish[]) =>
    run({ method: 'PUT', path: api.notifications, body: { channels: all } })
  const asWish = ({ id, kind, events, quietHours }: Channel): ChannelWish => ({
    id,
    kind,
    events,
    quietHours,
  })

  /** Gives the signing secret of a new webhook, which is shown once; null when it was refused. */
  async function save(wish: ChannelWish): Promise<{ readonly secret: string | null } | null> {
    const others = channels.value.filter((it) => it.id !== wish.id).map(asWish)
    const done = await put([...others, wish])
    const secret = done?.answer.channels.find((it) => it.secret)?.secret ?? null
    return done && { secret }
  }
  const remove = (id: string) => put(channels.value.filter((it) => it.id !== id).map(asWish))
  return { channels, error, isPending, refetch, busy, problem, reset, save, remove }
}

/** The newest deliveries, and what a test is answered. */
export function useDeliveries(enabled: () => boolean) {
  const path = `${api.notifications}/deliveries`
  const { data, refetch } = useRead<{ items: Delivery[] }>(path, enabled)
  const { run, busy } = useChange<{ ok: boolean; answer: string }>(path, api.notifications)
  const test = async (id: string) =>
    (await run({ method: 'POST', path: `${api.notifications}/${id}/test` }))?.answer ?? null
  return { deliveries: computed(() => data.value?.items ?? []), refetch, test, testing: busy }
}
