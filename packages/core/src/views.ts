import type { AttemptSeen } from './attempts.ts'
import type { ApplicationSeen, ApplicationsSeen } from './own-application.ts'
import { extraScopes } from './permissions.ts'
import type { NewerReport, ReportSizes } from './report-read.ts'
import type {
  CheckRow,
  ConnectionRow,
  CustomerConsentRow,
  Problem,
  ReportRow,
  ServiceKeyRow,
  TokenUse,
  WorkloadRow,
} from './types.ts'

/** What of a connection may leave the server, with the services that use it: chosen, not left over. Instants are ISO 8601. */
export function connectionView(row: ConnectionRow, uses: readonly TokenUse[]) {
  return {
    microsoftId: row.microsoftId,
    name: row.name,
    ...(row.domain ? { domain: row.domain } : {}),
    status: row.status,
    ...(row.reason ? { reason: row.reason } : {}),
    ...(row.action ? { action: row.action } : {}),
    capabilities: row.capabilities,
    grantedScopes: row.grantedScopes,
    missingScopes: row.missingScopes,
    extraScopes: extraScopes(row.grantedScopes),
    account:
      row.accountObjectId || row.accountUsername
        ? { objectId: row.accountObjectId, username: row.accountUsername }
        : null,
    consentedAt: iso(row.consentedAt),
    refreshedAt: iso(row.refreshedAt),
    nextRefreshAt: iso(row.nextRefreshAt),
    // What has stopped has no date to stop by.
    stopsWorkingBy: row.status === 'broken' ? null : iso(row.stopsWorkingBy),
    ...(row.stopsWorkingBecause && row.status !== 'broken'
      ? { stopsWorkingBecause: row.stopsWorkingBecause }
      : {}),
    usedBy: uses.map((it) => it.name),
    createdAt: row.createdAt.toISOString(),
  }
}
export type ConnectionView = ReturnType<typeof connectionView>

export function checkView(row: CheckRow) {
  return {
    kind: row.kind,
    ok: row.ok,
    code: row.code,
    title: row.title,
    detail: row.detail,
    ...(row.action ? { action: row.action } : {}),
    ...(row.microsoft ? { microsoft: row.microsoft } : {}),
    startedAt: row.startedAt.toISOString(),
    ms: row.ms,
  }
}
export type CheckView = ReturnType<typeof checkView>

export function attemptView({ attempt, checks, kept }: AttemptSeen) {
  return {
    attemptId: attempt.id,
    microsoftId: attempt.microsoftId,
    status: attempt.status,
    kept,
    checks: checks.map(checkView),
    ...(attempt.problem ? { problem: attempt.problem } : {}),
    ...(attempt.candidate ? { candidate: { username: attempt.candidate.username } } : {}),
    createdByName: attempt.createdByName,
    createdAt: attempt.createdAt.toISOString(),
    startedAt: iso(attempt.tripStartedAt),
    finishedAt: iso(attempt.finishedAt),
    expiresAt: attempt.expiresAt.toISOString(),
  }
}
export type AttemptView = ReturnType<typeof attemptView>

/** What is told of one report and not of each in a list. */
export type ReportMore = { readonly sizes: ReportSizes | null; readonly newer: NewerReport | null }

export function reportView(row: ReportRow, { sizes, newer }: Partial<ReportMore> = {}) {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    progress: row.progress,
    ...(row.step ? { step: row.step } : {}),
    ...(row.invoiceId ? { invoiceId: row.invoiceId } : {}),
    ...(row.currency ? { currency: row.currency } : {}),
    ...(row.period ? { period: row.period } : {}),
    ...(row.invoice ? { invoice: row.invoice } : {}),
    totals: row.totals,
    ...(row.problem ? { problem: row.problem } : {}),
    ...(sizes ? { sizes } : {}),
    ...(newer ? { newer } : {}),
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  }
}
export type ReportView = ReturnType<typeof reportView>

export function serviceKeyView(row: ServiceKeyRow) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    connections: row.connections,
    expiresAt: iso(row.expiresAt),
    lastUsedAt: iso(row.lastUsedAt),
    revokedAt: iso(row.revokedAt),
    createdAt: row.createdAt.toISOString(),
  }
}
export type ServiceKeyView = ReturnType<typeof serviceKeyView>

export function workloadView(row: WorkloadRow) {
  const { prefix: _prefix, ...rest } = serviceKeyView(row)
  return { ...rest, issuer: row.issuer, audience: row.audience, subject: row.subject }
}

/** A problem as RFC 9457 asks for; `type` leads to its page in the console. */
export function problemDocument(url: string, status: number, told: Problem, retryAfterSeconds?: number) {
  return {
    type: `${url}/help/codes/${told.code}`,
    title: told.title,
    status,
    detail: told.detail,
    code: told.code,
    action: told.action,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(told.microsoft ? { microsoft: told.microsoft } : {}),
  }
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null
}

/** A consent on behalf of a customer as it leaves the server. */
export function customerConsentView(row: CustomerConsentRow) {
  const { customerTenantId, name, domain, clientId, state, certain, grantedBy, problem } = row
  return {
    customerTenantId,
    name,
    domain,
    state,
    certain,
    ...(clientId ? { clientId } : {}),
    grants: row.grants.map((it) => ({ ...it, scopes: [...it.scopes] })),
    grantedAt: row.grantedAt?.toISOString() ?? null,
    grantedBy,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    ...(problem ? { problem } : {}),
  }
}

/** A connection's applications as they leave the server: never a secret. */
export function applicationsView({ next, working }: ApplicationsSeen) {
  return {
    ...applicationView(next),
    consentNeeded: working !== null && working.clientId !== next.clientId,
    working: working && applicationView(working),
  }
}

function applicationView({ clientId, kind, row }: ApplicationSeen) {
  const { expiresAt = null, addedAt = null, addedBy = null } = row ?? {}
  return { clientId, kind, expiresAt: iso(expiresAt), addedAt: iso(addedAt), addedBy }
}
