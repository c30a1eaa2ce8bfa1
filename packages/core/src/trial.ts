import type { JWTPayload } from 'jose'

import { asApplication } from './applications.ts'
import { RUNGS } from './checks.ts'
import type { Callback } from './consent.ts'
import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { toldOf } from './doubt.ts'
import { ConsentryError, problem } from './errors.ts'
import { openGrant, saveGrant } from './grants.ts'
import { redeem, type Tokens } from './microsoft/entra.ts'
import { judgeIdToken, readClaims, type TokenJudge } from './microsoft/tenant.ts'
import { prepareJudgePatiently, propagated } from './patience.ts'
import { scopesOf } from './permissions.ts'
import { climberWords, prove, type Climber, type Proof } from './proof.ts'
import { readTokenFacts } from './redemption.ts'
import type { Granted, Outcome } from './rungs.ts'
import { hashToken, sameText } from './secrets.ts'
import { unseal } from './seal.ts'
import type { AttemptRow, CheckKind, ConnectionRow, Problem } from './types.ts'
import { weigh } from './wave.ts'

/** The grant on trial: its newest refresh token, what it was given for, and whose it is. */
export type Trial = {
  /** The own application that it was given to. */
  readonly clientId: string | null
  tokens: Map<string, Tokens>
  refreshToken: string | null
  generation: number | null
  username: string | null
  objectId: string | null
}

export type Trialled = { readonly trial: Trial; readonly proof: Proof }

/** Redeems the code and climbs the ladder with what came of it; the working grant is not touched. */
export async function climbTrial(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  callback: Callback,
  redirectUri: string,
): Promise<Trialled> {
  const { clientId } = attempt
  const as = await asApplication(deps, connection, clientId)
  const trial: Trial = {
    clientId,
    tokens: new Map(),
    refreshToken: null,
    generation: null,
    username: null,
    objectId: null,
  }
  const judge = await prepareJudgePatiently(deps, connection.microsoftId)
  const words: Record<string, string | null> = { ...climberWords(connection) }
  const climber: Climber = {
    connection,
    attemptId: attempt.id,
    words,
    grant: () => redeemCode(as, attempt, connection, callback.code ?? '', redirectUri, trial),
    account: async () => {
      const outcome = await judgeAccount(as, attempt, connection, judge, trial)
      words.account = trial.username
      return outcome
    },
    trusted: () => saveTrial(deps, attempt, connection, trial),
    tokens: (resource, claims) => trialToken(as, attempt, connection, trial, resource, claims),
    weigh: (refused, rung) => weighOnce(deps, connection, refused, rung),
  }
  return { trial, proof: await prove(deps, climber) }
}

/** A person is waiting, and nobody looks a second time: what is not one of many stands. */
async function weighOnce(deps: Deps, connection: ConnectionRow, refused: Diagnosis, rung: CheckKind) {
  if (refused.verdict !== 'ambiguous') return refused
  const weighed = await weigh(deps, connection, refused, { rung }, { looksAgain: false })
  return toldOf(weighed, deps.now())
}

/** Climbs the ladder with a grant on trial that another process had stored; whose it is was judged before that. */
export async function resumeTrial(
  deps: Deps,
  attempt: AttemptRow,
  connection: ConnectionRow,
  generation: number,
): Promise<Trialled> {
  const grant = await openGrant(deps, connection, generation)
  const as = await asApplication(deps, connection, grant.clientId)
  const trial: Trial = { ...grant, tokens: new Map(), generation, username: null, objectId: null }
  const climber: Climber = {
    connection,
    attemptId: attempt.id,
    words: climberWords(connection),
    grant: async () => {
      const answer = await trialToken(as, attempt, connection, trial, 'partner-center')
      if (!('refused' in answer)) return { ok: true, detail: RUNGS.grant.passed }
      const { verdict } = answer.refused
      if (verdict !== 'ambiguous') return { ok: false, ...answer.refused }
      return definitive(problem('interrupted', {}, answer.refused.problem.microsoft))
    },
    account: async () => {
      const access = readClaims(trial.tokens.get('partner-center')?.accessToken ?? '')
      trial.username = [access?.upn, access?.unique_name].find((it) => typeof it === 'string') ?? null
      trial.objectId = typeof access?.oid === 'string' ? access.oid : null
      return judgeAccess(connection, trial, [access])
    },
    tokens: (resource, claims) => trialToken(as, attempt, connection, trial, resource, claims),
    weigh: (refused, rung) => weighOnce(deps, connection, refused, rung),
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
  const scopes = scopesOf(deps.config, 'partner-center')
  const tenantId = connection.microsoftId
  const answer = await propagated(deps, connection, trial.clientId, () =>
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
    trial.objectId = typeof claims.oid === 'string' ? claims.oid : null
  } catch (error) {
    if (!(error instanceof ConsentryError)) throw error
    return definitive(
      problem(error.code === 'wrong_tenant' ? 'wrong_tenant' : 'answer_mismatch', words, {
        message: `tid: ${String(identity?.tid)}`,
      }),
    )
  }
  return judgeAccess(connection, trial, [access, identity])
}

/** Judges by what the tokens say of the account: the access token's claims first. */
function judgeAccess(
  connection: ConnectionRow,
  trial: Trial,
  claims: readonly (JWTPayload | null)[],
): Outcome {
  const words = climberWords(connection, trial.username)
  const tenant = claims[0]?.tid
  if (typeof tenant === 'string' && tenant.toLowerCase() !== connection.microsoftId) {
    return definitive(problem('wrong_tenant', words))
  }
  if (isGuest(claims, connection.microsoftId)) return definitive(problem('guest_account', words))
  return compareAccount(connection, trial)
}

// `idp` names another issuer than the tenant's own, and the optional claim `acct` is 1, for guests
// (learn.microsoft.com/entra/identity-platform/id-token-claims-reference, …/optional-claims-reference).
function isGuest(all: readonly (JWTPayload | null)[], microsoftId: string): boolean {
  return all.some((claims) => {
    const provider = typeof claims?.idp === 'string' ? claims.idp.toLowerCase() : null
    const foreign = provider !== null && !provider.includes(microsoftId)
    return foreign || claims?.acct === 1 || claims?.acct === '1'
  })
}

const REFUSES_ACCOUNT: ReadonlySet<string> = new Set(['role_missing', 'partner_center_refused'])

function compareAccount(connection: ConnectionRow, trial: Trial): Outcome {
  // Where Partner Center refuses the account itself, another one is the remedy and not a surprise.
  const settled = connection.generation !== null && !REFUSES_ACCOUNT.has(connection.reason ?? '')
  const before = settled ? connection.accountObjectId : null
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
    clientId: trial.clientId,
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
  claims?: string,
): Promise<Granted | { refused: Diagnosis }> {
  const known = claims === undefined ? trial.tokens.get(resource) : undefined
  if (known) return { accessToken: known.accessToken, facts: readTokenFacts(known, resource) }
  const { refreshToken } = trial
  const answer = await propagated(deps, connection, trial.clientId, () =>
    redeem(deps, {
      grant: 'refresh',
      tenantId: connection.microsoftId,
      refreshToken: refreshToken ?? '',
      scopes: scopesOf(deps.config, resource),
      claims,
    }),
  )
  if ('refused' in answer) return answer
  // What answers a challenge is kept for nobody else: whoever gets it has to handle challenges, too.
  if (claims === undefined) trial.tokens.set(resource, answer.tokens)
  if (answer.tokens.refreshToken && answer.tokens.refreshToken !== refreshToken) {
    trial.refreshToken = answer.tokens.refreshToken
    await saveTrial(deps, attempt, connection, trial)
  }
  return { accessToken: answer.tokens.accessToken, facts: readTokenFacts(answer.tokens, resource) }
}
