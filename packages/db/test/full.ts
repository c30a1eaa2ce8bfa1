import type { KeyRing } from '@consentry/core'
import {
  accessTokenRow,
  attemptRow,
  breakdownRow,
  checkRow,
  chunkRow,
  connectionRow,
  grantRow,
  MONDAY,
  newDataKey,
  organisationRow,
  reportRow,
  serviceKeyRow,
} from '@consentry/core/testing'

import type { Database } from '../src/index.ts'

/** More than a page. */
export const MANY = 230
const each = <T>(row: (n: number) => T): T[] => Array.from({ length: MANY }, (_, n) => row(n))
const HELD = { leaseUntil: MONDAY, leaseHolder: 'somebody' }
const MADE = { createdAt: MONDAY, updatedAt: MONDAY }

/** Short-lived or of use to a thief: none of it may be in a backup. */
export const SECRETS = [
  'session-token',
  'verification-value',
  'sealed-access-token',
  'provider-access-token',
  'provider-refresh-token',
  'provider-id-token',
  'sealed-verifier',
] as const

/** Rows in every table, with all that columns may hold, many where pages have to be turned. */
export async function fill(database: Database, keys: KeyRing): Promise<void> {
  const organisation = organisationRow()
  await database.db.insert(database.tables.organisations).values(organisation)
  await fillPeople(database, organisation.id)
  const connectionId = await fillConnections(database, organisation.id, keys)
  await fillReports(database, organisation.id, connectionId)
  await fillCustomers(database, connectionId)
}

async function fillPeople({ db, tables }: Database, organisationId: string): Promise<void> {
  const [token, value, , accessToken, refreshToken, idToken] = SECRETS
  const name = `Åsa "Å" O'Neil 株`
  await db
    .insert(tables.user)
    .values({ id: 'u', name, email: 'asa@example.com', emailVerified: true, image: null, ...MADE })
  const account = { id: 'a', accountId: 'a', providerId: 'p', userId: 'u', password: 'hash', ...MADE }
  await db.insert(tables.account).values({ ...account, accessToken, refreshToken, idToken })
  await db.insert(tables.session).values({ id: 's', userId: 'u', token, expiresAt: MONDAY, ...MADE })
  await db.insert(tables.verification).values({ id: 'v', identifier: 'u', value, expiresAt: MONDAY, ...MADE })
  const step = { secret: 'encrypted', backupCodes: 'encrypted', verified: true, failedVerificationCount: 0 }
  await db.insert(tables.twoFactor).values({ id: 't', userId: 'u', ...step })
  const key = {
    publicKey: 'public',
    credentialID: 'c',
    counter: 1,
    deviceType: 'singleDevice',
    backedUp: false,
  }
  await db.insert(tables.passkey).values({ id: 'p', userId: 'u', ...key })
  await db.insert(tables.tries).values({ bucket: 1, count: 1, resetAt: 1 })
  await db
    .insert(tables.members)
    .values({ id: 'm', organisationId, userId: 'u', role: 'owner', createdAt: MONDAY })
  const invitation = {
    tokenHash: 'h',
    role: 'viewer',
    invitedBy: 'u',
    createdAt: MONDAY,
    expiresAt: MONDAY,
  } as const
  await db.insert(tables.invitations).values({ id: 'i', organisationId, email: 'e', ...invitation })
  const provider = {
    issuer: 'https://idp.example',
    clientId: 'c',
    clientSecret: 'wrapped',
    domains: ['a.example'],
  }
  await db
    .insert(tables.singleSignOn)
    .values({ organisationId, ...provider, required: false, newcomers: 'viewer', updatedAt: MONDAY })
  const channel = { kind: 'webhook', target: 'hooks.example', sealed: 'wrapped', failures: 0 } as const
  await db
    .insert(tables.channels)
    .values({ id: 'ch', organisationId, ...channel, events: ['connection.broken'], createdAt: MONDAY })
  await db
    .insert(tables.told)
    .values({ subject: 's', organisationId, cause: 'broken', version: 1, at: MONDAY })
  await db.insert(tables.notifications).values({
    id: 'n',
    organisationId,
    channelId: 'ch',
    event: 'test',
    subject: 's',
    version: 1,
    title: 'T',
    payload: '{}',
    state: 'sent',
    tries: 1,
    createdAt: MONDAY,
  })
  await db
    .insert(tables.returnOrigins)
    .values(each((n) => ({ organisationId, origin: `https://${n}.example` })))
}

async function fillConnections({ db, tables }: Database, organisationId: string, keys: KeyRing) {
  const rows = each((n) => connectionRow({ organisationId, ...(n === 0 ? ACTIVE : {}) }))
  for (const row of rows) Object.assign(row, await newDataKey(keys, row))
  await db.insert(tables.connections).values(rows.map((row) => ({ ...row, nameFolded: 'fabrikam' })))
  const connectionId = rows[0]?.id ?? ''
  await db
    .insert(tables.grants)
    .values(each((generation) => grantRow({ connectionId, generation, clientId: `own ${generation}` })))
  const own = { connectionId, kind: 'certificate', sealed: 'sealed', addedBy: 'Kim' } as const
  const dates = { addedAt: MONDAY, expiresAt: MONDAY }
  await db.insert(tables.applications).values(each((n) => ({ ...own, ...dates, clientId: `own ${n}` })))
  await db.insert(tables.accessTokens).values(accessTokenRow({ connectionId, sealed: 'sealed-access-token' }))
  const problem = { code: 'throttled', title: 'T', detail: 'D', action: 'retry' } as const
  const told = { problem, verdict: 'transient' } as const
  await db.insert(tables.coolDowns).values({ connectionId, key: 'graph', until: MONDAY, told })
  await db.insert(tables.turns).values({ name: 'night', at: 1, owner: null })
  const services = each(() => serviceKeyRow({ organisationId, connections: ['one', 'two'] }))
  await db.insert(tables.serviceKeys).values(services)
  await db
    .insert(tables.tokenUses)
    .values(services.map(({ id: serviceKeyId }) => ({ connectionId, serviceKeyId, lastUsedAt: MONDAY })))
  const trip = { connectionId, sealedVerifier: 'sealed-verifier', provingBy: 'somebody' }
  await db
    .insert(tables.attempts)
    .values(each((n) => attemptRow({ ...trip, stateHash: `hash ${n}`, status: STATUSES[n % 4] ?? 'failed' })))
  await db.insert(tables.checks).values(each((n) => checkRow({ connectionId, ok: n % 2 === 0 })))
  return connectionId
}

const STATUSES = ['waiting', 'proving', 'failed', 'succeeded'] as const
const ACTIVE = {
  ...HELD,
  intent: 3,
  generation: 3,
  previousGeneration: 2,
  lastGeneration: 3,
  fence: 7,
  clientId: 'own 3',
  credentialEndsAt: MONDAY,
}

async function fillReports({ db, tables }: Database, organisationId: string, connectionId: string) {
  const totals = [{ currency: 'EUR', subtotal: '1.10', tax: '0.10', total: '1.20', lines: 1 }]
  const running = { ...HELD, status: 'running', progress: 0.3, totals } as const
  const reports = each((n) => reportRow({ connectionId, organisationId, ...(n === 0 ? running : {}) }))
  await db.insert(tables.reports).values(reports)
  const reportId = reports[0]?.id ?? ''
  await db.insert(tables.reportChunks).values(each((sequence) => chunkRow({ reportId, sequence })))
  // The same customer in many currencies: a page ends in the middle of one.
  const lines = each((n) => breakdownRow({ reportId, key: `c${n % 3}`, currency: `E${n}` }))
  await db.insert(tables.breakdown).values(lines)
  const night = { organisationId, startedAt: MONDAY, finishedAt: MONDAY, refreshed: 7, failed: 0 }
  await db.insert(tables.nights).values(each((n) => ({ ...night, night: `2026-${n}` })))
}

async function fillCustomers({ db, tables }: Database, connectionId: string) {
  const told = { code: 'gdap_missing', title: 't', detail: 'd', action: 'fix_policy' } as const
  const consent = {
    connectionId,
    name: 'Alder Bakery',
    domain: 'alder-bakery.example',
    grants: [{ enterpriseApplicationId: 'graph', scopes: ['User.Read'] }],
    state: 'granted',
    certain: true,
    requestId: 'r',
    problem: told,
    grantedAt: MONDAY,
    grantedBy: 'Kim',
    revokedAt: MONDAY,
    updatedAt: MONDAY,
    version: 3,
  } as const
  await db.insert(tables.customerConsents).values(each((n) => ({ ...consent, customerTenantId: `c${n}` })))
}
