import { randomUUID } from 'node:crypto'

import { UNCONNECTED } from '../src/status.ts'
import { CONSENTRY, type Actor, type AuditEvent, type AuditNote } from '../src/audit-entry.ts'
import type {
  AccessTokenRow,
  AttemptRow,
  BreakdownRow,
  CheckRow,
  ConnectionRow,
  GrantRow,
  Organisation,
  ReportChunkRow,
  ReportRow,
  ServiceKeyRow,
} from '../src/types.ts'

/** Ten o'clock on the Monday on which tests begin. */
export const MONDAY = new Date('2026-01-05T10:00:00.000Z')

/** Whole rows for tests: plausible, unlike one another, and with whatever the test cares about in `given`. */

export function organisationRow(given: Partial<Organisation> = {}): Organisation {
  const id = randomUUID()
  return { id, slug: `org-${id}`, name: 'Contoso Cloud', createdAt: MONDAY, ...given }
}

/** A connection as it is before its first consent. */
export function connectionRow(given: Partial<ConnectionRow> & { organisationId: string }): ConnectionRow {
  return {
    ...UNCONNECTED,
    id: randomUUID(),
    microsoftId: randomUUID(),
    name: 'Fabrikam',
    nameFrom: 'company',
    domain: null,
    createdAt: MONDAY,
    disconnectedAt: null,
    version: 1,
    dataKey: 'wrapped',
    dataKeyId: 'k1',
    lastGeneration: 0,
    fence: 0,
    ...given,
  }
}

export function grantRow(given: Partial<GrantRow> & Pick<GrantRow, 'connectionId' | 'generation'>): GrantRow {
  return {
    sealed: `sealed ${given.generation}`,
    origin: 'consent',
    attemptId: null,
    clientId: null,
    createdAt: MONDAY,
    redeemedAt: null,
    ...given,
  }
}

export function accessTokenRow(given: Partial<AccessTokenRow> & { connectionId: string }): AccessTokenRow {
  return {
    key: 'graph',
    sealed: 'sealed access token',
    scopes: ['https://graph.microsoft.com/.default'],
    expiresAt: new Date(MONDAY.getTime() + 3_600_000),
    createdAt: MONDAY,
    ...given,
  }
}

/** A link that nobody has opened yet; it ends an hour after `MONDAY`. */
export function attemptRow(given: Partial<AttemptRow> & { connectionId: string }): AttemptRow {
  return {
    id: randomUUID(),
    organisationId: randomUUID(),
    microsoftId: randomUUID(),
    tokenHash: randomUUID(),
    status: 'waiting',
    createdBy: 'user:1',
    createdByName: 'Kim',
    createdByEmail: null,
    recipient: null,
    reason: null,
    returnUrl: null,
    createdAt: MONDAY,
    expiresAt: new Date(MONDAY.getTime() + 3_600_000),
    browserHash: null,
    stateHash: null,
    nonceHash: null,
    sealedVerifier: null,
    tripStartedAt: null,
    clientId: null,
    provingBy: null,
    finishedAt: null,
    byMember: false,
    problem: null,
    candidate: null,
    ...given,
  }
}

export function checkRow(given: Partial<CheckRow> & { connectionId: string }): CheckRow {
  return {
    id: randomUUID(),
    attemptId: null,
    kind: 'grant',
    ok: true,
    code: 'ok',
    title: 'All is well',
    detail: '',
    action: null,
    microsoft: null,
    startedAt: MONDAY,
    ms: 12,
    ...given,
  }
}

export function serviceKeyRow(given: Partial<ServiceKeyRow> & { organisationId: string }): ServiceKeyRow {
  return {
    id: randomUUID(),
    name: 'billing service',
    prefix: 'csk_abcd',
    hash: randomUUID(),
    scopes: ['tokens:read'],
    connections: null,
    issuer: null,
    audience: null,
    subject: null,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    replacedBy: null,
    createdAt: MONDAY,
    ...given,
  }
}

export function reportRow(given: Partial<ReportRow> & { connectionId: string }): ReportRow {
  return {
    id: randomUUID(),
    organisationId: randomUUID(),
    kind: 'billed',
    invoiceId: 'G000000001',
    currency: null,
    period: null,
    status: 'queued',
    progress: 0,
    step: null,
    invoice: null,
    totals: [],
    problem: null,
    createdBy: 'user:1',
    createdAt: MONDAY,
    startedAt: null,
    finishedAt: null,
    leaseUntil: null,
    leaseHolder: null,
    fence: 0,
    ...given,
  }
}

export function chunkRow(
  given: Partial<ReportChunkRow> & Pick<ReportChunkRow, 'reportId' | 'sequence'>,
): ReportChunkRow {
  return { firstLine: given.sequence * 100, lines: 100, data: new Uint8Array([0, 255, 128]), ...given }
}

export function breakdownRow(given: Partial<BreakdownRow> & { reportId: string }): BreakdownRow {
  return {
    by: 'customer',
    key: 'c1',
    name: 'Adventure Works',
    currency: 'EUR',
    subtotal: '10.00',
    tax: '2.10',
    total: '12.10',
    lines: 3,
    ...given,
  }
}

/** Whoever a test acts for. */
export const TESTER: Actor = { kind: 'person', id: 'tester', name: 'Test', email: 'test@example.com' }

export function auditNote(given: Partial<AuditNote> = {}): AuditNote {
  const event: AuditEvent = { organisationId: null, actor: CONSENTRY, action: 'grant.refreshed' }
  return { id: randomUUID(), at: MONDAY, event, ...given }
}
