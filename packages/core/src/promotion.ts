import { setTimeout as sleep } from 'node:timers/promises'

import type { JWTPayload } from 'jose'

import { recordCheck, RUNGS } from './checks.ts'
import type { Callback } from './consent.ts'
import type { AttemptPatch, Deps } from './deps.ts'
import { CODES } from './diagnosis-table.ts'
import { codeIn, diagnoseToken, type Diagnosis } from './diagnosis.ts'
import { ConsentryError, problem } from './errors.ts'
import { inactivityEnd, nextNight } from './forecast.ts'
import { withLease } from './lease.ts'
import { redeem, type TokenAnswer, type Tokens } from './microsoft/entra.ts'
import { SECOND } from './microsoft/http.ts'
import { judgeIdToken, prepareJudge, readClaims, type TokenJudge } from './microsoft/tenant.ts'
import { resourceScopes } from './permissions.ts'
import {
  afterProof,
  climberWords,
  prove,
  type Climber,
  type Granted,
  type Outcome,
  type Proof,
} from './proof.ts'
import { hashToken, sameText } from './secrets.ts'
import { unseal } from './seal.ts'
import { accessTokenKey, keepAccessToken, readTokenFacts, saveGrant } from './tokens.ts'
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
  try {
    const connection = await deps.store.getConnection(attempt.connectionId)
    if (!connection || connection.disconnectedAt)
      return await end(deps, attempt, { problem: problem('link_ended') })
    const early = trip.late ? problem('took_too_long') : readAuthorizeError(callback)
    if (early) return await refuseEarly(deps, attempt, connection, early)
    return await decide(
      deps,
      attempt,
      connection,
      await climb(deps, attempt, connection, callback, trip.redirectUri),
    )
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

/** An error that Microsoft sent back with the browser; its words are kept, its numbers only choose ours. */
function readAuthorizeError(callback: Callback): Problem | null {
  if (!callback.error) return callback.code ? null : problem('answer_mismatch')
  const code = codeIn(callback.errorDescription)
  const meaning = code ? CODES.get(code) : undefined
  const microsoft = {
    error: callback.error.slice(0, 100),
    ...(code ? { code } : {}),
    ...(callback.errorDescription
      ? { message: callback.errorDescription.split(/\s*Trace ID:/)[0]?.slice(0, 300) ?? '' }
      : {}),
  }
  const fallback = callback.error === 'access_denied' ? 'consent_declined' : 'grant_refused'
  return problem(meaning?.code ?? fallback, {}, microsoft)
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

/** The grant on trial: its newest refresh token, what it was given for, and whose it is. */
type Trial = {
  tokens: Map<string, Tokens>
  refreshToken: string | null
  generation: number | null
  username: string | null
  objectId: string | null
  claims: JWTPayload | null
}

type Trialled = { readonly trial: Trial; readonly proof: Proof }

async function climb(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  callback: Callback,
  redirectUri: string,
): Promise<Trialled> {
  const trial: Trial = {
    tokens: new Map(),
    refreshToken: null,
    generation: null,
    username: null,
    objectId: null,
    claims: null,
  }
  const judge = await prepareJudge(deps, connection.microsoftId)
  const words: Record<string, string | null> = { ...climberWords(connection) }
  const climber: Climber = {
    connection,
    attemptId: attempt.id,
    words,
    grant: () => redeemCode(deps, attempt, connection, callback.code ?? '', redirectUri, trial),
    account: async () => {
      const outcome = await judgeAccount(deps, attempt, connection, judge, trial)
      words.account = trial.username
      return outcome
    },
    trusted: () => saveTrial(deps, attempt, connection, trial),
    tokens: (resource) => trialToken(deps, attempt, connection, trial, resource),
  }
  return { trial, proof: await prove(deps, climber) }
}

async function redeemCode(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  code: string,
  redirectUri: string,
  trial: Trial,
): Promise<Outcome> {
  const sealed = attempt.sealedVerifier ?? ''
  const codeVerifier = await unseal(
    deps.keys,
    connection,
    { purpose: 'code-verifier', subject: attempt.id },
    sealed,
  )
  const scopes = scopesOf(deps, 'partner-center')
  const tenantId = connection.microsoftId
  const answer = await propagated(deps, connection, () =>
    redeem(deps, { grant: 'code', tenantId, scopes, code, codeVerifier, redirectUri }),
  )
  if ('refused' in answer) {
    const { problem: told, verdict } = answer.refused
    // A code is not a grant: what is said of one that ran out or was used is said of the trip.
    const number = told.microsoft?.code
    const stale = number === '70008' || number === '50089'
    const spent = number === '54005' || number === '700005'
    const own = stale ? 'took_too_long' : spent ? 'answer_mismatch' : null
    return {
      ok: false,
      problem: own ? problem(own, {}, told.microsoft) : told,
      verdict: own ? 'definitive' : verdict,
    }
  }
  trial.tokens.set('partner-center', answer.tokens)
  trial.refreshToken = answer.tokens.refreshToken
  if (!answer.tokens.refreshToken) return definitive(problem('no_lasting_sign_in'))
  return { ok: true, detail: RUNGS.grant.passed }
}

async function judgeAccount(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  judge: TokenJudge,
  trial: Trial,
): Promise<Outcome> {
  const tokens = trial.tokens.get('partner-center')
  const access = readClaims(tokens?.accessToken ?? '')
  const identity = readClaims(tokens?.idToken ?? '')
  const names = [identity?.preferred_username, access?.upn, access?.unique_name, identity?.email]
  trial.username = names.find((it) => typeof it === 'string') ?? null
  const words = climberWords(connection, trial.username)
  try {
    const claims = await judgeIdToken(tokens?.idToken ?? '', judge, {
      microsoftId: connection.microsoftId,
      clientId: deps.config.microsoft.clientId,
      nonceMatches: (nonce) => sameText(hashToken(nonce), attempt.nonceHash ?? ''),
      now: deps.now(),
    })
    trial.claims = claims
    trial.objectId = typeof claims.oid === 'string' ? claims.oid : null
  } catch (error) {
    if (!(error instanceof ConsentryError)) throw error
    return definitive(
      problem(isWrongTenant(error) ? 'wrong_tenant' : 'answer_mismatch', words, {
        message: `tid: ${String(identity?.tid)}`,
      }),
    )
  }
  if (typeof access?.tid === 'string' && access.tid.toLowerCase() !== connection.microsoftId) {
    return definitive(problem('wrong_tenant', words))
  }
  if (isGuest(trial.claims, access, connection.microsoftId))
    return definitive(problem('guest_account', words))
  return compareAccount(connection, trial)
}

function isWrongTenant(error: ConsentryError): boolean {
  return error.code === 'wrong_tenant'
}

// `idp` names another issuer than the tenant's own, and the optional claim `acct` is 1, for guests
// (learn.microsoft.com/entra/identity-platform/id-token-claims-reference, …/optional-claims-reference).
function isGuest(identity: JWTPayload | null, access: JWTPayload | null, microsoftId: string): boolean {
  return [identity, access].some((claims) => {
    const provider = typeof claims?.idp === 'string' ? claims.idp.toLowerCase() : null
    const foreign = provider !== null && !provider.includes(microsoftId)
    return foreign || claims?.acct === 1 || claims?.acct === '1'
  })
}

function compareAccount(connection: ConnectionRow, trial: Trial): Outcome {
  const before = connection.generation === null ? null : connection.accountObjectId
  if (before && trial.objectId !== before) {
    return definitive(problem('other_account', { old: connection.accountUsername, new: trial.username }))
  }
  return {
    ok: true,
    detail: trial.username ? `${trial.username}, a member of this tenant.` : RUNGS.account.passed,
  }
}

function definitive(told: Problem): Outcome {
  return { ok: false, problem: told, verdict: 'definitive' }
}

/** Only a grant of the right tenant, a member and a second step is stored at all. */
async function saveTrial(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  trial: Trial,
): Promise<void> {
  if (!trial.refreshToken) return
  const generation = await deps.store.allocateGeneration(connection.id)
  await saveGrant(deps, connection, {
    generation,
    refreshToken: trial.refreshToken,
    origin: 'consent',
    attemptId: attempt.id,
  })
  trial.generation = generation
}

async function trialToken(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  trial: Trial,
  resource: string,
): Promise<Granted | { refused: Diagnosis }> {
  const known = trial.tokens.get(resource)
  if (known) return { accessToken: known.accessToken, facts: readTokenFacts(known, resource) }
  const { refreshToken } = trial
  const answer = await propagated(deps, connection, () =>
    redeem(deps, {
      grant: 'refresh',
      tenantId: connection.microsoftId,
      refreshToken: refreshToken ?? '',
      scopes: scopesOf(deps, resource),
    }),
  )
  if ('refused' in answer) return answer
  trial.tokens.set(resource, answer.tokens)
  if (answer.tokens.refreshToken && answer.tokens.refreshToken !== refreshToken) {
    trial.refreshToken = answer.tokens.refreshToken
    await saveTrial(deps, attempt, connection, trial)
  }
  return { accessToken: answer.tokens.accessToken, facts: readTokenFacts(answer.tokens, resource) }
}

// A consent takes seconds to reach all of Microsoft's servers; until then they answer as if it had not been given.
const PROPAGATION_WAITS = [1, 2, 4, 8, 16].map((it) => it * SECOND)
const PASSING_TRIES = 2

/** Redeems, again while Microsoft is slow or does not know of the consent yet. */
async function propagated(
  deps: Deps,
  connection: ConnectionRow,
  ask: () => Promise<TokenAnswer>,
): Promise<{ tokens: Tokens } | { refused: Diagnosis }> {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask()
    if ('tokens' in answer) return answer
    const refused = diagnoseToken(answer.refused, deps.now(), climberWords(connection))
    const unknownYet =
      refused.problem.code === 'permission_missing' || refused.problem.microsoft?.code === '650051'
    const wait = PROPAGATION_WAITS[tries]
    const goOn = unknownYet || (refused.verdict === 'transient' && tries < PASSING_TRIES)
    if (!goOn || wait === undefined) return { refused }
    await sleep(wait)
  }
}

function scopesOf(deps: Deps, resource: string): string[] {
  const scopes = resourceScopes(deps.config, resource)
  if (!scopes) throw new TypeError(`No scopes are known for ${resource}.`)
  return scopes
}

// Failures that mean: this grant must not be kept at all.
const WORTHLESS: ReadonlySet<string> = new Set([
  'wrong_tenant',
  'guest_account',
  'answer_mismatch',
  'mfa_missing',
  'other_company',
  'no_lasting_sign_in',
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
    await discard(deps, connection)
    const failed = lead ?? proof.checks.map(problemOfCheck).find((it) => it !== null)
    return end(deps, attempt, { problem: failed ?? problem('microsoft_slow') })
  }
  await promote(deps, connection, candidate, proof, trial.tokens)
  return end(deps, attempt, lead ? { problem: lead } : {})
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
async function discard(deps: Deps, connection: ConnectionRow): Promise<void> {
  const now = await deps.store.getConnection(connection.id)
  if (!now) return
  const open = await deps.store.listOpenAttempts(connection.id, deps.now())
  const kept = [now.generation, now.previousGeneration, ...open.map((it) => it.candidate?.generation ?? null)]
  await deps.store.pruneGrants(
    connection.id,
    kept.filter((it) => it !== null),
  )
}

/** Makes a proven candidate the working generation. */
export async function promote(
  deps: Deps,
  connection: ConnectionRow,
  candidate: Candidate,
  proof: Pick<Proof, 'capabilities' | 'problems' | 'grantedScopes' | 'profile' | 'refusesAll'> | null,
  tokens: ReadonlyMap<string, Tokens>,
): Promise<void> {
  const { store } = deps
  const promoted = await withLease(
    deps,
    connection.id,
    async () => null,
    async (leased) => {
      const now = deps.now()
      return store.commitGeneration(leased.id, leased.fence, candidate.generation, {
        ...(proof ? { ...afterProof(deps, leased, { ...proof, checks: [] }) } : {}),
        accountObjectId: candidate.objectId || null,
        accountUsername: candidate.username || null,
        consentedAt: now,
        refreshedAt: now,
        nextRefreshAt: nextNight(now, deps.config.nightly, leased.microsoftId),
        ...inactivityEnd(now),
        failures: 0,
        doubtCode: null,
        doubtSince: null,
      })
    },
  )
  if (!promoted) throw new ConsentryError('refresh_under_way', { retryAfterSeconds: 5 })
  await store.dropAccessTokens(connection.id)
  for (const [resource, issued] of tokens) {
    await keepAccessToken(deps, promoted, accessTokenKey(scopesOf(deps, resource)), issued)
  }
  await discard(deps, promoted)
}

async function end(
  deps: Deps,
  attempt: AttemptRow,
  outcome: { readonly problem?: Problem; readonly candidate?: Candidate },
): Promise<AttemptRow> {
  const patch: AttemptPatch = {
    status: outcome.problem ? 'failed' : 'succeeded',
    problem: outcome.problem ?? null,
    candidate: outcome.candidate ?? null,
    finishedAt: deps.now(),
    sealedVerifier: null,
    nonceHash: null,
  }
  const ended = await deps.store.updateAttempt(attempt.id, patch)
  deps.report?.({
    name: outcome.problem ? 'consent.failed' : 'consent.succeeded',
    microsoftId: attempt.microsoftId,
    organisationId: attempt.organisationId,
    ...(outcome.problem ? { code: outcome.problem.code } : {}),
  })
  return ended ?? attempt
}
