import type { Store } from '../../src/deps.ts'
import type { ApplicationRow } from '../../src/types.ts'
import { change, compareKeys, copyOf, copyWhere, keyOf, removeWhere, type Data } from './data.ts'

export function memoryApplications(data: Data) {
  function isUsed({ connectionId, clientId }: ApplicationRow, since: Date): boolean {
    const isIts = (it: { connectionId: string; clientId: string | null }) =>
      it.connectionId === connectionId && it.clientId === clientId
    const attempts = [...data.attempts.values()].filter(isIts)
    return (
      data.connections.get(connectionId)?.clientId === clientId ||
      [...data.grants.values()].some(isIts) ||
      attempts.some((it) => it.status !== 'succeeded' && it.expiresAt > since)
    )
  }

  return {
    async putApplication(row, ifVersion) {
      const { connectionId, clientId } = row
      const chosen = change(
        data.connections,
        connectionId,
        (it) => ({ clientId, version: it.version + 1 }),
        (it) => it.disconnectedAt === null && (ifVersion === undefined || it.version === ifVersion),
      )
      if (chosen) data.applications.set(keyOf(connectionId, clientId), structuredClone(row))
      return chosen !== null
    },
    async getApplication(connectionId, clientId) {
      return copyOf(data.applications.get(keyOf(connectionId, clientId)))
    },
    async listApplications(connectionId) {
      return copyWhere(data.applications, (it) => it.connectionId === connectionId).toSorted((a, b) =>
        compareKeys([a.addedAt.getTime(), a.clientId], [b.addedAt.getTime(), b.clientId]),
      )
    },
    async dropUnusedApplications(since) {
      const before = data.applications.size
      removeWhere(data.applications, (it) => it.addedAt <= since && !isUsed(it, since))
      return before - data.applications.size
    },
  } satisfies Partial<Store>
}
