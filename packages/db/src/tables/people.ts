import type { Role, Scope } from '@consentry/core'

import type { Columns } from '../columns.ts'

/** The sign-in tables, as better-auth expects them: its field names are the keys. */
export function authTables({ table, text, count, flag, instant, index, uniqueIndex }: Columns) {
  const user = table('user', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull().unique(),
    emailVerified: flag('email_verified').notNull(),
    twoFactorEnabled: flag('two_factor_enabled'),
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
      /** The only organisation that it is good for, when a single sign-on vouched for it. */
      organisationId: text('organisation_id'),
      /** How the person signed in, in the words of the audit log. */
      method: text('method'),
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
    (it) => [
      index('account_user').on(it.userId),
      uniqueIndex('account_provider').on(it.providerId, it.accountId),
    ],
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

  const twoFactor = table(
    'two_factor',
    {
      id: text('id').primaryKey(),
      userId: text('user_id')
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      /** Encrypted under the deployment's secret, like the recovery codes. */
      secret: text('secret').notNull(),
      backupCodes: text('backup_codes').notNull(),
      verified: flag('verified'),
      failedVerificationCount: count('failed_verification_count'),
      lockedUntil: instant('locked_until'),
    },
    (it) => [index('two_factor_user').on(it.userId)],
  )

  const passkey = table(
    'passkey',
    {
      id: text('id').primaryKey(),
      userId: text('user_id')
        .notNull()
        .references(() => user.id, { onDelete: 'cascade' }),
      name: text('name'),
      publicKey: text('public_key').notNull(),
      credentialID: text('credential_id').notNull(),
      counter: count('counter').notNull(),
      deviceType: text('device_type').notNull(),
      backedUp: flag('backed_up').notNull(),
      transports: text('transports'),
      aaguid: text('aaguid'),
      createdAt: instant('created_at'),
    },
    (it) => [index('passkey_user').on(it.userId), index('passkey_credential').on(it.credentialID)],
  )

  /** Tries of one kind and name, counted over all processes. Rows are numbered: there is no more of them than numbers. */
  const tries = table('tries', {
    bucket: count('bucket').primaryKey(),
    count: count('count').notNull(),
    /** Milliseconds since 1970: databases compare numbers alike. */
    resetAt: count('reset_at').notNull(),
  })

  return { user, session, account, verification, twoFactor, passkey, tries }
}

/** Organisations, who belongs to them, and what they let in. */
export function organisationTables(columns: Columns, { user }: Pick<ReturnType<typeof authTables>, 'user'>) {
  const { table, text, sortable, flag, instant, json, index, uniqueIndex, primaryKey } = columns

  const organisations = table('organisations', {
    id: text('id').primaryKey(),
    slug: sortable('slug').notNull().unique(),
    name: text('name').notNull(),
    /** Whoever comes in without a second step is refused. */
    secondStepRequired: flag('second_step_required'),
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
      replacedBy: text('replaced_by'),
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

  const invitations = table(
    'invitations',
    {
      id: text('id').primaryKey(),
      /** Null for the first owner's, who names the organisation. */
      organisationId: text('organisation_id').references(() => organisations.id, { onDelete: 'cascade' }),
      email: text('email'),
      role: text('role').$type<Role>().notNull(),
      tokenHash: text('token_hash').notNull().unique(),
      invitedBy: text('invited_by').notNull(),
      createdAt: instant('created_at').notNull(),
      expiresAt: instant('expires_at').notNull(),
      acceptedAt: instant('accepted_at'),
      endedAt: instant('ended_at'),
    },
    (it) => [index('invitations_organisation').on(it.organisationId, it.createdAt)],
  )

  const singleSignOn = table('single_sign_on', {
    organisationId: text('organisation_id')
      .primaryKey()
      .references(() => organisations.id, { onDelete: 'cascade' }),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    /** Wrapped by the key ring. */
    clientSecret: text('client_secret').notNull(),
    /** Of email addresses that the provider may vouch for. */
    domains: json('domains').$type<readonly string[]>().notNull(),
    /** People of the organisation may sign in by it alone, but for owners. */
    required: flag('required').notNull(),
    /** What somebody becomes who is no member yet; null: they are refused. */
    newcomers: text('newcomers').$type<Role>(),
    updatedAt: instant('updated_at').notNull(),
  })

  return { organisations, members, serviceKeys, returnOrigins, invitations, singleSignOn }
}
