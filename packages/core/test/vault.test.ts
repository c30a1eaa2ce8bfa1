import { constants, hkdfSync, publicEncrypt } from 'node:crypto'

import { startVault, type SimulatedVault } from '@consentry/vault-simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import {
  checkKeyRing,
  generateKeyEntry,
  getAccessToken,
  readKeyRing,
  readRingOnLeaving,
  refreshConnection,
  rotateKeys,
  verifyAudit,
} from '../src/index.ts'
import { encrypt } from '../src/cipher.ts'
import { add, consent, createBench, MINUTE, otherTenant, stored, type Bench } from './bench.ts'

let vault: SimulatedVault
let bench: Bench

/** The same deployment in a process that has just started: nothing in memory. */
function restarted(env: Record<string, string> = vault.env): Bench {
  return { ...bench, keys: readKeyRing(env, { fetch, now: bench.now }) }
}

beforeEach(async () => {
  vault = await startVault()
  bench = await createBench()
  bench = restarted()
  await consent(bench)
  bench.microsoft.control.clearRequests()
})

afterEach(() => vault.close())

const token = async (by: Bench, wish: object = {}) =>
  getAccessToken(by, await stored(by), { resource: 'partner-center', ...wish })
const requests = () => bench.microsoft.requests.filter((it) => it.route === 'token').length
const asked = (operation: string) => vault.asked.filter((it) => it.startsWith(operation)).length

describe('a deployment whose keys are in a vault', () => {
  it('lives its whole life on them, and another process opens it all', async () => {
    expect((await stored(bench)).dataKeyId).toBe(`consentry/${vault.versions()[0]}`)
    const fresh = restarted()
    await checkKeyRing(fresh)
    expect((await refreshConnection(fresh, await stored(fresh))).ok).toBe(true)
    expect((await token(fresh)).source).toBe('cache')
    expect(await verifyAudit(fresh)).toMatchObject({ ok: true })
  })

  it('asks the vault once for what is used again and again, and anew after ten minutes', async () => {
    const fresh = restarted()
    for (let n = 0; n < 20; n += 1) await token(fresh)
    const before = asked('unwrapkey')
    await token(fresh)
    expect(asked('unwrapkey')).toBe(before)
    bench.pass(11 * MINUTE)
    await token({ ...fresh, store: fresh.store })
    expect(asked('unwrapkey')).toBe(before + 1)
  })

  it('refuses a data key that was moved from another tenant, and one that somebody made with the public key', async () => {
    await add(bench, otherTenant.id)
    const [own, other] = [await stored(bench), await stored(bench, otherTenant.id)]
    const owner = `${own.organisationId}\n${own.microsoftId}`
    await expect(bench.keys.unwrap(other.dataKey, owner)).rejects.toMatchObject({ code: 'sealed_altered' })
    // Wrapping needs no secret: without the vault's signature in it, it opens nowhere.
    await expect(bench.keys.unwrap(forge(own.dataKeyId, owner), owner)).rejects.toMatchObject({
      code: 'sealed_altered',
    })
    const cut = own.dataKey.slice(0, 120) + (own.dataKey[120] === 'A' ? 'B' : 'A') + own.dataKey.slice(121)
    await expect(bench.keys.unwrap(cut, owner)).rejects.toMatchObject({ code: 'sealed_altered' })
  })
})

describe('while the vault is away', () => {
  it('what is in memory goes on for four hours, and a process that has nothing yet says when to ask again', async () => {
    await token(bench)
    vault.misbehave('down')
    bench.pass(30 * MINUTE)
    expect((await token(bench)).source).toBe('cache')
    const cold = restarted()
    await expect(token(cold)).rejects.toMatchObject({
      code: 'vault_away',
      action: 'retry',
      retryAfterSeconds: 10,
    })
    await expect(checkKeyRing(restarted())).rejects.toMatchObject({ code: 'vault_away' })
    vault.misbehave(null)
    bench.pass(MINUTE)
    expect((await token(cold)).source).toBe('cache')
    vault.misbehave('down')
    bench.pass(241 * MINUTE)
    await expect(token(bench)).rejects.toMatchObject({ code: 'vault_away' })
  })

  it('nothing is sent to Microsoft that could not be sealed, nothing is lost, and it recovers by itself', async () => {
    vault.misbehave('down')
    const cold = restarted()
    bench.pass(2 * 60 * MINUTE)
    await expect(token(cold)).rejects.toMatchObject({ code: 'vault_away' })
    expect(requests()).toBe(0)
    vault.misbehave(null)
    bench.pass(MINUTE)
    expect((await token(cold)).source).toBe('refreshed')
    expect((await stored(bench)).status).toBe('connected')
  })

  it('keeps what Microsoft gave when the vault goes away, and takes the right away, while Microsoft answers', async () => {
    const warm = restarted()
    bench.pass(2 * 60 * MINUTE)
    const send = warm.fetch
    const late: Bench = {
      ...warm,
      fetch: async (...request) => {
        const answer = await send(...request)
        vault.misbehave('forbids')
        bench.pass(11 * MINUTE)
        return answer
      },
    }
    const before = (await stored(bench)).generation ?? 0
    await token(late).catch(() => undefined)
    expect((await stored(bench)).generation).toBeGreaterThan(before)
    vault.misbehave(null)
    expect((await refreshConnection(restarted(), await stored(bench))).ok).toBe(true)
  })

  it('honours the time that a throttling vault names, and asks nothing meanwhile', async () => {
    vault.misbehave('throttles')
    const cold = restarted()
    await expect(token(cold)).rejects.toMatchObject({ code: 'vault_away', retryAfterSeconds: 7 })
    const before = vault.asked.length
    await expect(token(cold)).rejects.toMatchObject({ code: 'vault_away' })
    expect(vault.asked.length).toBe(before)
  })
})

describe('a vault that refuses', () => {
  it.each([
    ['forbids', '403 ForbiddenByRbac'],
    ['forbids_sign', '403 ForbiddenByRbac'],
    ['no_identity', 'that it does not know who asks (400 invalid_request)'],
  ] as const)('%s: stops the start with the reason', async (how, reason) => {
    vault.misbehave(how)
    await expect(checkKeyRing(restarted())).rejects.toMatchObject({
      code: 'vault_refused',
      action: 'fix_app',
      message: expect.stringContaining(reason),
    })
  })

  it('is believed within ten minutes by a process that has keys in memory', async () => {
    const warm = restarted()
    await token(warm)
    vault.misbehave('forbids')
    bench.pass(11 * MINUTE)
    await expect(token(warm)).rejects.toMatchObject({ code: 'vault_refused' })
  })
})

describe('rotating', () => {
  it('seals with the new version, opens the old one until all is wrapped anew, and counts both', async () => {
    const [old] = vault.versions()
    const fresh = vault.rotate()
    const after = restarted()
    await add(after, otherTenant.id)
    expect((await stored(after, otherTenant.id)).dataKeyId).toBe(`consentry/${fresh}`)
    expect((await token(after)).source).toBe('cache')
    expect(await rotateKeys(after)).toMatchObject({
      active: `consentry/${fresh}`,
      rewrapped: 1,
      stuck: [],
      auditLog: true,
      keys: [{ id: `consentry/${fresh}`, rows: 2 }],
    })
    vault.enable(old ?? '', false)
    const last = restarted()
    await checkKeyRing(last)
    expect((await refreshConnection(last, await stored(last))).ok).toBe(true)
    expect(await verifyAudit(last)).toMatchObject({ ok: true })
  })

  it('goes on while tokens are asked for, and stops without harm when the vault goes away', async () => {
    vault.rotate()
    const working = restarted()
    const [rotation] = await Promise.all([
      rotateKeys(restarted()),
      ...Array.from({ length: 20 }, () => token(working)),
    ])
    expect(rotation.stuck).toEqual([])
    vault.rotate()
    const next = restarted()
    await next.keys.activeId()
    vault.misbehave('down')
    await expect(rotateKeys(next)).rejects.toMatchObject({ code: 'vault_away' })
    vault.misbehave(null)
    expect(await rotateKeys(restarted())).toMatchObject({ rewrapped: 1, stuck: [] })
  })

  it('moves from CONSENTRY_KEYS to the vault and back', async () => {
    const CONSENTRY_KEYS = generateKeyEntry(bench.now())
    const id = CONSENTRY_KEYS.split(':')[0] ?? ''
    const home = await createBench()
    const local = { ...home, keys: readKeyRing({ CONSENTRY_KEYS }) }
    await consent(local)
    const both = { ...home, keys: readKeyRing({ ...vault.env, CONSENTRY_KEYS }, { fetch, now: home.now }) }
    expect((await getAccessToken(both, await stored(home), { resource: 'graph' })).accessToken).toBeTruthy()
    expect(await rotateKeys(both)).toMatchObject({ rewrapped: 1, keys: [{ id, rows: 0 }, { rows: 1 }] })
    const away = { ...home, keys: readKeyRing(vault.env, { fetch, now: home.now }) }
    await checkKeyRing(away)
    expect((await refreshConnection(away, await stored(home))).ok).toBe(true)
    expect(
      await rotateKeys({
        ...both,
        keys: readRingOnLeaving({ ...vault.env, CONSENTRY_KEYS }, { fetch, now: home.now }),
      }),
    ).toMatchObject({ active: id })
    const back = { ...home, keys: readKeyRing({ CONSENTRY_KEYS }) }
    await checkKeyRing(back)
    expect((await refreshConnection(back, await stored(home))).ok).toBe(true)
    expect(await verifyAudit(back)).toMatchObject({ ok: true })
  })
})

/** A data key as anybody can make it who knows the public key and how we seal. */
function forge(keyId: string, owner: string): string {
  const publicKey = vault.publicKey(keyId.slice(keyId.indexOf('/') + 1))
  if (!publicKey) throw new Error('There is no such version.')
  const secret = Buffer.alloc(32, 7)
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const carried = publicEncrypt({ key: publicKey, ...oaep }, secret)
  const opener = Buffer.from(hkdfSync('sha256', secret, '', 'consentry key vault 1', 32))
  const sealed = Buffer.from(encrypt(opener, Buffer.alloc(32, 1), `data-key\n${owner}`), 'base64url')
  return `${keyId}.${Buffer.concat([Buffer.from([1, 1, 0]), carried, sealed]).toString('base64url')}`
}

it('lets neither its tokens nor its keys into the store, the events or an error', async () => {
  const told: unknown[] = [bench.events]
  for (const how of ['down', 'forbids', 'throttles', 'no_identity'] as const) {
    vault.misbehave(how)
    told.push(await token(restarted()).catch((error: unknown) => inspect(error)))
  }
  told.push(await stored(bench), await bench.store.getAuditHead(), await bench.store.readAudit(0, 100))
  const text = JSON.stringify(told)
  expect(vault.secrets.length).toBeGreaterThan(3)
  for (const secret of vault.secrets) expect(text).not.toContain(secret)
})

function inspect(error: unknown): string {
  return error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` : ''
}

it.each([
  ['http://myvault.vault.azure.net/keys/a', /does not lead to a key vault over https/],
  ['https://vault.azure.net.evil.example/keys/a', /does not lead to a key vault over https/],
  ['https://myvault.vault.azure.net/secrets/a', /set a key id such as/],
  ['https://myvault.vault.azure.net/keys/a?b=c', /set a key id such as/],
])('refuses %s as a key', (key, message) => {
  expect(() => readKeyRing({ CONSENTRY_KEY_VAULT_KEY: key }, { fetch, now: bench.now })).toThrow(message)
})
