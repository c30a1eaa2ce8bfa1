import type { Store } from '../../src/deps.ts'
import { UNCONNECTED } from '../../src/status.ts'
import type { AttemptRow, ConnectionRow, Status } from '../../src/types.ts'
import {
  change,
  compareKeys,
  copyOf,
  copyWhere,
  type Data,
  insert,
  pageOf,
  removeWhere,
  type SortKey,
} from './data.ts'

export function memoryConnections(data: Data) {
  const listed = (organisationId: string, only: readonly string[] | undefined) =>
    copyWhere(
      data.connections,
      (it) =>
        it.organisationId === organisationId &&
        it.disconnectedAt === null &&
        (only === undefined || only.includes(it.microsoftId)),
    )

  return {
    async createConnection(row) {
      const old = [...data.connections.values()].find(
        (it) => it.organisationId === row.organisationId && it.microsoftId === row.microsoftId,
      )
      if (old && old.disconnectedAt === null) return { row: structuredClone(old), created: false }
      const created: ConnectionRow = old
        ? {
            ...row,
            status: 'new',
            disconnectedAt: null,
            id: old.id,
            lastGeneration: old.lastGeneration,
            fence: old.fence,
            version: old.version + 1,
          }
        : row
      if (old) data.connections.delete(old.id)
      insert(data.connections, created.id, created)
      return { row: structuredClone(created), created: true }
    },
    async findConnection(organisationId, microsoftId) {
      return listed(organisationId, [microsoftId])[0] ?? null
    },
    async getConnection(id) {
      return copyOf(data.connections.get(id))
    },
    async listConnections(organisationId, query) {
      const rows = listed(organisationId, query.only).filter(
        (row) =>
          (query.status === undefined || row.status === query.status) &&
          matches(row, query.search) &&
          (!query.stopsBy || (row.stopsWorkingBy !== null && row.stopsWorkingBy <= query.stopsBy)),
      )
      return pageOf(rows, query, query.sort === 'name' ? nameKey : urgency)
    },
    async lookAround({ microsoftId, code, by, now, throttledSince, witnesses }) {
      const rows = [...data.connections.values()].filter((it) => it.disconnectedAt === null)
      const doubts = rows.filter((it) => it.doubtCode === code && it.status !== 'broken')
      const heardAt = (it: ConnectionRow) => (by === 'proof' ? it.provenAt : it.refreshedAt)?.getTime() ?? 0
      const since = new Date(Math.min(...doubts.map((it) => it.doubtSince?.getTime() ?? 0), now.getTime()))
      const others = rows.filter((it) => it.microsoftId !== microsoftId && it.doubtCode === null)
      const asked = others.filter(
        (it) =>
          it.generation !== null &&
          (it.status === 'connected' || (by === 'token' && it.status === 'attention')) &&
          it.failures === 0 &&
          heardAt(it) <= since.getTime(),
      )
      return {
        refused: tenantsOf(doubts),
        working: tenantsOf(others.filter((it) => heardAt(it) > since.getTime())),
        witnesses: asked
          .toSorted((a, b) => compareKeys([a.id], [b.id]))
          .slice(0, witnesses)
          .map((it) => it.id),
        throttled: copyWhere(data.coolDowns, (it) => it.key === '*' && it.until > throttledSince).length > 0,
      }
    },
    async countConnections(organisationId, only, search) {
      const counts: Record<Status, number> = { new: 0, waiting: 0, connected: 0, attention: 0, broken: 0 }
      const found = listed(organisationId, only).filter((row) => matches(row, search))
      for (const row of found) counts[row.status] += 1
      return counts
    },
    async updateConnection(id, patch, ifVersion) {
      return change(
        data.connections,
        id,
        (row) => (ifVersion === undefined ? patch : { ...patch, version: row.version + 1 }),
        (row) => ifVersion === undefined || row.version === ifVersion,
      )
    },
    async disconnect(id, now) {
      const emptied = change(
        data.connections,
        id,
        (row) => ({ ...UNCONNECTED, disconnectedAt: now, fence: row.fence + 1, version: row.version + 1 }),
        (row) => row.disconnectedAt === null,
      )
      if (!emptied) return
      removeWhere(data.grants, (it) => it.connectionId === id)
      removeWhere(data.applications, (it) => it.connectionId === id)
      removeWhere(data.accessTokens, (it) => it.connectionId === id)
      removeWhere(data.coolDowns, (it) => it.connectionId === id)
      for (const attempt of data.attempts.values()) {
        if (attempt.connectionId === id) change(data.attempts, attempt.id, (it) => endedBy(now, it))
      }
    },
    async listDue(now, limit, after) {
      return copyWhere(
        data.connections,
        (it) => it.disconnectedAt === null && it.nextRefreshAt !== null && it.nextRefreshAt <= now,
      )
        .filter((it) => after === undefined || compareKeys(dueKey(it), dueKey(after)) > 0)
        .toSorted((a, b) => compareKeys(dueKey(a), dueKey(b)))
        .slice(0, limit)
    },
  } satisfies Partial<Store>
}

const RANK: Record<Status, number> = { broken: 0, attention: 1, waiting: 3, new: 4, connected: 5 }

function urgency(row: ConnectionRow): SortKey {
  const dated = row.status === 'attention' ? row.stopsWorkingBy : null
  const rank = RANK[row.status] + (row.status === 'attention' && dated === null ? 1 : 0)
  return [rank, dated?.getTime() ?? 0, row.name.toLowerCase(), row.id]
}

function nameKey(row: ConnectionRow): SortKey {
  return [row.name.toLowerCase(), row.id]
}

function matches(row: ConnectionRow, search: string | undefined): boolean {
  if (search === undefined) return true
  const needle = search.toLowerCase()
  return [row.name, row.domain ?? '', row.microsoftId].some((text) => text.toLowerCase().includes(needle))
}

/** The attempt without what could still be used: no trip, and no candidate, whose grant is gone. */
function endedBy(now: Date, row: AttemptRow): Partial<AttemptRow> {
  const emptied = { stateHash: null, sealedVerifier: null, candidate: null }
  const open = row.status === 'waiting' || row.status === 'proving'
  return open ? { ...emptied, status: 'expired', finishedAt: now } : emptied
}

function dueKey(row: ConnectionRow): SortKey {
  return [row.nextRefreshAt?.getTime() ?? 0, row.id]
}

function tenantsOf(rows: readonly ConnectionRow[]): number {
  return new Set(rows.map((it) => it.microsoftId)).size
}
