import { isWorkload, type Store } from '@consentry/core'
import { and, asc, eq, getTableColumns, gte, inArray, isNull, or } from 'drizzle-orm'

import { type Handle, holdOrganisation, one, type Statements } from './handle.ts'

export function peopleStore({ db, tables, transact }: Handle) {
  const { organisations, members, user, serviceKeys, tokenUses, returnOrigins, singleSignOn } = tables
  const organisationColumns = {
    id: organisations.id,
    slug: organisations.slug,
    name: organisations.name,
    createdAt: organisations.createdAt,
  }
  const memberColumns = { ...getTableColumns(members), email: user.email, name: user.name }

  async function isSecondStepRequired(on: Statements, organisationId: string) {
    const [row] = await on
      .select({ required: organisations.secondStepRequired })
      .from(organisations)
      .where(eq(organisations.id, organisationId))
    return row?.required ?? false
  }
  async function listOrigins(on: Statements, organisationId: string) {
    const rows = await on
      .select({ origin: returnOrigins.origin })
      .from(returnOrigins)
      .where(eq(returnOrigins.organisationId, organisationId))
      .orderBy(asc(returnOrigins.origin))
    return rows.map(({ origin }) => origin)
  }

  return {
    async createOrganisation(row) {
      const created = await db
        .insert(organisations)
        .values(row)
        .onConflictDoNothing({ target: organisations.slug })
        .returning({ id: organisations.id })
      return created.length > 0 ? 'created' : 'slug_taken'
    },
    async findOrganisation(slugOrId) {
      const found = await db
        .select(organisationColumns)
        .from(organisations)
        .where(or(eq(organisations.id, slugOrId), eq(organisations.slug, slugOrId)))
      return found.find((it) => it.id === slugOrId) ?? one(found)
    },
    async listOrganisations() {
      return db.select(organisationColumns).from(organisations).orderBy(asc(organisations.slug))
    },
    async isSecondStepRequired(organisationId) {
      return isSecondStepRequired(db, organisationId)
    },
    async setSecondStepRequired(organisationId, secondStepRequired, unchanged) {
      return transact(async (tx) => {
        await holdOrganisation(tx, tables, organisationId)
        if (unchanged?.(await isSecondStepRequired(tx, organisationId)) === false) return false
        await tx.update(organisations).set({ secondStepRequired }).where(eq(organisations.id, organisationId))
        return true
      })
    },
    async putMember(row) {
      await db
        .insert(members)
        .values(row)
        .onConflictDoUpdate({ target: [members.organisationId, members.userId], set: { role: row.role } })
      const [member] = await db
        .select(memberColumns)
        .from(members)
        .innerJoin(user, eq(members.userId, user.id))
        .where(and(eq(members.organisationId, row.organisationId), eq(members.userId, row.userId)))
      if (!member) throw new Error('The member was removed while being added')
      return member
    },
    async listMemberships(userId) {
      const rows = await db
        .select({
          member: memberColumns,
          organisation: organisationColumns,
          secondStep: organisations.secondStepRequired,
          required: singleSignOn.required,
        })
        .from(members)
        .innerJoin(user, eq(members.userId, user.id))
        .innerJoin(organisations, eq(members.organisationId, organisations.id))
        .leftJoin(singleSignOn, eq(members.organisationId, singleSignOn.organisationId))
        .where(eq(members.userId, userId))
        .orderBy(asc(organisations.slug))
      return rows.map(({ member, organisation, required, secondStep }) => {
        const state = required === null ? null : required ? 'required' : 'offered'
        return { ...member, organisation, singleSignOn: state, secondStepRequired: secondStep ?? false }
      })
    },
    async listMembers(organisationId) {
      return db
        .select(memberColumns)
        .from(members)
        .innerJoin(user, eq(members.userId, user.id))
        .where(eq(members.organisationId, organisationId))
        .orderBy(asc(members.createdAt), asc(members.id))
    },

    async createServiceKey(row) {
      await db.insert(serviceKeys).values(row)
    },
    async findServiceKey(hash) {
      return one(await db.select().from(serviceKeys).where(eq(serviceKeys.hash, hash)))
    },
    async listServiceKeys(organisationId) {
      return db
        .select()
        .from(serviceKeys)
        .where(eq(serviceKeys.organisationId, organisationId))
        .orderBy(asc(serviceKeys.createdAt), asc(serviceKeys.id))
    },
    async revokeServiceKey(organisationId, id, now) {
      const revoked = await db
        .update(serviceKeys)
        .set({ revokedAt: now })
        .where(
          and(
            eq(serviceKeys.id, id),
            eq(serviceKeys.organisationId, organisationId),
            isNull(serviceKeys.revokedAt),
          ),
        )
        .returning({ id: serviceKeys.id })
      return revoked.length > 0
    },
    async findWorkloads(issuer) {
      const rows = await db
        .select()
        .from(serviceKeys)
        .where(and(eq(serviceKeys.issuer, issuer), isNull(serviceKeys.revokedAt)))
        .orderBy(asc(serviceKeys.createdAt), asc(serviceKeys.id))
      return rows.filter(isWorkload)
    },
    async replaceServiceKey(id, end, row) {
      return transact(async (tx) => {
        const ended = await tx
          .update(serviceKeys)
          .set({ expiresAt: end, replacedBy: row.id })
          .where(
            and(
              eq(serviceKeys.id, id),
              eq(serviceKeys.organisationId, row.organisationId),
              isNull(serviceKeys.revokedAt),
              isNull(serviceKeys.replacedBy),
            ),
          )
          .returning({ id: serviceKeys.id })
        if (ended.length === 0) return false
        await tx.insert(serviceKeys).values(row)
        return true
      })
    },
    async touchServiceKey(id, at) {
      await db.update(serviceKeys).set({ lastUsedAt: at }).where(eq(serviceKeys.id, id))
    },
    async noteTokenUse(connectionId, serviceKeyId, lastUsedAt) {
      await db
        .insert(tokenUses)
        .values({ connectionId, serviceKeyId, lastUsedAt })
        .onConflictDoUpdate({
          target: [tokenUses.connectionId, tokenUses.serviceKeyId],
          set: { lastUsedAt },
        })
    },
    async listTokenUses(connectionIds, since) {
      if (connectionIds.length === 0) return []
      return db
        .select({ ...getTableColumns(tokenUses), name: serviceKeys.name })
        .from(tokenUses)
        .innerJoin(serviceKeys, eq(serviceKeys.id, tokenUses.serviceKeyId))
        .where(and(inArray(tokenUses.connectionId, [...connectionIds]), gte(tokenUses.lastUsedAt, since)))
        .orderBy(asc(serviceKeys.name), asc(serviceKeys.id))
    },

    async listReturnOrigins(organisationId) {
      return listOrigins(db, organisationId)
    },
    async putReturnOrigins(organisationId, origins, unchanged) {
      const rows = [...new Set(origins)].map((origin) => ({ organisationId, origin }))
      return transact(async (tx) => {
        await holdOrganisation(tx, tables, organisationId)
        if (unchanged?.(await listOrigins(tx, organisationId)) === false) return false
        await tx.delete(returnOrigins).where(eq(returnOrigins.organisationId, organisationId))
        if (rows.length > 0) await tx.insert(returnOrigins).values(rows).onConflictDoNothing()
        return true
      })
    },
  } satisfies Partial<Store>
}
