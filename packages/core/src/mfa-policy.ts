import type { ConnectionPatch, Deps } from './deps.ts'
import { DAY } from './forecast.ts'
import { field, send, type Answer } from './microsoft/http.ts'
import { withoutPolicy } from './foresight.ts'
import type { Granted } from './rungs.ts'
import type { ConnectionRow } from './types.ts'

/** What reads it; never asked for, but used where somebody granted it for another reason. */
const PERMISSION = 'Policy.Read.All'

/**
 * For how many days the tenant remembers a second step, from its own settings: null where it has no such rule, undefined
 * where that cannot be known. Graph has it in beta only and documents no more of it than these two members, so whatever
 * else it answers says nothing.
 */
export async function askRememberedMfa(
  { fetch, config }: Pick<Deps, 'fetch' | 'config'>,
  { accessToken, facts }: Granted,
): Promise<number | null | undefined> {
  if (!facts.grantedScopes?.includes(PERMISSION)) return undefined
  const url = `${config.microsoft.graph}/beta/policies/mfaServicePolicy`
  return readRememberedMfa(await send(fetch, url, { headers: { authorization: `Bearer ${accessToken}` } }))
}

function readRememberedMfa({ status, json }: Answer): number | null | undefined {
  const remembered = field(json, 'rememberMfaOnTrustedDevice')
  const isEnabled = field(remembered, 'isEnabled')
  const days = field(remembered, 'allowedNumberOfDays')
  if (status !== 200 || typeof isEnabled !== 'boolean') return undefined
  if (!isEnabled) return null
  return typeof days === 'number' && Number.isInteger(days) && days > 0 ? days : undefined
}

/** What the tenant's settings teach of when the sign-in ends. A sign-in that has outlived them is not bound by them. */
export function learnRememberedMfa(
  row: ConnectionRow,
  days: number | null | undefined,
  now: Date,
): Pick<ConnectionPatch, 'limits'> {
  if (days === undefined) return {}
  const others = withoutPolicy(row.limits ?? [])
  if (days === null) return others.length === (row.limits ?? []).length ? {} : { limits: others }
  const seconds = (days * DAY) / 1000
  const isKnown = row.limits?.some((it) => it.from === 'policy' && it.seconds === seconds)
  const isOutlived = row.signedInAt && row.signedInAt.getTime() + days * DAY < now.getTime()
  if (isKnown || isOutlived) return {}
  const learnt = { kind: 'mfa_age', seconds, learntAt: now.toISOString(), from: 'policy' } as const
  return { limits: [...others, learnt] }
}
