import { and, asc, eq, gt, or, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'

import type { Statements } from './store/handle.ts'
import type { Tables } from './tables.ts'

const BATCH = 100

export type Name = keyof Tables

/**
 * Every table: parents first, each with the columns that name a row, or null when it stays behind because it is
 * short-lived, or would let a thief in as it is.
 */
const TABLES: Readonly<Record<Name, readonly string[] | null>> = {
  user: ['id'],
  session: null,
  account: ['id'],
  verification: null,
  twoFactor: ['id'],
  passkey: ['id'],
  tries: null,
  organisations: ['id'],
  members: ['id'],
  serviceKeys: ['id'],
  returnOrigins: ['organisationId', 'origin'],
  invitations: null,
  singleSignOn: ['organisationId'],
  connections: ['id'],
  applications: ['connectionId', 'clientId'],
  grants: ['connectionId', 'generation'],
  accessTokens: null,
  coolDowns: null,
  tokenUses: ['connectionId', 'serviceKeyId'],
  customerConsents: ['connectionId', 'customerTenantId'],
  attempts: ['id'],
  checks: ['sequence'],
  reports: ['sequence'],
  reportChunks: ['reportId', 'sequence'],
  breakdown: ['reportId', 'by', 'key', 'currency'],
  nights: ['organisationId', 'night'],
  turns: null,
  audit: ['sequence'],
  auditHead: ['id'],
  auditNotes: ['id'],
  channels: ['id'],
  told: ['subject'],
  notifications: ['id'],
}

export type Side = { readonly db: Statements; readonly tables: Tables }
export type Row = Record<string, unknown>

/** Copies every table that travels from one database to the other, in pages, changing rows on the way. Gives how many. */
export async function copyTables(
  from: Side,
  to: Side,
  change: (table: Name, row: Row) => Row = (_table, row) => row,
): Promise<Map<Name, number>> {
  const counts = new Map<Name, number>()
  // Entries forget what the names are.
  for (const [name, key] of Object.entries(TABLES) as [Name, readonly string[] | null][]) {
    if (!key) continue
    let copied = 0
    for await (const page of pagesOf(from, name, key)) {
      // The same table, so the same columns.
      await to.db.insert(to.tables[name] as SQLiteTable).values(page.map((row) => change(name, row)))
      copied += page.length
    }
    counts.set(name, copied)
  }
  return counts
}

async function* pagesOf({ db, tables }: Side, name: Name, key: readonly string[]): AsyncGenerator<Row[]> {
  const table: SQLiteTable = tables[name]
  const columns = key.map((it) => columnOf(table, it))
  let beyond: SQL | undefined
  for (;;) {
    const page: Row[] = await db
      .select()
      .from(table)
      .where(beyond)
      .orderBy(...columns.map((it) => asc(it)))
      .limit(BATCH)
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (!last || page.length < BATCH) return
    beyond = after(
      columns,
      key.map((it) => last[it]),
    )
  }
}

/** Rows behind the one with these values, in the order of the columns. */
function after(columns: readonly SQLiteColumn[], values: readonly unknown[]): SQL | undefined {
  const [column, ...rest] = columns
  const [value, ...others] = values
  if (!column) return undefined
  const deeper = after(rest, others)
  return deeper ? or(gt(column, value), and(eq(column, value), deeper)) : gt(column, value)
}

function columnOf(table: SQLiteTable, name: string): SQLiteColumn {
  // Drizzle keeps a table's columns as its members.
  const column = (table as unknown as Readonly<Record<string, SQLiteColumn | undefined>>)[name]
  if (!column) throw new TypeError(`There is no column ${name}.`)
  return column
}
