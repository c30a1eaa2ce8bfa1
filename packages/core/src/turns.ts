import { MINUTE } from './microsoft/http.ts'

/**
 * What is asked for: a moment at least `gap` milliseconds after the last one that was taken under this name, by
 * whichever process, and not before `now`. It is taken when it lies at most `ahead` milliseconds away.
 */
export type TurnWish = {
  readonly name: string
  readonly now: Date
  readonly gap: number
  readonly ahead: number
  /** Who took the last turn may have it again at once. */
  readonly owner?: string
}

export type Turn = {
  readonly taken: boolean
  /** The moment, or when to ask again. */
  readonly at: Date
}

export type LastTurn = { readonly at: number; readonly owner: string | null }

/** How far ahead the last turn may lie. What lies further was given by a clock that has been set back since. */
export const FURTHEST_TURN = MINUTE

/** The turn after the last one; at once when there was none, or an absurd one. */
export function turnAfter(last: LastTurn | undefined, { now, gap, ahead, owner }: TurnWish): Turn {
  const time = now.getTime()
  const free = last === undefined || last.at > time + FURTHEST_TURN
  const own = owner !== undefined && last?.owner === owner
  const at = free ? time : Math.max(time, own ? last.at : last.at + gap)
  return { taken: at <= time + ahead, at: new Date(at) }
}
