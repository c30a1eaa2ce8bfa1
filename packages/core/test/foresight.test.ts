import { beforeEach, describe, expect, it } from 'vitest'

import {
  connectionView,
  deliverDue,
  enforcementEnd,
  foreseeAll,
  NOTIFICATION_EVENTS,
  permissionOverview,
  problemOf,
  PERMISSIONS,
  putChannels,
  randomToken,
  refreshDue,
  startConsent,
  tellChanges,
  type Permission,
  type Transports,
} from '../src/index.ts'
import { connectionRow, TESTER } from '../testing/index.ts'
import { ASKER, consent, createBench, DAY, MINUTE, newLink, stored, tenant, type Bench } from './bench.ts'
import { createPostbox, type Mail } from './postbox.ts'

let bench: Bench
let mails: Mail[]
let transports: Transports
const HOUR = 60 * MINUTE
const STEP_HOURS = 4

async function given(start?: Date, timeZone = 'Europe/Stockholm'): Promise<void> {
  const env = { CONSENTRY_REFRESH_PER_SECOND: '1000', CONSENTRY_TIME_ZONE: timeZone }
  bench = await createBench(env, start)
  ;({ mails, transports } = createPostbox(bench.now))
  const wish = { kind: 'email', address: 'ops@example.com', events: NOTIFICATION_EVENTS } as const
  const events = wish.events.filter((it) => it.startsWith('connection.'))
  await putChannels(bench, bench.organisation.id, [{ ...wish, events }], TESTER)
}

beforeEach(() => given())

/** The worker's rounds for so many days: what is due, what is to come, who has to be told. */
async function days(count: number, at: Bench = bench): Promise<void> {
  for (let hour = 0; hour < count * 24; hour += STEP_HOURS) {
    bench.pass(STEP_HOURS * HOUR)
    await refreshDue(at)
    await foreseeAll(at)
    await tellChanges(at)
    await deliverDue(at, transports)
  }
}

const daysLeft = async () =>
  ((await stored(bench)).stopsWorkingBy?.getTime() ?? 0) / DAY - bench.now().getTime() / DAY

/** Goes on until it breaks; how many days after the consent that was. */
async function untilBroken(): Promise<number> {
  const { signedInAt } = await stored(bench)
  for (let hour = 0; hour < 400 * 24; hour += STEP_HOURS) {
    if ((await stored(bench)).status === 'broken')
      return (bench.now().getTime() - (signedInAt?.getTime() ?? 0)) / DAY
    await days(STEP_HOURS / 24)
  }
  throw new Error('It did not break.')
}

describe('over 400 simulated days', () => {
  it.each([14, 90])(
    'the date of a second step remembered for %i days is learnt once and then known within a day',
    async (n) => {
      bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: n })
      await consent(bench)
      await untilBroken()
      expect(await stored(bench)).toMatchObject({ reason: 'mfa_too_old' })
      let day = n + 1
      while (day < 400) {
        await consent(bench)
        const { stopsWorkingBy, stopsWorkingBecause } = await stored(bench)
        expect(stopsWorkingBecause).toMatchObject({ kind: 'mfa_age', everyDays: n })
        expect((await stored(bench)).status).toBe(n <= 14 ? 'attention' : 'connected')
        mails.length = 0
        const lasted = await untilBroken()
        day += lasted
        const off = (bench.now().getTime() - (stopsWorkingBy?.getTime() ?? 0)) / DAY
        expect(off).toBeGreaterThanOrEqual(0)
        expect(off).toBeLessThanOrEqual(1)
        const warned = mails.filter((it) => !/stopped|works again/.test(it.subject)).map((it) => it.at)
        const before = warned.map((at) =>
          Math.ceil(((stopsWorkingBy?.getTime() ?? 0) - at.getTime()) / DAY - 0.01),
        )
        expect(before).toEqual(n > 30 ? [30, 14, 7, 3, 1] : [14, 7, 3, 1])
      }
    },
    120_000,
  )

  it('a sign-in that nothing limits is never warned of, clocks changed or not', async () => {
    await given(new Date('2026-09-01T07:00:00Z'), 'America/New_York')
    await consent(bench)
    await days(400)
    expect(mails).toEqual([])
    expect(await stored(bench)).toMatchObject({
      status: 'connected',
      stopsWorkingBecause: { kind: 'inactivity' },
    })
  }, 120_000)

  it('the end of a sign-in frequency is known from what Microsoft said, to the second', async () => {
    bench.microsoft.control.setPolicies(tenant.id, { signInFrequencySeconds: 40 * 86_400 })
    await consent(bench)
    await untilBroken()
    await consent(bench)
    const { signedInAt, stopsWorkingBy } = await stored(bench)
    expect(stopsWorkingBy?.getTime()).toBe((signedInAt?.getTime() ?? 0) + 40 * DAY)
    expect((await stored(bench)).stopsWorkingBecause).toMatchObject({
      kind: 'sign_in_frequency',
      everyDays: 40,
    })
    await days(25)
    expect((await stored(bench)).status).toBe('connected')
    await days(2)
    expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'sign_in_frequency' })
  }, 60_000)

  it('a rule that was lifted is forgotten once a sign-in has outlived it', async () => {
    bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: 20 })
    await consent(bench)
    await untilBroken()
    bench.microsoft.control.setPolicies(tenant.id, { rememberMfaDays: null })
    await consent(bench)
    await days(15)
    expect((await stored(bench)).status).toBe('attention')
    await days(8)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null, limits: [] })
  }, 60_000)

  it('a worker that was down for 80 days is no trouble, for 95 days it is', async () => {
    await consent(bench)
    await days(1)
    bench.pass(80 * DAY)
    await days(2)
    expect([(await stored(bench)).status, mails]).toEqual(['connected', []])
    const by = (await stored(bench)).stopsWorkingBy?.getTime() ?? 0
    bench.pass(95 * DAY)
    expect(by).toBeLessThan(bench.now().getTime())
    await days(1)
    expect(await stored(bench)).toMatchObject({ status: 'broken', reason: 'expired' })
    expect(mails).toHaveLength(1)
  })
})

const MORE: Permission = {
  name: 'Invoices.Read.All',
  resource: 'graph',
  title: 'Read invoices',
  feature: 'invoice pages',
  since: '2026-12-01',
  needs: () => true,
}

/** The same deployment in a release that needs more. */
function release(more: Partial<Permission> = {}): Bench {
  const { config } = bench
  const permissions = [...PERMISSIONS, { ...MORE, ...more }]
  return { ...bench, config: { ...config, microsoft: { ...config.microsoft, permissions } } }
}

describe('a release that needs more', () => {
  beforeEach(async () => {
    await consent(bench)
  })

  it('finds out from what was granted, without asking Microsoft, and goes back when it is granted', async () => {
    bench.microsoft.control.clearRequests()
    expect(await foreseeAll(release())).toBe(1)
    expect(bench.microsoft.requests).toEqual([])
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'permission_missing',
      action: 'reconsent',
      missingScopes: ['Invoices.Read.All'],
    })
    const { id, grantedScopes } = await stored(bench)
    const granted = [...grantedScopes, 'https://graph.microsoft.com/INVOICES.read.all']
    await bench.store.updateConnection(id, { grantedScopes: granted })
    expect(await foreseeAll(release())).toBe(1)
    expect(await stored(bench)).toMatchObject({ status: 'connected', missingScopes: [] })
    expect(await foreseeAll(release())).toBe(0)
  })

  it('is consented to in full, with what was granted before', async () => {
    const deps = release()
    const { location } = await startConsent(deps, await newLink(deps, await stored(bench)), {
      browser: randomToken(),
      member: ASKER,
    })
    expect(new URL(location).searchParams.get('scope')?.split(' ')).toEqual([
      'https://api.partnercenter.microsoft.com/user_impersonation',
      'https://graph.microsoft.com/PartnerBilling.Read.All',
      'https://graph.microsoft.com/Invoices.Read.All',
      'offline_access',
      'openid',
      'profile',
    ])
  })

  it('later warns with the date, and only then needs it', async () => {
    const neededFrom = new Date(bench.now().getTime() + 40 * DAY).toISOString()
    await foreseeAll(release({ neededFrom }))
    expect(await stored(bench)).toMatchObject({
      status: 'connected',
      missingScopes: ['Invoices.Read.All'],
      stopsWorkingBy: new Date(neededFrom),
      stopsWorkingBecause: { kind: 'permission', since: '2026-12-01' },
    })
    await days(26.5, release({ neededFrom }))
    expect((await stored(bench)).status).toBe('attention')
    await days(14, release({ neededFrom }))
    expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'permission_missing' })
    expect(await daysLeft()).toBeGreaterThan(80)
    await foreseeAll(bench)
    expect((await stored(bench)).status).toBe('connected')
  })

  it('shows what was granted though nothing needs it', async () => {
    const { id, grantedScopes } = await stored(bench)
    const granted = [
      ...grantedScopes,
      'https://graph.microsoft.com/Mail.Read',
      'openid',
      'USER_impersonation',
    ]
    const row = await bench.store.updateConnection(id, { grantedScopes: granted })
    if (!row) throw new Error('It is gone.')
    expect(connectionView(row, []).extraScopes).toEqual(['Mail.Read'])
  })
})

describe('the fleet of an organisation', () => {
  it("is counted per permission with those that lack it, and nobody else's", async () => {
    await consent(bench)
    const theirs = { ...bench, organisation: { ...bench.organisation, id: 'org-2', slug: 'org-2' } }
    await bench.store.createOrganisation(theirs.organisation)
    await consent(theirs)
    const { id, grantedScopes } = await stored(bench)
    const granted = [
      'https://api.partnercenter.microsoft.com/User_Impersonation',
      'offline_access',
      'Mail.Read',
    ]
    await bench.store.updateConnection(id, { grantedScopes: granted })
    const ours = await permissionOverview(bench, bench.organisation.id)
    expect(ours).toMatchObject({ version: PERMISSIONS[0]?.since, connections: 1 })
    expect(
      ours.permissions.map((it) => [it.name, it.granted, it.missing.map((row) => row.microsoftId)]),
    ).toEqual([
      ['user_impersonation', 1, []],
      ['PartnerBilling.Read.All', 0, [tenant.id]],
      ['offline_access', 1, []],
    ])
    expect(ours.extra).toEqual([{ name: 'Mail.Read', connections: 1 }])
    // What Graph granted is not known before it gave a token.
    const { capabilities } = await stored(bench)
    await bench.store.updateConnection(id, { capabilities: { ...capabilities, graph: 'unknown' } })
    const unseen = await permissionOverview(bench, bench.organisation.id)
    expect(unseen.permissions[1]).toMatchObject({ granted: 0, missing: [] })
    const others = await permissionOverview(bench, 'org-2')
    expect(others.permissions.flatMap((it) => it.missing)).toEqual([])
    expect(others.extra).toEqual([])
    expect((await permissionOverview(bench, bench.organisation.id, [])).connections).toBe(0)
    expect(grantedScopes).not.toEqual(granted)
  })

  it('counts everybody who lacks something, and names a hundred of them', async () => {
    const { id: organisationId } = bench.organisation
    for (let n = 0; n < 120; n += 1) {
      const grantedScopes = ['offline_access', 'Mail.Read']
      await bench.store.createConnection(connectionRow({ organisationId, grantedScopes }))
    }
    const { connections, permissions, extra } = await permissionOverview(bench, organisationId)
    const [partnerCenter] = permissions
    expect(connections).toBe(120)
    expect(partnerCenter).toMatchObject({ name: 'user_impersonation', granted: 0, lacking: 120 })
    expect(partnerCenter?.missing).toHaveLength(100)
    expect(extra).toEqual([{ name: 'Mail.Read', connections: 120 }])
  })
})

describe('what is known beforehand', () => {
  it('is the day from which a sign-in without a second step is refused', async () => {
    await consent(bench)
    const row = await stored(bench)
    const without = { capabilities: { ...row.capabilities, mfa: 'failing' } } as const
    const coming = [{ from: '2027-01-01T00:00:00Z', evidence: 'x' }]
    expect(enforcementEnd(without, bench.now(), coming)?.at).toEqual(new Date('2027-01-01'))
    expect(enforcementEnd(row, bench.now(), coming)).toBeUndefined()
    expect(enforcementEnd(without, new Date('2027-02-01'), coming)).toBeUndefined()
  })
})

describe('a sign-in that no night gets through to refresh', () => {
  const away = { on: { host: 'login', route: 'token' }, then: { status: 503, body: '' } } as const

  beforeEach(async () => {
    await consent(bench)
    bench.microsoft.control.addFault(away)
  })

  it('is told of after three days, 87 before it ends, and is well again once one comes through', async () => {
    const start = (await stored(bench)).refreshedAt
    await days(2.5)
    expect((await stored(bench)).status).toBe('connected')
    await days(1)
    expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'not_refreshed' })
    expect(problemOf(await stored(bench)).detail).toContain(start?.toISOString().slice(0, 10))
    expect(await daysLeft()).toBeGreaterThan(86)
    bench.microsoft.control.clearFaults()
    await days(0.5)
    expect(await stored(bench)).toMatchObject({ status: 'connected', reason: null })
  })

  it('is not told of where it is due and about to be refreshed, as after a pause of the worker', async () => {
    bench.pass(10 * DAY)
    expect(await foreseeAll(bench)).toBe(0)
    expect((await stored(bench)).status).toBe('connected')
  })
})
