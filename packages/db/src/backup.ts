import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdtemp, open as openFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { checkKeyRing, type DatabaseConfig, type KeyRing } from '@consentry/core'

import { copyTables, type Row } from './copy.ts'
import { openDatabase, openSnapshot } from './open.ts'
import { openSqlite } from './sqlite.ts'

/** Marks a SQLite file as a backup of Consentry's ("cons"); its `user_version` is the second in which it was taken. */
const MARK = 0x636f6e73

/** A backup cannot be taken or restored as it was asked for; the message says why and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

export type Backup = {
  readonly file: string
  readonly bytes: number
  readonly organisations: number
  readonly connections: number
  readonly takenAt: Date
}

/**
 * Writes the database, as it is at one moment, into a SQLite file that `restore` reads into either kind of database.
 * Everything may go on meanwhile. Sealed values stay sealed: the file opens nothing without the key ring. Throws
 * `BackupError` when the file is there already; a failure leaves none behind.
 */
export async function backUp(config: DatabaseConfig, file: string, now: Date): Promise<Backup> {
  if (existsSync(file)) throw new BackupError(`${file} is there already; name a file that is not.`)
  const partial = `${resolve(file)}.${randomUUID()}.partial`
  try {
    const counts = await writeBackup(config, partial, now)
    await chmod(partial, 0o600)
    await sync(partial)
    await rename(partial, file)
    await sync(dirname(resolve(file)))
    const { size: bytes } = await stat(file)
    return { file, bytes, ...counts, takenAt: toSecond(now) }
  } catch (error) {
    for (const rest of ['', '-wal', '-shm', '-journal']) await rm(`${partial}${rest}`, { force: true })
    throw error
  }
}

async function writeBackup(config: DatabaseConfig, file: string, now: Date) {
  const target = await openDatabase({ kind: 'sqlite', file })
  try {
    const counts = await openSnapshot(config, (source) => copyTables(source, target))
    return { organisations: counts.get('organisations') ?? 0, connections: counts.get('connections') ?? 0 }
  } finally {
    await target.close()
    markBackup(file, now)
  }
}

/** Names the file for what it is, and makes it stand alone, without journals beside it. */
function markBackup(file: string, now: Date): void {
  const { client } = openSqlite(file)
  client.pragma('journal_mode = DELETE')
  client.pragma(`application_id = ${MARK}`)
  client.pragma(`user_version = ${Math.floor(now.getTime() / 1000)}`)
  client.close()
}

async function sync(path: string): Promise<void> {
  const handle = await openFile(path, 'r')
  await handle.sync()
  await handle.close()
}

export type Restored = {
  readonly organisations: number
  readonly connections: number
  /** Connections with a sign-in: each is tried before anything else relies on it. */
  readonly verifyFirst: number
  readonly takenAt: Date
}

/**
 * Reads a backup into an empty database. Every sign-in in it is to be verified first and due now: the newest
 * generation, then the one before. The file stays as it is. Throws `BackupError` when it is no backup or the database
 * is not empty, and what `checkKeyRing` throws when the ring does not open it.
 */
export async function restore(
  config: DatabaseConfig,
  file: string,
  keys: KeyRing,
  now: Date,
): Promise<Restored> {
  const takenAt = readMark(file)
  const folder = await mkdtemp(join(tmpdir(), 'consentry-restore-'))
  try {
    // A copy, since an older backup is brought to this version's tables first.
    const copy = join(folder, 'backup.db')
    await copyFile(file, copy)
    return { ...(await readBackup(config, copy, keys, now)), takenAt }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readMark(file: string): Date {
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`)
  try {
    const { client } = openSqlite(file, { readonly: true })
    const mark = client.pragma('application_id', { simple: true })
    const seconds = Number(client.pragma('user_version', { simple: true }))
    client.close()
    if (mark === MARK) return new Date(seconds * 1000)
  } catch {
    // Not a SQLite file at all.
  }
  throw new BackupError(`${file} is not a backup of Consentry; name one that "consentry backup" wrote.`)
}

async function readBackup(config: DatabaseConfig, file: string, keys: KeyRing, now: Date) {
  const source = await openDatabase({ kind: 'sqlite', file })
  const target = await openDatabase(config)
  try {
    await checkKeyRing({ store: source.store, keys })
    if ((await target.store.listOrganisations()).length > 0) {
      throw new BackupError('The database holds an organisation already; set DATABASE_URL to an empty one.')
    }
    let verifyFirst = 0
    const counts = await target.transact((db) =>
      copyTables(source, { db, tables: target.tables }, (table, row) => {
        if (table === 'connections' && row.generation !== null) verifyFirst += 1
        return asRestored(table, row, now)
      }),
    )
    await target.countOn()
    return {
      organisations: counts.get('organisations') ?? 0,
      connections: counts.get('connections') ?? 0,
      verifyFirst,
    }
  } finally {
    await target.close()
    await source.close()
  }
}

/** Nothing is under way in a restored database, and no sign-in in it is known to be the newest. */
function asRestored(table: string, row: Row, now: Date): Row {
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

function toSecond(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1000) * 1000)
}
