import { demo } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import {
  addConnection,
  deliverDue,
  NOTIFICATION_EVENTS,
  putChannels,
  refreshDue,
  tellChanges,
  type ConnectionRow,
  type Organisation,
  type Transports,
} from '../src/index.ts'
import { TESTER } from '../testing/index.ts'
import { arrive, ASKER, createBench, DAY, MINUTE, travel, type Bench } from './bench.ts'

const HOUR = 60 * MINUTE
const ORGANISATIONS = 3
const TENANTS = 4
const TOKEN = { on: { host: 'login', route: 'token' } } as const

let bench: Bench
let organisations: Organisation[]
let mails: { to: string; subject: string }[]
/** What is told of nights and consents is not an alarm. */
const EVENTS = NOTIFICATION_EVENTS.filter((it) => it.startsWith('connection') || it.startsWith('application'))

const transports: Transports = {
  async mail({ to, subject }) {
    mails.push({ to, subject })
    return { ok: true, answer: '250' }
  },
  post: async () => ({ ok: true, answer: '200' }),
}

beforeEach(async () => {
  bench = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
  mails = []
  organisations = []
  const tenants = bench.microsoft.control.addPartnerTenants(ORGANISATIONS * TENANTS)
  for (let n = 0; n < ORGANISATIONS; n += 1) {
    const organisation = {
      id: `org ${n}`,
      slug: `org-${n}`,
      name: `Organisation ${n}`,
      createdAt: bench.now(),
    }
    await bench.store.createOrganisation(organisation)
    organisations.push(organisation)
    const mail = { kind: 'email', address: `ops${n}@example.com`, events: EVENTS } as const
    await putChannels(bench, organisation.id, [mail], TESTER)
    for (const { id, domains } of tenants.slice(n * TENANTS, (n + 1) * TENANTS)) {
      const wish = { organisationId: organisation.id, microsoftId: id }
      const { row } = await addConnection(bench, wish, ASKER)
      const user = `svc-csp@${domains[0]}`
      const { status } = await arrive(bench, await travel(bench, row, { user }))
      if (status !== 'succeeded') throw new Error(`The consent of ${user} ended as ${status}.`)
    }
  }
})

/** Lets time pass with the worker's rounds in it: what is due is refreshed, what has to be told is told. */
async function live(ms: number, step = 2 * MINUTE): Promise<void> {
  for (const until = bench.now().getTime() + ms; bench.now().getTime() < until; bench.pass(step)) {
    await refreshDue(bench)
    await tellChanges(bench)
    await deliverDue(bench, transports)
  }
}

async function all(): Promise<ConnectionRow[]> {
  const pages = organisations.map((it) => bench.store.listConnections(it.id, { limit: 100 }))
  return (await Promise.all(pages)).flatMap((page) => page.items)
}

async function one(): Promise<ConnectionRow> {
  const [row] = await all()
  if (!row) throw new Error('There is none.')
  return row
}

const userOf = (row: ConnectionRow) => row.accountUsername ?? ''
const toldTo = (n: number) => mails.filter((it) => it.to === `ops${n}@example.com`).map((it) => it.subject)
const clearFaults = () => bench.microsoft.control.clearFaults()

async function expectAllWell(): Promise<void> {
  const rows = await all()
  expect(rows.map((it) => it.status)).toEqual(rows.map(() => 'connected'))
}

describe('a night in which Microsoft is away', () => {
  it.each([
    ['asks everybody to wait', { retryAfter: 600 }],
    ['takes everybody for a loop (50196 as invalid_grant)', { aadsts: 50196 }],
    ['answers 500', { status: 500, body: '' }],
    ['answers HTML', { status: 503, body: '<html>busy</html>' }],
    ['answers 200 with HTML', { status: 200, body: '<html></html>' }],
    ['cuts every connection', { reset: 'before' as const }],
    ['says it is unavailable (90033)', { aadsts: 90033 }],
  ])('and %s alarms nobody', async (_, then) => {
    bench.microsoft.control.addFault({ ...TOKEN, then })
    await live(DAY, 10 * MINUTE)
    await expectAllWell()
    clearFaults()
    await live(2 * HOUR, 10 * MINUTE)
    await expectAllWell()
    expect(mails).toEqual([])
    const newest = Math.min(...(await all()).map((it) => it.refreshedAt?.getTime() ?? 0))
    expect(bench.now().getTime() - newest).toBeLessThanOrEqual(2 * HOUR)
  })

  it('finds the one that was truly revoked within a day, and blames no other', async () => {
    bench.microsoft.control.addFault({ ...TOKEN, then: { retryAfter: 60 } })
    await live(8 * HOUR, 10 * MINUTE)
    const revoked = await one()
    bench.microsoft.control.revokeSessions(userOf(revoked))
    await live(14 * HOUR, 10 * MINUTE)
    clearFaults()
    await live(2 * HOUR, 10 * MINUTE)
    const rows = await all()
    expect(rows.filter((it) => it.status !== 'connected').map((it) => it.id)).toEqual([revoked.id])
    expect(mails).toMatchObject([
      { subject: expect.stringMatching(new RegExp(`^${revoked.name} stopped at .*: sign in again$`)) },
    ])
  })
})

describe('throttling in the clothes of a refusal', () => {
  it('is taken for what it is while anybody is asked to wait', async () => {
    const rows = await all()
    for (const { microsoftId: tenantId } of rows.slice(0, 6))
      bench.microsoft.control.addFault({ on: { ...TOKEN.on, tenantId }, then: { retryAfter: 60 } })
    const json = { error: 'invalid_grant', error_description: 'The request was refused.' }
    bench.microsoft.control.addFault({ ...TOKEN, then: { status: 400, json } })
    await live(DAY, 5 * MINUTE)
    clearFaults()
    await live(2 * HOUR, 5 * MINUTE)
    await expectAllWell()
    expect(mails).toEqual([])
  })
})

describe('one cause for all', () => {
  it.each([
    ['a consent service that forgets (65001)', 65001],
    ['an app registration that is gone (700016)', 700016],
    ['an app that Microsoft disabled (7000112)', 7000112],
    ['a refusal without a reason (70000)', 70000],
    ["rules that block the deployment's address (53003)", 53003],
    ['a directory that knows nobody (90002)', 90002],
  ])('%s is told each organisation once, and once when it is over', async (_, aadsts) => {
    bench.microsoft.control.addFault({ ...TOKEN, then: { aadsts } })
    await live(DAY)
    const during = await all()
    expect(during.map((it) => it.status)).not.toContain('broken')
    for (const n of organisations.keys())
      expect(toldTo(n)).toEqual([expect.stringMatching(/tenants failed at the same moment/)])
    clearFaults()
    await live(3 * HOUR)
    await expectAllWell()
    for (const n of organisations.keys())
      expect(toldTo(n)).toEqual([expect.any(String), expect.stringMatching(/^Over: /)])
  })

  it("the application's expired secret is told each organisation once, and once when it is renewed", async () => {
    bench.microsoft.control.expireSecrets()
    await live(DAY, 10 * MINUTE)
    expect((await all()).map((it) => it.reason)).toEqual(Array.from({ length: 12 }, () => 'app_secret'))
    for (const n of organisations.keys())
      expect(toldTo(n)).toEqual([expect.stringMatching(/own secret at Microsoft/)])
    bench.microsoft.control.addSecret(demo.app.clientSecret)
    await live(3 * HOUR, 10 * MINUTE)
    await expectAllWell()
    for (const n of organisations.keys())
      expect(toldTo(n)).toEqual([expect.any(String), expect.stringMatching(/^Over: /)])
  })

  it('does not hide the one that lost its consent for good: found once the others work', async () => {
    bench.microsoft.control.addFault({ ...TOKEN, then: { aadsts: 65001 } })
    await live(DAY)
    const removed = await one()
    bench.microsoft.control.removeConsent(removed.microsoftId)
    clearFaults()
    await live(6 * HOUR)
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    expect(unwell).toMatchObject([{ id: removed.id, status: 'broken', reason: 'permission_missing' }])
  })
})

describe('what is true of one tenant', () => {
  it.each([
    ['signed out', (row: ConnectionRow) => bench.microsoft.control.revokeSessions(userOf(row))],
    ['disabled', (row: ConnectionRow) => bench.microsoft.control.disableUser(userOf(row))],
    ['without consent', (row: ConnectionRow) => bench.microsoft.control.removeConsent(row.microsoftId)],
    [
      'blocked by a rule',
      (row: ConnectionRow) => bench.microsoft.control.setPolicies(row.microsoftId, { blockResources: ['*'] }),
    ],
  ])('(%s) is told within minutes of the refresh that met it, whoever else works', async (_, strike) => {
    await live(DAY, 10 * MINUTE)
    const row = await one()
    strike(row)
    await bench.store.updateConnection(row.id, { nextRefreshAt: bench.now() })
    await live(10 * MINUTE, MINUTE)
    expect((await all()).filter((it) => it.status !== 'connected')).toMatchObject([
      { id: row.id, status: 'broken' },
    ])
    expect(mails).toHaveLength(1)
  })
})

describe('a clock that is ten minutes off', () => {
  it.each([600, -600])('(%i s) costs nothing', async (seconds) => {
    bench.microsoft.control.advanceClock(seconds)
    await live(2 * DAY, 10 * MINUTE)
    await expectAllWell()
    expect(mails).toEqual([])
  })
})
