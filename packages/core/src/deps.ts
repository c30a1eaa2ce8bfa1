import type { AuditAction, AuditHead, AuditNote, AuditRow, Chain } from './audit-entry.ts'
import type { Config } from './config.ts'
import type { KeyRing } from './seal.ts'
import type { Trace } from './trace.ts'
import type { Turn, TurnWish } from './turns.ts'
import type { Surroundings } from './wave.ts'
import type {
  AccessTokenRow,
  ApplicationRow,
  AttemptRow,
  BreakdownRow,
  ChannelRow,
  CheckRow,
  ConnectionRow,
  CoolDownRow,
  CustomerConsentRow,
  GrantRow,
  InvitationRow,
  Member,
  Membership,
  NightRow,
  NotificationRow,
  Organisation,
  ReportChunkRow,
  ReportRow,
  Role,
  ServiceKeyRow,
  SessionRow,
  SingleSignOnRow,
  Status,
  TokenUse,
  ToldRow,
  WorkloadRow,
} from './types.ts'

/** All that the domain asks of the world; the first parameter of every use case. */
export type Deps = {
  readonly store: Store
  /** Sends to Microsoft. Tests pass a simulator's. */
  readonly fetch: Fetch
  readonly now: () => Date
  readonly keys: KeyRing
  readonly config: Config
  /** Told of what happened, for logs and metrics: names and numbers only, never a secret. */
  readonly report?: (event: DomainEvent) => void
  /** Told of work that outlives its caller: the process should end only after it. */
  readonly track?: (work: Promise<unknown>) => void
  /** Runs what may show in a trace. */
  readonly trace?: Trace
}

/** Whether what is there is still what somebody saw and edited. Without one, whatever is there is replaced. */
export type Unchanged<T> = (now: T) => boolean

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export type DomainEvent = {
  readonly name: string
  readonly microsoftId?: string
  readonly organisationId?: string
  readonly code?: string
  readonly detail?: string
  readonly ms?: number
}

/** Whether an error of the store's may go by itself: unreachable, full, busy. It says so by a flag of that name. */
export function passes(error: unknown): boolean {
  return error instanceof Error && 'passes' in error && error.passes === true
}

/** How long a lease outlasts its time while its holder lives: longer than any redemption takes. */
export const PAUSE = 5 * 60_000

/** What a redemption brought. */
export type Rotation = {
  readonly fence: number
  /** The new generation. */
  readonly grant: GrantRow
  /** The generation that was redeemed for it, and when. */
  readonly redeemed: number
  readonly at: Date
  readonly access: AccessTokenRow
  readonly patch: ConnectionPatch
  /** What the history says of it, when it has to. */
  readonly check: CheckRow | null
  /** What the audit log is to say of it. */
  readonly note: AuditNote
  /** The night that it counts to as a refresh; null when it is none of a night's, or another one of the same night. */
  readonly night: string | null
}

/** A connection's wrapped data key, with what it is bound to. */
export type DataKeyRow = Pick<ConnectionRow, 'id' | 'organisationId' | 'microsoftId' | 'dataKey'>

/** A page of a list: `cursor` is what the previous page gave as `nextCursor`. */
export type PageRequest = { readonly cursor?: string | undefined; readonly limit: number }
export type Page<T> = { readonly items: T[]; readonly nextCursor: string | null }

/** What a list of connections may be ordered by. */
export const CONNECTION_SORTS = ['urgency', 'name'] as const
export type ConnectionSort = (typeof CONNECTION_SORTS)[number]

export type ConnectionQuery = PageRequest & {
  /** The most urgent first unless told otherwise. A cursor is of the order that it came from. */
  readonly sort?: ConnectionSort | undefined
  readonly status?: Status | undefined
  /** Part of the name, domain or Microsoft ID; upper and lower case are the same. */
  readonly search?: string | undefined
  /** Only those that stop working by then. */
  readonly stopsBy?: Date | undefined
  /** Only these Microsoft IDs (a service key bound to connections). */
  readonly only?: readonly string[] | undefined
}

/** Whom it is about and for which reason. */
export type LookAround = {
  readonly microsoftId: string
  readonly code: string
  /** What shows that others work: a token that was given, or a proof that held from end to end. */
  readonly by: 'token' | 'proof'
  readonly now: Date
  readonly throttledSince: Date
  /** At most so many witnesses. */
  readonly witnesses: number
}

export type ConnectionPatch = Partial<
  Omit<ConnectionRow, 'id' | 'organisationId' | 'microsoftId' | 'createdAt'>
>
export type AttemptPatch = Partial<Omit<AttemptRow, 'id' | 'connectionId' | 'organisationId' | 'createdAt'>>
export type ReportPatch = Partial<Omit<ReportRow, 'id' | 'connectionId' | 'organisationId' | 'createdAt'>>

export type AuditQuery = PageRequest & {
  /** Id, name or email. */
  readonly actor?: string | undefined
  /** Whole (`token.issued`), or all that begin with it (`token`). */
  readonly action?: string | undefined
  /** Only entries of these Microsoft IDs. */
  readonly only?: readonly string[] | undefined
}

/**
 * Where everything is kept. Every method is one durable step: when its promise resolves, the change survives a
 * power cut. Methods that read on behalf of a caller take the organisation; those that take a connection's own id
 * (a UUID that never leaves the server) are for work already authorised. An `Unchanged` is asked in the same step, after
 * whoever else edits the same thing of the organisation has ended.
 */
export type Store = {
  // organisations and members
  createOrganisation(row: Organisation): Promise<'created' | 'slug_taken'>
  findOrganisation(slugOrId: string): Promise<Organisation | null>
  listOrganisations(): Promise<Organisation[]>
  isSecondStepRequired(organisationId: string): Promise<boolean>
  /** False, like the others that take an `Unchanged`, when it says no; nothing is changed then. */
  setSecondStepRequired(
    organisationId: string,
    required: boolean,
    unchanged?: Unchanged<boolean>,
  ): Promise<boolean>
  /** Adds the person (a row of the sign-in tables) to the organisation, or changes the role if already there. */
  putMember(member: {
    id: string
    organisationId: string
    userId: string
    role: Role
    createdAt: Date
  }): Promise<Member>
  listMemberships(userId: string): Promise<Membership[]>
  listMembers(organisationId: string): Promise<Member[]>
  /** Whether anybody belongs to any organisation. */
  hasMembers(): Promise<boolean>
  /** Changes a member's role, or removes them when it is null; never the last owner, whoever else is at it. */
  changeMember(
    organisationId: string,
    id: string,
    role: Role | null,
    unchanged?: Unchanged<Role>,
  ): Promise<'done' | 'not_there' | 'last_owner' | 'changed'>

  // invitations
  createInvitation(row: InvitationRow): Promise<void>
  /** Puts the first owner's invitation in the place of earlier ones. */
  replaceFirstInvitation(row: InvitationRow): Promise<void>
  findInvitation(tokenHash: string): Promise<InvitationRow | null>
  /** The organisation's, newest first. */
  listInvitations(organisationId: string): Promise<InvitationRow[]>
  /** False when it is not an open one of the organisation. */
  endInvitation(organisationId: string, id: string, now: Date): Promise<boolean>
  /** Uses it up, once: false when it was used, ended, or its time is over. */
  takeInvitation(id: string, now: Date): Promise<boolean>

  // sessions
  /** A person's sessions that have not ended, newest first. */
  listSessions(userId: string, now: Date): Promise<SessionRow[]>
  /** Ends one of the person's sessions, or all but one, only those of one organisation if it is given; gives how many. */
  endSessions(
    userId: string,
    which: ({ readonly id: string } | { readonly but: string | null }) & {
      readonly within?: string | undefined
    },
  ): Promise<number>

  // single sign-on
  getSingleSignOn(organisationId: string): Promise<SingleSignOnRow | null>
  putSingleSignOn(row: SingleSignOnRow, unchanged?: Unchanged<SingleSignOnRow | null>): Promise<boolean>
  /** False also when there is none. The sessions that it made end with it. */
  removeSingleSignOn(organisationId: string, unchanged?: Unchanged<SingleSignOnRow | null>): Promise<boolean>
  listSingleSignOns(): Promise<SingleSignOnRow[]>
  /** Puts the secret, wrapped anew, in the place of what it was. False when it is no longer that. */
  replaceClientSecret(organisationId: string, from: string, to: string): Promise<boolean>

  // connections
  /** Creates it, revives a disconnected one (status new, the given data key), or returns what is there. */
  createConnection(row: ConnectionRow): Promise<{ row: ConnectionRow; created: boolean }>
  /** Null also when disconnected or another organisation's. */
  findConnection(organisationId: string, microsoftId: string): Promise<ConnectionRow | null>
  getConnection(id: string): Promise<ConnectionRow | null>
  /** Most urgent first: broken, attention (by date), waiting, new, connected; then by name. */
  listConnections(organisationId: string, query: ConnectionQuery): Promise<Page<ConnectionRow>>
  /** How many there are of each status, of all or of those that a search finds. */
  countConnections(
    organisationId: string,
    only?: readonly string[],
    search?: string,
  ): Promise<Record<Status, number>>
  /** Null when `ifVersion` is given and is not the row's. Raises the version when `ifVersion` is given. */
  updateConnection(id: string, patch: ConnectionPatch, ifVersion?: number): Promise<ConnectionRow | null>
  /** Destroys grants and access tokens, ends open attempts, keeps the history. */
  disconnect(id: string, now: Date): Promise<void>
  /** Connected ones whose `nextRefreshAt` has come, longest due first; those after `after`, when it is given. */
  listDue(now: Date, limit: number, after?: ConnectionRow): Promise<ConnectionRow[]>
  /** What others met lately, of all organisations: who was refused for this reason, who works, who could be asked. */
  lookAround(wish: LookAround): Promise<Surroundings>
  /** How many rows each ring key wraps. */
  countByDataKey(): Promise<{ id: string; rows: number }[]>
  /** Data keys that another ring key than this one wraps, in the order of the rows' ids, after the given one. */
  listDataKeys(exceptKeyId: string, afterId: string, limit: number): Promise<DataKeyRow[]>
  /** Some data keys that this ring key wraps; none only when there are none. */
  sampleDataKeys(keyId: string, limit: number): Promise<DataKeyRow[]>
  /** Puts the data key, wrapped anew, in the place of what it was. False when it is no longer that. */
  replaceDataKey(id: string, from: string, to: Pick<ConnectionRow, 'dataKey' | 'dataKeyId'>): Promise<boolean>

  // the life of a grant
  /**
   * One conditional write: takes the lease if nobody holds it, raises the fence, gives out a generation number and
   * marks the intent to redeem the working generation. It is also the proof that the store can be written and has room.
   * A holder that has ended holds nothing; one that lives but is past its time (paused, or too slow to renew) keeps the
   * lease for `PAUSE` longer, since what it sent may still be answered. An intent that was left behind is noted in
   * `verify`. Null when somebody else holds it.
   */
  takeLease(id: string, now: Date, until: Date): Promise<ConnectionRow | null>
  /** False when the fence is no longer the newest. */
  renewLease(id: string, fence: number, until: Date): Promise<boolean>
  /**
   * Lets go without a new generation, changing the row and adding the check, if there is one, in the same step. Null,
   * and nothing is changed, when the fence is stale.
   */
  releaseLease(
    id: string,
    fence: number,
    patch: ConnectionPatch,
    check?: CheckRow | null,
  ): Promise<ConnectionRow | null>
  /**
   * Lets go of a lease that was neither released nor committed, at once or as soon as the store can be written again;
   * its intent is noted in `verify`. Does nothing otherwise.
   */
  abandonLease(id: string, fence: number): Promise<void>
  /**
   * Lets go of the leases of processes that have ended. Where one was redeeming, that is noted in `verify` and the
   * connection is due now. Gives those.
   */
  releaseInterrupted(now: Date): Promise<Pick<ConnectionRow, 'id' | 'microsoftId' | 'organisationId'>[]>
  /** The next generation number, for a grant that came by consent or import. */
  allocateGeneration(id: string): Promise<number>
  saveGrant(row: GrantRow): Promise<void>
  getGrant(connectionId: string, generation: number): Promise<GrantRow | null>
  listGrants(connectionId: string): Promise<Omit<GrantRow, 'sealed'>[]>
  /** Removes what an attempt stored, but the generations in `keep`. */
  dropAttemptGrants(connectionId: string, attemptId: string, keep: readonly number[]): Promise<void>
  /**
   * All that one redemption brought, or nothing of it: saves new generation, access token and check, points the
   * connection at the one and remembers the one before, notes when that was redeemed, removes those older than it (but
   * for a consent attempt's that is still open), lets go of the lease and clears intent and `verify`. Null when the
   * fence is stale: the new generation then stays as a stray, nothing else changes. Nothing is kept after Disconnect.
   * Doing it twice is doing it once.
   */
  commitRotation(rotation: Rotation): Promise<ConnectionRow | null>
  /**
   * Points the connection at a saved generation, remembers the one before, lets go of the lease and clears intent and
   * `verify`, in one write. Null when the fence is stale: the saved grant then stays as a stray.
   */
  commitGeneration(
    id: string,
    fence: number,
    generation: number,
    patch: ConnectionPatch,
  ): Promise<ConnectionRow | null>

  // own applications
  /**
   * Keeps it in the place of one with the same client id, lets consents be asked for as it and raises the connection's
   * version. False, and nothing is changed, after Disconnect, and when `ifVersion` is given and is not that.
   */
  putApplication(row: ApplicationRow, ifVersion?: number): Promise<boolean>
  getApplication(connectionId: string, clientId: string): Promise<ApplicationRow | null>
  listApplications(connectionId: string): Promise<ApplicationRow[]>
  /**
   * Forgets those that were put until `since` and that no consent is asked for as, no grant was given to, and no
   * attempt set off with that may end after that; gives how many.
   */
  dropUnusedApplications(since: Date): Promise<number>

  // access tokens
  putAccessToken(row: AccessTokenRow): Promise<void>
  getAccessToken(connectionId: string, key: string): Promise<AccessTokenRow | null>
  /** Forgets the connection's access tokens and cool-downs. */
  dropAccessTokens(connectionId: string): Promise<void>

  // cool-downs
  putCoolDown(row: CoolDownRow): Promise<void>
  /** The longest one for this key or for all of the connection that is not over. */
  getCoolDown(connectionId: string, key: string, now: Date): Promise<CoolDownRow | null>

  // consent attempts
  createAttempt(row: AttemptRow): Promise<void>
  findAttemptByToken(tokenHash: string): Promise<AttemptRow | null>
  getAttempt(id: string): Promise<AttemptRow | null>
  /** Those whose time is not over and that have not succeeded: failed ones may be tried again. Newest first. */
  listOpenAttempts(connectionId: string, now: Date): Promise<AttemptRow[]>
  /**
   * Binds the attempt to the browser (or confirms it is the same), and stores the trip, in one write. Null when it
   * ended, succeeded, is being proven, or belongs to another browser.
   */
  startTrip(
    id: string,
    now: Date,
    trip: Pick<
      AttemptRow,
      'browserHash' | 'stateHash' | 'nonceHash' | 'sealedVerifier' | 'byMember' | 'clientId'
    >,
  ): Promise<AttemptRow | null>
  /** Takes the trip with this state, once: clears the state and marks it proving. Null when there is none to take. */
  takeTrip(stateHash: string, browserHash: string, now: Date): Promise<AttemptRow | null>
  /** With the note, if there is one, in the same step. */
  updateAttempt(id: string, patch: AttemptPatch, note?: AuditNote): Promise<AttemptRow | null>
  /** Takes over the attempts that a process was proving when it ended, each for one caller only. */
  takeInterruptedAttempts(): Promise<AttemptRow[]>
  /**
   * Ends open attempts whose time is over (status expired, candidate and sealed verifier cleared) and puts their
   * connections back to `new` where status is `waiting` and no other attempt is open. Returns the ended ones as they were.
   */
  expireAttempts(now: Date): Promise<AttemptRow[]>

  // checks
  addCheck(row: CheckRow): Promise<void>
  /** Newest first. */
  listChecks(connectionId: string, page: PageRequest): Promise<Page<CheckRow>>
  /** In the order they were made. */
  listAttemptChecks(attemptId: string): Promise<CheckRow[]>
  clearAttemptChecks(attemptId: string): Promise<void>
  /**
   * Forgets up to `limit` checks that no consent made: what was well before `well`, and whatever was before `all`.
   * Gives how many.
   */
  dropChecks(before: { readonly well: Date; readonly all: Date }, limit: number): Promise<number>

  // service keys
  createServiceKey(row: ServiceKeyRow): Promise<void>
  findServiceKey(hash: string): Promise<ServiceKeyRow | null>
  listServiceKeys(organisationId: string): Promise<ServiceKeyRow[]>
  revokeServiceKey(organisationId: string, id: string, now: Date): Promise<boolean>
  /**
   * Makes `row` in the place of the organisation's key `id`, which ends then. False, and nothing is written, when that
   * one is revoked or was replaced.
   */
  replaceServiceKey(id: string, end: Date, row: ServiceKeyRow): Promise<boolean>
  /** Those that trust this issuer and are not revoked, oldest first. */
  findWorkloads(issuer: string): Promise<WorkloadRow[]>
  touchServiceKey(id: string, at: Date): Promise<void>
  /** Notes that a key was given a token of the connection. */
  noteTokenUse(connectionId: string, serviceKeyId: string, at: Date): Promise<void>
  /** Which keys were given tokens of these connections since then, by name. */
  listTokenUses(connectionIds: readonly string[], since: Date): Promise<TokenUse[]>

  // return origins
  listReturnOrigins(organisationId: string): Promise<string[]>
  putReturnOrigins(
    organisationId: string,
    origins: readonly string[],
    unchanged?: Unchanged<readonly string[]>,
  ): Promise<boolean>

  // billing reports
  createReport(row: ReportRow): Promise<void>
  findReport(connectionId: string, id: string): Promise<ReportRow | null>
  /** Newest first. */
  listReports(connectionId: string, page: PageRequest): Promise<Page<ReportRow>>
  /** Those of all organisations that failed since then, asked for last first. */
  listFailedReports(since: Date, limit: number): Promise<ReportRow[]>
  /**
   * Takes the oldest queued report, or a running one whose lease ran out or whose process has ended; raises its fence.
   * Null when there is none.
   */
  claimReport(now: Date, until: Date): Promise<ReportRow | null>
  /** Null when the fence is stale. */
  updateReport(id: string, fence: number, patch: ReportPatch): Promise<ReportRow | null>
  /** Empties a report before it is written anew. False, like the next two, when the fence is stale. */
  clearReport(id: string, fence: number): Promise<boolean>
  /** All of them or, when it fails, none. */
  addReportChunks(rows: readonly ReportChunkRow[], fence: number): Promise<boolean>
  putBreakdown(reportId: string, fence: number, rows: readonly BreakdownRow[]): Promise<boolean>
  /** Chunks that hold lines from `firstLine` on, in order, at most `limit`. */
  listReportChunks(reportId: string, firstLine: number, limit: number): Promise<ReportChunkRow[]>
  /** Those among a report's chunks that have these numbers, in order. */
  findReportChunks(reportId: string, sequences: readonly number[]): Promise<ReportChunkRow[]>
  listBreakdown(reportId: string, by: 'customer' | 'product'): Promise<BreakdownRow[]>

  // audit
  /** The log's signed end; null before it is begun. */
  getAuditHead(): Promise<AuditHead | null>
  /** Begins the log, or gives the end of the one that is there. */
  createAuditHead(head: AuditHead): Promise<AuditHead>
  /** Puts the log's key, wrapped anew, in the place of what it was. False when it is no longer that. */
  replaceAuditKey(from: string, to: Pick<AuditHead, 'key' | 'keyId'>): Promise<boolean>
  /**
   * Adds what `chain` makes of the log's end and of the noted events with these ids that are still there, and forgets
   * those, in one write. One after the other over the fleet. Gives how many noted events came along.
   */
  appendAudit(noteIds: readonly string[], chain: Chain): Promise<number>
  /** Adds events that `drainNotes` brings into the log later. */
  addAuditNotes(notes: readonly AuditNote[]): Promise<void>
  /** Oldest first. */
  listAuditNotes(limit: number): Promise<AuditNote[]>
  /** The organisation's entries, newest first. */
  listAudit(organisationId: string, query: AuditQuery): Promise<Page<AuditRow>>
  /** How many entries of an action an organisation has from a moment on until another, which is not counted. */
  countAudit(organisationId: string, action: AuditAction, from: Date, until: Date): Promise<number>
  /** Entries of the whole deployment after this one, in order. */
  readAudit(afterSequence: number, limit: number): Promise<AuditRow[]>

  // nights
  /** Adds one refresh to its night, in one write. One that worked is added with what it brought. */
  addToNight(organisationId: string, night: string, outcome: 'refreshed' | 'failed', at: Date): Promise<void>
  /** Newest first. */
  listNights(organisationId: string, limit: number): Promise<NightRow[]>
  /** Takes the turn, or tells when to ask again, in one write. */
  takeTurn(wish: TurnWish): Promise<Turn>
  /** Forgets the turns that were over before. */
  dropTurns(before: Date): Promise<void>

  // notifications
  /** Of one organisation, or of all when none is named; oldest first. */
  listChannels(organisationId?: string): Promise<ChannelRow[]>
  /** Puts these in the place of all that the organisation had; what was on its way to others is forgotten. */
  replaceChannels(
    organisationId: string,
    rows: readonly ChannelRow[],
    unchanged?: Unchanged<readonly ChannelRow[]>,
  ): Promise<boolean>
  updateChannel(
    id: string,
    patch: Partial<Pick<ChannelRow, 'failures' | 'pausedAt' | 'sealed'>>,
  ): Promise<void>
  listTold(organisationId: string): Promise<ToldRow[]>
  getTold(subject: string): Promise<ToldRow | null>
  /**
   * Remembers what is told and puts it on its way, in one step. False, and nothing is changed, when somebody else told
   * of the subject since `from` (0: never) was read. A null `row` forgets the subject.
   */
  tell(
    subject: string,
    from: number,
    row: ToldRow | null,
    notifications: readonly NotificationRow[],
  ): Promise<boolean>
  addNotification(row: NotificationRow): Promise<void>
  /** Due ones, longest first, for nobody else until then. */
  takeNotifications(now: Date, until: Date, limit: number): Promise<NotificationRow[]>
  updateNotification(
    id: string,
    patch: Partial<Pick<NotificationRow, 'state' | 'tries' | 'nextTryAt' | 'answer' | 'endedAt'>>,
  ): Promise<void>
  /** Newest first. */
  listNotifications(organisationId: string, limit: number): Promise<NotificationRow[]>
  /** Forgets those that ended before. */
  dropNotifications(before: Date): Promise<void>

  // customers' consents
  getCustomerConsent(connectionId: string, customerTenantId: string): Promise<CustomerConsentRow | null>
  /** By name. */
  listCustomerConsents(connectionId: string, page: PageRequest): Promise<Page<CustomerConsentRow>>
  /** Those with these customers, in any order. */
  findCustomerConsents(
    connectionId: string,
    customerTenantIds: readonly string[],
  ): Promise<CustomerConsentRow[]>
  /** Puts the row in the place of the one of this version (0: none). False when it is another by now. */
  saveCustomerConsent(row: CustomerConsentRow, from: number): Promise<boolean>

  /** Fails when the database cannot be used, with the reason. */
  ping(): Promise<void>
  close(): Promise<void>
}
