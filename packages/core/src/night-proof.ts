import type { ConnectionPatch, Deps } from './deps.ts'
import { doubting, heldStatus, isHeld, secondLook } from './doubt.ts'
import { nextNight, nextTry } from './forecast.ts'
import { MINUTE } from './microsoft/http.ts'
import { afterProof, type Doubt, type Proof } from './proof.ts'
import type { ConnectionRow } from './types.ts'

/** How often a night tries to come to the end of a proof. */
const TRIES = 4

/** A refresh whose proof is still to come: due again soon, so that a process that ends before is no loss. */
export function openProofOf(deps: Deps, row: ConnectionRow): ConnectionPatch {
  const tries = (row.openProof?.tries ?? 0) + 1
  return { openProof: { tries }, nextRefreshAt: nextTry(deps.now(), tries) }
}

/**
 * What a proof changes. A refusal in doubt counts when a later look finds the same and others are let in; one of many
 * waits until it is over; what did not come to its end at night is tried again in the same night.
 */
export function afterClimb(deps: Deps, row: ConnectionRow, proof: Proof): ConnectionPatch {
  const now = deps.now()
  const proven = afterProof(deps, row, proof)
  const { openProof } = row
  // One at a time: what was in doubt already and was met again goes first.
  const doubt = proof.doubts.find((it) => it.about === row.doubtCode) ?? proof.doubts[0]
  if (doubt) return { ...proven, ...inDoubt({ ...row, ...proven }, doubt, now) }
  // By day; or a refusal on the way was judged already, and said when to come again.
  if (!openProof) return proven
  if (!proof.complete && (openProof.tries < TRIES || isHeld(row)))
    return { ...proven, openProof, nextRefreshAt: nextTry(now, openProof.tries) }
  const nextRefreshAt = nextNight(now, deps.config.nightly, row.microsoftId)
  return { ...proven, openProof: null, nextRefreshAt, doubtCode: null, doubtSince: null, failures: 0 }
}

/** What changes while a refusal is in doubt: when it is looked at again, and the status where it is one of many. */
export function inDoubt(row: ConnectionRow, { about, many }: Doubt, now: Date): ConnectionPatch {
  const open = { ...doubting(row, about, now), openProof: row.openProof ?? { tries: 1 } }
  if (!many) return { ...open, nextRefreshAt: secondLook(now) }
  const since = open.doubtSince?.getTime() ?? now.getTime()
  return { ...open, ...heldStatus(row, many), nextRefreshAt: nextLook(now, now.getTime() - since) }
}

const LOOKS = { soonest: 5 * MINUTE, latest: 60 * MINUTE }

/** The longer it has lasted the less often it is looked at. */
function nextLook(now: Date, lasted: number): Date {
  return new Date(now.getTime() + Math.min(Math.max(lasted, LOOKS.soonest), LOOKS.latest))
}
