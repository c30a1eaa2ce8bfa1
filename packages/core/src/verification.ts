import { makeCheck } from './checks.ts'
import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Answer } from './microsoft/http.ts'
import { isConfirmed } from './doubt.ts'
import type { CheckRow, ConnectionRow } from './types.ts'

/**
 * Entra does not revoke used tokens, so an older generation may still work where the newest was damaged or lost. Not
 * sooner: to a provider that allows a token once, its second use looks like theft and ends what still works.
 */
export function isLastResort(deps: Deps, leased: ConnectionRow, refused: Diagnosis): boolean {
  if (refused.verdict !== 'ambiguous') return false
  return leased.verify !== null || isConfirmed(leased, refused, deps.now())
}

/** The one before the working generation, then strays of writers who came too late, the newest first. */
export async function otherGenerations(deps: Deps, leased: ConnectionRow): Promise<number[]> {
  const grants = await deps.store.listGrants(leased.id)
  const { generation, previousGeneration: previous } = leased
  const others = grants
    .filter((it) => it.generation !== generation)
    // What came with a consent is on trial until it is promoted.
    .filter((it) => it.attemptId === null || it.generation === previous)
    .map((it) => it.generation)
  return others.toSorted((a, b) => (a === previous ? -1 : b === previous ? 1 : b - a))
}

// Failures of getting through at all: nothing was sent.
const NOT_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/

/** Whether Microsoft may have renewed the sign-in without our learning of it: the answer was cut off or never came. */
export function isUnanswered(answer: Answer): boolean {
  return answer.status === 200 || (answer.status === 0 && !NOT_SENT.test(answer.text))
}

const USUAL = 'Microsoft gave a new sign-in, and it was sealed.'
const TRIED_AGAIN = 'It was tried again: Microsoft gave a new one, and it was sealed.'
const OLDER = ' The newest had been refused; an older one was accepted.'

/**
 * What became of a sign-in whose last renewal was cut off, or that came from a backup, for the history. Null where
 * nothing has to be said: it was an ordinary renewal, or the outcome is still open.
 */
export function verificationCheck(
  deps: Deps,
  leased: ConnectionRow,
  outcome: { readonly detail: string } | { readonly refused: Diagnosis },
  startedAt: Date,
): CheckRow | null {
  if (leased.verify === null) return null
  if ('detail' in outcome)
    return makeCheck(
      deps,
      leased,
      'grant',
      { ok: true, detail: outcome.detail },
      { startedAt, attemptId: null },
    )
  const { problem, verdict } = outcome.refused
  if (verdict === 'transient') return null
  return makeCheck(deps, leased, 'grant', { ok: false, problem }, { startedAt, attemptId: null })
}

/** What a redemption that worked is said to be in the history. */
export function wordsOfRedemption({ verify, generation }: ConnectionRow, redeemed: number): string {
  const older = redeemed === generation ? '' : OLDER
  if (verify === 'interrupted') return `The renewal before was cut off. ${TRIED_AGAIN}${older}`
  if (verify === 'restored') return `This sign-in came from a backup. ${TRIED_AGAIN}${older}`
  return USUAL + older
}
