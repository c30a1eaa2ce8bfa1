import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { nextWindow, readConfig, record } from '@consentry/core'
import { TESTER } from '@consentry/core/testing'
import { createCertificate } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'

import { openApi, type Harness } from './harness.ts'

const NOW = new Date('2026-11-23T07:04:00Z')
let api: Harness
let organisationId: string
let as: Record<string, string>

beforeEach(async () => {
  api = await openApi({ now: () => NOW })
  organisationId = (await api.organisation('mine')).id
  as = await api.member(organisationId, 'viewer')
})
afterEach(() => api.close())

async function unwell(name: string, patch: Parameters<Harness['store']['updateConnection']>[1]) {
  const row = await api.connection(organisationId, name)
  await api.store.updateConnection(row.id, patch)
}

it('puts what has stopped first, says why in words, and by when the rest will stop', async () => {
  const by = new Date('2026-11-27T08:30:00Z')
  await api.connection(organisationId, 'Healthy enough')
  await unwell('Later', {
    status: 'attention',
    reason: 'mfa_too_old',
    action: 'reconsent',
    stopsWorkingBy: by,
  })
  await unwell('Now', { status: 'broken', reason: 'signed_out', action: 'reconsent', stopsWorkingBy: by })
  expect((await api.api('GET', '/today', { as })).body).toMatchObject({
    needsPerson: [
      { name: 'Now', status: 'broken', code: 'signed_out', title: 'Microsoft ended this sign-in', by: null },
      { name: 'Later', status: 'attention', code: 'mfa_too_old', by: by.toISOString() },
    ],
    counts: { broken: 1, attention: 1, new: 1 },
    incidents: [],
    nextNightlyRun: '2026-11-24T01:00:00.000Z',
    lastNightlyRun: null,
    nights: [],
  })
})

it("gathers a fault of the operator's application into one incident, which is nobody else's task", async () => {
  for (const name of ['A', 'B'])
    await unwell(name, { status: 'attention', reason: 'app_secret', action: 'fix_app' })
  expect((await api.api('GET', '/today', { as })).body).toMatchObject({
    needsPerson: [],
    incidents: [{ code: 'app_secret', connections: 2 }],
  })
})

it.each([
  [15, []],
  [10, [{ code: 'app_secret_expiring', action: 'fix_app', connections: 0 }]],
])(
  "with the application's certificate good for %i days has the incidents %j, and a figure",
  async (days, incidents) => {
    const notAfter = new Date(NOW.getTime() + days * 24 * 3_600_000)
    const file = join(tmpdir(), `consentry-today-${process.pid}-${days}.pem`)
    const made = await createCertificate({ notAfter })
    writeFileSync(file, `${made.privateKeyPem}\n${made.certificatePem}`)
    onTestFinished(() => rmSync(file))
    const config = readConfig({
      CONSENTRY_SECRET: 'sixteen or more characters',
      MICROSOFT_CLIENT_ID: '1b7e0d2c-5a34-4c8f-9b1e-7d60c2f4a911',
      MICROSOFT_CLIENT_CERTIFICATE_FILE: file,
    })
    const certified = await openApi({ now: () => NOW, change: (deps) => ({ ...deps, config }) })
    try {
      const { id } = await certified.organisation('mine')
      const { body } = await certified.api('GET', '/today', { as: await certified.member(id, 'viewer') })
      expect(body).toMatchObject({ incidents })
      const figures = await (await fetch(`${certified.url}/metrics`)).text()
      const seconds = Math.floor(notAfter.getTime() / 1000)
      const name = 'consentry_application_credential_expiry_timestamp_seconds'
      expect(figures).toContain(`${name}{kind="certificate"} ${seconds}`)
    } finally {
      await certified.close()
    }
  },
)

it("tells an organisation the figures of its own nights, and nobody else's", async () => {
  const later = new Date(NOW.getTime() + 12)
  await api.store.addToNight(organisationId, '2026-11-23', 'refreshed', NOW)
  await api.store.addToNight(organisationId, '2026-11-23', 'failed', later)
  const theirs = await api.organisation('theirs')
  await api.store.addToNight(theirs.id, '2026-11-22', 'failed', NOW)
  const night = {
    night: '2026-11-23',
    startedAt: NOW.toISOString(),
    finishedAt: later.toISOString(),
    ms: 12,
    due: 2,
    refreshed: 1,
    failed: 1,
  }
  const { body } = await api.api('GET', '/today', { as })
  expect(body).toMatchObject({ lastNightlyRun: night, nights: [night] })
})

it('tells how many tokens went out in each of the last 24 hours', async () => {
  const event = { organisationId, actor: TESTER, action: 'token.issued' } as const
  const at = (hours: number) => ({ ...api.deps, now: () => new Date(NOW.getTime() - hours * 3_600_000) })
  for (const hours of [0, 0, 2, 30]) await record(at(hours), event)
  await record(at(1), { ...event, organisationId: (await api.organisation('theirs')).id })
  const { tokens } = (await api.api('GET', '/today', { as })).body as { tokens?: Tokens }
  expect(tokens?.total).toBe(3)
  expect(tokens?.hours).toHaveLength(24)
  expect(tokens?.hours.slice(-3).map((it) => it.tokens)).toEqual([1, 0, 2])
})

type Tokens = { readonly total: number; readonly hours: readonly { readonly tokens: number }[] }

it.each([
  ['2026-11-23T00:59:00Z', 'UTC', '2026-11-23T01:00:00.000Z'],
  ['2026-11-23T01:00:00Z', 'UTC', '2026-11-24T01:00:00.000Z'],
  ['2026-11-23T12:00:00Z', 'Europe/Stockholm', '2026-11-24T00:00:00.000Z'],
  ['2026-07-01T12:00:00Z', 'Europe/Stockholm', '2026-07-01T23:00:00.000Z'],
  ['2026-10-24T12:00:00Z', 'Europe/Stockholm', '2026-10-24T23:00:00.000Z'],
  ['2026-10-25T12:00:00Z', 'Europe/Stockholm', '2026-10-26T00:00:00.000Z'],
  ['2026-11-23T12:00:00Z', 'America/Los_Angeles', '2026-11-24T09:00:00.000Z'],
  ['2026-11-23T12:00:00Z', 'Asia/Kolkata', '2026-11-23T19:30:00.000Z'],
])('after %s in %s the window opens next at %s', (now, timeZone, opens) => {
  const nightly = { from: '01:00', to: '05:00', timeZone, concurrency: 1, perSecond: 1 }
  expect(nextWindow(new Date(now), nightly).toISOString()).toBe(opens)
})

it('says how far the run is while the window is open, and nothing of one that is over', async () => {
  const at = (time: string) => new Date(`2026-11-23T${time}:00Z`)
  let now = at('02:00')
  const other = await openApi({ now: () => now })
  const { id } = await other.organisation('mine')
  const member = await other.member(id, 'viewer')
  for (const name of ['A', 'B', 'C']) {
    const row = await other.connection(id, name)
    await other.store.updateConnection(row.id, { status: 'connected' })
  }
  await other.store.addToNight(id, '2026-11-23', 'refreshed', now)
  const running = async () => (await other.api('GET', '/today', { as: member })).body
  expect(await running()).toMatchObject({ running: { done: 1, of: 3 } })
  now = at('05:00')
  expect(await running()).toMatchObject({ running: null })
  await other.close()
})

it('names whom a tenant waits for, and until when', async () => {
  const admin = await api.member(organisationId, 'admin')
  const { microsoftId } = await api.connection(organisationId, 'Brennholt')
  const body = { recipient: 'T. Berg' }
  await api.api('POST', `/connections/${microsoftId}/consent-links`, { as: admin, body })
  expect((await api.api('GET', '/today', { as })).body).toMatchObject({
    waiting: [{ microsoftId, name: 'Brennholt', recipient: 'T. Berg' }],
  })
})

it('gives the list when figures beside it cannot be read', async () => {
  const broken = await openApi({
    now: () => NOW,
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        async countAudit() {
          throw new Error('no figures')
        },
      },
    }),
  })
  const { id } = await broken.organisation('mine')
  const answer = await broken.api('GET', '/today', { as: await broken.member(id, 'viewer') })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ needsPerson: [], unavailable: ['tokens'], tokens: { hours: [] } })
  await broken.close()
})

it('says that no worker refreshes what is due, to everybody who sees the page', async () => {
  await unwell('Put off', { status: 'connected', nextRefreshAt: new Date('2026-11-23T01:30:00Z') })
  expect((await api.api('GET', '/today', { as })).body.incidents).toEqual([])
  await unwell('Left', { status: 'connected', nextRefreshAt: new Date('2026-11-20T02:00:00Z') })
  expect((await api.api('GET', '/today', { as })).body).toMatchObject({
    needsPerson: [],
    incidents: [{ code: 'nights_missed', detail: expect.stringContaining('2026-11-20'), connections: 2 }],
  })
})
