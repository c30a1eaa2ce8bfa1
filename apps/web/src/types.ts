/** The API's answers, as the contract gives them: dates are ISO strings, money is decimal strings. */
import type {
  Action,
  AttemptStatus,
  Capabilities,
  CheckKind,
  InvoiceSummary,
  MicrosoftAnswer,
  Problem as CoreProblem,
  ReportStatus,
  Role,
  Status,
  StopsWorkingBecause,
  Totals,
} from '@consentry/core'

export type {
  Action,
  AttemptStatus,
  Capabilities,
  CheckKind,
  MicrosoftAnswer,
  ReportStatus,
  Role,
  Status,
  Totals,
}
export type { Capability } from '@consentry/core'

/** `values` fill the message's placeholders; without them what the session knows is used, else the API's words. */
export type Problem = Omit<CoreProblem, 'action'> & {
  readonly action?: Action
  readonly values?: Readonly<Record<string, string>>
}

export type Region = { readonly name: string; readonly url: string }
export type ConsoleSettings = {
  readonly region: string | null
  readonly regions: readonly Region[]
  readonly operator: string | null
  readonly cloud: string
  readonly loginHost: string
  readonly nightly: { readonly from: string; readonly to: string; readonly timeZone: string }
}

/** What an invitation's link is for; no organisation where its holder makes the first one. */
export type Invitation = {
  readonly organisation: string | null
  readonly email: string | null
  readonly role: Role
  readonly invitedBy: string
  readonly expiresAt: string
  readonly hasAccount: boolean
}

export type Me = {
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly organisation: { readonly id: string; readonly slug: string; readonly name: string } | null
  readonly role: Role | null
}

export type TenantLookup = {
  readonly microsoftId: string
  readonly cloud: string
  readonly region: string | null
}

export type Connection = {
  readonly microsoftId: string
  readonly name: string
  readonly domain?: string | null
  readonly status: Status
  readonly reason?: string | null
  readonly action?: Action | null
  readonly capabilities: Capabilities
  readonly grantedScopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly account: { readonly objectId: string | null; readonly username: string | null } | null
  readonly consentedAt: string | null
  readonly refreshedAt: string | null
  readonly nextRefreshAt: string | null
  readonly stopsWorkingBy: string | null
  readonly stopsWorkingBecause?: StopsWorkingBecause | null
  readonly usedBy?: readonly string[]
  readonly createdAt: string
}

export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null }
export type ConnectionPage = Page<Connection> & {
  readonly counts?: Readonly<Record<Status, number>>
  readonly total?: number
}

export type Check = {
  readonly kind: CheckKind
  readonly ok: boolean
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly action?: Action | null
  readonly microsoft?: MicrosoftAnswer | null
  readonly startedAt: string
  readonly ms: number
}

export type Attempt = {
  readonly status: AttemptStatus
  readonly checks: readonly Check[]
  readonly problem?: Problem | null
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
  readonly expiresAt?: string | null
  readonly createdByName?: string | null
  readonly recipient?: string | null
  /** The sign-in became the working one, although something else may be missing. */
  readonly kept?: boolean
  /** Another account of the right tenant, proven and waiting to be accepted. */
  readonly candidate?: { readonly username: string }
}

export type ConsentLink = { readonly attemptId: string; readonly url: string; readonly expiresAt: string }
export type OpenConsentLink = {
  readonly attemptId: string
  readonly status: AttemptStatus
  readonly createdByName: string
  readonly recipient: string | null
  readonly reason: string | null
  readonly createdAt: string
  readonly expiresAt: string
}
export type TestResult = { readonly ok: boolean; readonly checks: readonly Check[] }

/** An invoice as Partner Center gives it; only what the picker reads. */
export type Invoice = {
  readonly id: string
  readonly invoiceDate?: string
  readonly billingPeriodStartDate?: string
  readonly billingPeriodEndDate?: string
  readonly totalCharges?: number | string
  readonly currencyCode?: string
}

export type ReportKind = 'billed' | 'unbilled'
export type ReportRequest = {
  readonly kind: ReportKind
  readonly invoiceId?: string
  readonly currency?: string
  readonly period?: 'current' | 'last'
}
export type Report = {
  readonly id: string
  readonly kind: ReportKind
  readonly status: ReportStatus
  readonly progress: number
  readonly step?: string | null
  readonly currency?: string | null
  readonly period?: 'current' | 'last' | null
  readonly invoiceId?: string
  readonly invoice?: InvoiceSummary | null
  readonly totals: readonly Totals[]
  readonly problem?: Problem | null
  readonly createdAt: string
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
  readonly createdBy?: string | null
}

export type BreakdownBy = 'customer' | 'product'
export type BreakdownItem = Totals & { readonly key: string; readonly name: string }

/** A billing line keeps Microsoft's attribute names; numbers stay the text that Microsoft sent. */
export type BillingLine = Readonly<Record<string, string | null>>
