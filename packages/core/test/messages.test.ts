import { beforeEach, describe, expect, it } from 'vitest'

import {
  deliverDue,
  NOTIFICATION_EVENTS,
  problem,
  putChannels,
  record,
  tellChanges,
  type ConnectionRow,
  type Transports,
} from '../src/index.ts'
import { attemptRow, checkRow, connectionRow, reportRow, serviceKeyRow, TESTER } from '../testing/index.ts'
import { createBench, DAY, MINUTE, type Bench } from './bench.ts'
import { createPostbox, type Mail } from './postbox.ts'

/** What people read, letter by letter, as the design brief has it: plain text with one link. */

const OWNER = 'ops@fjordbyte.example'
const KESSLER = '8f1c2b7e-40d9-4a53-b6e1-2c97d05fa318'
const ALMENARA = 'c3a7e915-6b02-4f8d-9d14-71e0b8a2c5f6'
const PAGE = 'https://eu.consentry.example/my-services/microsoft-365-csp-direct/authentication'
const FOOT =
  'You get this because you are an owner of Fjordbyte Distribution AB. Change it under Notifications.'

let bench: Bench
let mails: Mail[]
let transports: Transports
let kessler: ConnectionRow
let almenara: ConnectionRow

beforeEach(async () => {
  const env = { CONSENTRY_URL: 'https://eu.consentry.example', CONSENTRY_TIME_ZONE: 'Europe/Stockholm' }
  // 07:00 in Stockholm, when whoever is told gets up.
  bench = await createBench(env, new Date('2026-11-23T06:00:00Z'))
  ;({ mails, transports } = createPostbox(bench.now))
  const { store } = bench
  const organisation = {
    ...bench.organisation,
    id: 'org-2',
    slug: 'fjordbyte-2',
    name: 'Fjordbyte Distribution AB',
  }
  await store.createOrganisation(organisation)
  await store.addUser({ id: 'ingrid', email: OWNER, name: 'Ingrid Solheim' })
  await store.putMember({
    id: 'm-1',
    organisationId: organisation.id,
    userId: 'ingrid',
    role: 'owner',
    createdAt: bench.now(),
  })
  const wish = { kind: 'email', address: OWNER, events: NOTIFICATION_EVENTS } as const
  await putChannels(bench, organisation.id, [wish], TESTER)
  kessler = await given(KESSLER, 'Kessler & Vogt Systemhaus GmbH', 'svc-csp@kesslervogt.example')
  almenara = await given(ALMENARA, 'Almenara Cloud S.L.', 'svc-csp@almenara.example')
})

async function given(microsoftId: string, name: string, accountUsername: string): Promise<ConnectionRow> {
  const row = connectionRow({
    organisationId: 'org-2',
    microsoftId,
    name,
    accountUsername,
    status: 'connected',
    capabilities: { signIn: 'ok', partnerCenter: 'ok', mfa: 'ok', graph: 'ok', billing: 'ok' },
    createdAt: bench.now(),
  })
  return (await bench.store.createConnection(row)).row
}

const change = (row: ConnectionRow, patch: Partial<ConnectionRow>) =>
  bench.store.updateConnection(row.id, patch)

async function read() {
  const before = mails.length
  await tellChanges(bench)
  await deliverDue(bench, transports)
  return mails.slice(before).map(({ to, subject, text }) => ({ to, subject, text }))
}

async function used(row: ConnectionRow, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const key = serviceKeyRow({ organisationId: 'org-2', name })
    await bench.store.createServiceKey(key)
    await bench.store.noteTokenUse(row.id, key.id, new Date(bench.now().getTime() - DAY))
  }
}

/** An administrator signed the account out; the night met it. */
async function signedOut(): Promise<void> {
  const message =
    "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '2026-11-13T17:06:26.4084709Z' and the TokensValidFrom date (before which tokens are not valid) for this user is '2026-11-22T21:41:00.0000000Z'."
  const microsoft = {
    error: 'invalid_grant',
    code: '50173',
    message,
    traceId: '5d20c9e7-1f48-4b6a-a3c2-90e7b51d8f00',
    timestamp: '2026-11-23 01:14:33Z',
    httpStatus: 400,
  }
  const { code, title, detail, action } = problem('signed_out', { date: '2026-11-22' })
  const startedAt = new Date('2026-11-23T01:14:33Z')
  const well = checkRow({ connectionId: kessler.id, startedAt: new Date('2026-11-22T01:14:33Z') })
  await bench.store.addCheck(well)
  const refused = { ok: false, code, title, detail, action, microsoft, startedAt }
  await bench.store.addCheck(checkRow({ connectionId: kessler.id, ...refused }))
  await change(kessler, {
    status: 'broken',
    reason: 'signed_out',
    action: 'reconsent',
    capabilities: { ...kessler.capabilities, signIn: 'failing' },
  })
}

const ends = (row: ConnectionRow, at: string, more: Partial<ConnectionRow> = {}) =>
  change(row, {
    stopsWorkingBy: new Date(at),
    stopsWorkingBecause: {
      kind: 'mfa_age',
      since: '2026-11-13T08:30:00.000Z',
      everyDays: 14,
      evidence:
        "On 2026-10-30 Microsoft refused this tenant's sign-in because its second step was 14 days old.",
    },
    ...more,
  })

describe('a mail', () => {
  it('of a tenant that stopped', async () => {
    await used(kessler, 'ERP sync', 'Invoice export')
    await signedOut()
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject: 'Kessler & Vogt Systemhaus GmbH stopped at 02:14: sign in again',
        text: `Since 02:14 (Europe/Stockholm) Microsoft no longer accepts the sign-in of Kessler & Vogt Systemhaus GmbH.

Why: an administrator signed svc-csp@kesslervogt.example out of every session, or reset its password, on Sunday 22 November at 22:41.
Affected: ERP sync, Invoice export. The other tenant works.
What to do: sign in again, or send somebody a link.

${PAGE}/${KESSLER}

For Microsoft support: code 50173, trace 5d20c9e7-1f48-4b6a-a3c2-90e7b51d8f00, 2026-11-23 01:14:33Z

Next reminder: 24 November, then every week until it works. ${FOOT}`,
      },
    ])
  })

  it('of a tenant that still does not work says since when, and who was affected then', async () => {
    await used(kessler, 'ERP sync')
    await signedOut()
    await read()
    bench.pass(DAY)
    await read()
    bench.pass(7 * DAY)
    const [mail] = await read()
    expect(mail?.subject).toBe('Kessler & Vogt Systemhaus GmbH still does not work: sign in again')
    expect(mail?.text).toMatch(/^Since Monday 23 November, 02:14 \(Europe\/Stockholm\) Microsoft no longer/)
    expect(mail?.text).toContain('Affected: ERP sync.')
    expect(mail?.text).toContain('Next reminder: 8 December, and every week until it works.')
  })

  it('of a tenant that works again', async () => {
    await signedOut()
    await read()
    await change(kessler, { status: 'connected', reason: null, action: null })
    const startedAt = new Date('2026-11-23T06:31:00Z')
    bench.pass(31 * MINUTE)
    await bench.store.addCheck(checkRow({ connectionId: kessler.id, startedAt }))
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject: 'Kessler & Vogt Systemhaus GmbH works again since 07:31',
        text: `Since 07:31 (Europe/Stockholm) Kessler & Vogt Systemhaus GmbH works again, and Consentry refreshes it every night.

${PAGE}/${KESSLER}

${FOOT}`,
      },
    ])
  })

  it('of a tenant that will stop', async () => {
    await ends(almenara, '2026-11-27T08:30:00Z')
    const [mail] = await read()
    expect(mail).toEqual({
      to: OWNER,
      subject: 'Almenara Cloud S.L. needs a sign-in by Friday 27 November',
      text: `Almenara Cloud S.L. works today. It will stop on Friday 27 November 2026, about 09:30 (Europe/Stockholm).

Why: this tenant asks for the second sign-in step every 14 days. The last one was on 13 November.
What to do: sign in again, or send somebody a link. It takes about two minutes.

${PAGE}/${ALMENARA}

Next reminder: 24 November. ${FOOT}`,
    })
    bench.pass(DAY + 3 * 60 * MINUTE)
    expect((await read())[0]?.text).toContain('Next reminder: 26 November.')
    bench.pass(2 * DAY)
    expect((await read())[0]?.text).toContain('This is the last reminder before it stops.')
    expect(await read()).toEqual([])
  })

  it('of a tenant that was told to stop and no longer will says nothing of having stopped', async () => {
    await ends(almenara, '2026-11-27T08:30:00Z')
    await read()
    await change(almenara, { stopsWorkingBy: null, stopsWorkingBecause: null })
    expect((await read()).map((it) => it.subject)).toEqual(['Almenara Cloud S.L. goes on working'])
  })

  it('of several that will stop is one, the earliest first', async () => {
    await ends(kessler, '2026-11-29T08:30:00Z', {
      stopsWorkingBecause: {
        kind: 'sign_in_frequency',
        since: '2026-11-22T08:30:00.000Z',
        everyDays: 7,
        evidence: 'Told.',
      },
    })
    await ends(almenara, '2026-11-27T08:30:00Z')
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject: '2 tenants need a sign-in, the first by Friday 27 November',
        text: `These tenants work today and will stop (times of Europe/Stockholm):

- Almenara Cloud S.L.: Friday 27 November 2026, about 09:30. The second sign-in step is due.
- Kessler & Vogt Systemhaus GmbH: Sunday 29 November 2026, about 09:30. The tenant wants a fresh sign-in every 7 days.

What to do: open each, sign in again, or send somebody a link. It takes about two minutes each.

https://eu.consentry.example/

Next reminder: 24 November. ${FOOT}`,
      },
    ])
  })

  it.each([
    ['2026-11-30T08:30:00Z', 'Next reminder: 23 November.'],
    ['2026-11-30T04:30:00Z', 'Next reminder: 27 November.'],
    ['2026-12-20T08:30:00Z', 'Next reminder: 6 December.'],
    ['2026-11-23T07:30:00Z', 'This is the last reminder before it stops.'],
  ])('of what ends at %s says: %s', async (at, said) => {
    await ends(almenara, at)
    expect((await read())[0]?.text).toContain(said)
  })

  it('of what was to end already does not promise that it works until then', async () => {
    await ends(almenara, '2026-11-23T05:30:00Z', { status: 'attention', reason: 'mfa_too_old' })
    const [mail] = await read()
    expect(mail?.subject).toBe('Almenara Cloud S.L. needs a sign-in now')
    expect(mail?.text).toMatch(
      /^Almenara Cloud S\.L\. still works\. It was expected to stop on Monday 23 November/,
    )
  })

  it('of a rule that ends sign-ins says how it stops coming back', async () => {
    const because = {
      kind: 'sign_in_frequency' as const,
      since: '2026-11-22T08:30:00.000Z',
      everyDays: 7,
      evidence: '',
    }
    await ends(almenara, '2026-11-29T08:30:00Z', { stopsWorkingBecause: because })
    const [mail] = await read()
    expect(mail?.text).toContain(
      'Why: a rule of this tenant wants a fresh sign-in every 7 days. The last one was on 22 November.',
    )
    expect(mail?.text).toContain('administrator leaves svc-csp@almenara.example out of that rule.')
  })

  it.each([
    ['permission', 'The permission "Read billing" is not granted; from 2026-12-01 it is needed for reports.'],
    ['enforcement', 'From 1 December 2026 Partner Center refuses sign-ins without a second step.'],
  ] as const)(
    'of a tenant that is well but for %s says that, and not that something is refused',
    async (kind, evidence) => {
      const because = { kind, since: '2026-11-01T00:00:00Z', evidence }
      await ends(almenara, '2026-12-01T00:00:00Z', { stopsWorkingBecause: because })
      const [mail] = await read()
      expect(mail?.text).toContain(`Why: ${evidence}\nWhat to do: sign in again`)
      expect(mail?.text).not.toMatch(/no longer accepts|no reason that we know/)
    },
  )

  it('of a tenant of which a part does not work', async () => {
    await change(kessler, {
      status: 'attention',
      reason: 'graph_refused',
      action: 'fix_policy',
      capabilities: { ...kessler.capabilities, graph: 'failing', billing: 'failing' },
    })
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject:
          "Kessler & Vogt Systemhaus GmbH needs somebody: Microsoft's data service is blocked by a rule",
        text: `Services still get tokens for Kessler & Vogt Systemhaus GmbH. What does not work: Microsoft Graph, billing reports.

Why: Microsoft's data service is blocked by a rule. Partner Center works, but a rule of the tenant stops this account at Microsoft Graph.
Affected: no service asked for its tokens in the last seven days. The other tenant works.
What to do: ask its administrator to leave the account out of that rule, then sign in again. Or send somebody a link.

${PAGE}/${KESSLER}

You hear again when all of it works. ${FOOT}`,
      },
    ])
  })

  it('of a tenant that Partner Center refuses does not blame the sign-in', async () => {
    await change(kessler, {
      status: 'broken',
      reason: 'programme_inactive',
      action: 'none',
      capabilities: { ...kessler.capabilities, partnerCenter: 'failing' },
    })
    const [mail] = await read()
    expect(mail?.subject).toBe('Kessler & Vogt Systemhaus GmbH stopped: The reseller programme is not active')
    expect(mail?.text).toMatch(/^Partner Center refuses everything that is asked for Kessler/)
    expect(mail?.text).toContain('What to do: ask Microsoft partner support; nothing can be done here.\n')
  })

  it.each([
    [
      'permission_missing',
      'Why: what this tenant had allowed Consentry was taken back, or never given. Microsoft does not say which permission it misses.',
      'What to do: sign in again and allow it. Or send somebody a link.',
    ],
    [
      'mfa_too_old',
      'Why: the second sign-in step is due.',
      'What to do: sign in again with the second step, or send somebody a link.',
    ],
    [
      'no_right_to_grant',
      'Why: This account may not grant permissions.',
      'What to do: sign in with an account that has it, or send a link to somebody who does.',
    ],
  ] as const)('of a tenant that stopped as %s says one thing to do', async (reason, why, todo) => {
    await change(kessler, { status: 'broken', reason, action: 'reconsent' })
    const lines = (await read())[0]?.text.split('\n') ?? []
    expect(lines).toContain(todo)
    expect(lines.filter((it) => it.toLowerCase().startsWith(why.toLowerCase()))).toHaveLength(1)
  })

  it('of a tenant whose own application is refused does not send anybody to sign in', async () => {
    await change(kessler, {
      status: 'broken',
      reason: 'application_secret',
      action: 'fix_input',
      capabilities: { ...kessler.capabilities, signIn: 'failing' },
    })
    const [mail] = await read()
    expect(mail?.subject).toBe(
      "Kessler & Vogt Systemhaus GmbH stopped: The secret of the tenant's own application no longer works",
    )
    expect(mail?.text).toMatch(
      /^Microsoft refuses the application that Kessler & Vogt Systemhaus GmbH registered/,
    )
    expect(mail?.text).toContain('then enter it in Consentry: of a secret the value, not the ID.\n')
    expect(mail?.text).not.toContain('send somebody a link')
  })

  it('of an expired secret says what it touches, and that nobody has to sign in', async () => {
    const patch = { status: 'attention', reason: 'app_secret', action: 'fix_app' } as const
    for (const row of [kessler, almenara]) await change(row, patch)
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject: "Consentry's own secret at Microsoft has run out",
        text: `It concerns all tenants. You need not sign in anywhere.
What to do: whoever runs Consentry must add a new one to MICROSOFT_CLIENT_SECRETS: the value of the secret, not its ID.

It touches 2 tenants of yours:
- Almenara Cloud S.L.
- Kessler & Vogt Systemhaus GmbH

https://eu.consentry.example/

You hear again when it is over. ${FOOT}`,
      },
    ])
  })

  it('of many at once says how many there are in all, and which first ones are theirs', async () => {
    for (const row of [kessler, almenara]) {
      const { code, title, detail, action } = problem('many_at_once', { n: 412 })
      const check = checkRow({ connectionId: row.id, ok: false, code, title, detail, action })
      await bench.store.addCheck(check)
      await change(row, { status: 'attention', reason: code, action })
    }
    const [mail] = await read()
    expect(mail?.subject).toBe('412 tenants failed at the same moment')
    expect(mail?.text).toContain('That is usually Microsoft or our app registration, not 412 people.')
    expect(mail?.text).toContain('It touches 2 tenants of yours:\n- Almenara Cloud S.L.\n- Kessler')
  })

  it('of a night says what became of it', async () => {
    await bench.store.addToNight('org-2', '2026-11-21', 'refreshed', new Date('2026-11-21T03:00:00Z'))
    await read()
    const at = new Date('2026-11-22T03:00:00Z')
    await bench.store.addToNight('org-2', '2026-11-22', 'refreshed', at)
    await bench.store.addToNight('org-2', '2026-11-22', 'failed', at)
    const [mail] = await read()
    expect(mail?.subject).toBe('Last night: one tenant could not be refreshed')
    expect(mail?.text).toMatch(
      /^In the night of 2026-11-22 1 of 2 tenants was refreshed\. Where somebody is needed/,
    )
  })

  it('of a trip to Microsoft names the tenant, who asked, and what the person was told', async () => {
    await read()
    const told = problem('mfa_missing', { account: 'svc-csp@kesslervogt.example' })
    const attempt = attemptRow({
      organisationId: 'org-2',
      connectionId: kessler.id,
      createdByName: 'Ingrid Solheim',
      problem: told,
    })
    await bench.store.createAttempt(attempt)
    const entry = { organisationId: 'org-2', actor: TESTER, microsoftId: KESSLER } as const
    await record(bench, {
      ...entry,
      action: 'consent.failed',
      details: { attempt: attempt.id, code: told.code },
    })
    await record(bench, {
      ...entry,
      action: 'consent.succeeded',
      details: { attempt: attempt.id, account: 'svc-csp@kesslervogt.example' },
    })
    expect((await read()).toSorted((a, b) => a.subject.localeCompare(b.subject))).toEqual([
      {
        to: OWNER,
        subject: 'Kessler & Vogt Systemhaus GmbH is connected',
        text: `svc-csp@kesslervogt.example signed in for Kessler & Vogt Systemhaus GmbH, and everything was proven. Ingrid Solheim had asked for it. Consentry refreshes it every night; there is nothing to do.

${PAGE}/${KESSLER}

${FOOT}`,
      },
      {
        to: OWNER,
        subject: 'Kessler & Vogt Systemhaus GmbH: the sign-in at Microsoft did not succeed',
        text: `A sign-in for Kessler & Vogt Systemhaus GmbH ended without success. Ingrid Solheim had asked for it. The sign-in from before goes on working.

They were told: The sign-in had no second step. The account used its password only; Partner Center refuses that, and it cannot be added afterwards.
What to do: set up MFA for svc-csp@kesslervogt.example, then sign in again and complete the second step. Or send somebody a link.

${PAGE}/${KESSLER}

${FOOT}`,
      },
    ])
  })

  it('to somebody who is no member says on whose list they are', async () => {
    const wish = { kind: 'email', address: 'desk@partner.example', events: NOTIFICATION_EVENTS } as const
    await putChannels(bench, 'org-2', [wish], TESTER)
    await signedOut()
    expect((await read())[0]?.text).toContain(
      'You get this because desk@partner.example is on the list of Fjordbyte Distribution AB. An owner can change it under Notifications.',
    )
  })
})

describe('a report that could not be made', () => {
  const failed = async (row: ConnectionRow, told = problem('report_failed'), more = {}) =>
    bench.store.createReport(
      reportRow({
        organisationId: 'org-2',
        connectionId: row.id,
        invoiceId: 'G012345678',
        createdBy: 'ERP sync',
        status: 'failed',
        problem: told,
        finishedAt: bench.now(),
        ...more,
      }),
    )

  it('is told with its reason', async () => {
    const { traceId, httpStatus } = { traceId: '11', httpStatus: 502 }
    await failed(kessler, problem('report_failed', {}, { traceId, httpStatus }), { id: 'r-1' })
    expect(await read()).toEqual([
      {
        to: OWNER,
        subject: 'Kessler & Vogt Systemhaus GmbH: a billing report could not be made',
        text: `The report on invoice G012345678 that ERP sync asked for could not be made; it ended at 07:00 (Europe/Stockholm).

Why: Microsoft broke off or sent parts that do not fit together.
What to do: run it again in a while. Nothing else has stopped.

${PAGE}/${KESSLER}/billing/r-1

For Microsoft support: HTTP 502, trace 11

You are told of a reason once, until a report of this tenant is made. ${FOOT}`,
      },
    ])
  })

  it('is told once, however often it is asked for, until one is made', async () => {
    for (let n = 0; n < 5; n += 1) {
      await failed(kessler)
      bench.pass(MINUTE)
      expect(await read()).toHaveLength(n === 0 ? 1 : 0)
    }
    await failed(kessler, problem('billing_refused', { account: 'svc-csp@kesslervogt.example' }))
    const [mail] = await read()
    expect(mail?.text).toContain('Why: The account may not read billing.')
    expect(mail?.text).toContain(
      'What to do: give svc-csp@kesslervogt.example the role Billing admin or Admin Agent, then test again. Then run it again.',
    )
    await failed(kessler, problem('report_failed'), { status: 'succeeded', problem: null })
    expect(await read()).toEqual([])
    await failed(kessler)
    expect(await read()).toHaveLength(1)
  })

  it('of many tenants is told in one message', async () => {
    const rows = [kessler, almenara]
    for (let n = 0; n < 4; n += 1)
      rows.push(await given(`00000000-0000-4000-8000-00000000000${n}`, `Tenant ${n}`, 'a@b.example'))
    for (const row of rows) await failed(row)
    const told = await read()
    expect(told.map((it) => it.subject)).toEqual(['Billing reports of 6 tenants could not be made'])
    expect(told[0]?.text).toContain('- Tenant 3')
  })

  it('that succeeded while it was on its way is not told', async () => {
    const wish = {
      kind: 'email',
      address: OWNER,
      events: NOTIFICATION_EVENTS,
      quietHours: { from: '00:00', to: '12:00' },
    } as const
    await putChannels(bench, 'org-2', [wish], TESTER)
    await failed(kessler)
    await read()
    await failed(kessler, problem('report_failed'), { status: 'succeeded', problem: null })
    bench.pass(6 * 60 * MINUTE)
    expect(await read()).toEqual([])
  })

  it('is no news to whoever set up a channel afterwards, nor two days later', async () => {
    await putChannels(bench, 'org-2', [], TESTER)
    await failed(kessler)
    bench.pass(MINUTE)
    const wish = { kind: 'email', address: OWNER, events: NOTIFICATION_EVENTS } as const
    await putChannels(bench, 'org-2', [wish], TESTER)
    expect(await read()).toEqual([])
    await failed(almenara)
    await read()
    bench.pass(3 * DAY)
    expect(await read()).toEqual([])
  })
})
