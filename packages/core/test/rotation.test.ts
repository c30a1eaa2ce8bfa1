import { beforeEach, describe, expect, it } from 'vitest'

import {
  checkKeyRing,
  findProvider,
  generateKeyEntry,
  getAccessToken,
  putSingleSignOn,
  readKeyRing,
  refreshConnection,
  rotateKeys,
} from '../src/index.ts'
import { TESTER } from '../testing/index.ts'
import { consent, createBench, stored, tenant, type Bench } from './bench.ts'

const NEW = generateKeyEntry(new Date('2026-12-01'))
let old: string
let bench: Bench
let rotating: Bench

beforeEach(async () => {
  old = generateKeyEntry(new Date('2026-01-01'))
  bench = { ...(await createBench()), keys: readKeyRing({ CONSENTRY_KEYS: old }) }
  rotating = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: `${NEW},${old}` }) }
  await consent(bench)
})

const idOf = (entry: string) => entry.split(':')[0] ?? ''

describe('rotating the key ring', () => {
  it('seals everything with the new key, so that the old one may go', async () => {
    expect(await rotateKeys(rotating)).toEqual({
      active: idOf(NEW),
      rewrapped: 1,
      auditLog: true,
      stuckSignOns: [],
      stuckChannels: [],
      stuck: [],
      keys: [
        { id: idOf(NEW), rows: 1 },
        { id: idOf(old), rows: 0 },
      ],
    })
    const alone = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: NEW }) }
    await checkKeyRing(alone)
    expect((await refreshConnection(alone, await stored(alone))).ok).toBe(true)
  })

  it('takes along the secrets of single sign-on, and names the organisation whose secret does not open', async () => {
    const organisation = { id: 'o', slug: 'o', name: 'O', createdAt: bench.now() }
    await bench.store.createOrganisation(organisation)
    const lost = { id: 'lost', slug: 'lost', name: 'Lost', createdAt: bench.now() }
    await bench.store.createOrganisation(lost)
    const wish = {
      clientId: 'c',
      clientSecret: 'hush',
      domains: ['o.example'],
      required: false,
      newcomers: null,
    }
    const issuer = 'https://accounts.google.com'
    const discovery = { issuer, jwks_uri: `${issuer}/keys` }
    const deps = { ...bench, fetch: async () => Response.json(discovery) }
    const row = await putSingleSignOn(deps, 'o', { ...wish, issuer }, TESTER)
    await bench.store.putSingleSignOn({ ...row, organisationId: 'lost' })
    expect(await rotateKeys(rotating)).toMatchObject({ stuckSignOns: ['lost'] })
    const alone = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: NEW }) }
    expect(await findProvider(alone, 'o')).toMatchObject({ clientSecret: 'hush', issuer })
    await expect(findProvider(alone, 'lost')).rejects.toMatchObject({ code: 'keys_missing' })
  })

  it('a second time has nothing to do', async () => {
    await rotateKeys(rotating)
    expect(await rotateKeys(rotating)).toMatchObject({ rewrapped: 0 })
  })

  it('disturbs nobody who read the connection before', async () => {
    const before = await stored(bench)
    await rotateKeys(rotating)
    const token = await getAccessToken(rotating, before, { resource: 'partner-center' })
    expect(token.source).toBe('cache')
    expect((await refreshConnection(rotating, before)).ok).toBe(true)
  })

  it('goes on under load', async () => {
    const busy = Array.from({ length: 20 }, async () => refreshConnection(rotating, await stored(bench)))
    const rotated = await rotateKeys(rotating)
    expect(rotated.rewrapped).toBe(1)
    expect((await Promise.all(busy)).every((it) => it.ok)).toBe(true)
    expect(await rotateKeys(rotating)).toMatchObject({ rewrapped: 0 })
  })

  it('leaves alone what it cannot open, and names it', async () => {
    const row = await stored(bench)
    await bench.store.updateConnection(row.id, {
      dataKeyId: 'lost',
      dataKey: row.dataKey.replace(/^[^.]+/, 'lost'),
    })
    const rotated = await rotateKeys(rotating)
    expect(rotated.stuck).toEqual([tenant.id])
    expect(rotated.keys).toContainEqual({ id: 'lost', rows: 1 })
  })
})

describe('a sealed value in the place of another', () => {
  it('is refused, nothing is sent, and nothing is destroyed', async () => {
    const row = await stored(bench)
    const grants = await bench.store.listGrants(row.id)
    await bench.store.updateConnection(row.id, { generation: (row.generation ?? 0) + 50 })
    const moved = await bench.store.getGrant(row.id, row.generation ?? 0)
    if (!moved) throw new Error('There is no grant.')
    await bench.store.saveGrant({ ...moved, generation: (row.generation ?? 0) + 50 })
    bench.microsoft.control.clearRequests()
    await expect(refreshConnection(bench, await stored(bench))).rejects.toMatchObject({
      code: 'sealed_altered',
    })
    expect(bench.microsoft.requests).toEqual([])
    expect(await bench.store.listGrants(row.id)).toHaveLength(grants.length + 1)
    expect(await stored(bench)).toMatchObject({ status: 'connected', leaseUntil: null, verify: null })
  })
})
