import { MINUTE } from './microsoft/http.ts'

/** How far ahead the last turn may lie: what lies further was given by a clock that has been set back since. */
export function furthestTurn(gap: number): number {
  return Math.max(MINUTE, 10 * gap)
}

/** The last turn that was given, in milliseconds, and to whom. */
export type Turn = { readonly at: number; readonly owner: string | null }

/** The turn after the last one that was given, in milliseconds; at once when none was, or an absurd one. */
export function turnAfter(last: Turn | undefined, now: number, gap: number, owner?: string): number {
  if (last === undefined || last.at > now + furthestTurn(gap)) return now
  const own = owner !== undefined && last.owner === owner
  return Math.max(now, own ? last.at : last.at + gap)
}
