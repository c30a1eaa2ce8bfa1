import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import {
  acceptAccount,
  createServiceKey,
  getAccessToken,
  noteTokenUse,
  refreshConnection,
  withUses,
} from '../src/index.ts'
import { consent, createBench, DAY, stored, tenant, ASKER } from './bench.ts'

it('connects a tenant again after it was disconnected', async () => {
  const bench = await createBench()
  await consent(bench)
  const first = await stored(bench)
  await bench.store.disconnect(first.id, bench.now())
  expect((await consent(bench)).status).toBe('succeeded')
  const again = await stored(bench)
  expect(again.generation).toBeGreaterThan(first.generation ?? 0)
  expect((await getAccessToken(bench, again, { resource: 'graph' })).accessToken).not.toBe('')
})

it('keeps the proven grant of another account through nights, until somebody accepts it', async () => {
  const bench = await createBench()
  await consent(bench)
  const attempt = await consent(bench, { user: tenant.users.second }, await stored(bench))
  expect(attempt.problem?.code).toBe('other_account')
  for (let hours = 0; hours < 5; hours += 1) {
    bench.pass(DAY / 6)
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
  }
  expect((await acceptAccount(bench, await stored(bench), attempt.id, ASKER)).status).toBe('succeeded')
  expect(await stored(bench)).toMatchObject({ status: 'connected', accountUsername: tenant.users.second })
})

it('waits with a proven consent for the lease of another process, and has it once that has ended', async () => {
  const bench = await createBench()
  await consent(bench)
  const row = await stored(bench)
  const other = bench.store.fork()
  await other.takeLease(row.id, bench.now(), new Date(bench.now().getTime() + 30_000))
  const proving = consent(bench, {}, row)
  await sleep(400)
  expect((await stored(bench)).generation).toBe(row.generation)
  await other.close()
  expect((await proving).status).toBe('succeeded')
  expect((await stored(bench)).generation).not.toBe(row.generation)
})

it('tells which services were given tokens in the last seven days', async () => {
  const bench = await createBench()
  await consent(bench)
  const row = await stored(bench)
  const wish = { organisationId: bench.organisation.id, name: 'ERP sync', scopes: ['tokens:read'] } as const
  const { row: key } = await createServiceKey(bench, wish, ASKER)
  await noteTokenUse(bench, key, row.id)
  expect((await withUses(bench, [row]))[0]?.uses).toMatchObject([{ name: 'ERP sync' }])
  bench.pass(8 * DAY)
  expect((await withUses(bench, [row]))[0]?.uses).toEqual([])
})
