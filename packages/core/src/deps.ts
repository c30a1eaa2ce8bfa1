import type { Config } from './config.ts'
import type { KeyRing } from './seal.ts'
import type {
  AccessTokenRow,
  AttemptRow,
  BreakdownRow,
  CheckRow,
  ConnectionRow,
  GrantRow,
  Member,
  NightlyRunRow,
  Organisation,
  ReportChunkRow,
  ReportRow,
  Role,
  ServiceKeyRow,
  Status,
  TokenUse,
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
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export type DomainEvent = {
  readonly name: string
  readonly microsoftId?: string
  readonly organisationId?: string
  readonly code?: string
  readonly detail?: string
  readonly ms?: number
}

/** A page of a list: `cursor` is what the previous page gave as `nextCursor`. */
export type PageRequest = { readonly cursor?: string | undefined; readonly limit: number }
export type Page<T> = { readonly items: T[]; readonly nextCursor: string | null }

export type ConnectionQuery = PageRequest & {
  readonly status?: Status | undefined
  /** Part of the name, domain or Microsoft ID; upper and lower case are the same. */
  readonly search?: string | undefined
  /** Only these Microsoft IDs (a service key bound to connections). */
  readonly only?: readonly string[] | undefined
}

export type ConnectionPatch = Partial<
  Omit<ConnectionRow, 'id' | 'organisationId' | 'microsoftId' | 'createdAt'>
>
export type AttemptPatch = Partial<Omit<AttemptRow, 'id' | 'connectionId' | 'organisationId' | 'createdAt'>>
export type ReportPatch = Partial<Omit<ReportRow, 'id' | 'connectionId' | 'organisationId' | 'createdAt'>>

/**
 * Where everything is kept. Every method is one durable step: when its promise resolves, the change survives a
 * power cut. Methods that read on behalf of a caller take the organisation; those that take a connection's own id
 * (a UUID that never leaves the server) are for work already authorised.
 */
export type Store = {
  // organisations and members
  createOrganisation(row: Organisation): Promise<'created' | 'slug_taken'>
  findOrganisation(slugOrId: string): Promise<Organisation | null>
  listOrganisations(): Promise<Organisation[]>
  /** Adds the person (a row of the sign-in tables) to the organisation, or changes the role if already there. */
  putMember(member: {
    id: string
    organisationId: string
    userId: string
    role: Role
    createdAt: Date
  }): Promise<Member>
  listMemberships(userId: string): Promise<(Member & { readonly organisation: Organisation })[]>
  listMembers(organisationId: string): Promise<Member[]>

  // connections
  /** Creates it, revives a disconnected one (status new, the given data key), or returns what is there. */
  createConnection(row: ConnectionRow): Promise<{ row: ConnectionRow; created: boolean }>
  /** Null also when disconnected or another organisation's. */
  findConnection(organisationId: string, microsoftId: string): Promise<ConnectionRow | null>
  getConnection(id: string): Promise<ConnectionRow | null>
  /** Most urgent first: broken, attention (by date), waiting, new, connected; then by name. */
  listConnections(organisationId: string, query: ConnectionQuery): Promise<Page<ConnectionRow>>
  countConnections(organisationId: string, only?: readonly string[]): Promise<Record<Status, number>>
  /** Null when `ifVersion` is given and is not the row's. Raises the version when `ifVersion` is given. */
  updateConnection(id: string, patch: ConnectionPatch, ifVersion?: number): Promise<ConnectionRow | null>
  /** Destroys grants and access tokens, ends open attempts, keeps the history. */
  disconnect(id: string, now: Date): Promise<void>
  /** Connected ones whose `nextRefreshAt` has come, longest due first. */
  listDue(now: Date, limit: number): Promise<ConnectionRow[]>
  /** How many rows each ring key wraps. */
  countByDataKey(): Promise<{ id: string; rows: number }[]>

  // the life of a grant
  /**
   * One conditional write: takes the lease if nobody holds it, raises the fence, gives out a generation number and
   * marks the intent to redeem the working generation. Null when somebody else holds it. It is also the proof that
   * the store can be written.
   */
  takeLease(id: string, now: Date, until: Date): Promise<ConnectionRow | null>
  /** False when the fence is no longer the newest. */
  renewLease(id: string, fence: number, until: Date): Promise<boolean>
  /** Lets go without a new generation, changing the row in the same write. Null when the fence is stale. */
  releaseLease(id: string, fence: number, patch: ConnectionPatch): Promise<ConnectionRow | null>
  /** The next generation number, for a grant that came by consent or import. */
  allocateGeneration(id: string): Promise<number>
  saveGrant(row: GrantRow): Promise<void>
  getGrant(connectionId: string, generation: number): Promise<GrantRow | null>
  listGrants(connectionId: string): Promise<Omit<GrantRow, 'sealed'>[]>
  markRedeemed(connectionId: string, generation: number, at: Date): Promise<void>
  /** Removes the generations older than `before`, but those of a consent attempt that is still open. */
  pruneGrants(connectionId: string, before: number, now: Date): Promise<void>
  /** Removes what an attempt stored, but the generations in `keep`. */
  dropAttemptGrants(connectionId: string, attemptId: string, keep: readonly number[]): Promise<void>
  /**
   * Points the connection at a saved generation, remembers the one before, lets go of the lease and clears the
   * intent, in one write. Null when the fence is stale: the saved grant then stays as a stray.
   */
  commitGeneration(
    id: string,
    fence: number,
    generation: number,
    patch: ConnectionPatch,
  ): Promise<ConnectionRow | null>

  // access tokens
  putAccessToken(row: AccessTokenRow): Promise<void>
  getAccessToken(connectionId: string, key: string): Promise<AccessTokenRow | null>
  dropAccessTokens(connectionId: string): Promise<void>

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
    trip: Pick<AttemptRow, 'browserHash' | 'stateHash' | 'nonceHash' | 'sealedVerifier' | 'byMember'>,
  ): Promise<AttemptRow | null>
  /** Takes the trip with this state, once: clears the state and marks it proving. Null when there is none to take. */
  takeTrip(stateHash: string, browserHash: string, now: Date): Promise<AttemptRow | null>
  updateAttempt(id: string, patch: AttemptPatch): Promise<AttemptRow | null>
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

  // service keys
  createServiceKey(row: ServiceKeyRow): Promise<void>
  findServiceKey(hash: string): Promise<ServiceKeyRow | null>
  listServiceKeys(organisationId: string): Promise<ServiceKeyRow[]>
  revokeServiceKey(organisationId: string, id: string, now: Date): Promise<boolean>
  touchServiceKey(id: string, at: Date): Promise<void>
  /** Notes that a key was given a token of the connection. */
  noteTokenUse(connectionId: string, serviceKeyId: string, at: Date): Promise<void>
  /** Which keys were given tokens of these connections since then, by name. */
  listTokenUses(connectionIds: readonly string[], since: Date): Promise<TokenUse[]>

  // return origins
  listReturnOrigins(organisationId: string): Promise<string[]>
  putReturnOrigins(organisationId: string, origins: readonly string[]): Promise<void>

  // billing reports
  createReport(row: ReportRow): Promise<void>
  findReport(connectionId: string, id: string): Promise<ReportRow | null>
  /** Newest first. */
  listReports(connectionId: string, page: PageRequest): Promise<Page<ReportRow>>
  /** Takes the oldest queued report, or a running one whose lease ran out; raises its fence. Null when none. */
  claimReport(now: Date, until: Date): Promise<ReportRow | null>
  /** Null when the fence is stale. */
  updateReport(id: string, fence: number, patch: ReportPatch): Promise<ReportRow | null>
  /** Empties a report before it is written anew. False, like the next two, when the fence is stale. */
  clearReport(id: string, fence: number): Promise<boolean>
  addReportChunk(row: ReportChunkRow, fence: number): Promise<boolean>
  putBreakdown(reportId: string, fence: number, rows: readonly BreakdownRow[]): Promise<boolean>
  /** Chunks that hold lines from `firstLine` on, in order, at most `limit`. */
  listReportChunks(reportId: string, firstLine: number, limit: number): Promise<ReportChunkRow[]>
  listBreakdown(reportId: string, by: 'customer' | 'product'): Promise<BreakdownRow[]>

  // nightly runs
  addNightlyRun(row: NightlyRunRow): Promise<void>
  /** Newest first. */
  listNightlyRuns(limit: number): Promise<NightlyRunRow[]>

  /** Fails when the database cannot be used, with the reason. */
  ping(): Promise<void>
  close(): Promise<void>
}
