import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'

/** A column kit: what a table is made of, in one dialect. The schema is written once, as a function of it. */
export type Columns = typeof sqliteColumns

const sqliteBytes = sqlite.customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'blob',
  toDriver: asBuffer,
  fromDriver: asBytes,
})

export const sqliteColumns = {
  table: sqlite.sqliteTable,
  index: sqlite.index,
  uniqueIndex: sqlite.uniqueIndex,
  primaryKey: sqlite.primaryKey,
  text: (name: string) => sqlite.text(name),
  /** Text that orders by code point on both dialects, whatever the server's locale. */
  sortable: (name: string) => sqlite.text(name),
  count: (name: string) => sqlite.integer(name),
  fraction: (name: string) => sqlite.real(name),
  flag: (name: string) => sqlite.integer(name, { mode: 'boolean' }),
  /** A moment, to the millisecond. */
  instant: (name: string) => sqlite.integer(name, { mode: 'timestamp_ms' }),
  json: (name: string) => sqlite.text(name, { mode: 'json' }),
  bytes: (name: string) => sqliteBytes(name),
  /** Primary key that numbers rows in the order they came. */
  sequence: (name: string) => sqlite.integer(name).primaryKey({ autoIncrement: true }),
}

const pgBytes = pg.customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: asBuffer,
  fromDriver: asBytes,
})

const pgSortable = pg.customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' })

/**
 * The cast is the only one between the dialects: both kits have the same functions and give columns of the same data
 * types, and the builders have the same methods for all that the schema and the store use.
 */
export const postgresColumns = {
  table: pg.pgTable,
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
  primaryKey: pg.primaryKey,
  text: (name: string) => pg.text(name),
  sortable: (name: string) => pgSortable(name),
  count: (name: string) => pg.bigint(name, { mode: 'number' }),
  fraction: (name: string) => pg.doublePrecision(name),
  flag: (name: string) => pg.boolean(name),
  instant: (name: string) => pg.timestamp(name, { withTimezone: true, precision: 3, mode: 'date' }),
  json: (name: string) => pg.jsonb(name),
  bytes: (name: string) => pgBytes(name),
  sequence: (name: string) => pg.bigserial(name, { mode: 'number' }).primaryKey(),
} satisfies Record<keyof Columns, unknown> as unknown as Columns

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A plain Uint8Array over the same memory, so that rows are equal whichever store gave them. */
function asBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
