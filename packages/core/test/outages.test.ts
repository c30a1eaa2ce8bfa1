import { demo } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import type { ConnectionRow } from '../src/index.ts'
import { DAY, MINUTE, type Bench } from './bench.ts'
import { createFleet, expectAllWell, HOUR, userOf, type Fleet } from './fleet.ts'

const TOKEN = { on: { host: 'login', route: 'token' } } as const

let fleet: Fleet
let bench: Bench
let live: Fleet['live']
let all: Fleet['all']
let one: Fleet['one']

beforeEach(async () => {
  fleet = await createFleet()
  ;({ bench, live, all, one } = fleet)
})

const clearFaults = () => bench.microsoft.control.clearFaults()

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
    await expectAllWell(fleet)
    clearFaults()
    await live(2 * HOUR, 10 * MINUTE)
    await expectAllWell(fleet)
    expect(fleet.mails).toEqual([])
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
    expect(fleet.mails).toMatchObject([
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
    await expectAllWell(fleet)
    expect(fleet.mails).toEqual([])
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
    for (const n of fleet.organisations.keys())
      expect(fleet.toldTo(n)).toEqual([expect.stringMatching(/tenants failed at the same moment/)])
    clearFaults()
    await live(3 * HOUR)
    await expectAllWell(fleet)
    for (const n of fleet.organisations.keys())
      expect(fleet.toldTo(n)).toEqual([expect.any(String), expect.stringMatching(/^Over: /)])
  })

  it('blames nobody after more than a day of it', async () => {
    bench.microsoft.control.addFault({ ...TOKEN, then: { aadsts: 700016 } })
    await live(30 * HOUR, HOUR)
    expect((await all()).map((it) => it.status)).not.toContain('broken')
    clearFaults()
    await live(3 * HOUR, 10 * MINUTE)
    await expectAllWell(fleet)
    for (const n of fleet.organisations.keys()) expect(fleet.toldTo(n)).toHaveLength(2)
  })

  it("the application's expired secret is told each organisation once, and once when it is renewed", async () => {
    bench.microsoft.control.expireSecrets()
    await live(DAY, 10 * MINUTE)
    expect((await all()).map((it) => it.reason)).toEqual(Array.from({ length: 12 }, () => 'app_secret'))
    for (const n of fleet.organisations.keys())
      expect(fleet.toldTo(n)).toEqual([expect.stringMatching(/own secret at Microsoft/)])
    bench.microsoft.control.addSecret(demo.app.clientSecret)
    await live(3 * HOUR, 10 * MINUTE)
    await expectAllWell(fleet)
    for (const n of fleet.organisations.keys())
      expect(fleet.toldTo(n)).toEqual([expect.any(String), expect.stringMatching(/^Over: /)])
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
    expect(fleet.mails).toHaveLength(1)
  })
})

describe('a clock that is ten minutes off', () => {
  it.each([600, -600])('(%i s) costs nothing', async (seconds) => {
    bench.microsoft.control.advanceClock(seconds)
    await live(2 * DAY, 10 * MINUTE)
    await expectAllWell(fleet)
    expect(fleet.mails).toEqual([])
  })
})
