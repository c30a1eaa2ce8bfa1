import { existsSync } from 'node:fs'

import { isOfLaterVersion } from './migrate.ts'
import { openSqlite } from './sqlite.ts'

/** Marks a SQLite file as a backup of Consentry's ("cons"); its `user_version` is the second in which it was taken. */
const MARK = 0x636f6e73

/** A backup cannot be taken or restored as it was asked for; the message says why and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/** Names the file for what it is, and makes it stand alone, without journals beside it. */
export function markBackup(file: string, takenAt: Date): void {
  const { client } = openSqlite(file)
  client.pragma('journal_mode = DELETE')
  client.pragma(`application_id = ${MARK}`)
  client.pragma(`user_version = ${takenAt.getTime() / 1000}`)
  client.close()
}

/**
 * When the backup was taken. Reads all of it; throws `BackupError` when the file is none, has lost a part, or comes from
 * a later version, of which this one would leave out what it does not know.
 */
export function examineBackup(file: string): Date {
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`)
  const { client } = openSqlite(file, { readonly: true })
  try {
    const whole = client.pragma('integrity_check', { simple: true }) === 'ok'
    if (!whole || client.pragma('application_id', { simple: true }) !== MARK) throw notABackup(file)
    if (isOfLaterVersion(client)) {
      throw new BackupError(
        `${file} was written by a later version of Consentry; restore it with that version.`,
      )
    }
    return new Date(Number(client.pragma('user_version', { simple: true })) * 1000)
  } catch (error) {
    throw error instanceof BackupError ? error : notABackup(file)
  } finally {
    client.close()
  }
}

function notABackup(file: string): BackupError {
  return new BackupError(
    `${file} is not a backup of Consentry, or has lost a part; name one that "consentry backup" wrote.`,
  )
}
