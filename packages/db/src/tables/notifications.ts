import type { ChannelKind, NotificationEvent, NotificationState, ToldEvent } from '@consentry/core'

import type { Columns } from '../columns.ts'
import type { organisationTables } from './people.ts'

/** Whom an organisation tells, what was told, and what is on its way. */
export function notificationTables(
  { table, text, count, instant, json, index }: Columns,
  { organisations }: Pick<ReturnType<typeof organisationTables>, 'organisations'>,
) {
  const channels = table(
    'notification_channels',
    {
      id: text('id').primaryKey(),
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      kind: text('kind').$type<ChannelKind>().notNull(),
      /** An email address, or the host of an address that is a secret itself. */
      target: text('target').notNull(),
      /** Address and signing secret, wrapped by the key ring; null for email. */
      sealed: text('sealed'),
      events: json('events').$type<readonly NotificationEvent[]>().notNull(),
      quietFrom: text('quiet_from'),
      quietTo: text('quiet_to'),
      /** Deliveries that failed one after the other. */
      failures: count('failures').notNull(),
      pausedAt: instant('paused_at'),
      createdAt: instant('created_at').notNull(),
    },
    (it) => [index('notification_channels_organisation').on(it.organisationId, it.createdAt)],
  )

  /** What an organisation was told last of each thing: told again only when it is another. */
  const told = table(
    'told',
    {
      subject: text('subject').primaryKey(),
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      cause: text('cause').notNull(),
      /** Days before it stops of the last warning. */
      warned: count('warned'),
      version: count('version').notNull(),
      at: instant('at').notNull(),
    },
    (it) => [index('told_organisation').on(it.organisationId)],
  )

  const notifications = table(
    'notifications',
    {
      id: text('id').primaryKey(),
      organisationId: text('organisation_id').notNull(),
      channelId: text('channel_id')
        .notNull()
        .references(() => channels.id, { onDelete: 'cascade' }),
      event: text('event').$type<ToldEvent | 'test'>().notNull(),
      subject: text('subject').notNull(),
      version: count('version').notNull(),
      title: text('title').notNull(),
      payload: text('payload').notNull(),
      state: text('state').$type<NotificationState>().notNull(),
      tries: count('tries').notNull(),
      nextTryAt: instant('next_try_at'),
      answer: text('answer'),
      createdAt: instant('created_at').notNull(),
      endedAt: instant('ended_at'),
    },
    (it) => [
      index('notifications_due').on(it.state, it.nextTryAt),
      index('notifications_organisation').on(it.organisationId, it.createdAt),
    ],
  )
  return { channels, told, notifications }
}
