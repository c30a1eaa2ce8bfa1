import type { Store } from '../../src/deps.ts'
import type { AttemptRow, ConnectionRow } from '../../src/types.ts'
import {
  change,
  compareKeys,
  copyOf,
  copyWhere,
  type Data,
  insert,
  mayGoOn,
  pageOf,
  removeWhere,
} from './data.ts'

export function memoryAttempts(data: Data, holder: string) {
  /** Checks in the order they were made: ids are random and a clock may stand still. */
  const checksInOrder = () => [...data.checks.values()].map((row, made) => ({ row, made }))

  return {
    async createAttempt(row) {
      insert(data.attempts, row.id, row)
    },
    async findAttemptByToken(tokenHash) {
      return copyOf([...data.attempts.values()].find((it) => it.tokenHash === tokenHash))
    },
    async getAttempt(id) {
      return copyOf(data.attempts.get(id))
    },
    async listOpenAttempts(connectionId, now) {
      return copyWhere(data.attempts, (it) => it.connectionId === connectionId && mayGoOn(it, now)).toSorted(
        (a, b) => compareKeys([-a.createdAt.getTime(), a.id], [-b.createdAt.getTime(), b.id]),
      )
    },
    async startTrip(id, now, trip) {
      return change(
        data.attempts,
        id,
        () => ({ ...trip, status: 'waiting', tripStartedAt: now, finishedAt: null, problem: null }),
        (it) =>
          (it.status === 'waiting' || it.status === 'failed') &&
          it.expiresAt > now &&
          (it.browserHash === null || it.browserHash === trip.browserHash),
      )
    },
    async takeTrip(stateHash, browserHash, now) {
      const attempt = [...data.attempts.values()].find((it) => it.stateHash === stateHash)
      if (!attempt) return null
      return change(
        data.attempts,
        attempt.id,
        () => ({ stateHash: null, status: 'proving', provingBy: holder }),
        (it) => it.status === 'waiting' && it.browserHash === browserHash && it.expiresAt > now,
      )
    },
    async updateAttempt(id, patch, note) {
      if (note) data.auditNotes.set(note.id, structuredClone(note))
      return change(data.attempts, id, () => patch)
    },
    async takeInterruptedAttempts() {
      const left = copyWhere(
        data.attempts,
        (it) => it.status === 'proving' && it.provingBy !== null && !data.living.has(it.provingBy),
      )
      return left.flatMap((it) => change(data.attempts, it.id, () => ({ provingBy: holder })) ?? [])
    },
    async expireAttempts(now) {
      const ended = copyWhere(
        data.attempts,
        (it) => it.expiresAt <= now && (isOpen(it) || (it.status === 'failed' && it.candidate !== null)),
      ).toSorted((a, b) => compareKeys([a.expiresAt.getTime(), a.id], [b.expiresAt.getTime(), b.id]))
      for (const row of ended) {
        change(data.attempts, row.id, (it) => ({
          status: isOpen(it) ? 'expired' : it.status,
          finishedAt: isOpen(it) ? now : it.finishedAt,
          stateHash: null,
          sealedVerifier: null,
          candidate: null,
        }))
      }
      for (const { connectionId } of ended) {
        const others = copyWhere(
          data.attempts,
          (it) => it.connectionId === connectionId && isOpen(it) && it.expiresAt > now,
        )
        if (others.length > 0) continue
        const isWaiting = (it: ConnectionRow) => it.status === 'waiting'
        change(data.connections, connectionId, () => ({ status: 'new' as const }), isWaiting)
      }
      return ended
    },

    async addCheck(row) {
      insert(data.checks, row.id, row)
    },
    async listChecks(connectionId, page) {
      const found = checksInOrder().filter(({ row }) => row.connectionId === connectionId)
      const { items, nextCursor } = pageOf(found, page, ({ made }) => [-made])
      return { items: structuredClone(items.map(({ row }) => row)), nextCursor }
    },
    async listAttemptChecks(attemptId) {
      return copyWhere(data.checks, (it) => it.attemptId === attemptId)
    },
    async clearAttemptChecks(attemptId) {
      removeWhere(data.checks, (it) => it.attemptId === attemptId)
    },
    async dropChecks({ well, all }, limit) {
      const old = checksInOrder()
        .map(({ row }) => row)
        .filter((it) => it.attemptId === null && it.startedAt < (it.ok ? well : all))
        .slice(0, limit)
      for (const { id } of old) data.checks.delete(id)
      return old.length
    },
  } satisfies Partial<Store>
}

function isOpen({ status }: AttemptRow): boolean {
  return status === 'waiting' || status === 'proving'
}
