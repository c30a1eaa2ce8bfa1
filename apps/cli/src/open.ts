import {
  ConfigError,
  readDatabaseConfig,
  readEnvironment,
  type DatabaseConfig,
  type Deps,
} from '@consentry/core'
import { openDatabase, type Database } from '@consentry/db'

import type { Shell } from './shell.ts'

/** Works on the database alone: needs `DATABASE_URL` and nothing else. */
export async function withDatabase<T>(shell: Shell, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await open(readDatabaseConfig(shell.env))
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

async function open(config: DatabaseConfig): Promise<Database> {
  try {
    return await openDatabase(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'no reason given'
    throw new ConfigError(`DATABASE_URL: the database cannot be opened (${why}); set one that can be`, {
      cause,
    })
  }
}
