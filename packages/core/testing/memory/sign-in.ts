import type { Store } from '../../src/deps.ts'
import { change, compareKeys, copyOf, copyWhere, type Data, removeWhere } from './data.ts'

export function memorySignIn(data: Data) {
  return {
    async listSessions(userId, now) {
      return copyWhere(data.sessions, (it) => it.userId === userId && it.expiresAt > now).toSorted(
        (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1),
      )
    },
    async endSessions(userId, which) {
      const before = data.sessions.size
      const { within } = which
      removeWhere(
        data.sessions,
        (it) =>
          it.userId === userId &&
          ('id' in which ? it.id === which.id : it.id !== which.but) &&
          (within === undefined || it.organisationId === within),
      )
      return before - data.sessions.size
    },
    async getSingleSignOn(organisationId) {
      return copyOf(data.singleSignOns.get(organisationId))
    },
    async putSingleSignOn(row, unchanged) {
      if (unchanged?.(copyOf(data.singleSignOns.get(row.organisationId))) === false) return false
      data.singleSignOns.set(row.organisationId, structuredClone(row))
      return true
    },
    async removeSingleSignOn(organisationId, unchanged) {
      if (unchanged?.(copyOf(data.singleSignOns.get(organisationId))) === false) return false
      removeWhere(data.sessions, (it) => it.organisationId === organisationId)
      return data.singleSignOns.delete(organisationId)
    },
    async listSingleSignOns() {
      return copyWhere(data.singleSignOns, () => true).toSorted((a, b) =>
        compareKeys([a.organisationId], [b.organisationId]),
      )
    },
    async replaceClientSecret(organisationId, from, clientSecret) {
      const same = (it: { clientSecret: string }) => it.clientSecret === from
      return change(data.singleSignOns, organisationId, () => ({ clientSecret }), same) !== null
    },
  } satisfies Partial<Store>
}
