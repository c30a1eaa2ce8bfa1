import { beforeEach, describe, expect, it } from 'vitest'

import { refreshConnection } from '../src/index.ts'
import { arrive, MINUTE, travel, type Bench } from './bench.ts'
import { createFleet, HOUR, userOf, type Fleet } from './fleet.ts'

let fleet: Fleet
let bench: Bench
let allDue: Fleet['allDue']

beforeEach(async () => {
  fleet = await createFleet()
  ;({ bench, allDue } = fleet)
})

const PARTNER_CENTER = { host: 'partnerCenter' } as const
const REFUSED = { status: 403, body: '' } as const
const reasons = async () => new Set((await fleet.all()).map((it) => it.reason))

describe('a wave of a service', () => {
  it('is not over because tokens are given, nor because the service now asks to wait', async () => {
    bench.microsoft.control.addFault({ on: PARTNER_CENTER, then: REFUSED })
    await allDue()
    await fleet.live(30 * MINUTE)
    expect(await reasons()).toEqual(new Set(['partner_center_refuses_many']))
    bench.microsoft.control.clearFaults()
    bench.microsoft.control.addFault({ on: PARTNER_CENTER, then: { retryAfter: 600 } })
    await fleet.live(6 * HOUR, 20 * MINUTE)
    expect(await reasons()).toEqual(new Set(['partner_center_refuses_many']))
    for (const n of fleet.organisations.keys()) expect(fleet.toldTo(n)).toHaveLength(1)
    bench.microsoft.control.clearFaults()
    await fleet.live(2 * HOUR, 10 * MINUTE)
    expect(await reasons()).toEqual(new Set([null]))
    for (const n of fleet.organisations.keys()) expect(fleet.toldTo(n)).toHaveLength(2)
  })

  it('is seen where two are refused and the others only get tokens', async () => {
    bench.microsoft.control.addFault({ on: PARTNER_CENTER, then: REFUSED })
    const due = (await fleet.all()).slice(0, 2).map((it) => it.id)
    for (const id of due) await bench.store.updateConnection(id, { nextRefreshAt: bench.now() })
    for (let round = 0; round < 5; round += 1) {
      const others = (await fleet.all()).filter((it) => it.openProof === null && !due.includes(it.id))
      const busy = others.filter((it) => it.nextRefreshAt && it.nextRefreshAt > bench.now())
      for (const row of busy) await refreshConnection(bench, row)
      bench.pass(1000)
      await fleet.live(MINUTE, MINUTE)
    }
    expect((await fleet.all()).map((it) => it.status)).not.toContain('broken')
    expect(await reasons()).toContain('partner_center_refuses_many')
  })

  it('is not made of what was refused and told the night before', async () => {
    const some = (await fleet.all()).slice(0, 4)
    for (const { microsoftId: tenantId } of some)
      bench.microsoft.control.addFault({ on: { route: 'invoices', tenantId }, then: REFUSED })
    await allDue()
    await fleet.live(13 * HOUR, 10 * MINUTE)
    const refused = async () =>
      (await fleet.all()).filter((it) => it.reason === 'billing_refused').map((it) => it.id)
    expect(new Set(await refused())).toEqual(new Set(some.map((it) => it.id)))
    const told = fleet.mails.length
    await allDue()
    await fleet.live(30 * MINUTE, 10 * MINUTE)
    expect((await fleet.all()).map((it) => it.doubtCode)).toEqual((await fleet.all()).map(() => null))
    expect(new Set(await refused())).toEqual(new Set(some.map((it) => it.id)))
    expect(fleet.mails).toHaveLength(told)
  })

  it('takes nothing from whoever consents meanwhile: the new sign-in is kept, and proven when it is over', async () => {
    bench.microsoft.control.addFault({ on: PARTNER_CENTER, then: REFUSED })
    await allDue()
    await fleet.live(10 * MINUTE)
    const row = await fleet.one()
    const user = userOf(row)
    expect(await arrive(bench, await travel(bench, row, { user }))).toMatchObject({ status: 'succeeded' })
    expect(await bench.store.getConnection(row.id)).toMatchObject({
      status: 'attention',
      reason: 'partner_center_refuses_many',
    })
    bench.microsoft.control.clearFaults()
    await fleet.live(HOUR, 5 * MINUTE)
    expect(await bench.store.getConnection(row.id)).toMatchObject({ status: 'connected', openProof: null })
  })
})
