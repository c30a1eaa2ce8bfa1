import { createCertificate, demo } from '@consentry/microsoft-simulator'
import { startVault } from '@consentry/vault-simulator'
import { afterEach, expect, it } from 'vitest'

import {
  deliverDue,
  getAccessToken,
  grantToCustomer,
  NOTIFICATION_EVENTS,
  putApplication,
  putChannels,
  readKeyRing,
  refreshConnection,
  showApplications,
  applicationsView,
  tellChanges,
  testConnection,
  type Deps,
} from '../src/index.ts'
import { add, ASKER, consent, createBench, MINUTE, newLink, stored, tenant, type Bench } from './bench.ts'
import { OWN, register, SECRET } from './own.ts'

/** Everything secret that crossed the wire, collected as it passed. */
function watch(bench: Bench): { deps: Bench; secrets: Set<string> } {
  const secrets = new Set<string>()
  const fetch: Deps['fetch'] = async (input, init) => {
    const bearer = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '')
    if (bearer) secrets.add(bearer)
    for (const [name, value] of new URLSearchParams(typeof init?.body === 'string' ? init.body : '')) {
      if (
        ['code', 'code_verifier', 'refresh_token', 'client_secret', 'client_assertion', 'claims'].includes(
          name,
        )
      )
        secrets.add(value)
    }
    const response = await bench.fetch(input, init)
    if (String(input).includes('/oauth2/v2.0/token')) {
      const body: unknown = await response.clone().json()
      for (const [name, value] of Object.entries(body ?? {})) {
        if (['access_token', 'refresh_token', 'id_token'].includes(name)) secrets.add(String(value))
      }
    }
    return response
  }
  return { deps: { ...bench, fetch }, secrets }
}

it('keeps every token, code, verifier and secret out of the store and out of what is reported', async () => {
  const bench = await createBench()
  const { deps, secrets } = watch(bench)
  expect((await consent(deps)).status).toBe('succeeded')
  await refreshConnection(deps, await stored(deps))
  await testConnection(deps, await stored(deps))
  await getAccessToken(deps, await stored(deps), { resource: 'graph' })
  await newLink(deps, await stored(deps))
  bench.microsoft.control.revokeSessions(tenant.users.service)
  const failed = await refreshConnection(deps, await stored(deps))
  expect(failed.ok).toBe(false)
  expect(secrets.size).toBeGreaterThan(8)
  const row = await stored(deps)
  const kept = JSON.stringify([
    row,
    await Promise.all(
      (await bench.store.listGrants(row.id)).map((it) => bench.store.getGrant(row.id, it.generation)),
    ),
    await bench.store.listChecks(row.id, { limit: 100 }),
    await bench.store.listOpenAttempts(row.id, bench.now()),
    bench.events,
    failed,
  ])
  for (const secret of secrets) expect(kept).not.toContain(secret)
})

/** All that is kept, written down, told and shown. */
async function everything(bench: Bench): Promise<string> {
  const { store, organisation, events } = bench
  const row = await stored(bench)
  const grants = await store.listGrants(row.id)
  return JSON.stringify([
    // The one place where a challenge is kept until a person answers it.
    { ...row, claimsChallenge: null },
    await Promise.all(grants.map((it) => store.getGrant(row.id, it.generation))),
    await store.listApplications(row.id),
    applicationsView(await showApplications(bench, row)),
    await store.listChecks(row.id, { limit: 500 }),
    await store.listCustomerConsents(row.id, { limit: 500 }),
    await store.listOpenAttempts(row.id, bench.now()),
    await store.listChannels(),
    await store.listTold(organisation.id),
    await store.listNotifications(organisation.id, 500),
    await store.readAudit(0, 1000),
    await store.listAuditNotes(500),
    events,
  ])
}

it.each(['secret', 'certificate'])(
  'keeps an own application’s %s, claims challenges and what is sent for customers to itself',
  async (kind) => {
    const bench = await createBench({}, new Date())
    register(bench, OWN, [SECRET])
    const made = await createCertificate()
    bench.microsoft.control.addCertificate(made, OWN)
    const { deps, secrets } = watch(bench)
    await add(deps)
    const pem = `${made.privateKeyPem}\n${made.certificatePem}`
    const credential = kind === 'secret' ? { secrets: [SECRET] } : { certificate: pem }
    await putApplication(deps, await stored(deps), { clientId: OWN, ...credential }, ASKER)
    expect((await consent(deps, {}, await stored(deps))).status).toBe('succeeded')
    await grantToCustomer(deps, await stored(deps), demo.tenants.customer.id, undefined, ASKER)
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1790000000' } } })
    await getAccessToken(deps, await stored(deps), { resource: 'graph', claims })
    bench.microsoft.control.setApp({ secrets: [], certificates: [] }, OWN)
    bench.pass(20 * MINUTE)
    for (const _ of [1, 2]) {
      expect((await refreshConnection(deps, await stored(deps))).ok).toBe(false)
      bench.pass(2 * MINUTE)
    }
    expect((await stored(deps)).reason).toBe('application_secret')
    const keyLines = made.privateKeyPem.split('\n').filter((it) => it.length > 20 && !it.startsWith('-'))
    for (const it of kind === 'secret' ? [SECRET] : keyLines) secrets.add(it)
    secrets.add(claims)
    expect(secrets.size).toBeGreaterThan(8)
    const kept = await everything(bench)
    const asJson = (it: string) => JSON.stringify(it).slice(1, -1)
    for (const secret of secrets) expect(kept).not.toContain(asJson(secret))
  },
)

it('keeps where channels lead and what they sign with to itself, whatever the other side answers', async () => {
  const bench = await createBench()
  const events = NOTIFICATION_EVENTS
  const path = 'T0KEN/of/the/address'
  const wishes = ['webhook', 'teams'].map((kind) => ({
    kind: kind as 'webhook' | 'teams',
    address: `https://hooks.example/${path}`,
    events,
  }))
  const [made] = await putChannels(bench, bench.organisation.id, wishes, ASKER)
  await consent(bench)
  bench.microsoft.control.revokeSessions(tenant.users.service)
  await refreshConnection(bench, await stored(bench))
  await tellChanges(bench)
  const sent: string[] = []
  const transports = {
    mail: async () => ({ ok: true, answer: '' }),
    post: async (url: string) => {
      sent.push(url)
      return { ok: false, answer: '500' }
    },
  }
  await deliverDue(bench, transports)
  expect(sent.length).toBeGreaterThan(1)
  const kept = await everything(bench)
  const secret = made?.secret ?? ''
  expect(secret).toMatch(/^whsec_./)
  for (const told of [path, secret, secret.replace('whsec_', '')]) expect(kept).not.toContain(told)
})

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

it('keeps what opens the key vault to itself, also when the vault refuses it', async () => {
  const vault = await startVault()
  ends.push(() => vault.close())
  const plain = await createBench()
  const secrets = new Set<string>()
  const watched: Deps['fetch'] = async (input, init) => {
    for (const name of ['authorization', 'x-identity-header']) {
      const value = new Headers(init?.headers).get(name)
      if (value) secrets.add(value.replace('Bearer ', ''))
    }
    return fetch(input, init)
  }
  const bench = { ...plain, keys: readKeyRing(vault.env, { fetch: watched, now: plain.now }) }
  await consent(bench)
  await refreshConnection(bench, await stored(bench))
  const refusing: Deps['fetch'] = async (input, init) => {
    await watched(input, init)
    return new Response('{"error":{"code":"Forbidden","message":"no"}}', { status: 403 })
  }
  const refused = { ...plain, keys: readKeyRing(vault.env, { fetch: refusing, now: plain.now }) }
  const failure = await refreshConnection(refused, await stored(refused)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Error)
  expect(secrets.size).toBeGreaterThan(0)
  const kept = (await everything(bench)) + JSON.stringify(failure) + String((failure as Error).stack)
  for (const secret of secrets) expect(kept).not.toContain(secret)
})
