import type { Deps } from './deps.ts'
import { HOUR } from './microsoft/http.ts'

/** Longer than any night takes, and than any pause between two tries. */
const OVERDUE = 6 * HOUR

/**
 * Since when a connection of the deployment has been due that nobody has refreshed, nor put off: no worker runs, or it
 * cannot keep up. Null when there is none. Whatever a worker tries moves the time of the next refresh.
 */
export async function overdueSince(deps: Pick<Deps, 'store' | 'now'>): Promise<Date | null> {
  const [row] = await deps.store.listDue(new Date(deps.now().getTime() - OVERDUE), 1)
  return row?.nextRefreshAt ?? null
}
