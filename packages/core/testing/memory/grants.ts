import type { Store } from '../../src/deps.ts'
import type { GrantRow } from '../../src/types.ts'
import {
  change,
  compareKeys,
  copyOf,
  copyWhere,
  type Data,
  insert,
  keyOf,
  mayGoOn,
  removeWhere,
} from './data.ts'

export function memoryGrants(data: Data) {
  /** A token that arrives after Disconnect is not kept: Disconnect destroys. */
  const isConnected = (id: string) => {
    const row = data.connections.get(id)
    if (!row) throw new Error(`No connection has the id ${id}`)
    return row.disconnectedAt === null
  }

  const isOnTrial = (row: GrantRow, now: Date) => {
    const attempt = row.attemptId === null ? undefined : data.attempts.get(row.attemptId)
    return attempt !== undefined && mayGoOn(attempt, now)
  }

  return {
    async takeLease(id, now, until) {
      return change(
        data.connections,
        id,
        (row) => ({
          leaseUntil: until,
          fence: row.fence + 1,
          lastGeneration: row.lastGeneration + 1,
          intent: row.generation,
        }),
        (row) => row.disconnectedAt === null && (row.leaseUntil === null || row.leaseUntil < now),
      )
    },
    async renewLease(id, fence, until) {
      const renewed = change(
        data.connections,
        id,
        () => ({ leaseUntil: until }),
        (row) => row.fence === fence && row.leaseUntil !== null,
      )
      return renewed !== null
    },
    async releaseLease(id, fence, patch) {
      return change(
        data.connections,
        id,
        () => ({ ...patch, leaseUntil: null, intent: null }),
        (row) => row.fence === fence,
      )
    },
    async allocateGeneration(id) {
      const row = change(data.connections, id, (it) => ({ lastGeneration: it.lastGeneration + 1 }))
      if (!row) throw new Error(`No connection has the id ${id}`)
      return row.lastGeneration
    },
    async saveGrant(row) {
      if (isConnected(row.connectionId)) insert(data.grants, keyOf(row.connectionId, row.generation), row)
    },
    async getGrant(connectionId, generation) {
      return copyOf(data.grants.get(keyOf(connectionId, generation)))
    },
    async listGrants(connectionId) {
      return copyWhere(data.grants, (it) => it.connectionId === connectionId)
        .map(withoutToken)
        .toSorted((a, b) => compareKeys([a.generation], [b.generation]))
    },
    async markRedeemed(connectionId, generation, at) {
      change(data.grants, keyOf(connectionId, generation), () => ({ redeemedAt: at }))
    },
    async pruneGrants(connectionId, before, now) {
      removeWhere(
        data.grants,
        (it) => it.connectionId === connectionId && it.generation < before && !isOnTrial(it, now),
      )
    },
    async dropAttemptGrants(connectionId, attemptId, keep) {
      removeWhere(
        data.grants,
        (it) =>
          it.connectionId === connectionId && it.attemptId === attemptId && !keep.includes(it.generation),
      )
    },
    async commitGeneration(id, fence, generation, patch) {
      return change(
        data.connections,
        id,
        (row) => ({
          ...patch,
          generation,
          // A repeated commit must not forget the one before.
          previousGeneration: row.generation === generation ? row.previousGeneration : row.generation,
          leaseUntil: null,
          intent: null,
        }),
        (row) => row.fence === fence && data.grants.has(keyOf(id, generation)),
      )
    },

    async putAccessToken(row) {
      if (isConnected(row.connectionId)) {
        data.accessTokens.set(keyOf(row.connectionId, row.key), structuredClone(row))
      }
    },
    async getAccessToken(connectionId, key) {
      return copyOf(data.accessTokens.get(keyOf(connectionId, key)))
    },
    async dropAccessTokens(connectionId) {
      removeWhere(data.accessTokens, (it) => it.connectionId === connectionId)
    },
  } satisfies Partial<Store>
}

function withoutToken(row: GrantRow): Omit<GrantRow, 'sealed'> {
  const { connectionId, generation, origin, attemptId, createdAt, redeemedAt } = row
  return { connectionId, generation, origin, attemptId, createdAt, redeemedAt }
}
