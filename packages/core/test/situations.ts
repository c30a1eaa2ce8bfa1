import type { FaultEffect } from '@consentry/microsoft-simulator'
import { vi } from 'vitest'

import { finishConsent, refreshConnection, refreshDue, requestReport, runNextReport } from '../src/index.ts'
import {
  add,
  arrive,
  ASKER,
  consent,
  DAY,
  MINUTE,
  otherTenant,
  stored,
  tenant,
  travel,
  type Bench,
} from './bench.ts'

/** What is said in the end: a code, or the status where there is nothing to say. */
export type Driven = readonly [said: string, drive: (bench: Bench) => Promise<string>]

const GRAPH = 'https://graph.microsoft.com'
const AFTER_A_LOOK = 3 * MINUTE
const service = { user: tenant.users.service }

/** The code of what was refused. */
export async function refusalOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown'),
  )
}

/** What the connection is said to have. */
export async function saidOf(bench: Bench): Promise<string> {
  const { reason, status } = await stored(bench)
  return reason ?? status
}

/** Lets nights pass, each with the second looks that unclear answers get. */
export async function sleepOver(bench: Bench, nights = 1): Promise<string> {
  for (let night = 0; night < nights; night += 1) {
    bench.pass(DAY)
    for (let look = 0; look < 3; look += 1) {
      await refreshDue(bench)
      bench.pass(AFTER_A_LOOK)
    }
  }
  return saidOf(bench)
}

/** A further consent: why it failed, or how the connection is. */
export async function consentAgain(bench: Bench, as: Parameters<typeof consent>[1] = {}): Promise<string> {
  const { problem } = await consent(bench, as, await stored(bench))
  return problem?.code ?? saidOf(bench)
}

/** A billing report: why it could not be made, or its status. */
export async function report(bench: Bench, invoiceId?: string): Promise<string> {
  const wish = { kind: 'billed', ...(invoiceId ? { invoiceId } : {}) } as const
  const asked = await refusalOf(requestReport(bench, await stored(bench), ASKER, wish))
  if (asked !== 'done') return asked
  const row = await runNextReport(bench)
  return row?.problem?.code ?? row?.status ?? 'nothing'
}

/** What a refresh says that meets this at the token endpoint, and meets it again two minutes later where that was unclear. */
export async function refusedTwice(bench: Bench, then: FaultEffect): Promise<string> {
  bench.microsoft.control.addFault({ on: { route: 'token' }, then })
  const first = await refreshConnection(bench, await stored(bench))
  if (first.code !== 'looking_again') return first.code
  bench.pass(2 * MINUTE)
  return (await refreshConnection(bench, await stored(bench))).code
}

/** The number on the page of Microsoft's that a sign-in does not get past. */
export async function keptBy(trip: Promise<unknown>): Promise<string> {
  const ended = await trip.then(() => 'came back', String)
  return /AADSTS\d+/.exec(ended)?.[0] ?? ended
}

const isSame = (one: string, other: string) => (one === other ? one : `${one} and ${other}`)

/** Edge behaviours of Microsoft's that hurt in the field, each driven to what the product says of it. */
export const EDGES: Readonly<Record<string, Driven>> = {
  'a callback delivered twice': [
    'answer_mismatch',
    async (bench) => {
      const trip = await travel(bench, await stored(bench), service)
      await arrive(bench, trip)
      return refusalOf(arrive(bench, trip))
    },
  ],
  'a code that was redeemed already (54005)': [
    'answer_mismatch',
    (bench) => {
      const on = { route: 'token', grantType: 'authorization_code' }
      bench.microsoft.control.addFault({ on, then: { aadsts: 54005 } })
      return consentAgain(bench)
    },
  ],
  'a callback without a state': [
    'answer_mismatch',
    async (bench) => {
      const { query, browser } = await travel(bench, await stored(bench), service)
      return refusalOf(finishConsent(bench, { code: query.get('code') ?? undefined }, browser))
    },
  ],
  'a callback with a foreign state': [
    'answer_mismatch',
    async (bench) => {
      const trip = await travel(bench, await stored(bench), service)
      trip.query.set('state', 'of-somebody-else')
      return refusalOf(arrive(bench, trip))
    },
  ],
  'admin_consent=True beside an error': [
    'consent_declined',
    async (bench) => {
      const trip = await travel(bench, await add(bench, otherTenant.id), {
        user: otherTenant.users.service,
        decision: 'cancel',
      })
      trip.query.set('admin_consent', 'True')
      trip.query.set('error', 'consent_required')
      return (await arrive(bench, trip)).problem?.code ?? 'none'
    },
  ],
  'a consent by another tenant than the one entered': [
    'wrong_tenant',
    (bench) => {
      bench.microsoft.control.addFault({ on: { route: 'token' }, then: { mutate: 'wrong-tid-id-token' } })
      return consentAgain(bench)
    },
  ],
  "a sign-in with another tenant's account": [
    'AADSTS50020',
    async (bench) => keptBy(travel(bench, await stored(bench), { user: otherTenant.users.service })),
  ],
  'a consent by a guest': ['guest_account', (bench) => consentAgain(bench, { user: tenant.users.guest })],
  'a consent without a second step': [
    'mfa_missing',
    async (bench) => {
      const row = await add(bench, otherTenant.id)
      const { problem } = await consent(bench, { user: otherTenant.users.noMfa, mfa: false }, row)
      return problem?.code ?? 'none'
    },
  ],
  'a consent that skips the second step': ['mfa_missing', (bench) => consentAgain(bench, { mfa: false })],
  'a consent in a session that had no second step': [
    'mfa_missing',
    async (bench) => {
      const browser = new Map<string, string>()
      await consentAgain(bench, { browser, mfa: false })
      return consentAgain(bench, { browser, mfa: false })
    },
  ],
  'a consent that the token service does not know of yet (65001)': [
    'connected',
    async (bench) => {
      bench.microsoft.control.removeConsent(tenant.id)
      bench.microsoft.control.consentPropagationDelay(30)
      const done = consentAgain(bench)
      const { requests } = bench.microsoft
      await vi.waitUntil(() => requests.some((it) => it.route === 'token' && it.status === 400), 10_000)
      bench.pass(30_000)
      return done
    },
  ],
  'a re-consent that fails while the old sign-in works': [
    'connected',
    async (bench) => {
      bench.microsoft.control.removeConsent(tenant.id)
      await consentAgain(bench, { decision: 'cancel' })
      return saidOf(bench)
    },
  ],
  'an old refresh token that is used after its rotation': [
    'connected',
    async (bench) => {
      const before = await stored(bench)
      await refreshConnection(bench, before)
      const { generation } = await stored(bench)
      await bench.store.updateConnection(before.id, { generation: before.generation })
      const { ok } = await refreshConnection(bench, await stored(bench))
      return ok && generation !== before.generation ? saidOf(bench) : 'refused'
    },
  ],
  'two replicas that refresh at the same moment': [
    'connected',
    async (bench) => {
      bench.microsoft.control.setRotation('strict')
      const row = await stored(bench)
      const replica = { ...bench, store: bench.store.fork() }
      await Promise.allSettled([refreshConnection(bench, row), refreshConnection(replica, row)])
      return sleepOver(bench)
    },
  ],
  'a store that cannot be written right after a rotation': [
    'connected',
    async (bench) => {
      bench.microsoft.control.setRotation('strict')
      let refusals = 1
      const store: Bench['store'] = {
        ...bench.store,
        commitRotation: async (rotation) => {
          refusals -= 1
          if (refusals >= 0) throw new Error('The database is away')
          return bench.store.commitRotation(rotation)
        },
      }
      await refreshConnection({ ...bench, store }, await stored(bench))
      return sleepOver(bench)
    },
  ],
  'ninety days without a refresh': [
    'expired',
    async (bench) => {
      bench.pass(91 * DAY)
      return sleepOver(bench)
    },
  ],
  'a clock ten minutes ahead of Microsoft': ['connected', (bench) => withClock(bench, -600)],
  'a clock ten minutes behind Microsoft': ['connected', (bench) => withClock(bench, 600)],
  "the application's secret run out across all tenants": [
    'app_secret',
    async (bench) => {
      await consent(bench, { user: otherTenant.users.service }, await add(bench, otherTenant.id))
      bench.microsoft.control.expireSecrets()
      const one = await sleepOver(bench)
      return isSame(one, (await stored(bench, otherTenant.id)).reason ?? 'none')
    },
  ],
  'new signing keys': [
    'connected',
    async (bench) => {
      bench.microsoft.control.rotateKeys(0)
      return isSame(await consentAgain(bench), await sleepOver(bench))
    },
  ],
  'a second step that Partner Center asks for call by call (900421)': [
    'mfa_missing',
    async (bench) => {
      const at = { route: 'profile-organization', host: 'partnerCenter' } as const
      bench.microsoft.control.addFault({ on: at, skip: 1, then: { status: 401, json: { code: 900421 } } })
      return sleepOver(bench, 2)
    },
  ],
  'a partner role that is removed overnight': [
    'role_missing',
    (bench) => {
      bench.microsoft.control.removePartnerRole(tenant.users.service)
      return sleepOver(bench)
    },
  ],
  'Graph blocked by a rule while Partner Center is not': [
    'graph_refused',
    (bench) => {
      bench.microsoft.control.setPolicies(tenant.id, { blockResources: [GRAPH] })
      return sleepOver(bench)
    },
  ],
  "a fault's code as a number": ['agreement_missing', (bench) => withFault(bench, 900124)],
  "a fault's code as text": ['agreement_missing', (bench) => withFault(bench, '900124')],
  'a storm of 429 at the token endpoint': ['connected', (bench) => withStorm(bench, 'login')],
  'a storm of 429 at Partner Center': ['connected', (bench) => withStorm(bench, 'partnerCenter')],
  'a storm of 429 at Graph': ['connected', (bench) => withStorm(bench, 'graph')],
  'an export that fails with 5000': [
    'no_billing_data',
    (bench) => {
      const json = { status: 'failed', error: { code: '5000', message: 'No data available' } }
      bench.microsoft.control.addFault({ on: { route: 'operation' }, then: { status: 200, json } })
      return report(bench)
    },
  ],
  'an invoice of the old kind on the new export': ['legacy_invoice', (bench) => report(bench, 'D0300ABCDE')],
}

async function withClock(bench: Bench, seconds: number): Promise<string> {
  // What was consented to before lies in the past of either clock.
  bench.pass(60 * MINUTE)
  bench.microsoft.control.advanceClock(seconds)
  const said = isSame(await consentAgain(bench), await sleepOver(bench))
  return isSame(said, (await report(bench)) === 'succeeded' ? said : 'no report')
}

function withFault(bench: Bench, code: number | string): Promise<string> {
  const json = { code, description: 'Told.', data: [], source: 'PartnerFD' }
  bench.microsoft.control.addFault({ on: { host: 'partnerCenter' }, then: { status: 403, json } })
  return sleepOver(bench)
}

async function withStorm(bench: Bench, host: 'login' | 'partnerCenter' | 'graph'): Promise<string> {
  bench.microsoft.control.addFault({ on: { host }, then: { retryAfter: 30 } })
  const during = await sleepOver(bench)
  bench.microsoft.control.clearFaults()
  return isSame(during, await sleepOver(bench))
}
