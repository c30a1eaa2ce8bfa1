import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { checkKeyRing, type DatabaseConfig, type KeyRing } from '@consentry/core'

import { BackupError, examineBackup } from './backup-file.ts'
import { copyTables, type Name, type Row } from './copy.ts'
import { withoutValues } from './errors.ts'
import { type Database, openDatabase } from './open.ts'

export type Restored = {
  readonly organisations: number
  readonly connections: number
  /** Connections with a sign-in: each is tried before anything else relies on it. */
  readonly verifyFirst: number
  readonly takenAt: Date
}

/**
 * Reads a backup into an empty database, all of it or nothing. Every sign-in in it is to be verified first and due now:
 * the newest generation, then the one before. The file stays as it is. Throws `BackupError` when it is no backup or the
 * database is not empty, and what `checkKeyRing` throws when the ring does not open it.
 */
export async function restore(
  config: DatabaseConfig,
  file: string,
  keys: KeyRing,
  now: Date,
): Promise<Restored> {
  const takenAt = examineBackup(file)
  const folder = await mkdtemp(join(tmpdir(), 'consentry-restore-'))
  try {
    // A copy, since an older backup is brought to this version's tables first.
    const copy = join(folder, 'backup.db')
    await copyFile(file, copy)
    return { ...(await read(config, copy, keys, now)), takenAt }
  } catch (error) {
    throw withoutValues(error)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function read(config: DatabaseConfig, file: string, keys: KeyRing, now: Date) {
  const source = await openDatabase({ kind: 'sqlite', file })
  try {
    await checkKeyRing({ store: source.store, keys })
    const target = await openDatabase(config)
    try {
      return await fill(target, source, now)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function fill({ transact, tables, countOn }: Database, source: Database, now: Date) {
  let verifyFirst = 0
  const counts = await transact(async (db) => {
    const there = await db.select({ id: tables.organisations.id }).from(tables.organisations).limit(1)
    if (there.length > 0)
      throw new BackupError('The database holds an organisation already; set DATABASE_URL to an empty one.')
    const copied = await copyTables(source, { db, tables }, (table, row) => {
      if (table === 'connections' && row.generation !== null) verifyFirst += 1
      return asRestored(table, row, now)
    })
    // Before the end of the transaction: rows that cannot be numbered would make a database that is not usable.
    await countOn(db)
    return copied
  })
  return {
    organisations: counts.get('organisations') ?? 0,
    connections: counts.get('connections') ?? 0,
    verifyFirst,
  }
}

/** Nothing is under way in a restored database, and no sign-in in it is known to be the newest. */
function asRestored(table: Name, row: Row, now: Date): Row {
  if (table === 'connections') {
    const free = { leaseUntil: null, leaseHolder: null, intent: null }
    return { ...row, ...free, ...(row.generation === null ? {} : { verify: 'restored', nextRefreshAt: now }) }
  }
  if (table === 'reports' && row.status === 'running')
    return { ...row, status: 'queued', leaseUntil: null, leaseHolder: null }
  const open = row.status === 'waiting' || row.status === 'proving'
  if (table !== 'attempts' || !open) return row
  return {
    ...row,
    status: 'expired',
    finishedAt: now,
    stateHash: null,
    sealedVerifier: null,
    provingBy: null,
  }
}
