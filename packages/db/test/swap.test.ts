import { generateKeyEntry, getAccessToken, refreshConnection } from '@consentry/core'
import { organisationRow } from '@consentry/core/testing'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'

import type { Database } from '../src/index.ts'
import { onBothDialects } from './databases.ts'
import { openTenants, rowOf } from './tenants.ts'

/** What SQL can exchange between two connections. */
const PLACES = {
  'grants.sealed': ({ tables: { grants } }: Database) => ({
    table: grants,
    column: grants.sealed,
    key: 'sealed',
    of: (id: string) => eq(grants.connectionId, id),
  }),
  'access_tokens.sealed': ({ tables: { accessTokens } }: Database) => ({
    table: accessTokens,
    column: accessTokens.sealed,
    key: 'sealed',
    of: (id: string) => eq(accessTokens.connectionId, id),
  }),
  'connections.data_key': ({ tables: { connections } }: Database) => ({
    table: connections,
    column: connections.dataKey,
    key: 'dataKey',
    of: (id: string) => eq(connections.id, id),
  }),
}

type Place = keyof typeof PLACES
const isToken = (places: readonly Place[]) => places.includes('access_tokens.sealed')

async function swap(database: Database, place: Place, ids: readonly string[]): Promise<void> {
  const { table, column, key, of } = PLACES[place](database)
  const values: string[] = []
  for (const id of ids) {
    const [row] = await database.db.select({ value: column }).from(table).where(of(id))
    if (!row) throw new Error(`There is nothing in ${place}.`)
    values.unshift(row.value)
  }
  for (const [n, id] of ids.entries())
    await database.db
      .update(table)
      .set({ [key]: values[n] })
      .where(of(id))
}

onBothDialects((current) => {
  it.each([
    [['grants.sealed']],
    [['access_tokens.sealed']],
    [['connections.data_key']],
    [['connections.data_key', 'grants.sealed']],
  ] as const)(
    '%s of two tenants, exchanged, opens nothing, sends nothing, and is not lost',
    async (places) => {
      const database = current()
      const { store } = database
      const organisation = organisationRow()
      await store.createOrganisation(organisation)
      const { microsoft, withRing, connect } = openTenants(store, organisation.id)
      const deps = withRing(generateKeyEntry(new Date()))
      const ids = (await connect(deps, 3)).map((it) => it.id)
      const swapped = ids.slice(0, 2)
      const graph = { resource: 'graph' }
      for (const id of ids) {
        if (!isToken(places)) await store.dropAccessTokens(id)
        else await getAccessToken(deps, await rowOf(deps, id), graph)
      }
      const before = await Promise.all(ids.map((id) => rowOf(deps, id)))
      for (const place of places) await swap(database, place, swapped)
      microsoft.control.clearRequests()
      for (const id of swapped) {
        const altered = { code: 'sealed_altered', problem: { action: 'reconsent' } }
        await expect(getAccessToken(deps, await rowOf(deps, id), graph)).rejects.toMatchObject(altered)
        if (isToken(places)) continue
        await expect(refreshConnection(deps, await rowOf(deps, id))).rejects.toMatchObject(altered)
      }
      expect(microsoft.requests).toEqual([])
      await getAccessToken(deps, await rowOf(deps, ids[2] ?? ''), graph)

      for (const place of places) await swap(database, place, swapped)
      for (const [n, id] of swapped.entries()) {
        expect(await rowOf(deps, id)).toMatchObject({ generation: before[n]?.generation, leaseUntil: null })
        expect((await refreshConnection(deps, await rowOf(deps, id))).ok).toBe(true)
      }
    },
  )
})
