import { credentialEnd } from './applications.ts'
import { drainNotes, noteOf } from './audit.ts'
import { CONSENTRY, type AuditNote } from './audit-entry.ts'
import { recordCheck } from './checks.ts'
import type { Callback } from './consent.ts'
import type { AttemptPatch, ConnectionPatch, Deps } from './deps.ts'
import { diagnoseAuthorize } from './diagnosis.ts'
import { ConsentryError, problem } from './errors.ts'
import { nextNight } from './forecast.ts'
import { foreseen } from './foresight.ts'
import { accessTokenKey, keepAccessToken } from './grants.ts'
import { LONG_PATIENCE, withLease } from './lease.ts'
import type { Tokens } from './microsoft/entra.ts'
import { scopesOf } from './permissions.ts'
import { inDoubt } from './night-proof.ts'
import { afterProof, type Proof } from './proof.ts'
import { wordsOf } from './status.ts'
import { traced } from './trace.ts'
import { climbTrial, resumeTrial, type Trial, type Trialled } from './trial.ts'
import type { AttemptRow, Candidate, Capability, ConnectionRow, Problem } from './types.ts'

/**
 * Redeems the code of a trip, proves the grant on the ladder, and lets it replace the working one only if it is at
 * least as good. Whatever fails leaves the working grant alone. Never rejects; the outcome is in the attempt.
 */
export async function proveConsent(
  deps: Deps,
  attempt: AttemptRow,
  callback: Callback,
  trip: { readonly late: boolean; readonly redirectUri: string },
): Promise<AttemptRow> {
  const prove = async (connection: ConnectionRow) => {
    const early = trip.late ? problem('took_too_long') : readAuthorizeError(callback, attempt, connection)
    if (early) return refuseEarly(deps, attempt, connection, early)
    const trialled = await climbTrial(deps, attempt, connection, callback, trip.redirectUri)
    return decide(deps, attempt, connection, trialled)
  }
  return traced(deps, 'consent', attempt, () => conclude(deps, attempt, prove))
}

/**
 * Goes on with an attempt whose process ended while it was proving it: from the grant it had stored, if it had come
 * so far. Never rejects; the outcome is in the attempt.
 */
export async function resumeConsent(deps: Deps, attempt: AttemptRow): Promise<AttemptRow> {
  return conclude(deps, attempt, async (connection) => {
    const grants = await deps.store.listGrants(connection.id)
    const candidate = grants.filter((it) => it.attemptId === attempt.id).at(-1)
    if (!candidate) return refuseEarly(deps, attempt, connection, problem('interrupted'))
    if (wasPromoted(connection, attempt, candidate.generation)) return end(deps, attempt, {})
    await deps.store.clearAttemptChecks(attempt.id)
    const trialled = await resumeTrial(deps, attempt, connection, candidate.generation)
    return decide(deps, attempt, connection, trialled)
  })
}

/** The process ended after the last step but one: the grant works already, and may have been renewed since. */
function wasPromoted(connection: ConnectionRow, attempt: AttemptRow, candidate: number): boolean {
  const { generation, previousGeneration, consentedAt } = connection
  if (candidate === generation || candidate === previousGeneration) return true
  const since = consentedAt && attempt.tripStartedAt && consentedAt > attempt.tripStartedAt
  return Boolean(since) && candidate < (generation ?? 0)
}

async function conclude(
  deps: Deps,
  attempt: AttemptRow,
  work: (connection: ConnectionRow) => Promise<AttemptRow>,
): Promise<AttemptRow> {
  try {
    const connection = await deps.store.getConnection(attempt.connectionId)
    if (!connection || connection.disconnectedAt)
      return await end(deps, attempt, { problem: problem('link_ended') })
    return await work(connection)
  } catch (error) {
    deps.report?.({ name: 'consent.fault', microsoftId: attempt.microsoftId, detail: describe(error) })
    const told =
      error instanceof ConsentryError ? error.problem : problem('server_error', { reference: attempt.id })
    return await end(deps, attempt, { problem: told }).catch(() => attempt)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
}

function readAuthorizeError(
  { code, error, errorDescription }: Callback,
  { clientId }: AttemptRow,
  connection: ConnectionRow,
): Problem | null {
  if (!error) return code ? null : problem('answer_mismatch')
  const told = diagnoseAuthorize(error, errorDescription)
  const isOwn = clientId !== null && told.action === 'fix_app'
  return isOwn ? problem('application_misconfigured', wordsOf(connection), told.microsoft) : told
}

async function refuseEarly(deps: Deps, attempt: AttemptRow, connection: ConnectionRow, told: Problem) {
  await recordCheck(
    deps,
    connection,
    'grant',
    { ok: false, problem: told },
    { startedAt: deps.now(), attemptId: attempt.id },
  )
  return end(deps, attempt, { problem: told })
}

// Failures that mean: this grant must not be kept at all.
const WORTHLESS: ReadonlySet<string> = new Set([
  'wrong_tenant',
  'guest_account',
  'answer_mismatch',
  'mfa_missing',
  'other_company',
  'no_lasting_sign_in',
  'interrupted',
])

async function decide(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  trialled: Trialled,
): Promise<AttemptRow> {
  const { trial, proof } = trialled
  const lead = proof.problems[0]
  const climbed = trial.generation !== null
  const worthless = !climbed || proof.problems.some((it) => WORTHLESS.has(it.code))
  const candidate = candidateOf(trial)
  if (!worthless && candidate && proof.problems.some((it) => it.code === 'other_account')) {
    return end(deps, attempt, { problem: lead ?? problem('other_account'), candidate })
  }
  const better = await isAtLeastAsGood(deps, connection, proof)
  if (worthless || !candidate || !better) {
    await discard(deps, attempt)
    const failed = lead ?? proof.checks.map(problemOfCheck).find((it) => it !== null)
    return end(deps, attempt, { problem: failed ?? problem('microsoft_slow') })
  }
  await promote(deps, attempt, connection, candidate, { proof, tokens: trial.tokens })
  return end(deps, attempt, { account: candidate.username, ...(lead ? { problem: lead } : {}) })
}

function candidateOf(trial: Trial): Candidate | null {
  if (trial.generation === null) return null
  return { generation: trial.generation, objectId: trial.objectId ?? '', username: trial.username ?? '' }
}

function problemOfCheck(check: Proof['checks'][number]): Problem | null {
  if (check.ok) return null
  const { code, title, detail, action, microsoft } = check
  return { code, title, detail, action: action ?? 'retry', ...(microsoft ? { microsoft } : {}) }
}

/** True when nothing works now, or when nothing that works now would fail with the new grant. */
async function isAtLeastAsGood(deps: Deps, connection: ConnectionRow, proof: Proof): Promise<boolean> {
  const now = await deps.store.getConnection(connection.id)
  if (!now || now.disconnectedAt) return false
  if (now.generation === null || now.status === 'broken') return true
  const capabilities = Object.keys(proof.capabilities) as Capability[] // keys of a Record<Capability, …>
  return capabilities.every(
    (it) => proof.capabilities[it] !== 'failing' || now.capabilities[it] === 'failing',
  )
}

/** Removes what a trial stored; the working generations stay. */
async function discard(deps: Deps, attempt: AttemptRow): Promise<void> {
  const now = await deps.store.getConnection(attempt.connectionId)
  const kept = [now?.generation, now?.previousGeneration].filter((it) => it !== null && it !== undefined)
  await deps.store.dropAttemptGrants(attempt.connectionId, attempt.id, kept)
}

/** What is known of a candidate besides its grant: its proof, and the access tokens it came with. */
export type Proven = { readonly proof: Proof; readonly tokens: ReadonlyMap<string, Tokens> }

/** Makes a proven candidate the working generation. Throws `refresh_under_way` when it cannot be done now. */
export async function promote(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  candidate: Candidate,
  proven?: Proven,
): Promise<void> {
  const { store } = deps
  const promoted = await withLease(
    deps,
    connection.id,
    async () => null,
    async (leased) => {
      const grant = await store.getGrant(leased.id, candidate.generation)
      const patch = {
        ...(proven ? afterProof(deps, leased, proven.proof) : {}),
        ...afterPromotion(deps, leased, candidate),
        credentialEndsAt: await credentialEnd(deps, leased.id, grant?.clientId ?? null),
      }
      const [doubt] = proven?.proof.doubts ?? []
      const open = doubt ? inDoubt({ ...leased, ...patch }, doubt, deps.now()) : {}
      const seen = foreseen(leased, { ...patch, ...open }, deps.now(), deps.config)
      const committed = await store.commitGeneration(leased.id, leased.fence, candidate.generation, seen)
      if (!committed) await store.releaseLease(leased.id, leased.fence, {})
      return committed
    },
    LONG_PATIENCE,
  )
  if (!promoted) throw new ConsentryError('refresh_under_way', { retryAfterSeconds: 5 })
  await store.dropAccessTokens(connection.id)
  for (const [resource, issued] of proven?.tokens ?? []) {
    await keepAccessToken(deps, promoted, accessTokenKey(scopesOf(deps.config, resource)), issued)
  }
  await store.dropAttemptGrants(connection.id, attempt.id, [candidate.generation])
}

function afterPromotion(deps: Deps, leased: ConnectionRow, candidate: Candidate): ConnectionPatch {
  const now = deps.now()
  return {
    accountObjectId: candidate.objectId || null,
    accountUsername: candidate.username || null,
    consentedAt: now,
    refreshedAt: now,
    nextRefreshAt: nextNight(now, deps.config.nightly, leased.microsoftId),
    signedInAt: now,
    openProof: null,
    failures: 0,
    doubtCode: null,
    doubtSince: null,
    claimsChallenge: null,
  }
}

type Outcome = {
  readonly problem?: Problem
  readonly candidate?: Candidate
  /** Whose sign-in it is, where that is known. */
  readonly account?: string
}

function noteOfEnd(deps: Deps, attempt: AttemptRow, { problem: told, account }: Outcome): AuditNote {
  const { organisationId, microsoftId } = attempt
  const action = told ? 'consent.failed' : 'consent.succeeded'
  const details = {
    attempt: attempt.id,
    ...(account ? { account } : {}),
    ...(told ? { code: told.code } : {}),
  }
  return noteOf(deps, { organisationId, actor: CONSENTRY, action, microsoftId, details })
}

async function end(deps: Deps, attempt: AttemptRow, outcome: Outcome): Promise<AttemptRow> {
  const patch: AttemptPatch = {
    status: outcome.problem ? 'failed' : 'succeeded',
    problem: outcome.problem ?? null,
    candidate: outcome.candidate ?? null,
    finishedAt: deps.now(),
    sealedVerifier: null,
    nonceHash: null,
    provingBy: null,
  }
  const ended = await deps.store.updateAttempt(attempt.id, patch, noteOfEnd(deps, attempt, outcome))
  await drainNotes(deps)
  deps.report?.({
    name: outcome.problem ? 'consent.failed' : 'consent.succeeded',
    microsoftId: attempt.microsoftId,
    organisationId: attempt.organisationId,
    ...(outcome.problem ? { code: outcome.problem.code } : {}),
  })
  return ended ?? attempt
}
