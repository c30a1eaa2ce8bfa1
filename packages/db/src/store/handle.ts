import { eq, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'

import type { Holder } from '../holder.ts'
import type { Tables } from '../tables.ts'

/** What both dialects can do alike. Builders are awaited; `.get`, `.all` and `.run` exist on SQLite only. */
export type Statements = Pick<
  BaseSQLiteDatabase<'async', unknown>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete'
>

/** What every part of the store is made from. */
export type Handle = {
  readonly db: Statements
  readonly tables: Tables
  /** All of `work` or nothing. Inside it use only the statements it is given: `db` waits until it has ended. */
  transact<T>(work: (db: Statements) => Promise<T>): Promise<T>
  /** This process as a holder of leases, from the first time somebody asks. */
  holder(): Promise<Holder>
  /** Fails when what will be written next may not fit. */
  assertRoom(): void
}

/** Takes the organisation's row until the transaction ends: who edits the same things of it come one after the other. */
export async function holdOrganisation(db: Statements, { organisations }: Tables, id: string): Promise<void> {
  await db
    .update(organisations)
    .set({ slug: sql`${organisations.slug}` })
    .where(eq(organisations.id, id))
}

/** The only row of a statement that names one by its key, or null. */
export function one<T>(rows: readonly T[]): T | null {
  return rows[0] ?? null
}
