import { PAUSE, type Store } from '../../src/deps.ts'
import type { AccessTokenRow, ConnectionRow, GrantRow } from '../../src/types.ts'
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
import { addToNight } from './nights.ts'

export function memoryGrants(data: Data, holder: string) {
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

  const putAccessToken = (row: AccessTokenRow) =>
    void data.accessTokens.set(keyOf(row.connectionId, row.key), structuredClone(row))

  const isFree = ({ leaseUntil, leaseHolder }: ConnectionRow, now: Date) => {
    if (leaseUntil === null || leaseHolder === null || !data.living.has(leaseHolder)) return true
    return leaseUntil.getTime() + PAUSE < now.getTime()
  }

  return {
    async takeLease(id, now, until) {
      return change(
        data.connections,
        id,
        (row) => ({
          ...letGo(row),
          leaseUntil: until,
          leaseHolder: holder,
          fence: row.fence + 1,
          lastGeneration: row.lastGeneration + 1,
          intent: row.generation,
        }),
        (row) => row.disconnectedAt === null && isFree(row, now),
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
    async releaseLease(id, fence, patch, check) {
      const released = change(
        data.connections,
        id,
        () => ({ ...patch, leaseUntil: null, leaseHolder: null, intent: null }),
        (row) => row.fence === fence,
      )
      if (released && check) insert(data.checks, check.id, check)
      return released
    },
    async abandonLease(id, fence) {
      change(data.connections, id, letGo, (row) => row.fence === fence)
    },
    async releaseInterrupted(now) {
      const left = copyWhere(
        data.connections,
        (row) => row.leaseHolder !== null && !data.living.has(row.leaseHolder),
      )
      for (const { id, intent } of left) {
        change(data.connections, id, (row) => ({
          ...letGo(row),
          ...(intent === null ? {} : { nextRefreshAt: now }),
        }))
      }
      return left
        .filter((row) => row.intent !== null)
        .map(({ id, microsoftId, organisationId }) => ({ id, microsoftId, organisationId }))
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
    async dropAttemptGrants(connectionId, attemptId, keep) {
      removeWhere(
        data.grants,
        (it) =>
          it.connectionId === connectionId && it.attemptId === attemptId && !keep.includes(it.generation),
      )
    },
    async commitRotation({ fence, grant, redeemed, at, access, patch, check, note, night }) {
      const { connectionId, generation } = grant
      if (!isConnected(connectionId)) return null
      const repeated = data.grants.has(keyOf(connectionId, generation))
      data.grants.set(keyOf(connectionId, generation), structuredClone(grant))
      const committed = change(
        data.connections,
        connectionId,
        (row) => ({ ...patch, ...pointAt(row, generation) }),
        (row) => row.fence === fence,
      )
      if (!committed) return null
      if (!repeated) data.auditNotes.set(note.id, structuredClone(note))
      if (!repeated && night !== null) addToNight(data, committed.organisationId, night, 'refreshed', at)
      putAccessToken(access)
      if (check && !data.checks.has(check.id)) insert(data.checks, check.id, check)
      change(data.grants, keyOf(connectionId, redeemed), () => ({ redeemedAt: at }))
      removeWhere(
        data.grants,
        (it) => it.connectionId === connectionId && it.generation < redeemed && !isOnTrial(it, at),
      )
      return committed
    },
    async commitGeneration(id, fence, generation, patch) {
      return change(
        data.connections,
        id,
        (row) => ({ ...patch, ...pointAt(row, generation) }),
        (row) => row.fence === fence && data.grants.has(keyOf(id, generation)),
      )
    },

    async putAccessToken(row) {
      if (isConnected(row.connectionId)) putAccessToken(row)
    },
    async getAccessToken(connectionId, key) {
      return copyOf(data.accessTokens.get(keyOf(connectionId, key)))
    },
    async dropAccessTokens(connectionId) {
      removeWhere(data.accessTokens, (it) => it.connectionId === connectionId)
      removeWhere(data.coolDowns, (it) => it.connectionId === connectionId)
    },

    async putCoolDown(row) {
      if (!isConnected(row.connectionId)) return
      data.coolDowns.set(keyOf(row.connectionId, row.key), structuredClone(row))
    },
    async getCoolDown(connectionId, key, now) {
      const cooling = copyWhere(
        data.coolDowns,
        (it) => it.connectionId === connectionId && (it.key === key || it.key === '*') && it.until > now,
      )
      return cooling.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0] ?? null
    },
  } satisfies Partial<Store>
}

function withoutToken(row: GrantRow): Omit<GrantRow, 'sealed'> {
  const { sealed: _, ...rest } = row
  return rest
}

/** What is left of a lease that nobody ended: an intent, if there was one, that has to be verified. */
function letGo({ intent, verify }: ConnectionRow): Partial<ConnectionRow> {
  const unresolved = intent === null ? verify : (verify ?? 'interrupted')
  return { leaseUntil: null, leaseHolder: null, intent: null, verify: unresolved }
}

function pointAt(row: ConnectionRow, generation: number): Partial<ConnectionRow> {
  return {
    generation,
    // A repeated commit must not forget the one before.
    previousGeneration: row.generation === generation ? row.previousGeneration : row.generation,
    leaseUntil: null,
    leaseHolder: null,
    intent: null,
    verify: null,
  }
}
