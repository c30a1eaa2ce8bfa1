import type { Actor, AuditEvent } from '@consentry/core'

import type { Columns } from '../columns.ts'

/** The audit log: its entries, its one signed end, and events on their way into it. */
export function auditTables({ table, text, sortable, count, instant, json, index }: Columns) {
  // No reference to organisations: an entry outlives what it tells of.
  const audit = table(
    'audit',
    {
      sequence: count('sequence').primaryKey(),
      at: instant('at').notNull(),
      organisationId: text('organisation_id'),
      actorKind: text('actor_kind').$type<Actor['kind']>().notNull(),
      actorId: text('actor_id').notNull(),
      actorName: text('actor_name').notNull(),
      actorEmail: text('actor_email'),
      action: sortable('action').notNull(),
      microsoftId: text('microsoft_id'),
      // Text, not JSON: it is hashed as it stands.
      details: text('details').notNull(),
      previous: text('previous').notNull(),
      hash: text('hash').notNull(),
      mac: text('mac').notNull(),
    },
    (it) => [
      index('audit_organisation').on(it.organisationId, it.sequence),
      index('audit_action').on(it.organisationId, it.action, it.sequence),
      index('audit_time').on(it.organisationId, it.action, it.at),
      index('audit_actor').on(it.organisationId, it.actorId, it.sequence),
    ],
  )

  const auditHead = table('audit_head', {
    id: count('id').primaryKey(),
    sequence: count('sequence').notNull(),
    hash: text('hash').notNull(),
    mac: text('mac').notNull(),
    key: text('key').notNull(),
    keyId: text('key_id').notNull(),
  })

  const auditNotes = table(
    'audit_notes',
    {
      id: text('id').primaryKey(),
      at: instant('at').notNull(),
      event: json('event').$type<AuditEvent>().notNull(),
    },
    (it) => [index('audit_notes_at').on(it.at)],
  )

  return { audit, auditHead, auditNotes }
}
