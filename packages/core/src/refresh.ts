import { recordCheck } from './checks.ts'
import type { Deps } from './deps.ts'
import { toldOf } from './doubt.ts'
import { problem } from './errors.ts'
import { withLease } from './lease.ts'
import { readClaims } from './microsoft/tenant.ts'
import { afterClimb } from './night-proof.ts'
import { climberWords, prove, type Climber, type Proof } from './proof.ts'
import { readTokenFacts, redeemFresh, type Redemption } from './redemption.ts'
import type { Granted, Outcome } from './rungs.ts'
import { traced } from './trace.ts'
import type { CheckRow, ConnectionRow } from './types.ts'
import { weigh } from './wave.ts'

type RefreshOptions = { readonly night?: true; readonly signal?: AbortSignal | undefined }

/**
 * Refreshes now and records the outcome as a check, also when it is not ok. A connection that was not well is proven
 * anew, so that it recovers by itself; at night every one is, until the signal fires. Throws `not_connected` before the
 * first consent, and `refresh_under_way` when at night somebody else refreshed it meanwhile.
 */
export async function refreshConnection(
  deps: Deps,
  connection: ConnectionRow,
  options: RefreshOptions = {},
): Promise<CheckRow> {
  return traced(deps, 'refresh', connection, () => refresh(deps, connection, options))
}

async function refresh(deps: Deps, connection: ConnectionRow, options: RefreshOptions): Promise<CheckRow> {
  const startedAt = deps.now()
  const outcome = await redeemFresh(deps, connection.id, 'partner-center', {
    ...(options.night ? { onlyIfDue: true, opensProof: true } : {}),
  })
  if ('refused' in outcome) {
    if (outcome.check) return outcome.check
    return recordCheck(
      deps,
      connection,
      'grant',
      { ok: false, problem: outcome.refused.problem },
      { startedAt, attemptId: null },
    )
  }
  const wasUnwell = connection.status === 'broken' || connection.status === 'attention'
  if (wasUnwell || options.night) {
    const { checks } = await climb(deps, outcome.connection, outcome, options)
    const [grant] = checks
    if (grant) return grant
  }
  if (outcome.check) return outcome.check
  return recordCheck(
    deps,
    connection,
    'grant',
    { ok: true, detail: outcome.detail },
    { startedAt, attemptId: null },
  )
}

/** Climbs the whole ladder with the working grant. Throws `not_connected` before the first consent. */
export async function testConnection(
  deps: Deps,
  connection: ConnectionRow,
): Promise<{ ok: boolean; checks: readonly CheckRow[] }> {
  return climb(deps, connection, await redeemFresh(deps, connection.id, 'partner-center'))
}

async function climb(
  deps: Deps,
  connection: ConnectionRow,
  partnerCenter: Redemption,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
) {
  const row = (await deps.store.getConnection(connection.id)) ?? connection
  const isStopped = () => signal?.aborted ?? false
  const proof = await prove(deps, { ...climber(deps, row, partnerCenter), isStopped })
  // A refused redemption has been judged already, with the patience that a single answer deserves.
  if (!('refused' in partnerCenter)) await settle(deps, row, proof)
  return { ok: proof.checks.every((it) => it.ok), checks: proof.checks }
}

/** Under the lease, so that what somebody else learnt meanwhile is not overwritten. */
async function settle(deps: Deps, row: ConnectionRow, proof: Proof): Promise<void> {
  await withLease(
    deps,
    row.id,
    async () => null,
    async (now) => {
      // A sign-in that ended half way has been judged too, and outweighs what was proven before.
      const stands = now.capabilities.signIn !== 'failing'
      // A consent meanwhile brought another grant than the one that was proven.
      const isSame = now.consentedAt?.getTime() === row.consentedAt?.getTime()
      const patch = stands && isSame ? afterClimb(deps, now, proof) : {}
      return deps.store.releaseLease(now.id, now.fence, patch)
    },
  )
}

function climber(deps: Deps, row: ConnectionRow, partnerCenter: Redemption): Climber {
  return {
    connection: row,
    attemptId: null,
    words: climberWords(row),
    grantCheck: partnerCenter.check,
    grant: async () =>
      'refused' in partnerCenter
        ? { ok: false, problem: partnerCenter.refused.problem, verdict: partnerCenter.refused.verdict }
        : { ok: true, detail: partnerCenter.detail },
    account: async () => compareAccount(row, partnerCenter),
    tokens: async (resource, claims) => {
      if (resource === 'partner-center' && claims === undefined) return granted(partnerCenter, resource)
      return granted(await redeemFresh(deps, row.id, resource, { claims }), resource)
    },
    weigh: async (refused, rung) => {
      if (refused.verdict !== 'ambiguous') return refused
      const now = (await deps.store.getConnection(row.id)) ?? row
      return toldOf(await weigh(deps, now, refused, { rung }), deps.now())
    },
  }
}

function granted(
  redemption: Redemption,
  resource: string,
): Granted | Extract<Redemption, { refused: unknown }> {
  if ('refused' in redemption) return redemption
  return { accessToken: redemption.tokens.accessToken, facts: readTokenFacts(redemption.tokens, resource) }
}

function compareAccount(row: ConnectionRow, redemption: Redemption): Outcome {
  const claims = 'refused' in redemption ? null : readClaims(redemption.tokens.accessToken)
  const tenant = typeof claims?.tid === 'string' ? claims.tid.toLowerCase() : row.microsoftId
  const words = climberWords(row)
  if (tenant !== row.microsoftId)
    return { ok: false, problem: problem('wrong_tenant', words), verdict: 'definitive' }
  const account = typeof claims?.oid === 'string' ? claims.oid : row.accountObjectId
  if (row.accountObjectId && account !== row.accountObjectId) {
    const told = problem('other_account', { old: row.accountUsername })
    return { ok: false, problem: told, verdict: 'definitive' }
  }
  return {
    ok: true,
    detail: row.accountUsername
      ? `${row.accountUsername}, a member of this tenant.`
      : 'A member of this tenant.',
  }
}
