/** The API's answers, as the contract gives them: dates are ISO strings, money is decimal strings. */
import type {
  Action,
  AttemptStatus,
  Capabilities,
  ChannelKind,
  CheckKind,
  CustomerConsentState,
  CustomerGrant,
  InvoiceSummary,
  MicrosoftAnswer,
  NotificationEvent,
  Permission,
  Problem as CoreProblem,
  ReportStatus,
  Role,
  Scope,
  Status,
  StopsWorkingBecause,
  Totals,
} from '@consentry/core'

export type {
  Action,
  AttemptStatus,
  Capabilities,
  ChannelKind,
  CheckKind,
  CustomerGrant,
  MicrosoftAnswer,
  NotificationEvent,
  ReportStatus,
  Role,
  Scope,
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
  /** Microsoft's billing export exists in this cloud. */
  readonly partnerBilling: boolean
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
  readonly organisations?: readonly { readonly slug: string; readonly name: string }[]
  readonly role: Role | null
}

export type Organisation = {
  readonly slug: string
  readonly name: string
  readonly secondStepRequired: boolean
  /** Names of those who may change things. */
  readonly owners: readonly string[]
}
export type Member = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly createdAt: string
  readonly etag: string
}
export type OpenInvitation = {
  readonly id: string
  readonly email: string | null
  readonly role: Role
  readonly invitedBy: string
  readonly expiresAt: string
}
export type MadeInvitation = OpenInvitation & { readonly url: string; readonly mailed: boolean }

export type ServiceKey = {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly connections: readonly string[] | null
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
  readonly createdAt: string
}
export type MadeServiceKey = ServiceKey & { readonly key: string }
export type WorkloadIdentity = Omit<ServiceKey, 'prefix'> & {
  readonly issuer: string
  readonly audience: string
  readonly subject: string
}
export type SingleSignOn = {
  readonly issuer: string
  readonly clientId: string
  readonly domains: readonly string[]
  readonly required: boolean
  readonly newcomers: Exclude<Role, 'owner'> | null
  readonly redirectUri: string
  readonly signInUrl: string
  readonly updatedAt: string
}
export type Channel = {
  readonly id: string
  readonly kind: ChannelKind
  readonly target: string
  readonly events: readonly NotificationEvent[]
  readonly quietHours: { readonly from: string; readonly to: string } | null
  readonly failures: number
  readonly pausedAt: string | null
  /** Signs what a webhook gets; shown once. */
  readonly secret?: string
}
export type Delivery = {
  readonly id: string
  readonly channelId: string
  readonly event: string
  readonly title: string
  readonly state: 'waiting' | 'sent' | 'failed' | 'dropped'
  readonly tries: number
  readonly answer: string | null
  readonly createdAt: string
}
export type AuditEntry = {
  readonly sequence: number
  readonly at: string
  readonly actor: { readonly kind: string; readonly name: string; readonly email: string | null }
  readonly action: string
  readonly microsoftId: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly hash: string
}
export type AuditVerdict = {
  readonly ok: boolean
  readonly entries: number
  readonly firstBad?: { readonly sequence: number; readonly reason: string }
}
export type PersonSession = {
  readonly id: string
  readonly address: string | null
  readonly userAgent: string | null
  readonly createdAt: string
  readonly lastSeenAt: string
  readonly current: boolean
}
export type Passkey = { readonly id: string; readonly name: string | null; readonly createdAt: string }

export type Need = Problem & {
  readonly microsoftId: string
  readonly name: string
  readonly status: Status
  /** When it will stop working; null: it has. */
  readonly by: string | null
  readonly stopsWorkingBecause?: StopsWorkingBecause
}
/** A fault that whoever runs Consentry must see to. */
export type Incident = Problem & {
  readonly connections: number
  readonly application?: { readonly kind: 'secret' | 'certificate'; readonly expiresAt: string }
}
export type Night = {
  readonly night: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly ms: number
  readonly due: number
  readonly refreshed: number
  readonly failed: number
}
/** A tenant whose link somebody else has. */
export type WaitingFor = {
  readonly microsoftId: string
  readonly name: string
  readonly recipient: string | null
  readonly createdByName: string
  readonly createdAt: string
  readonly expiresAt: string
}
export type Today = {
  readonly needsPerson: readonly Need[]
  readonly incidents: readonly Incident[]
  readonly counts: Readonly<Record<Status, number>>
  readonly nextNightlyRun: string
  readonly lastNightlyRun: Night | null
  readonly nights: readonly Night[]
  /** Tonight's run while it goes on. */
  readonly running: { readonly done: number; readonly of: number } | null
  readonly waiting: readonly WaitingFor[]
  /** Parts that could not be read just now. */
  readonly unavailable: readonly ('waiting' | 'nights' | 'tokens' | 'application' | 'overdue')[]
  readonly tokens: {
    readonly total: number
    readonly hours: readonly { readonly from: string; readonly tokens: number }[]
  }
}

export type TenantLookup = {
  readonly microsoftId: string
  readonly cloud: string
  readonly region: string | null
  readonly regionMatches: boolean | null
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
  readonly extraScopes: readonly string[]
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
  /** How many the filters leave. */
  readonly matching?: number
}

type ApplicationFacts = {
  readonly clientId: string
  readonly kind: 'deployment' | 'secret' | 'certificate'
  readonly expiresAt: string | null
  readonly addedAt: string | null
  readonly addedBy: string | null
}
/** What consents are asked for as, and what the working sign-in was given to; null before the first. */
export type Application = ApplicationFacts & {
  readonly consentNeeded: boolean
  readonly working: ApplicationFacts | null
  readonly redirectUri: string
}

/** What Consentry needs, and how one tenant or all of them stand to it. */
export type PermissionOverview = {
  /** The day of the list of needs. */
  readonly version: string
  /** How many have signed in. */
  readonly connections: number
  readonly permissions: readonly NeededPermission[]
  readonly extra: readonly { readonly name: string; readonly connections: number }[]
}
export type NeededPermission = Omit<Permission, 'needs'> & {
  readonly needed: boolean
  readonly granted: number
  readonly lacking: number
  /** The hundred most urgent of those that lack it. */
  readonly missing: readonly { readonly microsoftId: string; readonly name: string }[]
}

export type CustomerConsent = {
  readonly customerTenantId: string
  readonly name: string
  readonly domain: string | null
  readonly state: CustomerConsentState
  /** False where Microsoft had a consent before, of which it does not say what it contains. */
  readonly certain: boolean
  readonly grants: readonly CustomerGrant[]
  readonly grantedAt: string | null
  readonly grantedBy: string | null
  readonly revokedAt: string | null
  readonly problem?: Problem
}
/** A customer of the partner, with what was granted in its tenant. */
export type Customer = Pick<CustomerConsent, 'customerTenantId' | 'name' | 'domain'> & {
  readonly consent: CustomerConsent | null
}
/** What is granted when nothing else is said. */
export type GrantableApi = {
  readonly enterpriseApplicationId: string
  readonly name: string
  readonly permissions: readonly { readonly scope: string; readonly reason: string }[]
}
export type CustomerConsents = Page<CustomerConsent> & { readonly defaults: readonly GrantableApi[] }

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
  /** Bytes of the downloads. */
  readonly sizes?: { readonly csv: number; readonly jsonl: number }
  /** A later report of the same, of other data. */
  readonly newer?: { readonly id: string; readonly since: string }
}

export type BreakdownBy = 'customer' | 'product'
export type BreakdownItem = Totals & {
  readonly key: string
  readonly name: string
  /** The same part of the report it stands beside. */
  readonly compared?: { readonly subtotal: string }
}

/** A billing line keeps Microsoft's attribute names; numbers stay the text that Microsoft sent. */
export type LineKind = 'licence' | 'use' | 'credit'
export type LineSort = 'largest' | 'smallest' | 'as_sent'
/** Which lines of a report, in which order; an empty text is no condition. */
export type LineFilter = {
  readonly customer: string
  readonly product: string
  readonly kind: LineKind | ''
  readonly currency: string
  readonly search: string
  readonly sort: LineSort
}
export type BillingLine = Readonly<Record<string, string | null>>
