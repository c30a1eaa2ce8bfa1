import { readDatabaseConfig, readEnvironment, type Deps } from '@consentry/core'
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

/** Works as the server does: needs the whole configuration and the key ring. */
export async function withDeps<T>(shell: Shell, work: (deps: Deps) => Promise<T>): Promise<T> {
  const { config, keys } = readEnvironment(shell.env)
  return withDatabase(shell, ({ store }) => work({ store, fetch, now: shell.now, keys, config }))
}
