import type { Store } from '../../src/deps.ts'
import { copyOf, copyWhere, type Data, pageOf } from './data.ts'

export function memoryAudit(data: Data) {
  return {
    async getAuditHead() {
      return structuredClone(data.auditHead.current)
    },
    async createAuditHead(head) {
      data.auditHead.current ??= structuredClone(head)
      return structuredClone(data.auditHead.current)
    },
    async replaceAuditKey(from, to) {
      const { current } = data.auditHead
      if (current?.key !== from) return false
      data.auditHead.current = { ...current, ...to }
      return true
    },
    async appendAudit(noteIds, chain) {
      const { current } = data.auditHead
      if (!current) throw new Error('The audit log has lost its end')
      const taken = noteIds
        .flatMap((id) => copyOf(data.auditNotes.get(id)) ?? [])
        .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      const { entries, end } = chain(structuredClone(current), taken)
      for (const { id } of taken) data.auditNotes.delete(id)
      for (const entry of entries) data.audit.set(String(entry.sequence), structuredClone(entry))
      data.auditHead.current = { ...current, ...end }
      return taken.length
    },
    async addAuditNotes(notes) {
      for (const note of notes) data.auditNotes.set(note.id, structuredClone(note))
    },
    async listAuditNotes(limit) {
      return copyWhere(data.auditNotes, () => true)
        .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
    },
    async listAudit(organisationId, query) {
      const { actor, action, only } = query
      const rows = copyWhere(data.audit, (row) => {
        if (row.organisationId !== organisationId) return false
        if (actor !== undefined) {
          const names = [row.actorId, row.actorName]
          if (!names.includes(actor) && row.actorEmail !== actor.toLowerCase()) return false
        }
        if (action !== undefined && row.action !== action && !row.action.startsWith(`${action}.`))
          return false
        return only === undefined || (row.microsoftId !== null && only.includes(row.microsoftId))
      })
      return pageOf(rows, query, ({ sequence }) => [-sequence])
    },
    async countAudit(organisationId, action, from, until) {
      return copyWhere(
        data.audit,
        (it) =>
          it.organisationId === organisationId && it.action === action && it.at >= from && it.at < until,
      ).length
    },
    async readAudit(afterSequence, limit) {
      return copyWhere(data.audit, (row) => row.sequence > afterSequence)
        .toSorted((a, b) => a.sequence - b.sequence)
        .slice(0, limit)
    },
  } satisfies Partial<Store>
}
