import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open as openFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import type { DatabaseConfig } from '@consentry/core'

import { BackupError, markBackup } from './backup-file.ts'
import { copyTables, type Name, type Row } from './copy.ts'
import { DatabaseError, withoutValues } from './errors.ts'
import { openDatabase, openSnapshot } from './open.ts'

export type Backup = {
  readonly file: string
  readonly bytes: number
  readonly organisations: number
  readonly connections: number
  /** To the second. */
  readonly takenAt: Date
}

/**
 * Writes the database, as it is at one moment, into a SQLite file that `restore` reads into either kind of database.
 * Everything may go on meanwhile. Sealed values stay sealed: the file opens nothing without the key ring. Throws
 * `BackupError` when the file is there already or the database is not one to back up; a failure leaves no file behind.
 */
export async function backUp(config: DatabaseConfig, file: string, now: Date): Promise<Backup> {
  if (existsSync(file)) throw new BackupError(`${file} is there already; name a file that is not.`)
  if (config.kind === 'sqlite' && !existsSync(config.file))
    throw new BackupError(`There is no database ${config.file}; set DATABASE_URL to the one in use.`)
  const partial = `${resolve(file)}.${randomUUID()}.partial`
  const takenAt = new Date(Math.floor(now.getTime() / 1000) * 1000)
  try {
    const counts = await write(config, partial)
    markBackup(partial, takenAt)
    await sync(partial)
    await rename(partial, file)
    await sync(dirname(resolve(file)))
    const { size: bytes } = await stat(file)
    return { file, bytes, ...counts, takenAt }
  } catch (error) {
    for (const rest of ['', '-wal', '-shm', '-journal']) await rm(`${partial}${rest}`, { force: true })
    throw inWords(withoutValues(error))
  }
}

async function write(config: DatabaseConfig, file: string) {
  const target = await openDatabase({ kind: 'sqlite', file })
  try {
    const counts = await openSnapshot(config, (source) =>
      target.transact((db) => copyTables(source, { db, tables: target.tables }, asBackedUp)),
    )
    return { organisations: counts.get('organisations') ?? 0, connections: counts.get('connections') ?? 0 }
  } finally {
    await target.close()
  }
}

/** Without what a sign-in provider gave for a person, and the verifiers of trips that a restored database ends. */
function asBackedUp(table: Name, row: Row): Row {
  if (table === 'account') return { ...row, accessToken: null, refreshToken: null, idToken: null }
  return table === 'attempts' ? { ...row, sealedVerifier: null } : row
}

// SQLite has one code for all that a statement can get wrong; PostgreSQL's are undefined table and undefined column.
const OTHER_TABLES = new Set(['SQLITE_ERROR', '42P01', '42703'])

function inWords(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || !OTHER_TABLES.has(error.code ?? '')) return error
  return new BackupError(
    'The tables of the database are not those of this version; back up with the version that runs on it.',
    { cause: error },
  )
}

async function sync(path: string): Promise<void> {
  const handle = await openFile(path, 'r')
  await handle.sync()
  await handle.close()
}
