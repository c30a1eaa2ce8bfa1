import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import Database from 'better-sqlite3'

import type { Holder } from './holder.ts'

const MINUTE = 60_000

/**
 * A lock file beside the database, locked by a transaction of its own that ends with the process: the operating system
 * gives file locks back, however a process ended. A file that nobody has locked belongs to a process that is gone.
 */
export function sqliteHolder(file: string): Holder {
  // Nobody else can have such a database open.
  if (file === ':memory:') return { id: 'memory', isAlive: async () => true, close: async () => undefined }
  const id = randomUUID()
  const path = lockFile(file, id)
  closeSync(openSync(path, 'a', 0o600))
  const lock = new Database(path, { timeout: 0 })
  lock.exec('BEGIN EXCLUSIVE')
  removeOld(file)
  return {
    id,
    async isAlive(other) {
      return isLocked(lockFile(file, other))
    },
    async close() {
      if (!lock.open) return
      lock.close()
      rmSync(path, { force: true })
    },
  }
}

function lockFile(file: string, id: string): string {
  return `${file}-holder-${id}`
}

/** Whatever keeps it from being looked at counts as a lock: taking a living process for gone costs more than waiting. */
function isLocked(path: string): boolean {
  let probe: Database.Database | undefined
  try {
    probe = new Database(path, { timeout: 0, fileMustExist: true })
    probe.exec('BEGIN EXCLUSIVE')
    probe.exec('ROLLBACK')
    return false
  } catch {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } finally {
    probe?.close()
  }
}

/** Removes what ended processes left. Young files are left alone: their process may be about to lock them. */
function removeOld(file: string): void {
  const folder = dirname(file)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(file)}-holder-`)) continue
    const path = join(folder, name)
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - changed > MINUTE && !isLocked(path)) rmSync(path, { force: true })
  }
}
