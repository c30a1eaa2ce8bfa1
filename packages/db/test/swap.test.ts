import {
  addConnection,
  generateKeyEntry,
  importConnections,
  readConfig,
  readKeyRing,
  refreshConnection,
  type ConnectionRow,
  type Deps,
} from '@consentry/core'
import { organisationRow } from '@consentry/core/testing'
import { createMicrosoft, demo } from '@consentry/microsoft-simulator'
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'

import { onBothDialects } from './databases.ts'

const { nordwind, cascade } = demo.tenants

onBothDialects((database) => {
  it('a sealed value that was moved to another row opens nothing there', async () => {
    const microsoft = createMicrosoft()
    const { store, db, tables } = database()
    const env = {
      CONSENTRY_SECRET: 'a secret for tests, long enough',
      CONSENTRY_KEYS: generateKeyEntry(new Date()),
      MICROSOFT_CLIENT_ID: demo.app.clientId,
      MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    }
    const deps: Deps = {
      store,
      fetch: microsoft.fetch,
      now: () => new Date(),
      keys: readKeyRing(env),
      config: readConfig(env),
    }
    const organisation = organisationRow()
    await store.createOrganisation(organisation)
    const rows: ConnectionRow[] = []
    for (const { id: microsoftId } of [nordwind, cascade]) {
      const line = { microsoftId, refreshToken: 'r'.repeat(40) }
      await importConnections(deps, organisation.id, [JSON.stringify(line)])
      rows.push((await addConnection(deps, { organisationId: organisation.id, microsoftId })).row)
    }
    const [one, two] = rows
    if (!one || !two) throw new Error('There are no rows.')
    const { grants, connections } = tables
    const theirs = await store.getGrant(two.id, two.generation ?? 0)
    await db
      .update(grants)
      .set({ sealed: theirs?.sealed ?? '' })
      .where(and(eq(grants.connectionId, one.id), eq(grants.generation, one.generation ?? 0)))
    await expect(refreshConnection(deps, one)).rejects.toMatchObject({ code: 'sealed_altered' })
    await db.update(connections).set({ dataKey: two.dataKey }).where(eq(connections.id, one.id))
    await expect(refreshConnection(deps, one)).rejects.toMatchObject({ code: 'sealed_altered' })
    expect(microsoft.requests.filter((it) => it.route === 'token')).toEqual([])
    expect(await store.getConnection(one.id)).toMatchObject({ generation: one.generation, leaseUntil: null })
  })
})
