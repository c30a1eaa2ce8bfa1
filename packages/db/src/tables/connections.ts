import type {
  Action,
  ApplicationRow,
  AttemptStatus,
  Candidate,
  Capabilities,
  CheckKind,
  ConnectionRow,
  CoolDownRow,
  GrantRow,
  Limit,
  MicrosoftAnswer,
  OpenProof,
  Problem,
  Status,
  StopsWorkingBecause,
} from '@consentry/core'
import { sql } from 'drizzle-orm'

import type { Columns } from '../columns.ts'
import type { organisationTables } from './people.ts'

type Organisations = Pick<ReturnType<typeof organisationTables>, 'organisations' | 'serviceKeys'>

/** Connections with all that hangs on them: grants, access tokens, attempts, checks. */
export function connectionTables(columns: Columns, { organisations, serviceKeys }: Organisations) {
  const { table, text, sortable, count, flag, instant, json, sequence, index, uniqueIndex, primaryKey } =
    columns

  const connections = table(
    'connections',
    {
      id: text('id').primaryKey(),
      organisationId: text('organisation_id')
        .notNull()
        .references(() => organisations.id),
      microsoftId: text('microsoft_id').notNull(),
      name: text('name').notNull(),
      /** The name in lower case, by JavaScript's rules and not the server's: what lists are ordered and searched by. */
      nameFolded: sortable('name_folded').notNull(),
      nameFrom: text('name_from').$type<ConnectionRow['nameFrom']>().notNull(),
      domain: text('domain'),
      status: text('status').$type<Status>().notNull(),
      reason: text('reason'),
      action: text('action').$type<Action>(),
      capabilities: json('capabilities').$type<Capabilities>().notNull(),
      grantedScopes: json('granted_scopes').$type<readonly string[]>().notNull(),
      missingScopes: json('missing_scopes').$type<readonly string[]>().notNull(),
      accountObjectId: text('account_object_id'),
      accountUsername: text('account_username'),
      consentedAt: instant('consented_at'),
      refreshedAt: instant('refreshed_at'),
      nextRefreshAt: instant('next_refresh_at'),
      stopsWorkingBy: instant('stops_working_by'),
      stopsWorkingBecause: json('stops_working_because').$type<StopsWorkingBecause>(),
      signedInAt: instant('signed_in_at'),
      limits: json('limits').$type<readonly Limit[]>(),
      openProof: json('open_proof').$type<OpenProof>(),
      provenAt: instant('proven_at'),
      createdAt: instant('created_at').notNull(),
      disconnectedAt: instant('disconnected_at'),
      version: count('version').notNull(),
      dataKey: text('data_key').notNull(),
      dataKeyId: text('data_key_id').notNull(),
      generation: count('generation'),
      previousGeneration: count('previous_generation'),
      lastGeneration: count('last_generation').notNull(),
      fence: count('fence').notNull(),
      leaseUntil: instant('lease_until'),
      leaseHolder: text('lease_holder'),
      intent: count('intent'),
      verify: text('verify').$type<'interrupted' | 'restored'>(),
      doubtCode: text('doubt_code'),
      doubtSince: instant('doubt_since'),
      failures: count('failures').notNull(),
      claimsChallenge: text('claims_challenge'),
      clientId: text('client_id'),
      credentialEndsAt: instant('credential_ends_at'),
    },
    (it) => [
      uniqueIndex('connections_organisation_microsoft').on(it.organisationId, it.microsoftId),
      // Domain and Microsoft ID are there for the search, which then reads the index alone.
      index('connections_by_name')
        .on(it.organisationId, it.status, it.nameFolded, it.id, it.domain, it.microsoftId)
        .where(sql`disconnected_at is null`),
      index('connections_by_urgency')
        .on(it.organisationId, it.status, it.stopsWorkingBy, it.nameFolded, it.id, it.domain, it.microsoftId)
        .where(sql`disconnected_at is null`),
      index('connections_due').on(it.nextRefreshAt, it.id),
      index('connections_doubt')
        .on(it.doubtCode)
        .where(sql`doubt_code is not null`),
      index('connections_refreshed').on(it.refreshedAt),
      index('connections_proven').on(it.provenAt),
      index('connections_data_key').on(it.dataKeyId),
      index('connections_held')
        .on(it.leaseHolder)
        .where(sql`lease_holder is not null`),
    ],
  )

  const applications = table(
    'applications',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      clientId: text('client_id').notNull(),
      kind: text('kind').$type<ApplicationRow['kind']>().notNull(),
      sealed: text('sealed').notNull(),
      expiresAt: instant('expires_at'),
      addedAt: instant('added_at').notNull(),
      addedBy: text('added_by').notNull(),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.clientId] })],
  )

  const grants = table(
    'grants',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      generation: count('generation').notNull(),
      sealed: text('sealed').notNull(),
      origin: text('origin').$type<GrantRow['origin']>().notNull(),
      attemptId: text('attempt_id'),
      clientId: text('client_id'),
      createdAt: instant('created_at').notNull(),
      redeemedAt: instant('redeemed_at'),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.generation] })],
  )

  const accessTokens = table(
    'access_tokens',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      key: text('key').notNull(),
      sealed: text('sealed').notNull(),
      scopes: json('scopes').$type<readonly string[]>().notNull(),
      expiresAt: instant('expires_at').notNull(),
      createdAt: instant('created_at').notNull(),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.key] })],
  )

  const coolDowns = table(
    'cool_downs',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      key: text('key').notNull(),
      until: instant('until').notNull(),
      told: json('told').$type<CoolDownRow['told']>().notNull(),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.key] })],
  )

  const tokenUses = table(
    'token_uses',
    {
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      serviceKeyId: text('service_key_id')
        .notNull()
        .references(() => serviceKeys.id, { onDelete: 'cascade' }),
      lastUsedAt: instant('last_used_at').notNull(),
    },
    (it) => [primaryKey({ columns: [it.connectionId, it.serviceKeyId] })],
  )

  const attempts = table(
    'attempts',
    {
      id: text('id').primaryKey(),
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      organisationId: text('organisation_id').notNull(),
      microsoftId: text('microsoft_id').notNull(),
      tokenHash: text('token_hash').notNull().unique(),
      status: text('status').$type<AttemptStatus>().notNull(),
      createdBy: text('created_by').notNull(),
      createdByName: text('created_by_name').notNull(),
      createdByEmail: text('created_by_email'),
      recipient: text('recipient'),
      reason: text('reason'),
      returnUrl: text('return_url'),
      createdAt: instant('created_at').notNull(),
      expiresAt: instant('expires_at').notNull(),
      browserHash: text('browser_hash'),
      stateHash: text('state_hash').unique(),
      nonceHash: text('nonce_hash'),
      sealedVerifier: text('sealed_verifier'),
      tripStartedAt: instant('trip_started_at'),
      clientId: text('client_id'),
      provingBy: text('proving_by'),
      finishedAt: instant('finished_at'),
      byMember: flag('by_member').notNull(),
      problem: json('problem').$type<Problem>(),
      candidate: json('candidate').$type<Candidate>(),
    },
    (it) => [
      index('attempts_connection').on(it.connectionId, it.status),
      index('attempts_expiry').on(it.status, it.expiresAt),
    ],
  )

  const checks = table(
    'checks',
    {
      sequence: sequence('sequence'),
      id: text('id').notNull().unique(),
      connectionId: text('connection_id')
        .notNull()
        .references(() => connections.id, { onDelete: 'cascade' }),
      attemptId: text('attempt_id'),
      kind: text('kind').$type<CheckKind>().notNull(),
      ok: flag('ok').notNull(),
      code: text('code').notNull(),
      title: text('title').notNull(),
      detail: text('detail').notNull(),
      action: text('action').$type<Action>(),
      microsoft: json('microsoft').$type<MicrosoftAnswer>(),
      startedAt: instant('started_at').notNull(),
      ms: count('ms').notNull(),
    },
    (it) => [
      index('checks_connection').on(it.connectionId, it.sequence),
      index('checks_attempt').on(it.attemptId, it.sequence),
    ],
  )

  return { connections, applications, grants, accessTokens, coolDowns, tokenUses, attempts, checks }
}
