import { beforeEach, describe, expect, it } from 'vitest'

import { getAccessToken, type ConnectionRow } from '../src/index.ts'
import { MINUTE, type Bench } from './bench.ts'
import { createFleet, HOUR, userOf, type Fleet } from './fleet.ts'

let fleet: Fleet
let bench: Bench

beforeEach(async () => {
  fleet = await createFleet()
  ;({ bench } = fleet)
})

const refuse = (on: object, status: number) =>
  bench.microsoft.control.addFault({ on, then: { status, body: '' } })

/** What ends or breaks one sign-in, each at a tenant of its own. */
const BREAKS: readonly (readonly [string, (row: ConnectionRow) => void])[] = [
  ['signed out', (row) => bench.microsoft.control.revokeSessions(userOf(row))],
  ['disabled', (row) => bench.microsoft.control.disableUser(userOf(row))],
  ['without consent', (row) => bench.microsoft.control.removeConsent(row.microsoftId)],
  ['blocked', (row) => bench.microsoft.control.setPolicies(row.microsoftId, { blockResources: ['*'] })],
  ['without its role', (row) => bench.microsoft.control.removePartnerRole(userOf(row))],
  ['without an agreement', (row) => bench.microsoft.control.unsignAgreement(row.microsoftId)],
  [
    'kept from Graph',
    ({ microsoftId }) =>
      bench.microsoft.control.setPolicies(microsoftId, { blockResources: ['https://graph.microsoft.com'] }),
  ],
  ['kept from billing', ({ microsoftId: tenantId }) => refuse({ route: 'invoices', tenantId }, 403)],
  ['turned away', ({ microsoftId: tenantId }) => refuse({ host: 'partnerCenter', tenantId }, 401)],
]
/** Those that the token endpoint itself refuses, so that whoever asks for a token meets them. */
const AT_THE_TOKEN = BREAKS.slice(0, 4)

/** Hours from each break to the first message that names its tenant. */
function delays(struck: ReadonlyMap<string, Date>): number[] {
  return [...struck].map(([name, at]) => {
    const mail = fleet.mails.find((it) => it.subject.includes(name) && it.at >= at)
    return mail ? (mail.at.getTime() - at.getTime()) / HOUR : Number.POSITIVE_INFINITY
  })
}

describe('from a break to the message of it', () => {
  it('takes a day where nobody asks for anything: the next night finds it', async () => {
    await fleet.live(17 * HOUR, HOUR)
    const evening = bench.now()
    const struck = new Map<string, Date>()
    const rows = await fleet.all()
    // At the worst moment: the night has just looked at it.
    for (let round = 0; round < 170 && struck.size < BREAKS.length; round += 1) {
      await fleet.live(2 * MINUTE)
      for (const [n, [, strike]] of BREAKS.entries()) {
        const row = await bench.store.getConnection(rows[n]?.id ?? '')
        if (!row?.refreshedAt || row.refreshedAt < evening || struck.has(row.name)) continue
        strike(row)
        struck.set(row.name, bench.now())
      }
    }
    expect(struck.size).toBe(BREAKS.length)
    await fleet.live(20 * HOUR, HOUR)
    await fleet.live(5 * HOUR)
    const longest = Math.max(...delays(struck))
    console.log(`found by the night: ${BREAKS.length} breaks, told after ${longest.toFixed(2)} h at the most`)
    expect(longest).toBeLessThan(24.25)
    const unwell = (await fleet.all()).filter((it) => it.status !== 'connected')
    expect(unwell).toHaveLength(BREAKS.length)
  })

  it('takes as long as the access token still lives where a service asks for tokens, and some minutes', async () => {
    const struck = new Map<string, Date>()
    const rows = await fleet.all()
    const ask = () =>
      Promise.allSettled(rows.map((it) => getAccessToken(bench, it, { resource: 'partner-center' })))
    await ask()
    for (const [n, [, strike]] of AT_THE_TOKEN.entries()) {
      const row = rows[n]
      if (!row) continue
      strike(row)
      struck.set(row.name, bench.now())
    }
    for (let round = 0; round < 60; round += 1) {
      await ask()
      await fleet.live(2 * MINUTE)
    }
    const longest = Math.max(...delays(struck)) * 60
    console.log(`met by a service: ${struck.size} breaks, told after ${longest.toFixed(0)} min at the most`)
    expect(longest).toBeLessThan(100)
  })
})
