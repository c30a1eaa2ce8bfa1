import { asApplication, credentialEnd, diagnoseAs } from './applications.ts'
import { drainNotes, noteOf, recordIfPossible } from './audit.ts'
import { CONSENTRY, type AuditEvent } from './audit-entry.ts'
import { tellCheck } from './checks.ts'
import { coolDown, stillCooling } from './cool-down.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import { nightOf } from './forecast.ts'
import { openGrant, sealAccessToken, type OpenGrant } from './grants.ts'
import { keepRotation } from './keep.ts'
import { openProofOf } from './night-proof.ts'
import { assertHeld, underWay, withLease } from './lease.ts'
import { redeem, type Tokens } from './microsoft/entra.ts'
import { readClaims } from './microsoft/tenant.ts'
import { bareScope, permissionWords } from './permissions.ts'
import { afterRefusal, afterSuccess, wordsOf, type TokenFacts } from './status.ts'
import type { AccessTokenRow, CheckRow, ConnectionRow } from './types.ts'
import {
  isLastResort,
  isUnanswered,
  otherGenerations,
  verificationCheck,
  wordsOfRedemption,
} from './verification.ts'
import { tokenIdOf } from './secrets.ts'
import { weigh, type Stance } from './wave.ts'
import { readOrder, type Order } from './wish.ts'

export type Redemption =
  | {
      readonly access: AccessTokenRow
      readonly tokens: Tokens
      readonly connection: ConnectionRow
      /** What happened, in words. */
      readonly detail: string
      /** What the history says already; null when that is left to the caller. */
      readonly check: CheckRow | null
    }
  | { readonly refused: Diagnosis; readonly check: CheckRow | null }

/**
 * Redeems the working generation for a resource, whatever is cached, and stores what came of it. With `onlyIfDue`
 * somebody else's refresh meanwhile makes it `refresh_under_way`; with `opensProof` it is due again soon, until the proof
 * that follows is settled. Throws that, `not_connected` or `keys_missing`; what
 * Microsoft refused is returned.
 */
export async function redeemFresh(
  deps: Deps,
  id: string,
  resource: string,
  options: {
    readonly onlyIfDue?: boolean
    readonly opensProof?: boolean
    readonly claims?: string | undefined
  } = {},
): Promise<Redemption> {
  const order = readOrder(deps, { resource, claims: options.claims })
  return withLease<Redemption>(
    deps,
    id,
    async () => null,
    async (leased) => {
      const due = leased.nextRefreshAt !== null && leased.nextRefreshAt <= deps.now()
      if (!options.onlyIfDue || due) return redeemLeased(deps, leased, order, options.opensProof)
      await deps.store.releaseLease(id, leased.fence, {})
      throw underWay()
    },
  )
}

/** Redeems under a lease that is held, and lets go of it. */
export async function redeemLeased(
  deps: Deps,
  leased: ConnectionRow,
  order: Order,
  opensProof = false,
): Promise<Redemption> {
  const { generation } = leased
  const cooling = await stillCooling(deps, leased.id, order.key)
  if (generation === null || cooling) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    if (!cooling) throw new ConsentryError('not_connected')
    return { refused: cooling, check: null }
  }
  const startedAt = deps.now()
  const first = await redeemGeneration(deps, leased, generation, order)
  if ('tokens' in first) return keep(deps, leased, generation, first, order, startedAt, opensProof)
  const weighed = await weigh(deps, leased, first.refused, { resource: order.resource })
  if (weighed.stance !== 'wave' && isLastResort(deps, leased, weighed.refused)) {
    for (const other of await otherGenerations(deps, leased)) {
      const next = await redeemGeneration(deps, leased, other, order)
      if ('tokens' in next) return keep(deps, leased, other, next, order, startedAt, opensProof)
    }
  }
  return refuse(deps, leased, { ...first, ...weighed }, order, startedAt)
}

type Redeemed = {
  readonly tokens: Tokens
  /** The own application that redeemed it. */
  readonly clientId: string | null
}

type Refused = {
  readonly refused: Diagnosis
  /** Microsoft may have renewed the sign-in all the same. */
  readonly unanswered: boolean
}

async function redeemGeneration(
  deps: Deps,
  leased: ConnectionRow,
  generation: number,
  order: Order,
): Promise<Redeemed | Refused> {
  const { as, refreshToken, clientId } = await openUnderLease(deps, leased, generation)
  const { scopes, claims } = order
  await assertHeld(deps, leased)
  const answer = await redeem(as, {
    grant: 'refresh',
    tenantId: leased.microsoftId,
    refreshToken,
    scopes,
    claims,
  })
  if ('tokens' in answer) return { tokens: answer.tokens, clientId }
  const words = { ...wordsOf(leased), ...permissionWords(order.resource, scopes) }
  return {
    refused: diagnoseAs(clientId, answer.refused, deps.now(), words),
    unanswered: isUnanswered(answer.refused),
  }
}

/** Nothing was sent when it does not open, so nothing is left to verify. */
async function openUnderLease(
  deps: Deps,
  leased: ConnectionRow,
  generation: number,
): Promise<OpenGrant & { readonly as: Deps }> {
  try {
    const grant = await openGrant(deps, leased, generation)
    return { ...grant, as: await asApplication(deps, leased, grant.clientId) }
  } catch (error) {
    await deps.store.releaseLease(leased.id, leased.fence, {})
    throw error
  }
}

/** Stores the rotated token before anybody sees the access token. */
async function keep(
  deps: Deps,
  leased: ConnectionRow,
  redeemed: number,
  { tokens, clientId }: Redeemed,
  order: Order,
  startedAt: Date,
  opensProof: boolean,
): Promise<Redemption> {
  const detail = wordsOfRedemption(leased, redeemed)
  const check = verificationCheck(deps, leased, { detail }, startedAt)
  const facts = readTokenFacts(tokens, order.resource)
  const credentialEndsAt = await credentialEnd(deps, leased.id, clientId)
  const now = deps.now()
  const renewed = afterSuccess({ ...leased, credentialEndsAt }, facts, now, deps.config)
  const patch = { ...renewed, credentialEndsAt, ...(opensProof ? openProofOf(deps, leased) : {}) }
  // A second look at what was refreshed tonight is not another refresh of the night.
  const night = opensProof && leased.openProof === null ? nightOf(now, deps.config.nightly) : null
  const access = await sealAccessToken(deps, leased, order.key, tokens)
  const { refreshToken } = tokens
  const details = { resource: order.resource, tokenId: tokenIdOf(tokens.accessToken) }
  const note = noteOf(deps, aboutGrant(leased, 'grant.refreshed', details))
  const kept = await keepRotation(deps, leased, {
    redeemed,
    clientId,
    refreshToken,
    access,
    patch,
    check,
    note,
    night,
  })
  await drainNotes(deps)
  // A stale holder's access token is good all the same, unless the connection was ended meanwhile.
  const connection = kept ?? (await deps.store.getConnection(leased.id))
  if (!connection || connection.disconnectedAt || connection.generation === null)
    throw new ConsentryError('not_connected')
  deps.report?.({
    name: 'token.refreshed',
    microsoftId: leased.microsoftId,
    organisationId: leased.organisationId,
  })
  if (kept && check) tellCheck(deps, leased, check)
  return { access, tokens, connection, detail, check }
}

function aboutGrant(
  { organisationId, microsoftId }: ConnectionRow,
  action: 'grant.refreshed' | 'grant.refused',
  details: Readonly<Record<string, string>>,
): AuditEvent {
  return { organisationId, actor: CONSENTRY, action, microsoftId, details }
}

/** What the access token says of its sign-in. Partner Center's is a v1.0 token, the only kind that carries `amr`. */
export function readTokenFacts(tokens: Tokens, resource: string): TokenFacts {
  const claims = readClaims(tokens.accessToken)
  const scopes = typeof claims?.scp === 'string' ? claims.scp.split(' ') : tokens.scopes.map(bareScope)
  const mfa =
    resource === 'partner-center' && Array.isArray(claims?.amr) ? claims.amr.includes('mfa') : undefined
  return {
    mfa,
    grantedScopes: [...scopes.filter((it) => it !== ''), ...(tokens.refreshToken ? ['offline_access'] : [])],
    objectId: typeof claims?.oid === 'string' ? claims.oid : undefined,
    username: [claims?.upn, claims?.unique_name].find((it) => typeof it === 'string'),
  }
}

// It travels in an address later on.
const LONGEST_CHALLENGE = 2000

/** A challenge that only a person's sign-in can answer, kept until the next one. */
function unmet({ claims }: Order, { problem, verdict }: Diagnosis): ConnectionPatch {
  const wantsPerson = verdict === 'definitive' && problem.action === 'reconsent'
  const kept = claims !== undefined && claims.length <= LONGEST_CHALLENGE && wantsPerson
  return kept ? { claimsChallenge: claims } : {}
}

async function refuse(
  deps: Deps,
  leased: ConnectionRow,
  { refused, unanswered, stance }: Refused & { readonly stance: Stance },
  order: Order,
  startedAt: Date,
): Promise<Redemption> {
  const { patch, told } = afterRefusal(leased, refused, order.resource, deps.now(), deps.config, stance)
  const verify = unanswered ? { verify: leased.verify ?? ('interrupted' as const) } : {}
  await coolDown(deps, leased.id, order.key, told)
  const check = verificationCheck(deps, leased, { refused: told }, startedAt)
  await deps.store.releaseLease(
    leased.id,
    leased.fence,
    { ...patch, ...verify, ...unmet(order, told) },
    check,
  )
  if (check) tellCheck(deps, leased, check)
  if (patch.status === 'broken') await deps.store.dropAccessTokens(leased.id)
  const details = { resource: order.resource, code: refused.problem.code }
  await recordIfPossible(deps, aboutGrant(leased, 'grant.refused', details))
  deps.report?.({
    name: 'token.refused',
    microsoftId: leased.microsoftId,
    organisationId: leased.organisationId,
    code: refused.problem.code,
    ...(refused.problem.microsoft?.code ? { detail: refused.problem.microsoft.code } : {}),
  })
  return { refused: told, check }
}
