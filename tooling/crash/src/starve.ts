/**
 * Preloaded into a product process, which it leaves as it is: while a file of this name is there, SQLite itself refuses
 * to write, as it does on a disk that was remounted read-only.
 */
import { existsSync } from 'node:fs'

import Sqlite from 'better-sqlite3'

const control = process.env.STARVE ?? ''
const starved = new WeakMap<Sqlite.Database, boolean>()
const { prepare, exec, pragma } = Sqlite.prototype

function obey(database: Sqlite.Database): void {
  const wanted = existsSync(control)
  if ((starved.get(database) ?? false) === wanted) return
  starved.set(database, wanted)
  pragma.call(database, `query_only = ${wanted ? 1 : 0}`)
}

Sqlite.prototype.prepare = function (this: Sqlite.Database, sql: string) {
  obey(this)
  return prepare.call(this, sql)
} as typeof prepare

Sqlite.prototype.exec = function (this: Sqlite.Database, sql: string) {
  obey(this)
  return exec.call(this, sql)
}
