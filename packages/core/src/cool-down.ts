import type { Deps } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { SECOND } from './microsoft/http.ts'

/** Covers whatever is asked of Microsoft for the connection. */
const EVERYTHING = '*'
const TOO_MANY_REQUESTS = 429
const LOOP_DETECTED = '50196'

// Identical requests trip Microsoft's loop detection (AADSTS50196), so where it asked to wait nobody of the fleet asks
// again before.

/** Notes what Microsoft said, if it asked to wait. Throttling holds for all resources, a refusal for the one. */
export async function coolDown(
  deps: Deps,
  connectionId: string,
  key: string,
  told: Diagnosis,
): Promise<void> {
  const { problem, verdict, retryAfterSeconds } = told
  if (retryAfterSeconds === undefined) return
  const { httpStatus, code } = problem.microsoft ?? {}
  const throttled = httpStatus === TOO_MANY_REQUESTS || code === LOOP_DETECTED
  await deps.store.putCoolDown({
    connectionId,
    key: throttled ? EVERYTHING : key,
    until: new Date(deps.now().getTime() + retryAfterSeconds * SECOND),
    told: { problem, verdict },
  })
}

/** What Microsoft said last, with the seconds left to wait; null when it may be asked. */
export async function stillCooling(deps: Deps, connectionId: string, key: string): Promise<Diagnosis | null> {
  const now = deps.now()
  const row = await deps.store.getCoolDown(connectionId, key, now)
  if (!row) return null
  return { ...row.told, retryAfterSeconds: Math.ceil((row.until.getTime() - now.getTime()) / SECOND) }
}
