import { createCertificate, demo } from '@consentry/microsoft-simulator'
import { expect, it } from 'vitest'

import { applicationEnd, NOTIFICATION_EVENTS, putChannels, readConfig, tellChanges } from '../src/index.ts'
import { TESTER } from '../testing/index.ts'
import { createBench, DAY, MINUTE, tenant, type Bench } from './bench.ts'
import { fileWith } from './files.ts'

const GRAPH = '00000003-0000-0000-c000-000000000000'

/** The application lies in the tenant, and may read itself there unless told otherwise. */
async function atHome(env: Record<string, string> = {}, roles = ['Application.Read.All']): Promise<Bench> {
  const bench = await createBench({ MICROSOFT_APPLICATION_TENANT: tenant.id, ...env })
  bench.microsoft.control.setApp({ tenantId: tenant.id })
  const { clientId } = demo.app
  bench.microsoft.state.appRoleGrants.push({ clientId, tenantId: tenant.id, resource: GRAPH, roles })
  return bench
}

function endIn(bench: Bench, days: number): Date {
  const end = new Date(bench.now().getTime() + days * DAY)
  for (const secret of bench.microsoft.state.apps.get(demo.app.clientId)?.secrets ?? []) secret.end = end
  return end
}

function asked(bench: Bench): number {
  return bench.microsoft.requests.filter((it) => it.route === 'application').length
}

it("knows a secret's end from Microsoft, asked every six hours", async () => {
  const bench = await atHome()
  const at = endIn(bench, 20)
  expect(await applicationEnd(bench)).toEqual({ kind: 'secret', at })
  expect(await applicationEnd(bench)).toEqual({ kind: 'secret', at })
  expect(asked(bench)).toBe(1)
  const later = endIn(bench, 700)
  bench.pass(7 * 60 * MINUTE)
  expect(await applicationEnd(bench)).toEqual({ kind: 'secret', at: later })
})

it('knows nothing, without a word, where the application may not read itself', async () => {
  const bench = await atHome({}, [])
  expect(await applicationEnd(bench)).toBeNull()
  expect(asked(bench)).toBe(1)
})

it('asks nobody where no tenant was named, and takes a secret that is not ours for none', async () => {
  const bench = await createBench()
  expect(await applicationEnd(bench)).toBeNull()
  expect(bench.microsoft.requests).toHaveLength(0)
  const other = await atHome()
  other.microsoft.control.setApp({ secrets: [] })
  other.microsoft.control.addSecret('other~secret')
  expect(await applicationEnd(other)).toBeNull()
})

it("knows a certificate's end by itself; of several ends the last counts, and the platform's tokens have none", async () => {
  const bench = await atHome()
  const made = await createCertificate()
  const file = fileWith(`${made.privateKeyPem}\n${made.certificatePem}`)
  const env = {
    CONSENTRY_SECRET: 'a secret of the test bench',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_CERTIFICATE_FILE: file,
  }
  const certificate = await applicationEnd({ ...bench, config: readConfig(env) })
  expect(certificate).toMatchObject({ kind: 'certificate' })
  expect(certificate?.at.getTime()).toBeCloseTo(new Date(made.notAfter).getTime(), -4)
  const platform = readConfig({ ...env, MICROSOFT_MANAGED_IDENTITY: 'system' })
  expect(await applicationEnd({ ...bench, config: platform })).toBeNull()
})

it('warns each organisation at 30, 14, 7, 3 and 1 days, once each, and starts anew with a new secret', async () => {
  const bench = await atHome()
  endIn(bench, 40)
  const mail = { kind: 'email', address: 'ops@example.com', events: NOTIFICATION_EVENTS } as const
  await putChannels(bench, bench.organisation.id, [mail], TESTER)
  const days: number[] = []
  for (let day = 40; day >= 0; day -= 1) {
    for (const _ of [1, 2]) if ((await tellChanges(bench)) > 0) days.push(day)
    bench.pass(DAY)
  }
  expect(days).toEqual([30, 14, 7, 3, 1])
  const told = await bench.store.listNotifications(bench.organisation.id, 10)
  expect(new Set(told.map((it) => it.event))).toEqual(new Set(['application.secret_expiring']))
  expect(told[0]?.payload).toContain('On Saturday')
  expect(told[0]?.payload).not.toContain(demo.app.clientSecret)
  endIn(bench, 600)
  bench.pass(DAY)
  expect(await tellChanges(bench)).toBe(0)
  endIn(bench, 29)
  bench.pass(DAY)
  expect(await tellChanges(bench)).toBe(1)
})
