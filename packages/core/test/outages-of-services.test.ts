import type { FaultEffect } from '@consentry/microsoft-simulator'
import { beforeEach, describe, expect, it } from 'vitest'

import { testConnection, type ConnectionRow } from '../src/index.ts'
import { DAY, MINUTE, type Bench } from './bench.ts'
import { createFleet, expectAllWell, HOUR, userOf, type Fleet } from './fleet.ts'

let fleet: Fleet
let bench: Bench
let live: Fleet['live']
let all: Fleet['all']
let allDue: Fleet['allDue']

beforeEach(async () => {
  fleet = await createFleet()
  ;({ bench, live, all, allDue } = fleet)
})

const START = new Date('2026-11-23T07:00:00Z')
const GRAPH = 'https://graph.microsoft.com'
const PARTNER_CENTER = { on: { host: 'partnerCenter' } } as const
const FAR_SHAPES: readonly (readonly [string, FaultEffect])[] = [
  ['an empty 403', { status: 403, body: '' }],
  ['a 503 dressed as an HTML 403', { status: 403, body: '<html><h1>Service unavailable</h1></html>' }],
  ["its gateway's 401", { status: 401, json: { statusCode: 401, message: 'Unauthorized.' } }],
  ['403 and "Access denied" (2032)', { status: 403, json: { code: 2032, description: 'Access denied' } }],
  ['900421, though every sign-in has a second step', { status: 401, json: { code: 900421 } }],
]

const told = (n: number) => fleet.toldTo(n)
const clear = () => bench.microsoft.control.clearFaults()

/** Each organisation heard of one cause, and that it is over, and nothing else. */
function expectToldOnce(subject: string): void {
  for (const n of fleet.organisations.keys()) expect(told(n)).toEqual([subject, `Over: ${subject}`])
}

/** Until shortly before the nightly window opens, and through it. */
const evening = () => live(17 * HOUR, 30 * MINUTE)
const night = () => live(5 * HOUR, 4 * MINUTE)

const MANY_AT_PARTNER_CENTER = 'Partner Center turns many tenants away at once'
const MANY_AT_GRAPH = 'Microsoft Graph turns many tenants away at once'

describe('a Partner Center that refuses everybody', () => {
  it.each(FAR_SHAPES)('with %s for three hours of the night is one thing', async (_, then) => {
    await evening()
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, then })
    await live(3 * HOUR, 4 * MINUTE)
    expect((await all()).map((it) => it.status)).not.toContain('broken')
    clear()
    await live(2 * HOUR, 5 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_PARTNER_CENTER)
  })

  it('for ten minutes of the night, in which most are due, is over as soon', async () => {
    await allDue()
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, then: { status: 403, body: '' } })
    await live(10 * MINUTE)
    expect((await all()).map((it) => it.status)).not.toContain('broken')
    clear()
    await live(HOUR)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_PARTNER_CENTER)
  })

  it('for a minute alarms nobody', async () => {
    await allDue()
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, times: 2, then: { status: 403, body: '' } })
    await live(HOUR)
    await expectAllWell(fleet)
    expect(fleet.mails).toEqual([])
  })

  it('for more than a day is told once, and blames nobody', async () => {
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, then: { status: 403, body: '' } })
    await live(30 * HOUR, HOUR)
    expect((await all()).map((it) => it.status)).not.toContain('broken')
    clear()
    await live(3 * HOUR, 10 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_PARTNER_CENTER)
  })

  it.each([
    ['the billing profile', 'profile-billing'],
    ['the invoices', 'invoices'],
  ])('at %s alone is one thing, too', async (_, route) => {
    bench.microsoft.control.addFault({ on: { route }, then: { status: 403, body: '' } })
    await evening()
    await night()
    expect((await all()).map((it) => it.capabilities)).toEqual(
      (await all()).map(() => expect.objectContaining({ partnerCenter: 'ok', billing: 'ok' })),
    )
    clear()
    await live(2 * HOUR, 5 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_PARTNER_CENTER)
  })

  it('blames nobody whom somebody tests by hand meanwhile, nor whose tokens are asked for', async () => {
    await allDue()
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, then: { status: 401, body: '' } })
    for (let minute = 0; minute < 30; minute += 5) {
      for (const row of await all()) await testConnection(bench, row)
      await live(5 * MINUTE)
    }
    expect((await all()).map((it) => it.status)).not.toContain('broken')
    clear()
    await live(2 * HOUR, 5 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_PARTNER_CENTER)
  })
})

describe('a Graph that refuses everybody while Partner Center is fine', () => {
  it.each([
    ['its API says 403', { status: 403, json: { error: { code: 'Authorization_RequestDenied' } } }],
    ['a gateway before it says 401', { status: 401, body: '<html>No</html>' }],
  ])('(%s) is one thing', async (_, then) => {
    bench.microsoft.control.addFault({ on: { host: 'graph' }, then })
    await evening()
    await night()
    expect((await all()).map((it) => it.capabilities.graph)).toEqual((await all()).map(() => 'ok'))
    clear()
    await live(2 * HOUR, 5 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_GRAPH)
  })

  it('(no tokens for it, 53003) is one thing', async () => {
    const rows = await all()
    const block = (blockResources: string[]) =>
      rows.forEach((it) => bench.microsoft.control.setPolicies(it.microsoftId, { blockResources }))
    block([GRAPH])
    await evening()
    await night()
    expect((await all()).map((it) => it.capabilities.graph)).toEqual(rows.map(() => 'ok'))
    block([])
    await live(3 * HOUR, 5 * MINUTE)
    await expectAllWell(fleet)
    expectToldOnce(MANY_AT_GRAPH)
  })
})

describe('a deployment that cannot get out', () => {
  it.each(['ENOTFOUND', 'ECONNREFUSED', 'ETIMEDOUT'])('(%s) for a night alarms nobody', async (code) => {
    fleet.cutOff(code)
    await live(DAY, 30 * MINUTE)
    await expectAllWell(fleet)
    fleet.cutOff(null)
    await live(2 * HOUR, 10 * MINUTE)
    await expectAllWell(fleet)
    expect(fleet.mails).toEqual([])
  })
})

describe('a deployment that cannot get out for months', () => {
  it("is the operator's on the third day, and from a month before the end on everybody's, with its date", async () => {
    fleet.cutOff('ENOTFOUND')
    await live(4 * DAY, 6 * HOUR)
    await live(84.5 * DAY, DAY)
    const [first, ...more] = told(0)
    expect(first).toMatch(/Not refreshed for days/)
    const warned = fleet.mails.filter((it) => it.to === 'ops0@example.com').slice(1)
    const day = (at: Date) => Math.floor((at.getTime() - START.getTime()) / DAY)
    expect([...new Set(warned.map((it) => day(it.at)))]).toEqual([60, 76, 83, 87])
    expect(more.join()).not.toContain('Over: ')
    fleet.cutOff(null)
    await live(DAY, 2 * HOUR)
    await expectAllWell(fleet)
    expect(told(0).join()).toContain('Over: Not refreshed for days')
  })
})

describe('what is true of one account', () => {
  it.each([
    [
      'lost its role overnight',
      'role_missing',
      (row: ConnectionRow) => bench.microsoft.control.removePartnerRole(userOf(row)),
    ],
    [
      'may not read billing, says a bare 403',
      'billing_refused',
      ({ microsoftId: tenantId }: ConnectionRow) =>
        bench.microsoft.control.addFault({
          on: { route: 'invoices', tenantId },
          then: { status: 403, body: '' },
        }),
    ],
    [
      'is turned away by a bare 401',
      'partner_center_refused',
      ({ microsoftId: tenantId }: ConnectionRow) =>
        bench.microsoft.control.addFault({
          on: { host: 'partnerCenter', tenantId },
          then: { status: 401, body: '' },
        }),
    ],
    [
      'is kept from Graph by a rule',
      'graph_refused',
      (row: ConnectionRow) =>
        bench.microsoft.control.setPolicies(row.microsoftId, { blockResources: [GRAPH] }),
    ],
  ])('(it %s) is found in the night among others that work, and told once', async (_, reason, strike) => {
    const row = await fleet.one()
    strike(row)
    await evening()
    await night()
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    expect(unwell).toMatchObject([{ id: row.id, reason }])
    expect(fleet.mails).toHaveLength(1)
  })

  it('is told in the middle of an outage, where Microsoft says so by a number of its own', async () => {
    await allDue()
    const [row, other] = await all()
    if (!row || !other) throw new Error('There are none.')
    bench.microsoft.control.addFault({ on: { route: 'invoices' }, then: { status: 403, body: '' } })
    bench.microsoft.control.unsignAgreement(row.microsoftId)
    bench.microsoft.control.revokeSessions(userOf(other))
    await live(10 * MINUTE, MINUTE)
    const broken = (await all()).filter((it) => it.status === 'broken').map((it) => it.reason)
    expect(broken.toSorted()).toEqual(['agreement_missing', 'signed_out'])
    clear()
    await live(2 * HOUR, 5 * MINUTE)
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    expect(unwell.map((it) => it.id).toSorted()).toEqual([row.id, other.id].toSorted())
    expect(told(0).toSorted()).toEqual(
      [
        MANY_AT_PARTNER_CENTER,
        `Over: ${MANY_AT_PARTNER_CENTER}`,
        `${row.name} stopped at 07:00: its administrator is needed`,
        `${other.name} stopped at 07:00: sign in again`,
      ].toSorted(),
    )
  })

  it('is found after an outage that hid it', async () => {
    await allDue()
    bench.microsoft.control.addFault({ ...PARTNER_CENTER, then: { status: 403, body: '' } })
    const row = await fleet.one()
    await live(HOUR)
    bench.microsoft.control.removePartnerRole(userOf(row))
    await live(2 * HOUR, 5 * MINUTE)
    clear()
    await live(90 * MINUTE)
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    expect(unwell).toMatchObject([{ id: row.id, status: 'broken', reason: 'role_missing' }])
  })
})

describe('the day on which Partner Center refuses whoever has no second step', () => {
  it('is true for many, and told of each as their own', async () => {
    const without = (await all()).slice(0, 3)
    for (const { signIn } of bench.microsoft.state.refreshTokens.values())
      if (without.some((row) => row.microsoftId === signIn.tenantId)) signIn.amr = ['pwd']
    for (const { microsoftId } of await all())
      bench.microsoft.control.setPolicies(microsoftId, { partnerMfaEnforcement: 1 })
    await evening()
    await night()
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    expect(new Set(unwell.map((it) => `${it.id},${it.reason}`))).toEqual(
      new Set(without.map((it) => `${it.id},mfa_missing`)),
    )
    expect(fleet.mails.every((it) => it.to === 'ops0@example.com')).toBe(true)
    expect(told(0).join()).not.toContain(MANY_AT_PARTNER_CENTER)
  })

  it('is told within thirteen hours of those whose second step it does not count, though their tokens name one', async () => {
    const some = (await all()).slice(0, 4)
    for (const { microsoftId: tenantId } of some)
      bench.microsoft.control.addFault({
        on: { host: 'partnerCenter', tenantId },
        then: { status: 401, json: { code: 900421, description: 'MFA required' } },
      })
    await allDue()
    await live(11 * HOUR, 10 * MINUTE)
    expect((await all()).map((it) => it.reason)).not.toContain('mfa_missing')
    await live(2 * HOUR, 10 * MINUTE)
    const unwell = (await all()).filter((it) => it.status !== 'connected')
    const expected = some.map((it) => `${it.id},mfa_missing`)
    expect(new Set(unwell.map((it) => `${it.id},${it.reason}`))).toEqual(new Set(expected))
  })
})
