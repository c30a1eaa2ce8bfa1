import { createCertificate, demo, hashToken } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import { openGrant } from '../src/grants.ts'
import {
  applicationsView,
  disconnect,
  generateKeyEntry,
  getAccessToken,
  grantToCustomer,
  NOTIFICATION_EVENTS,
  putApplication,
  putChannels,
  readKeyRing,
  refreshConnection,
  refreshDue,
  removeApplication,
  rotateKeys,
  showApplications,
  tellChanges,
  type ApplicationWish,
  type ConnectionRow,
} from '../src/index.ts'
import {
  add,
  ASKER,
  arrive,
  consent,
  createBench,
  DAY,
  MINUTE,
  otherTenant,
  stored,
  tenant,
  travel,
  type Bench,
} from './bench.ts'
import { OWN, register, SECRET } from './own.ts'

const OTHER = '7f1cad2b-3e58-4a66-9b4f-a1d2e3c80429'

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
  register(bench, OWN, [SECRET])
})

async function put(wish: Partial<ApplicationWish> = {}, microsoftId = tenant.id): Promise<void> {
  const secrets = wish.certificate === undefined ? [SECRET] : undefined
  await putApplication(bench, await stored(bench, microsoftId), { clientId: OWN, secrets, ...wish }, ASKER)
}

async function seen() {
  return applicationsView(await showApplications(bench, await stored(bench)))
}

/** Whom Microsoft gave the working refresh token to. */
async function owner(): Promise<string | undefined> {
  const row = await stored(bench)
  const { refreshToken } = await openGrant(bench, row, row.generation ?? 0)
  return bench.microsoft.state.refreshTokens.get(hashToken(refreshToken))?.clientId
}

/** Connected as its own application. */
async function own(wish: Partial<ApplicationWish> = {}): Promise<ConnectionRow> {
  await add(bench)
  await put(wish)
  expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
  bench.microsoft.control.clearRequests()
  return stored(bench)
}

async function refresh() {
  bench.pass(2 * MINUTE)
  return refreshConnection(bench, await stored(bench))
}

describe('an own application', () => {
  it('is what its tenant consents to, and what its sign-in is renewed as', async () => {
    const row = await own()
    expect(await owner()).toBe(OWN)
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(OWN)
    await getAccessToken(bench, row, { resource: 'graph' })
    expect(await seen()).toMatchObject({
      clientId: OWN,
      kind: 'secret',
      addedBy: 'Ingrid Solheim',
      consentNeeded: false,
      working: { clientId: OWN },
    })
    expect(JSON.stringify(await seen())).not.toContain(SECRET)
  })

  it('proves itself with a certificate, whose end is its own', async () => {
    bench = await createBench({}, new Date())
    const app = register(bench, OWN, [])
    const made = await createCertificate()
    bench.microsoft.control.addCertificate(made, app.clientId)
    await own({ certificate: `${made.privateKeyPem}\n${made.certificatePem}` })
    expect((await refresh()).ok).toBe(true)
    expect(await seen()).toMatchObject({ kind: 'certificate' })
    expect((await stored(bench)).credentialEndsAt?.getTime()).toBeCloseTo(made.notAfter.getTime(), -4)
  })

  it('has several secrets that overlap', async () => {
    await own({ secrets: ['dead~secret~value', SECRET] })
    expect((await refresh()).ok).toBe(true)
  })

  it('leaves the sign-in of the one before alone until a new consent is proven', async () => {
    await consent(bench)
    await put()
    expect(await seen()).toMatchObject({
      clientId: OWN,
      consentNeeded: true,
      working: { clientId: demo.app.clientId, kind: 'deployment', addedAt: null },
    })
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(demo.app.clientId)
    const declined = await travel(bench, await stored(bench), {
      user: tenant.users.service,
      decision: 'cancel',
    })
    expect((await arrive(bench, declined)).status).toBe('failed')
    expect((await refresh()).ok).toBe(true)
    expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
    expect(await owner()).toBe(OWN)
    expect(await seen()).toMatchObject({ consentNeeded: false })
  })

  it('that took the place of another goes back to that one’s sign-in when its own is refused', async () => {
    register(bench, OTHER, ['other~secret~value'])
    await own()
    await put({ clientId: OTHER, secrets: ['other~secret~value'] })
    expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
    bench.microsoft.control.setApp({ secrets: [] }, OTHER)
    bench.pass(15 * MINUTE)
    expect(await refresh()).toMatchObject({ code: 'looking_again' })
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(OWN)
  })

  it('is asked for by the trip that set off with it, whatever is entered meanwhile', async () => {
    await add(bench)
    await put()
    const trip = await travel(bench, await stored(bench), { user: tenant.users.service })
    await removeApplication(bench, await stored(bench), ASKER)
    expect((await arrive(bench, trip)).status).toBe('succeeded')
    expect(await owner()).toBe(OWN)
    expect(await seen()).toMatchObject({ kind: 'deployment', consentNeeded: true })
    expect((await refresh()).ok).toBe(true)
  })

  it('that is taken away goes on until the deployment’s is consented to, and is then destroyed', async () => {
    const row = await own()
    await removeApplication(bench, row, ASKER)
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(OWN)
    expect((await consent(bench, {}, await stored(bench))).status).toBe('succeeded')
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(demo.app.clientId)
    bench.pass(2 * DAY)
    await bench.store.dropUnusedApplications(bench.now())
    expect(await bench.store.listApplications(row.id)).toEqual([])
    expect(await stored(bench)).toMatchObject({ status: 'connected', credentialEndsAt: null })
  })

  it('is destroyed with Disconnect, and at once where nothing was given to it', async () => {
    const { id } = await own()
    await disconnect(bench, await stored(bench), ASKER)
    expect(await bench.store.listApplications(id)).toEqual([])
    const fresh = await add(bench)
    await put()
    await removeApplication(bench, await stored(bench), ASKER)
    expect(await bench.store.listApplications(fresh.id)).toEqual([])
  })

  it('acts on behalf of customers, in the place of the one before', async () => {
    await consent(bench)
    const { customer } = demo.tenants
    await grantToCustomer(bench, await stored(bench), customer.id, undefined, ASKER)
    await put()
    await consent(bench, {}, await stored(bench))
    const granted = await grantToCustomer(bench, await stored(bench), customer.id, undefined, ASKER)
    expect(granted).toMatchObject({ state: 'granted', certain: true, clientId: OWN })
    const apps = bench.microsoft.state.grants.get(customer.id)?.map((it) => it.clientId)
    expect(new Set(apps)).toEqual(new Set([OWN]))
  })
})

describe('a secret of an own application', () => {
  it('that ran out stops its tenant alone, and the next one entered brings it back without a sign-in', async () => {
    await consent(bench, { user: otherTenant.users.service }, await add(bench, otherTenant.id))
    await own()
    bench.microsoft.control.expireSecrets(OWN)
    expect(await refresh()).toMatchObject({ ok: false, code: 'application_secret' })
    expect(await stored(bench)).toMatchObject({
      status: 'broken',
      reason: 'application_secret',
      action: 'fix_input',
    })
    expect((await refreshConnection(bench, await stored(bench, otherTenant.id))).ok).toBe(true)
    bench.microsoft.control.addSecret('own~secret~number~two', OWN)
    await put({ secrets: ['own~secret~number~two'] })
    expect(await refreshDue(bench)).toMatchObject({ due: 1, refreshed: 1 })
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null })
    expect(await owner()).toBe(OWN)
  })

  it('that is called wrong is looked at twice, and is no wave when several have one', async () => {
    await own()
    const app = register(bench, OTHER, ['other~secret~value'])
    app.tenantId = otherTenant.id
    await add(bench, otherTenant.id)
    await put({ clientId: OTHER, secrets: ['other~secret~value'] }, otherTenant.id)
    await consent(bench, { user: otherTenant.users.service }, await stored(bench, otherTenant.id))
    bench.pass(15 * MINUTE)
    for (const clientId of [OWN, OTHER]) bench.microsoft.control.setApp({ secrets: [] }, clientId)
    for (const id of [tenant.id, otherTenant.id])
      expect(await refreshConnection(bench, await stored(bench, id))).toMatchObject({ code: 'looking_again' })
    bench.pass(2 * MINUTE)
    for (const id of [tenant.id, otherTenant.id]) {
      await refreshConnection(bench, await stored(bench, id))
      expect(await stored(bench, id)).toMatchObject({ status: 'broken', reason: 'application_secret' })
    }
  })

  it('that is new may not have got about yet: nobody is alarmed for ten minutes', async () => {
    await own()
    await put({ secrets: ['not~yet~everywhere'] })
    expect(await refresh()).toMatchObject({ code: 'microsoft_slow' })
    expect((await stored(bench)).status).toBe('connected')
    bench.microsoft.control.addSecret('not~yet~everywhere', OWN)
    bench.pass(5 * MINUTE)
    expect((await refresh()).ok).toBe(true)
  })

  it('is told of to its organisation, before it ends and when it has', async () => {
    const expiresAt = new Date(bench.now().getTime() + 40 * DAY)
    await own({ expiresAt })
    const mail = { kind: 'email', address: 'ops@example.com', events: NOTIFICATION_EVENTS } as const
    await putChannels(bench, bench.organisation.id, [mail], ASKER)
    const told: [number, string][] = []
    const events = async () =>
      (await bench.store.listNotifications(bench.organisation.id, 1000)).map((it) => it.event).toReversed()
    for (let day = 39; day >= -1; day -= 1) {
      bench.pass(DAY)
      if (day === -1) bench.microsoft.control.expireSecrets(OWN)
      await refreshDue(bench)
      const before = (await events()).length
      for (const _ of [1, 2]) await tellChanges(bench)
      for (const event of (await events()).slice(before))
        if (event !== 'nightly.finished') told.push([day, event])
    }
    expect(told).toEqual([
      ...[30, 14, 7, 3, 1].map((day) => [day, 'application.secret_expiring']),
      [-1, 'connection.broken'],
    ])
    const [broken] = await bench.store.listNotifications(bench.organisation.id, 1)
    expect(broken?.payload).toContain("The secret of the tenant's own application no longer works")
  })

  it.each([
    [{ secrets: ['0f6a1c5e-3c7e-4b0a-8a51-2f8f4c1d9e77'] }, 'has the id of a secret in place of the secret'],
    [{ secrets: [] }, 'set 1 to 5'],
    [{ secrets: ['two words'] }, 'copy the column Value whole'],
    [{ clientId: 'nordwind' }, 'clientId: is not an application (client) id'],
    [{ clientId: demo.app.clientId }, "is the deployment's own application"],
    [{ certificate: 'no pem' }, 'clientCertificate: holds no certificate'],
    [{ secrets: [SECRET], certificate: 'both' }, 'set either secrets or a certificate'],
    [{ expiresAt: new Date('2020-01-01') }, 'expiresAt: is past'],
    [{ certificate: 'any', expiresAt: new Date('2099-01-01') }, 'expiresAt: a certificate says it itself'],
  ] as const)('is refused as %j, and nothing is changed', async (wish, words) => {
    await add(bench)
    const failing = put(wish)
    await expect(failing).rejects.toMatchObject({ code: 'malformed_request' })
    await expect(failing).rejects.toThrow(words)
    expect(await seen()).toMatchObject({ kind: 'deployment' })
  })

  it('opens under the next key of the ring, once the one before is gone', async () => {
    const before = generateKeyEntry(bench.now())
    bench = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: before }) }
    await own()
    const after = generateKeyEntry(bench.now())
    const both = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: `${after},${before}` }) }
    expect(await rotateKeys(both)).toMatchObject({ rewrapped: 1, stuck: [] })
    bench = { ...bench, keys: readKeyRing({ CONSENTRY_KEYS: after }) }
    expect((await refresh()).ok).toBe(true)
    expect(await owner()).toBe(OWN)
  })

  it('opens nowhere else: not moved to another application, not to another connection', async () => {
    const row = await own()
    for (const clientId of [OWN, OTHER])
      register(bench, clientId, [SECRET]).signInAudience = 'AzureADMultipleOrgs'
    const application = await bench.store.getApplication(row.id, OWN)
    if (!application) throw new Error('The application is gone.')
    const moved = { ...application, clientId: OTHER }
    await bench.store.putApplication(moved)
    const { id: connectionId } = await add(bench, otherTenant.id)
    await bench.store.putApplication({ ...application, connectionId })
    for (const [id, as] of [
      [tenant.id, OTHER],
      [otherTenant.id, OWN],
    ] as const) {
      const at = await stored(bench, id)
      expect(at.clientId).toBe(as)
      const trip = await travel(bench, at, {
        user: id === tenant.id ? tenant.users.service : otherTenant.users.service,
      })
      expect(await arrive(bench, trip)).toMatchObject({
        status: 'failed',
        problem: { code: 'sealed_altered' },
      })
    }
    // A sign-in is not shown to Microsoft by another application than the one it was given to either.
    const grant = await bench.store.getGrant(row.id, row.generation ?? 0)
    if (!grant) throw new Error('The grant is gone.')
    await bench.store.dropAttemptGrants(row.id, grant.attemptId ?? '', [])
    await bench.store.saveGrant({ ...grant, clientId: null })
    await expect(refreshConnection(bench, await stored(bench))).rejects.toMatchObject({
      code: 'sealed_altered',
    })
  })
})
