import type { AuditHead, AuditQuery, Store } from '@consentry/core'
import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'

import { pageOf, readCursor } from './cursor.ts'
import { type Handle, one } from './handle.ts'

/** The one row of the log's end. */
const HEAD = 1

export function auditStore({ db, tables, transact }: Handle) {
  const { audit, auditHead, auditNotes } = tables
  const { id: _id, ...headColumns } = getTableColumns(auditHead)

  async function getHead(): Promise<AuditHead | null> {
    return one(await db.select(headColumns).from(auditHead).where(eq(auditHead.id, HEAD)))
  }

  function matching(organisationId: string, { actor, action, only, cursor }: AuditQuery): SQL | undefined {
    const [before] = cursor === undefined ? [] : readCursor(cursor, ['number'])
    return and(
      eq(audit.organisationId, organisationId),
      before === undefined ? undefined : lt(audit.sequence, Number(before)),
      actor === undefined
        ? undefined
        : or(eq(audit.actorId, actor), eq(audit.actorName, actor), eq(audit.actorEmail, actor.toLowerCase())),
      // A subject's actions lie between `subject.` and the character behind the dot.
      action === undefined
        ? undefined
        : action.includes('.')
          ? eq(audit.action, action)
          : and(gte(audit.action, `${action}.`), lt(audit.action, `${action}/`)),
      only === undefined ? undefined : inArray(audit.microsoftId, [...only]),
    )
  }

  return {
    getAuditHead: getHead,
    async createAuditHead(head) {
      await db
        .insert(auditHead)
        .values({ id: HEAD, ...head })
        .onConflictDoNothing()
      return (await getHead()) ?? head
    },
    async replaceAuditKey(from, to) {
      const replaced = await db
        .update(auditHead)
        .set(to)
        .where(and(eq(auditHead.id, HEAD), eq(auditHead.key, from)))
        .returning({ id: auditHead.id })
      return replaced.length > 0
    },
    async appendAudit(noteIds, chain) {
      return transact(async (tx) => {
        // Changes nothing, but takes the row: whoever else appends waits here, and reads the end that this leaves.
        const [head] = await tx
          .update(auditHead)
          .set({ sequence: sql`${auditHead.sequence}` })
          .where(eq(auditHead.id, HEAD))
          .returning(headColumns)
        if (!head) throw new Error('The audit log has lost its end')
        const taken =
          noteIds.length === 0
            ? []
            : await tx
                .delete(auditNotes)
                .where(inArray(auditNotes.id, [...noteIds]))
                .returning()
        const { entries, end } = chain(
          head,
          taken.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
        )
        if (entries.length > 0) await tx.insert(audit).values(entries)
        await tx.update(auditHead).set(end).where(eq(auditHead.id, HEAD))
        return taken.length
      })
    },
    async addAuditNotes(notes) {
      if (notes.length > 0) await db.insert(auditNotes).values([...notes])
    },
    async listAuditNotes(limit) {
      return db.select().from(auditNotes).orderBy(asc(auditNotes.at), asc(auditNotes.id)).limit(limit)
    },
    async listAudit(organisationId, query) {
      const rows = await db
        .select()
        .from(audit)
        .where(matching(organisationId, query))
        .orderBy(desc(audit.sequence))
        .limit(query.limit + 1)
      return pageOf(rows, query.limit, ({ sequence }) => [sequence])
    },
    async countAudit(organisationId, action, from, until) {
      const [row] = await db
        .select({ entries: count() })
        .from(audit)
        .where(
          and(
            eq(audit.organisationId, organisationId),
            eq(audit.action, action),
            gte(audit.at, from),
            lt(audit.at, until),
          ),
        )
      return row?.entries ?? 0
    },
    async readAudit(afterSequence, limit) {
      return db
        .select()
        .from(audit)
        .where(gt(audit.sequence, afterSequence))
        .orderBy(asc(audit.sequence))
        .limit(limit)
    },
  } satisfies Partial<Store>
}
