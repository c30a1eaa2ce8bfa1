import { randomUUID } from 'node:crypto'

import { readConfig, type ConnectionRow, type Env } from '@consentry/core'
import { openDatabase } from '@consentry/db'

const STATUSES = ['connected', 'connected', 'connected', 'attention', 'broken'] as const
const AT_ONCE = 500

/** Puts so many tenants like this one beside it, in every status. */
export async function fill(env: Env, row: ConnectionRow, tenants: number): Promise<void> {
  const { db, tables, close } = await openDatabase(readConfig(env).database)
  for (let done = 0; done < tenants; done += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, tenants - done) }, (_, n) => {
      const name = nameOf(done + n)
      const status = STATUSES[(done + n) % STATUSES.length] ?? 'connected'
      const ids = { id: randomUUID(), microsoftId: randomUUID() }
      return { ...row, ...ids, name, nameFolded: name, domain: name, status }
    })
    await db.insert(tables.connections).values(rows)
  }
  await close()
}

/** The name and domain of the n-th of them. */
export function nameOf(n: number): string {
  return `reseller-${n}.example`
}
