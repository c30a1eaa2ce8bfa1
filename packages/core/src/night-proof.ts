import type { ConnectionPatch, Deps } from './deps.ts'
import { nextNight, nextTry } from './forecast.ts'
import { MINUTE } from './microsoft/http.ts'
import { afterProof, type Proof } from './proof.ts'
import type { ConnectionRow, Problem, Status } from './types.ts'

/** How often a night tries to come to the end of a proof. */
const TRIES = 4
/** After which a refusal without a code of Microsoft's own is looked at again. */
const SECOND_LOOK = 3 * MINUTE

/** A refresh whose proof is still to come: due again soon, so that a process that ends before is no loss. */
export function withOpenProof(deps: Deps, row: ConnectionRow, patch: ConnectionPatch): ConnectionPatch {
  const tries = (row.openProof?.tries ?? 0) + 1
  const openProof = { tries, code: row.openProof?.code ?? null }
  return { ...patch, openProof, nextRefreshAt: nextTry(deps.now(), tries) }
}

/**
 * What the night's proof changes. A refusal that Microsoft gave no code of its own for counts when a second look, some
 * minutes later, finds the same; a proof that did not come to its end is tried again in the same night.
 */
export function afterNightProof(deps: Deps, row: ConnectionRow, proof: Proof): ConnectionPatch {
  const now = deps.now()
  const proven = afterProof(deps, row, proof)
  const { openProof } = row
  // A refusal on the way was judged already, and said when to come again.
  if (!openProof) return proven
  const doubt = proof.problems.find(isUnclear)
  const isNews = doubt !== undefined && doubt.code !== openProof.code
  if (isNews && isWorse(row, proven) && openProof.tries < TRIES) {
    const nextRefreshAt = new Date(now.getTime() + SECOND_LOOK)
    return { openProof: { ...openProof, code: doubt.code }, nextRefreshAt }
  }
  if (!proof.complete && openProof.tries < TRIES)
    return { ...proven, openProof, nextRefreshAt: nextTry(now, openProof.tries) }
  const nextRefreshAt = nextNight(now, deps.config.nightly, row.microsoftId)
  return { ...proven, openProof: null, nextRefreshAt, doubtCode: null, doubtSince: null, failures: 0 }
}

// Partner Center enforces the second step call by call, and a gateway's 403 may be a moment's; its own numbers are not.
function isUnclear({ code, microsoft }: Problem): boolean {
  if (microsoft?.httpStatus === undefined && microsoft?.message !== 'isMfaCompliant: false') return false
  if (microsoft.error !== undefined) return false
  return code === 'mfa_missing' || !/^\d+$/.test(microsoft.code ?? '')
}

const RANK: Readonly<Record<Status, number>> = { connected: 0, new: 0, waiting: 0, attention: 1, broken: 2 }

function isWorse(row: ConnectionRow, { status = row.status }: ConnectionPatch): boolean {
  return RANK[status] > RANK[row.status]
}
