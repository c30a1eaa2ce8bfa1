import { createHash, randomUUID } from 'node:crypto'

import { record } from './audit.ts'
import type { Actor, AuditAction } from './audit-entry.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { MINUTE } from './microsoft/http.ts'
import { consentScopes } from './permissions.ts'
import { proveConsent } from './promotion.ts'
import { hashToken, randomToken } from './secrets.ts'
import { seal } from './seal.ts'
import type { AttemptRow, ConnectionRow, Organisation } from './types.ts'

export type LinkOptions = {
  /** Where the browser may go when it is over: this deployment or a registered origin. */
  readonly returnUrl?: string | undefined
  /** 86,400 (one day) unless told otherwise. */
  readonly expiresInSeconds?: number | undefined
  readonly recipient?: string | undefined
  readonly reason?: string | undefined
}

const LINK_LIFETIME = 24 * 60 * MINUTE
/** From setting off to coming back; a code itself lives ten minutes. */
const TRIP_LIFETIME = 60 * MINUTE

/** Makes a consent link. The address is shown once: only its hash is kept. Throws `return_url_not_registered`. */
export async function createConsentLink(
  deps: Deps,
  connection: ConnectionRow,
  by: Actor,
  options: LinkOptions = {},
): Promise<{ attemptId: string; url: string; expiresAt: Date }> {
  if (options.returnUrl) await assertRegistered(deps, connection, options.returnUrl)
  const token = randomToken()
  const now = deps.now()
  const lifetime = options.expiresInSeconds ? options.expiresInSeconds * 1000 : LINK_LIFETIME
  const attempt: AttemptRow = {
    id: randomUUID(),
    connectionId: connection.id,
    organisationId: connection.organisationId,
    microsoftId: connection.microsoftId,
    tokenHash: hashToken(token),
    status: 'waiting',
    createdBy: by.id,
    createdByName: by.name,
    createdByEmail: by.email,
    recipient: options.recipient ?? null,
    reason: options.reason ?? null,
    returnUrl: options.returnUrl ?? null,
    createdAt: now,
    expiresAt: new Date(now.getTime() + lifetime),
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
  }
  await recordLink(deps, attempt, by, 'consent.link_created', { recipient: attempt.recipient })
  await deps.store.createAttempt(attempt)
  if (connection.status === 'new') await deps.store.updateConnection(connection.id, { status: 'waiting' })
  return {
    attemptId: attempt.id,
    url: `${deps.config.url}/consent/start/${token}`,
    expiresAt: attempt.expiresAt,
  }
}

async function assertRegistered(deps: Deps, connection: ConnectionRow, returnUrl: string): Promise<void> {
  const origin = URL.canParse(returnUrl) ? new URL(returnUrl).origin : null
  const allowed = [
    new URL(deps.config.url).origin,
    ...(await deps.store.listReturnOrigins(connection.organisationId)),
  ]
  if (!origin || !allowed.includes(origin)) {
    const organisation = await deps.store.findOrganisation(connection.organisationId)
    const values = { organisation: organisation?.slug, origin: origin ?? 'https://…' }
    throw new ConsentryError('return_url_not_registered', { values })
  }
}

/** The connection's links that can still be used, oldest first; never the address itself. */
export async function listConsentLinks(deps: Deps, connection: ConnectionRow) {
  const open = await deps.store.listOpenAttempts(connection.id, deps.now())
  return open.map((it) => ({
    attemptId: it.id,
    status: it.status,
    createdByName: it.createdByName,
    recipient: it.recipient,
    reason: it.reason,
    createdAt: it.createdAt,
    expiresAt: it.expiresAt,
  }))
}

async function recordLink(
  deps: Deps,
  attempt: Pick<AttemptRow, 'id' | 'organisationId' | 'microsoftId'>,
  actor: Actor,
  action: AuditAction,
  details: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  const { id, organisationId, microsoftId } = attempt
  await record(deps, { organisationId, actor, action, microsoftId, details: { attempt: id, ...details } })
}

/** Whoever holds a link and has no account here, known by the browser alone. */
function outsider(attempt: AttemptRow): Actor {
  return {
    kind: 'outsider',
    id: attempt.id,
    name: attempt.recipient ?? 'Somebody with the link',
    email: null,
  }
}

/** Ends a link; false when it is not an open one of this connection. */
export async function endConsentLink(
  deps: Deps,
  connection: ConnectionRow,
  attemptId: string,
  by: Actor,
): Promise<boolean> {
  const open = await deps.store.listOpenAttempts(connection.id, deps.now())
  const attempt = open.find((it) => it.id === attemptId)
  if (!attempt) return false
  await recordLink(deps, attempt, by, 'consent.link_ended')
  await expire(deps, attemptId)
  return true
}

/** The recipient did not expect it: ends the link. False when it had ended already. */
export async function declineLink(deps: Deps, token: string): Promise<boolean> {
  const shown = await showConsentLink(deps, token)
  if (!shown) return false
  await recordLink(deps, shown.attempt, outsider(shown.attempt), 'consent.link_declined')
  await expire(deps, shown.attempt.id)
  deps.report?.({ name: 'consent.not_expected', microsoftId: shown.attempt.microsoftId })
  return true
}

async function expire(deps: Deps, attemptId: string): Promise<void> {
  await deps.store.updateAttempt(attemptId, { expiresAt: deps.now() })
  await deps.store.expireAttempts(deps.now())
}

/** What a link is for; nothing is used up. Null alike for unknown, ended and used ones. */
export async function showConsentLink(
  deps: Deps,
  token: string,
): Promise<{ attempt: AttemptRow; connection: ConnectionRow; organisation: Organisation } | null> {
  const attempt = await deps.store.findAttemptByToken(hashToken(token))
  if (!attempt || attempt.expiresAt <= deps.now()) return null
  if (attempt.status === 'succeeded' || attempt.status === 'expired') return null
  const connection = await deps.store.getConnection(attempt.connectionId)
  const organisation = await deps.store.findOrganisation(attempt.organisationId)
  return connection && !connection.disconnectedAt && organisation
    ? { attempt, connection, organisation }
    : null
}

export type Trip = {
  /** The browser's random cookie. */
  readonly browser: string
  /** The signed-in member of the organisation who set off; null for anybody else. */
  readonly member: Actor | null
}

/**
 * Binds the link to the browser and gives the address at Microsoft to go to (OAuth 2.0 authorization code with PKCE
 * S256, RFC 7636; nonce of OpenID Connect). Throws `link_ended`, also to any other browser than the first.
 */
export async function startConsent(deps: Deps, token: string, trip: Trip): Promise<{ location: string }> {
  const shown = await showConsentLink(deps, token)
  if (!shown) throw new ConsentryError('link_ended')
  const state = randomToken()
  const nonce = randomToken()
  const verifier = randomToken()
  const { attempt, connection } = shown
  const started = await deps.store.startTrip(attempt.id, deps.now(), {
    browserHash: hashToken(trip.browser),
    stateHash: hashToken(state),
    nonceHash: hashToken(nonce),
    sealedVerifier: await seal(
      deps.keys,
      connection,
      { purpose: 'code-verifier', subject: attempt.id },
      verifier,
    ),
    byMember: trip.member !== null,
    clientId: connection.clientId,
  })
  if (!started) throw new ConsentryError('link_ended', { values: { person: attempt.createdByName } })
  // Once: who holds a link could fill the log by setting off again and again.
  if (attempt.browserHash === null)
    await recordLink(deps, attempt, trip.member ?? outsider(attempt), 'consent.set_off')
  return { location: authorizeUrl(deps, connection, { state, nonce, verifier }) }
}

// learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow. The tenant's own endpoint binds the code to
// it. prompt=login, because a sign-in completed by an old session carries that session's age and second step along.
function authorizeUrl(
  deps: Deps,
  { microsoftId, clientId: own, claimsChallenge }: ConnectionRow,
  trip: { readonly state: string; readonly nonce: string; readonly verifier: string },
): string {
  const { clientId, login } = deps.config.microsoft
  const query = new URLSearchParams({
    client_id: own ?? clientId,
    response_type: 'code',
    redirect_uri: redirectUri(deps),
    response_mode: 'query',
    scope: consentScopes(deps.config.microsoft).join(' '),
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: createHash('sha256').update(trip.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt: 'login',
    ...(claimsChallenge ? { claims: claimsChallenge } : {}),
  })
  return `${login}/${microsoftId}/oauth2/v2.0/authorize?${query}`
}

/** Where Microsoft sends the browser back to; registered in the app registration. */
export function redirectUri(deps: Pick<Deps, 'config'>): string {
  return `${deps.config.url}/consent/callback`
}

/** What came back with the browser. */
export type Callback = {
  readonly state?: string | undefined
  readonly code?: string | undefined
  readonly error?: string | undefined
  readonly errorDescription?: string | undefined
}

/**
 * Takes the trip that this answer belongs to, once, and proves what came of it. The exchange and the ladder go on in
 * `done`, which never rejects. Throws `other_browser` or `answer_mismatch` with nothing stored and nothing used up.
 */
export async function finishConsent(
  deps: Deps,
  callback: Callback,
  browser: string | null,
): Promise<{ attempt: AttemptRow; done: Promise<AttemptRow> }> {
  if (!browser) throw new ConsentryError('other_browser')
  if (!callback.state) throw new ConsentryError('answer_mismatch')
  const attempt = await deps.store.takeTrip(hashToken(callback.state), hashToken(browser), deps.now())
  if (!attempt) throw new ConsentryError('answer_mismatch')
  await deps.store.clearAttemptChecks(attempt.id)
  const started = attempt.tripStartedAt?.getTime() ?? 0
  const late = deps.now().getTime() - started > TRIP_LIFETIME
  return { attempt, done: proveConsent(deps, attempt, callback, { late, redirectUri: redirectUri(deps) }) }
}
