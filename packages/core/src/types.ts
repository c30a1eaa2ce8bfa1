/** The domain's data. A row in the database has exactly these types: there is nothing to map. */

export type Status = 'new' | 'waiting' | 'connected' | 'attention' | 'broken'
export type Action = 'retry' | 'reconsent' | 'fix_policy' | 'fix_app' | 'fix_input' | 'none'
export type Role = 'owner' | 'admin' | 'viewer'
export type CapabilityState = 'ok' | 'failing' | 'unknown'
export type Capability = 'signIn' | 'partnerCenter' | 'graph' | 'mfa' | 'billing'
export type Capabilities = Readonly<Record<Capability, CapabilityState>>

/** The rungs of the ladder, in order. */
export const LADDER = [
  'grant',
  'account',
  'mfa',
  'permissions',
  'partner_center',
  'role',
  'graph',
  'billing',
] as const
export type CheckKind = (typeof LADDER)[number]

/** What each rung tells of. */
export const CAPABILITIES: Readonly<Record<CheckKind, readonly Capability[]>> = {
  grant: ['signIn'],
  account: ['signIn'],
  mfa: ['mfa'],
  permissions: ['billing'],
  partner_center: ['partnerCenter'],
  role: ['partnerCenter'],
  graph: ['graph'],
  billing: ['billing'],
}

export const SCOPES = [
  'connections:read',
  'connections:write',
  'connections:consent',
  'tokens:read',
  'billing:read',
  'billing:run',
  'audit:read',
] as const
/** What a service key may do. */
export type Scope = (typeof SCOPES)[number]

/** What Microsoft said, kept for its support: never a token, never a secret. */
export type MicrosoftAnswer = {
  readonly error?: string
  readonly suberror?: string
  readonly code?: string
  readonly message?: string
  readonly traceId?: string
  readonly correlationId?: string
  readonly timestamp?: string
  readonly httpStatus?: number
  /** Age of the refresh token when Microsoft judged it, from `x-ms-clitelem`, in milliseconds. */
  readonly refreshTokenAgeMs?: number
}

/** Something that a person or a caller has to know: one of the product's stable codes, in words. */
export type Problem = {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly action: Action
  readonly microsoft?: MicrosoftAnswer
}

export type Organisation = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly createdAt: Date
}

export type Member = {
  readonly id: string
  readonly organisationId: string
  readonly userId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly createdAt: Date
}

/** `singleSignOn`: whether the organisation has it, and lets nobody but owners in without. */
export type Membership = Member & {
  readonly organisation: Organisation
  readonly singleSignOn: 'required' | 'offered' | null
  /** The organisation refuses whoever comes in without a second step. */
  readonly secondStepRequired: boolean
}

/** Leave to become a member, for whoever has the link. */
export type InvitationRow = {
  readonly id: string
  /** Null for the first owner's, who names the organisation. */
  readonly organisationId: string | null
  readonly email: string | null
  readonly role: Role
  readonly tokenHash: string
  readonly invitedBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly endedAt: Date | null
}

/** An organisation's OpenID Connect provider. */
export type SingleSignOnRow = {
  readonly organisationId: string
  readonly issuer: string
  readonly clientId: string
  /** Wrapped by the key ring. */
  readonly clientSecret: string
  readonly domains: readonly string[]
  readonly required: boolean
  readonly newcomers: Role | null
  readonly updatedAt: Date
}

export const CHANNEL_KINDS = ['email', 'webhook', 'teams'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

/** What somebody can be told of. */
export const NOTIFICATION_EVENTS = [
  'connection.broken',
  'connection.attention',
  'connection.expiring',
  'connection.recovered',
  'consent.succeeded',
  'consent.failed',
  'nightly.finished',
  'report.failed',
  'application.attention',
  'application.secret_expiring',
] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]
/** That the application's fault is over hears whoever heard of the fault. */
export type ToldEvent = NotificationEvent | 'application.recovered'
/** `dropped`: it was over before it could be told. */
export type NotificationState = 'waiting' | 'sent' | 'failed' | 'dropped'

/** Where an organisation is told. */
export type ChannelRow = {
  readonly id: string
  readonly organisationId: string
  readonly kind: ChannelKind
  /** An email address, or the host of an address that is a secret itself. */
  readonly target: string
  /** Address and signing secret, wrapped by the key ring; null for email. */
  readonly sealed: string | null
  readonly events: readonly NotificationEvent[]
  /** `HH:MM` in the deployment's time zone: what is not broken waits until they are over. */
  readonly quietFrom: string | null
  readonly quietTo: string | null
  readonly failures: number
  readonly pausedAt: Date | null
  readonly createdAt: Date
}

/** What an organisation was told last of one thing. */
export type ToldRow = {
  readonly subject: string
  readonly organisationId: string
  readonly cause: string
  /** Days before it stops of the last warning. */
  readonly warned: number | null
  readonly version: number
  readonly at: Date
}

export type NotificationRow = {
  readonly id: string
  readonly organisationId: string
  readonly channelId: string
  readonly event: ToldEvent | 'test'
  readonly subject: string
  /** Of what was told: another one since then makes it pointless. */
  readonly version: number
  readonly title: string
  /** JSON, as webhooks get it. */
  readonly payload: string
  readonly state: NotificationState
  readonly tries: number
  readonly nextTryAt: Date | null
  readonly answer: string | null
  readonly createdAt: Date
  readonly endedAt: Date | null
}

/** A person's session, without the token that carries it. */
export type SessionRow = {
  readonly id: string
  readonly userId: string
  /** The only organisation that it is good for: a single sign-on of it vouched. */
  readonly organisationId: string | null
  readonly address: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

/** Why something stops by a day. The console has words for each. */
export const END_KINDS = [
  'inactivity',
  'sign_in_frequency',
  'mfa_age',
  'permission',
  'enforcement',
  'application_secret',
] as const
export type EndKind = (typeof END_KINDS)[number]

export type StopsWorkingBecause = {
  readonly kind: EndKind
  readonly since: string
  readonly everyDays?: number
  /** When a refusal of Microsoft's taught it. */
  readonly learntAt?: string
  /** The permission that is missing, as Microsoft names it. */
  readonly permission?: string
  readonly evidence: string
}

/** A rule of the tenant that ends every sign-in after a time, as it was learnt from Microsoft's own words or from a refusal. */
export type Limit = {
  readonly kind: 'sign_in_frequency' | 'mfa_age'
  readonly seconds: number
  readonly learntAt: string
  /** It was read from the tenant's settings; absent where a refusal taught it. */
  readonly from?: 'policy'
}

/** A proof that has not come to its end: how often it was tried. */
export type OpenProof = { readonly tries: number }

export type ConnectionRow = {
  readonly id: string
  readonly organisationId: string
  readonly microsoftId: string
  readonly name: string
  /** Who named it; a weaker source never overwrites a stronger one (person > company > domain > id). */
  readonly nameFrom: 'person' | 'company' | 'domain' | 'id'
  readonly domain: string | null
  readonly status: Status
  readonly reason: string | null
  readonly action: Action | null
  readonly capabilities: Capabilities
  readonly grantedScopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly accountObjectId: string | null
  readonly accountUsername: string | null
  readonly consentedAt: Date | null
  readonly refreshedAt: Date | null
  readonly nextRefreshAt: Date | null
  readonly stopsWorkingBy: Date | null
  readonly stopsWorkingBecause: StopsWorkingBecause | null
  /** When a person last signed in at Microsoft for the working grant: what rotation never renews. */
  readonly signedInAt: Date | null
  /** Outlive a new consent, so that its end is known beforehand. */
  readonly limits: readonly Limit[] | null
  readonly openProof: OpenProof | null
  /** When the whole ladder was last climbed and held: what shows that Microsoft's services let others in. */
  readonly provenAt: Date | null
  readonly createdAt: Date
  readonly disconnectedAt: Date | null
  /** Raised by every change a person can make; the ETag. */
  readonly version: number
  /** The connection's data key, wrapped by the key ring, and the ring key that wraps it. */
  readonly dataKey: string
  readonly dataKeyId: string
  /** The generation that works; null before the first consent. */
  readonly generation: number | null
  /** The one before it, kept until the working one has been redeemed once. */
  readonly previousGeneration: number | null
  /** The highest generation number ever given out. */
  readonly lastGeneration: number
  /** Fencing number: raised whenever the lease is taken; a save must carry the newest. */
  readonly fence: number
  readonly leaseUntil: Date | null
  /** The process that holds the lease: once it has ended the lease is free, whatever its time. */
  readonly leaseHolder: string | null
  /** The generation being redeemed since the lease was taken: what a crash leaves behind. */
  readonly intent: number | null
  /** Why the next redemption proves the grant anew: a process ended during one, or the row came from a backup. */
  readonly verify: 'interrupted' | 'restored' | null
  /** An ambiguous refusal that waits for its second, spaced confirmation. */
  readonly doubtCode: string | null
  readonly doubtSince: Date | null
  /** Refreshes in a row that failed for a passing reason; paces the next try. */
  readonly failures: number
  /** A resource's claims challenge, JSON text, that only a person's next sign-in can answer. */
  readonly claimsChallenge: string | null
  /** The own application that consents are asked for as; null for the deployment's. */
  readonly clientId: string | null
  /** When the secret or certificate of the own application that the working grant came from runs out, where known. */
  readonly credentialEndsAt: Date | null
}

/** A partner's own application, in the place of the deployment's. */
export type ApplicationRow = {
  readonly connectionId: string
  readonly clientId: string
  readonly kind: 'secret' | 'certificate'
  /** Secrets, or certificate and key, sealed with the connection's data key. */
  readonly sealed: string
  /** Null where nobody said it. */
  readonly expiresAt: Date | null
  readonly addedAt: Date
  readonly addedBy: string
}

/** One stored refresh token. Rows are never changed but for `redeemedAt`, and never deleted because they failed. */
export type GrantRow = {
  readonly connectionId: string
  readonly generation: number
  readonly sealed: string
  readonly origin: 'consent' | 'rotation' | 'import'
  readonly attemptId: string | null
  /** The own application that it was given to; null for the deployment's. Nobody else can redeem it. */
  readonly clientId: string | null
  readonly createdAt: Date
  readonly redeemedAt: Date | null
}

export type AccessTokenRow = {
  readonly connectionId: string
  /** Resource and claims, hashed. */
  readonly key: string
  readonly sealed: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date
  readonly createdAt: Date
}

/** Microsoft asked to wait, or refused just now: nobody of the fleet asks again before. */
export type CoolDownRow = {
  readonly connectionId: string
  /** Of the access token that was asked for; `*` for all of the connection's. */
  readonly key: string
  readonly until: Date
  readonly told: { readonly problem: Problem; readonly verdict: Verdict }
}

export type AttemptStatus = 'waiting' | 'proving' | 'succeeded' | 'failed' | 'expired'

/** A consent link and the trip to Microsoft made with it. */
export type AttemptRow = {
  readonly id: string
  readonly connectionId: string
  readonly organisationId: string
  readonly microsoftId: string
  readonly tokenHash: string
  readonly status: AttemptStatus
  readonly createdBy: string
  readonly createdByName: string
  readonly createdByEmail: string | null
  readonly recipient: string | null
  readonly reason: string | null
  readonly returnUrl: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** The browser that set off with the link first; only it may go on. */
  readonly browserHash: string | null
  /** Present while a trip is under way; taking it is single use. */
  readonly stateHash: string | null
  readonly nonceHash: string | null
  readonly sealedVerifier: string | null
  readonly tripStartedAt: Date | null
  /** The own application that the trip asks for; null for the deployment's. */
  readonly clientId: string | null
  /** The process that proves it, while it is being proven. */
  readonly provingBy: string | null
  readonly finishedAt: Date | null
  /** Whether the one who set off is a signed-in member (lands in the console) or an outsider. */
  readonly byMember: boolean
  readonly problem: Problem | null
  /** The proven grant of another account, waiting for somebody to accept it. */
  readonly candidate: Candidate | null
}

export type Candidate = {
  readonly generation: number
  readonly objectId: string
  readonly username: string
}

export type CheckRow = {
  readonly id: string
  readonly connectionId: string
  readonly attemptId: string | null
  readonly kind: CheckKind
  readonly ok: boolean
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly action: Action | null
  readonly microsoft: MicrosoftAnswer | null
  readonly startedAt: Date
  readonly ms: number
}

export type ServiceKeyRow = {
  readonly id: string
  readonly organisationId: string
  readonly name: string
  readonly prefix: string
  readonly hash: string
  readonly scopes: readonly Scope[]
  /** Microsoft IDs it is bound to; null means all of the organisation. */
  readonly connections: readonly string[] | null
  /** Of a workload identity, which has tokens of an issuer in place of a key; null for all three otherwise. */
  readonly issuer: string | null
  readonly audience: string | null
  readonly subject: string | null
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
  /** The key that was made in its place; null while there is none. */
  readonly replacedBy: string | null
  readonly createdAt: Date
}

/** A service that shows tokens of an issuer in place of a key. */
export type WorkloadRow = ServiceKeyRow & {
  readonly issuer: string
  readonly audience: string
  readonly subject: string
}

/**
 * How sure a refusal is. `definitive`: no later try can succeed before a person acts. `ambiguous`: counts only when a
 * second, spaced try says the same. `transient`: says nothing about the grant. `app`: our own registration is at
 * fault, which never breaks a connection.
 */
export type Verdict = 'definitive' | 'ambiguous' | 'transient' | 'app'

/** A service that was given tokens of a connection lately. */
export type TokenUse = {
  readonly connectionId: string
  readonly serviceKeyId: string
  readonly name: string
  readonly lastUsedAt: Date
}

export type ReportStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'no_data'

export type Totals = {
  readonly currency: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
  readonly lines: number
}

export type InvoiceSummary = {
  readonly id: string
  readonly date: string
  readonly periodStart: string | null
  readonly periodEnd: string | null
  readonly total: string
  readonly currency: string
}

export type ReportRow = {
  readonly id: string
  readonly connectionId: string
  readonly organisationId: string
  readonly kind: 'billed' | 'unbilled'
  readonly invoiceId: string | null
  readonly currency: string | null
  readonly period: 'current' | 'last' | null
  readonly status: ReportStatus
  /** 0 to 1. */
  readonly progress: number
  /** What is going on, in words, while it runs. */
  readonly step: string | null
  readonly invoice: InvoiceSummary | null
  readonly totals: readonly Totals[]
  readonly problem: Problem | null
  readonly createdBy: string
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  /** The process that runs it renews this; past it, or once that has ended, another may start it anew. */
  readonly leaseUntil: Date | null
  readonly leaseHolder: string | null
  readonly fence: number
}

/** Lines of a report as Microsoft sent them: gzip of JSON Lines. Chunks numbered below zero have none: they are its index. */
export type ReportChunkRow = {
  readonly reportId: string
  readonly sequence: number
  /** Number of the chunk's first line in the report, from 0. */
  readonly firstLine: number
  readonly lines: number
  readonly data: Uint8Array
}

export type BreakdownRow = {
  readonly reportId: string
  readonly by: 'customer' | 'product'
  readonly key: string
  readonly name: string
  readonly currency: string
  readonly subtotal: string
  readonly tax: string
  readonly total: string
  readonly lines: number
}

/** What a night's refreshes of one organisation came to. */
export type NightRow = {
  readonly organisationId: string
  /** `YYYY-MM-DD`, local: the day on which the nightly window opened. */
  readonly night: string
  /** The first refresh and the last. */
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly refreshed: number
  readonly failed: number
}

/** Permissions of one API in a customer's tenant. */
export type CustomerGrant = {
  readonly enterpriseApplicationId: string
  readonly scopes: readonly string[]
}

/**
 * `granting`, `revoking`: Microsoft was asked, and what came of it is not known (yet). `failed`: it refused.
 */
export type CustomerConsentState = 'granting' | 'granted' | 'revoking' | 'revoked' | 'failed'

/** A consent given on behalf of a partner's customer: Microsoft has no list of them. */
export type CustomerConsentRow = {
  readonly connectionId: string
  readonly customerTenantId: string
  readonly name: string
  readonly domain: string | null
  readonly grants: readonly CustomerGrant[]
  /** The own application that they were granted to; null for the deployment's. */
  readonly clientId: string | null
  readonly state: CustomerConsentState
  /** False where Microsoft had a consent before ours, of which it does not say what it contains. */
  readonly certain: boolean
  /** `MS-RequestId`: Microsoft counts the same act once. */
  readonly requestId: string
  /** Why the last try did not succeed. */
  readonly problem: Problem | null
  readonly grantedAt: Date | null
  readonly grantedBy: string | null
  readonly revokedAt: Date | null
  readonly updatedAt: Date
  readonly version: number
}
