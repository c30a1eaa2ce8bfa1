import { hostname, userInfo } from 'node:os'

import {
  drainNotes,
  readDatabaseConfig,
  readEnvironment,
  readKeyRing,
  type Actor,
  type Deps,
  type Recording,
} from '@consentry/core'
import { openConfigured, type Database } from '@consentry/db'

import type { Shell } from './shell.ts'

/** Works on the database alone: needs `DATABASE_URL` and nothing else. */
export async function withDatabase<T>(shell: Shell, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openConfigured(readDatabaseConfig(shell.env))
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Whoever runs the command, as the audit log names them. */
export function operator(): Actor {
  const { username } = userInfo()
  return { kind: 'operator', id: username, name: `${username}@${hostname()}`, email: null }
}

/**
 * Works on the database and writes down what is done. Without a key ring that is only noted, and written by the next
 * process that has one.
 */
export async function withActs<T>(
  shell: Shell,
  work: (deps: Recording, database: Database) => Promise<T>,
): Promise<T> {
  const { CONSENTRY_KEYS, CONSENTRY_KEYS_FILE, CONSENTRY_KEY_VAULT_KEY } = shell.env
  const named = CONSENTRY_KEYS || CONSENTRY_KEYS_FILE || CONSENTRY_KEY_VAULT_KEY
  const keys = named ? readKeyRing(shell.env, { fetch, now: shell.now }) : null
  return withDatabase(shell, async (database) => {
    const deps = { store: database.store, now: shell.now }
    if (keys) await drainNotes({ ...deps, keys })
    return work({ ...deps, keys }, database)
  })
}

/** Works as the server does: needs the whole configuration and the key ring. */
export async function withDeps<T>(shell: Shell, work: (deps: Deps) => Promise<T>): Promise<T> {
  const { config, keys } = readEnvironment(shell.env, { fetch, now: shell.now })
  return withDatabase(shell, ({ store }) => work({ store, fetch, now: shell.now, keys, config }))
}
