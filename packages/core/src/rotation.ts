import { rewrapLogKey } from './audit.ts'
import { rewrapChannels } from './channels.ts'
import type { Deps } from './deps.ts'
import { ConsentryError } from './errors.ts'
import { isVaultFault, rewrap } from './seal.ts'
import { rewrapClientSecrets } from './single-sign-on.ts'

const BATCH = 200

export type KeyRotation = {
  readonly active: string
  readonly rewrapped: number
  /** Microsoft IDs of connections whose data key does not open: its ring key is missing, or it was altered. */
  readonly stuck: readonly string[]
  /** Whether the audit log's key is wrapped with it too. */
  readonly auditLog: boolean
  /** Ids of organisations whose single sign-on secret does not open. */
  readonly stuckSignOns: readonly string[]
  /** Ids of notification channels whose address does not open. */
  readonly stuckChannels: readonly string[]
  /** How many connections each key wraps now; every key of the ring is there. */
  readonly keys: readonly { readonly id: string; readonly rows: number }[]
}

/**
 * Wraps every connection's data key, the audit log's, and the secrets of single sign-on with the ring's active key. The
 * data keys stay as they are, so everything goes on meanwhile. Each connection is one durable step: stopped anywhere, it goes on when it is started again.
 */
export async function rotateKeys(deps: Pick<Deps, 'store' | 'keys'>): Promise<KeyRotation> {
  const { store, keys } = deps
  const active = await keys.activeId()
  const auditLog = await rewrapLogKey(deps)
  const stuckSignOns = await rewrapClientSecrets(deps)
  const stuckChannels = await rewrapChannels(deps)
  const stuck: string[] = []
  let rewrapped = 0
  let after = ''
  for (;;) {
    const rows = await store.listDataKeys(active, after, BATCH)
    for (const row of rows) {
      try {
        const fresh = await rewrap(keys, row)
        if (await store.replaceDataKey(row.id, row.dataKey, fresh)) rewrapped += 1
      } catch (error) {
        if (!(error instanceof ConsentryError) || isVaultFault(error)) throw error
        stuck.push(row.microsoftId)
      }
    }
    const last = rows.at(-1)
    if (!last) break
    after = last.id
  }
  return {
    active,
    rewrapped,
    stuck,
    auditLog,
    stuckSignOns,
    stuckChannels,
    keys: await countKeys(deps),
  }
}

/** How many connections each key wraps: those of the ring first, in its order, then those it lacks. */
export async function countKeys({ store, keys }: Pick<Deps, 'store' | 'keys'>) {
  const used = await store.countByDataKey()
  const ids = new Set([...keys.ids, ...used.map((it) => it.id)])
  return [...ids].map((id) => ({ id, rows: used.find((it) => it.id === id)?.rows ?? 0 }))
}
