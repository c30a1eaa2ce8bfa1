import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client, type Pool } from 'pg'

import type { Holder } from './holder.ts'

const RECONNECT = 200
const HEARTBEAT = 5_000
/** How long a living process is taken for alive without another look. */
const FRESH = 500
/** How long a lock must be missing: a process whose connection was cut takes its lock again within a moment. */
const ABSENCE = 1_000

/**
 * A session-level advisory lock on a connection of its own: the server gives it back when the process ends, and keeps
 * it while the process is only slow. The server notices a machine that is gone within half a minute.
 */
export async function postgresHolder(url: string, pool: Pool): Promise<Holder> {
  // Any number that no other process has; positive, and not that of the migrations' lock.
  const id = (randomBytes(8).readBigUInt64BE() >> 1n).toString()
  const gone = new Set<string>()
  const looking = new Map<string, Promise<boolean>>()
  const closing = new AbortController()
  let client = await lock(url, id, lost)

  function lost(): void {
    if (!closing.signal.aborted) void comeBack()
  }

  async function comeBack(): Promise<void> {
    while (!closing.signal.aborted) {
      await sleep(RECONNECT, undefined, { ref: false })
      const next = await lock(url, id, lost).catch(() => null)
      if (!next) continue
      client = next
      if (closing.signal.aborted) await client.end()
      return
    }
  }

  async function isLocked(other: string): Promise<boolean> {
    const { rowCount } = await pool.query(
      `select 1 from pg_locks where locktype = 'advisory' and granted and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())
       and classid = ($1::bigint >> 32)::int8::oid and objid = ($1::bigint & 4294967295)::oid`,
      [other],
    )
    return rowCount !== 0
  }

  async function look(other: string): Promise<boolean> {
    if (await isLocked(other)) {
      // Cut off for so long that it seemed to have ended.
      gone.delete(other)
      return true
    }
    if (gone.has(other)) return false
    await sleep(ABSENCE)
    const alive = await isLocked(other)
    if (!alive) gone.add(other)
    return alive
  }

  return {
    id,
    async isAlive(other) {
      const found = looking.get(other) ?? look(other)
      if (!looking.has(other)) {
        looking.set(other, found)
        void found.catch(() => undefined).then(() => setTimeout(() => looking.delete(other), FRESH).unref())
      }
      return found
    },
    async close() {
      closing.abort()
      await client.end().catch(() => undefined)
    },
  }
}

async function lock(url: string, id: string, lost: () => void): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'consentry holder',
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    for (const setting of SESSION) await client.query(setting)
    // Waits while the server has not noticed yet that this process's last connection is cut.
    await client.query('select pg_advisory_lock($1)', [id])
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  const heartbeat = setInterval(() => {
    // A server that is gone without a word would be noticed after hours; it has long given the lock to nobody.
    const late = setTimeout(() => void client.end(), HEARTBEAT).unref()
    client.query('select 1').then(
      () => clearTimeout(late),
      () => clearTimeout(late),
    )
  }, HEARTBEAT).unref()
  client.once('end', () => {
    clearInterval(heartbeat)
    lost()
  })
  return client
}

const SESSION = [
  'set idle_session_timeout = 0',
  'set lock_timeout = 0',
  'set statement_timeout = 0',
  'set tcp_keepalives_idle = 10',
  'set tcp_keepalives_interval = 5',
  'set tcp_keepalives_count = 3',
]
