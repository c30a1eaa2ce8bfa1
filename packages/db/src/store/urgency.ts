import type { ConnectionQuery, ConnectionRow, Page, Status } from '@consentry/core'
import { and, asc, eq, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'

import type { Tables } from '../tables.ts'
import { connectionColumns, fold } from './connection-row.ts'
import { pageOf, readCursor } from './cursor.ts'
import type { Statements } from './handle.ts'

/**
 * The list, most urgent first, as groups that are read one after the other until the page is full. Each is a range of
 * an index, so a page costs the same wherever in the list it is.
 */
const GROUPS: readonly { readonly status: Status; readonly dated?: boolean }[] = [
  { status: 'broken' },
  { status: 'attention', dated: true },
  { status: 'attention', dated: false },
  { status: 'waiting' },
  { status: 'new' },
  { status: 'connected' },
]

/** A place in the list: group, `stopsWorkingBy` in milliseconds (0 where the group has none), folded name, id. */
type Place = readonly [group: number, by: number, name: string, id: string]

export async function listByUrgency(
  db: Statements,
  tables: Tables,
  visible: SQL | undefined,
  query: ConnectionQuery,
): Promise<Page<ConnectionRow>> {
  const { connections } = tables
  const after = query.cursor === undefined ? null : readPlace(query.cursor)
  const rows: ConnectionRow[] = []
  for (const [number, { status, dated }] of GROUPS.entries()) {
    const passed = after !== null && number < after[0]
    if (passed || (query.status !== undefined && status !== query.status)) continue
    if (rows.length > query.limit) break
    const found = await db
      .select(connectionColumns(tables))
      .from(connections)
      .where(
        and(
          fitting(tables, visible, query, status),
          dated === true ? isNotNull(connections.stopsWorkingBy) : undefined,
          dated === false ? isNull(connections.stopsWorkingBy) : undefined,
          after?.[0] === number ? beyond(tables, after, dated === true) : undefined,
        ),
      )
      .orderBy(
        ...(dated ? [asc(connections.stopsWorkingBy)] : []),
        asc(connections.nameFolded),
        asc(connections.id),
      )
      .limit(query.limit + 1 - rows.length)
    rows.push(...found)
  }
  return pageOf(rows, query.limit, placeOf)
}

/** The list by name: the list's indexes begin with the status, so of each one a range of them, and all together in order. */
export async function listByName(
  db: Statements,
  tables: Tables,
  visible: SQL | undefined,
  query: ConnectionQuery,
): Promise<Page<ConnectionRow>> {
  const { connections } = tables
  const [name = '', id = ''] =
    query.cursor === undefined ? [] : readCursor(query.cursor, ['string', 'string']).map(String)
  const statuses = new Set(GROUPS.map((it) => it.status))
  const rows: ConnectionRow[] = []
  for (const status of query.status === undefined ? statuses : [query.status]) {
    const found = await db
      .select(connectionColumns(tables))
      .from(connections)
      .where(
        and(
          fitting(tables, visible, query, status),
          query.cursor === undefined ? undefined : afterName(tables, name, id),
        ),
      )
      .orderBy(asc(connections.nameFolded), asc(connections.id))
      .limit(query.limit + 1)
    rows.push(...found)
  }
  return pageOf(rows.toSorted(byName), query.limit, (row) => [fold(row.name), row.id])
}

/** Those of a status that a query asks for, wherever in the list. */
function fitting(tables: Tables, visible: SQL | undefined, query: ConnectionQuery, status: Status) {
  const { connections } = tables
  const stopping = query.stopsBy && lte(connections.stopsWorkingBy, query.stopsBy)
  return and(visible, eq(connections.status, status), contains(tables, query.search), stopping)
}

/** As both databases order them: by the bytes of the name. */
function byName(a: ConnectionRow, b: ConnectionRow): number {
  return (
    Buffer.compare(Buffer.from(fold(a.name)), Buffer.from(fold(b.name))) ||
    Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
  )
}

function afterName({ connections }: Tables, name: string, id: string): SQL {
  return sql`(${connections.nameFolded}, ${connections.id}) > (${name}, ${id})`
}

/** A row comparison, which both dialects answer from the index. */
function beyond(tables: Tables, [, by, name, id]: Place, dated: boolean): SQL {
  const { connections } = tables
  if (!dated) return afterName(tables, name, id)
  const moment = sql.param(new Date(by), connections.stopsWorkingBy)
  return sql`(${connections.stopsWorkingBy}, ${connections.nameFolded}, ${connections.id}) > (${moment}, ${name}, ${id})`
}

/** Of columns that the list's indexes have, so that only rows that are found are read. */
export function contains({ connections }: Tables, search: string | undefined): SQL | undefined {
  if (search === undefined) return undefined
  const pattern = `%${fold(search).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  // The Microsoft ID is a GUID in lower case. Between them stands what nobody types, so nothing is found across two.
  const { nameFolded, domain, microsoftId } = connections
  const text = sql`${nameFolded} || ${'\n'} || lower(coalesce(${domain}, '')) || ${'\n'} || ${microsoftId}`
  return sql`${text} like ${pattern} escape '\\'`
}

function placeOf(row: ConnectionRow): Place {
  const dated = row.status === 'attention' ? row.stopsWorkingBy : null
  const group = GROUPS.findIndex(
    (it) => it.status === row.status && (it.dated ?? dated !== null) === (dated !== null),
  )
  return [group, dated?.getTime() ?? 0, fold(row.name), row.id]
}

function readPlace(cursor: string): Place {
  // `readCursor` checked each part's type.
  return readCursor(cursor, ['number', 'number', 'string', 'string']) as unknown as Place
}
