import type { Role, Scope } from '@consentry/core'

import type { Columns } from '../columns.ts'

/** The sign-in tables, as better-auth expects them: its field names are the keys. */
export function authTables({ table, text, count, flag, instant, index }: Columns) {
  const user = table('user', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull().unique(),
    emailVerified: flag('email_verified').notNull(),
    image: text('image'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  })

  const session = table(
    'session',
    {
      id: text('id').primaryKey(),
      userId: text('user_id')
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      token: text('token').notNull().unique(),
      expiresAt: instant('expires_at').notNull(),
      ipAddress: text('ip_address'),
      userAgent: text('user_agent'),
      createdAt: instant('created_at').notNull(),
      updatedAt: instant('updated_at').notNull(),
    },
    (it) => [index('session_user').on(it.userId)],
  )

  const account = table(
    'account',
    {
      id: text('id').primaryKey(),
      accountId: text('account_id').notNull(),
      providerId: text('provider_id').notNull(),
      userId: text('user_id')
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      accessToken: text('access_token'),
      refreshToken: text('refresh_token'),
      idToken: text('id_token'),
      accessTokenExpiresAt: instant('access_token_expires_at'),
      refreshTokenExpiresAt: instant('refresh_token_expires_at'),
      scope: text('scope'),
      password: text('password'),
      createdAt: instant('created_at').notNull(),
      updatedAt: instant('updated_at').notNull(),
    },
    (it) => [index('account_user').on(it.userId)],
  )

  const verification = table(
    'verification',
    {
      id: text('id').primaryKey(),
      identifier: text('identifier').notNull(),
      value: text('value').notNull(),
      expiresAt: instant('expires_at').notNull(),
      createdAt: instant('created_at').notNull(),
      updatedAt: instant('updated_at').notNull(),
    },
    (it) => [index('verification_identifier').on(it.identifier)],
  )

  /** Sign-in tries per caller, counted over all replicas. */
  const rateLimit = table('rate_limit', {
    id: text('id').primaryKey(),
    key: text('key').notNull().unique(),
    count: count('count').notNull(),
    lastRequest: count('last_request').notNull(),
  })

  return { user, session, account, verification, rateLimit }
}

/** Organisations, who belongs to them, and what they let in. */
export function organisationTables(columns: Columns, { user }: Pick<ReturnType<typeof authTables>, 'user'>) {
  const { table, text, sortable, instant, json, index, uniqueIndex, primaryKey } = columns

  const organisations = table('organisations', {
    id: text('id').primaryKey(),
    slug: sortable('slug').notNull().unique(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull(),
  })

  const members = table(
    'members',
    {
      id: text('id').primaryKey(),
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      userId: text('user_id')
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      role: text('role').$type<Role>().notNull(),
      createdAt: instant('created_at').notNull(),
    },
    (it) => [
      uniqueIndex('members_organisation_user').on(it.organisationId, it.userId),
      index('members_user').on(it.userId),
    ],
  )

  const serviceKeys = table(
    'service_keys',
    {
      id: text('id').primaryKey(),
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      name: text('name').notNull(),
      prefix: text('prefix').notNull(),
      hash: text('hash').notNull().unique(),
      scopes: json('scopes').$type<readonly Scope[]>().notNull(),
      connections: json('connections').$type<readonly string[]>(),
      issuer: text('issuer'),
      audience: text('audience'),
      subject: text('subject'),
      expiresAt: instant('expires_at'),
      lastUsedAt: instant('last_used_at'),
      revokedAt: instant('revoked_at'),
      createdAt: instant('created_at').notNull(),
    },
    (it) => [
      index('service_keys_organisation').on(it.organisationId, it.createdAt),
      index('service_keys_issuer').on(it.issuer),
    ],
  )

  const returnOrigins = table(
    'return_origins',
    {
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id, { onDelete: 'cascade' }),
      origin: sortable('origin').notNull(),
    },
    (it) => [primaryKey({ columns: [it.organisationId, it.origin] })],
  )

  return { organisations, members, serviceKeys, returnOrigins }
}
