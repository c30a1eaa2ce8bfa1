import type { Check, CheckKind } from './types.ts'

/** The eight rungs, in order. Spelt here because types alone are shared with the core. */
export const LADDER = [
  'grant',
  'account',
  'mfa',
  'permissions',
  'partner_center',
  'role',
  'graph',
  'billing',
] as const satisfies readonly CheckKind[]

const MINUTE = 60_000
const LONGEST_PAUSE = 2 * MINUTE

/** Checks made in one go: a night, a test, a sign-in. */
export type Round = { readonly startedAt: string; readonly checks: readonly Check[]; readonly ok: boolean }

/** Groups a history (any order) into rounds, newest first; each round's checks are in the ladder's order. */
export function groupIntoRounds(history: readonly Check[]): Round[] {
  const rounds: Check[][] = []
  for (const check of history.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const current = rounds.at(-1)
    const previous = current?.at(-1)
    if (current && previous && follows(previous, check)) current.push(check)
    else rounds.push([check])
  }
  return rounds.map(toRound).toReversed()
}

function follows(previous: Check, next: Check): boolean {
  const later = LADDER.indexOf(next.kind) > LADDER.indexOf(previous.kind)
  return later && Date.parse(next.startedAt) - Date.parse(previous.startedAt) - previous.ms < LONGEST_PAUSE
}

function toRound(checks: readonly Check[]): Round {
  return { startedAt: checks[0]?.startedAt ?? '', checks, ok: checks.every((check) => check.ok) }
}
