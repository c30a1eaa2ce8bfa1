import { parameter } from '../http.ts'
import { hashToken } from '../requests.ts'
import type { World } from '../world.ts'
import { refuse } from './errors.ts'
import type { Authority } from './tenants.ts'

/** Entra cuts off a client that sends the same request again and again (50196). */
export function refuseLoops(world: World, authority: Authority, fields: URLSearchParams): void {
  const { loopLimit, loopWindowSeconds } = world.settings
  const now = world.now().getTime()
  const times = world.recentTokenRequests
  const fingerprint = hashToken(
    ['client_id', 'grant_type', 'refresh_token', 'code', 'scope', 'resource']
      .map((name) => parameter(fields, name) ?? '')
      .concat(authority.segment)
      .join(' '),
  )
  const recent = (times.get(fingerprint) ?? []).filter((time) => now - time < loopWindowSeconds * 1000)
  recent.push(now)
  // Starting afresh keeps the table small; forgetting a window under such load does no harm.
  if (times.size > 50_000) times.clear()
  times.set(fingerprint, recent)
  if (recent.length > loopLimit) refuse(50196)
}
