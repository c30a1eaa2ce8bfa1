import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inspect } from 'node:util'

import { accessTokenRow, connectionRow, grantRow, MONDAY, organisationRow } from '@consentry/core/testing'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'

import { DatabaseError, migrate, openDatabase } from '../src/index.ts'
import { openPostgres } from '../src/postgres.ts'
import { startPostgres } from '../testing/index.ts'
import { onBothDialects } from './databases.ts'

onBothDialects((database, config) => {
  describe('a transaction', () => {
    it('that fails takes back what it did, and nothing that others did meanwhile', async () => {
      const { store, transact, tables } = database()
      const [inside, outside] = [organisationRow(), organisationRow()]
      const failing = transact(async (tx) => {
        await tx.insert(tables.organisations).values(inside)
        await setTimeout(20)
        throw new Error('changed my mind')
      })
      await setTimeout(5)
      const meanwhile = store.createOrganisation(outside)
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await meanwhile).toBe('created')
      expect(await store.findOrganisation(inside.id)).toBeNull()
      expect(await store.findOrganisation(outside.id)).toEqual(outside)
    })

    it('that disconnects lets no token through that is saved meanwhile', async () => {
      const { store, transact, tables } = database()
      const organisation = organisationRow()
      await store.createOrganisation(organisation)
      const { id } = connectionRow({ organisationId: organisation.id })
      await store.createConnection(connectionRow({ organisationId: organisation.id, id }))
      const disconnecting = transact(async (tx) => {
        await tx
          .update(tables.connections)
          .set({ disconnectedAt: MONDAY })
          .where(eq(tables.connections.id, id))
        await setTimeout(30)
      })
      await setTimeout(10)
      await Promise.all([
        disconnecting,
        store.saveGrant(grantRow({ connectionId: id, generation: 1 })),
        store.putAccessToken(accessTokenRow({ connectionId: id })),
      ])
      expect(await store.listGrants(id)).toEqual([])
      expect(await store.getAccessToken(id, 'graph')).toBeNull()
    })

    it('is not seen by others before it ends', async () => {
      const { store, transact, tables } = database()
      const row = organisationRow()
      const slow = transact(async (tx) => {
        await tx.insert(tables.organisations).values(row)
        await setTimeout(20)
        await tx.delete(tables.organisations).where(sql`${tables.organisations.id} = ${row.id}`)
      })
      await setTimeout(5)
      expect(await store.findOrganisation(row.id)).toBeNull()
      await slow
    })

    it('lets others take their turn after it, also when it failed', async () => {
      const { transact } = database()
      const ended: number[] = []
      const turns = [1, 2, 3, 4].map((n) =>
        transact(async () => {
          ended.push(n)
          if (n === 2) throw new Error('two')
        }),
      )
      await Promise.allSettled(turns)
      expect(ended.toSorted()).toEqual([1, 2, 3, 4])
    })
  })

  describe('opening', () => {
    it('says that the database cannot be used when it is closed', async () => {
      const gone = await openDatabase(config(), { migrate: false })
      await gone.close()
      await expect(gone.store.ping()).rejects.toBeInstanceOf(DatabaseError)
      await gone.close()
    })
  })

  it('fails with an error that holds no value of the statement', async () => {
    const { store } = database()
    const organisation = organisationRow()
    await store.createOrganisation(organisation)
    const connection = connectionRow({ organisationId: organisation.id })
    await store.createConnection(connection)
    const grant = grantRow({ connectionId: connection.id, generation: 1, sealed: 'the sealed token' })
    await store.saveGrant(grant)
    const error: unknown = await store.saveGrant(grant).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(String(error)).toMatch(/unique/i)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('the sealed token')
  })
})

describe('a database that is not ready', () => {
  it('is migrated once, though several processes open it at the same time', async () => {
    const server = await startPostgres()
    const folder = await mkdtemp(join(tmpdir(), 'consentry-'))
    for (const config of [
      { kind: 'sqlite', file: join(folder, 'consentry.db') } as const,
      { kind: 'postgres', url: server.url } as const,
    ]) {
      const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase(config)))
      for (const { store, close } of opened) {
        await expect(store.ping()).resolves.toBeUndefined()
        await close()
      }
      await expect(migrate(config)).resolves.toBeUndefined()
    }
    await rm(folder, { recursive: true })
    await server.stop()
  })

  it('opened without migrating has no tables, and says so when asked', async () => {
    const server = await startPostgres()
    for (const config of [
      { kind: 'sqlite', file: ':memory:' } as const,
      { kind: 'postgres', url: server.url } as const,
    ]) {
      const { store, close } = await openDatabase(config, { migrate: false })
      await expect(store.ping()).rejects.toThrow('connections')
      await close()
    }
    await server.stop()
  })

  it('that PostgreSQL cuts off, idle or in the middle of a transaction, ends no process', async () => {
    const server = await startPostgres()
    const { pool, transact } = openPostgres(server.url)
    const admin = openPostgres(server.url)
    const cutOff = () =>
      admin.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'consentry' and pid <> pg_backend_pid()`,
      )
    await pool.query('select 1')
    await cutOff()
    await setTimeout(50)
    const cut = transact(async () => {
      await cutOff()
      await setTimeout(50)
    })
    await expect(cut).rejects.toBeInstanceOf(Error)
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await pool.end()
    await admin.pool.end()
    await server.stop()
  })
})

it('of one machine can be read by its owner only, with its journals', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'consentry-mode-'))
  const { store, close } = await openDatabase({ kind: 'sqlite', file: join(folder, 'consentry.db') })
  await store.createOrganisation(organisationRow())
  const modes = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))))
  expect(modes.length).toBeGreaterThan(1)
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual(modes.map(() => 0o600))
  await close()
  await rm(folder, { recursive: true })
})
