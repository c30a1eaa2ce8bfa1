import { createHmac } from 'node:crypto'

import { beforeEach, describe, expect, it } from 'vitest'

import {
  ConsentryError,
  deliverDue,
  generateKeyEntry,
  NOTIFICATION_EVENTS,
  putChannels,
  readKeyRing,
  record,
  rotateKeys,
  signatureOf,
  tellChanges,
  testChannel,
  type Answered,
  type ChannelWish,
  type ConnectionRow,
  type Deps,
  type Transports,
} from '../src/index.ts'
import { TESTER } from '../testing/index.ts'
import { add, createBench, DAY, MINUTE, type Bench } from './bench.ts'

const MAIL = { kind: 'email', address: 'Ops@Example.com', events: NOTIFICATION_EVENTS } as const
const HOOK = {
  kind: 'webhook',
  address: 'https://hooks.example/in?sig=hush',
  events: NOTIFICATION_EVENTS,
} as const
const ALL_DAY = { from: '00:00', to: '23:59' }

type Card = {
  readonly type: string
  readonly attachments: readonly {
    readonly content: {
      readonly body: readonly {
        readonly type: string
        readonly inlines: readonly { readonly text: string }[]
      }[]
      readonly actions: readonly unknown[]
    }
  }[]
}

let bench: Bench
let row: ConnectionRow
let organisationId: string
let mails: { to: string; subject: string; text: string }[]
let posts: { url: string; body: string; headers: Readonly<Record<string, string>> }[]
let answer: Answered
let transports: Transports

beforeEach(async () => {
  bench = await createBench()
  row = await add(bench)
  organisationId = bench.organisation.id
  mails = []
  posts = []
  answer = { ok: true, answer: 'It answered 200.' }
  transports = {
    async mail(mail) {
      mails.push(mail)
      return answer
    },
    async post(url, body, headers) {
      posts.push({ url, body, headers })
      return answer
    },
  }
})

const channels = (...wishes: readonly ChannelWish[]) => putChannels(bench, organisationId, wishes, TESTER)
const change = (patch: Partial<ConnectionRow>) => bench.store.updateConnection(row.id, patch)
const broken = () => change({ status: 'broken', reason: 'signed_out', action: 'reconsent' })
const well = () => change({ status: 'connected', reason: null, action: null, stopsWorkingBy: null })
const attention = (days: number) =>
  change({
    status: 'attention',
    reason: 'mfa_too_old',
    action: 'reconsent',
    stopsWorkingBy: new Date(bench.now().getTime() + days * DAY),
  })

/** What the one person who is told of everything reads now. */
async function read(deps: Deps = bench): Promise<string[]> {
  const before = mails.length
  await tellChanges(deps)
  await deliverDue(deps, transports)
  return mails.slice(before).map((it) => it.subject)
}

describe('an organisation', () => {
  it('is told when a tenant stops, once, and when it works again', async () => {
    await channels(MAIL)
    expect(await read()).toEqual([])
    await broken()
    expect(await read()).toEqual([expect.stringMatching(/stopped: sign in again$/)])
    expect(mails[0]?.to).toBe('ops@example.com')
    expect(mails[0]?.text).toContain(`/authentication/${row.microsoftId}`)
    expect(await read()).toEqual([])
    await well()
    expect(await read()).toEqual([expect.stringMatching(/works again since \d\d:\d\d$/)])
    expect(await read()).toEqual([])
    await broken()
    expect(await read()).toHaveLength(1)
  })

  it('is reminded of what stopped after a day and then every week, until it works', async () => {
    await channels(MAIL)
    await broken()
    const told: number[] = []
    for (let hour = 0; hour < 24 * 24; hour += 6) {
      if ((await read()).length > 0) told.push(hour / 24)
      bench.pass(6 * 60 * MINUTE)
    }
    expect(told).toEqual([0, 1, 8, 15, 22])
    expect(mails[1]?.subject).toMatch(/still does not work: sign in again$/)
    await well()
    expect(await read()).toEqual([expect.stringMatching(/works again since \d\d:\d\d$/)])
    bench.pass(30 * DAY)
    expect(await read()).toEqual([])
  })

  describe('with many tenants that stop for one reason', () => {
    const patch = { status: 'broken', reason: 'policy_block', action: 'fix_policy' } as const
    let rows: ConnectionRow[]

    beforeEach(async () => {
      await channels(MAIL)
      const made = Array.from({ length: 40 }, (_, n) => ({
        ...row,
        id: `c${n}`,
        microsoftId: `00000000-0000-4000-8000-0000000000${10 + n}`,
        name: `Tenant ${n}`,
      }))
      rows = await Promise.all(made.map(async (it) => (await bench.store.createConnection(it)).row))
    })
    const stop = (some: readonly ConnectionRow[], change: Partial<ConnectionRow> = patch) =>
      Promise.all(some.map((it) => bench.store.updateConnection(it.id, change)))

    it('is told of all in one message, and in one that they work again', async () => {
      await stop(rows)
      expect(await read()).toEqual([expect.stringMatching(/^40 tenants stopped: /)])
      expect(mails[0]?.text).toContain('- Tenant 7\n')
      expect(mails[0]?.text).toContain('and 20 more')
      expect(await read()).toEqual([])
      bench.pass(DAY)
      expect(await read()).toEqual([expect.stringMatching(/^40 tenants still do not work: /)])
      await stop(rows, { status: 'connected', reason: null, action: null })
      expect(await read()).toEqual(['40 tenants work again'])
      bench.pass(8 * DAY)
      expect(await read()).toEqual([])
    })

    it('is told of a night of them in a few messages, and of every one', async () => {
      for (const it of rows) {
        await stop([it])
        await read()
        bench.pass(6 * MINUTE)
      }
      bench.pass(60 * MINUTE)
      await read()
      expect(mails.length).toBeLessThanOrEqual(8)
      const named = (n: number) => mails.some((it) => new RegExp(`Tenant ${n}\\b`).test(it.subject + it.text))
      expect(rows.map((_, n) => n).filter((n) => !named(n))).toEqual([])
    })

    it('is told once, however many look at the same time', async () => {
      await stop(rows)
      await Promise.all([1, 2, 3].map(() => tellChanges(bench)))
      await Promise.all([1, 2, 3].map(() => deliverDue(bench, transports)))
      expect(mails.map((it) => it.subject)).toEqual([expect.stringMatching(/^40 tenants stopped: /)])
    })

    it('is told of each of two causes', async () => {
      await stop(rows.slice(0, 20))
      await stop(rows.slice(20), { ...patch, reason: 'account_disabled', action: 'reconsent' })
      expect((await read()).map((it) => it.slice(0, 18))).toEqual([
        '20 tenants stopped',
        '20 tenants stopped',
      ])
    })
  })

  it('is told once, however many look at the same time', async () => {
    await channels(MAIL, HOOK)
    await broken()
    await Promise.all([1, 2, 3].map(() => tellChanges(bench)))
    await Promise.all([1, 2, 3].map(() => deliverDue(bench, transports)))
    expect([mails.length, posts.length]).toEqual([1, 1])
  })

  it('is warned at 30, 14, 7, 3 and 1 days, once each', async () => {
    await channels(MAIL)
    await attention(40)
    const told: number[] = []
    for (let day = 40; day > 0; day -= 0.25) {
      if ((await read()).length > 0) told.push(day)
      bench.pass(DAY / 4)
    }
    expect(told).toEqual([40, 30, 14, 7, 3, 1])
    expect(mails.at(-1)?.subject).toMatch(/needs a sign-in by /)
  })

  it('is not told of what was over before quiet hours were', async () => {
    await channels({ ...MAIL, quietHours: ALL_DAY })
    await attention(5)
    expect(await read()).toEqual([])
    await well()
    expect(await read()).toEqual([])
    bench.pass(2 * DAY)
    await deliverDue(bench, transports)
    expect(mails.map((it) => it.subject)).toEqual([expect.stringMatching(/works again since \d\d:\d\d$/)])
    const all = await bench.store.listNotifications(organisationId, 10)
    expect(all.map((it) => it.state).toSorted()).toEqual(['dropped', 'sent'])
  })

  it('is told at once of what stopped, quiet hours or not', async () => {
    await channels({ ...MAIL, quietHours: ALL_DAY })
    await broken()
    expect(await read()).toHaveLength(1)
  })

  it("hears of a fault of the operator's application as one thing, not of each tenant", async () => {
    await channels(MAIL)
    await change({ status: 'attention', reason: 'app_secret', action: 'fix_app' })
    expect(await read()).toEqual([expect.stringContaining('own secret at Microsoft')])
    expect(mails[0]?.text).toContain('It touches one tenant of yours:\n- Tenant')
    expect(await read()).toEqual([])
  })

  it('hears of nights and consents from when it asked to, and only of what it asked for', async () => {
    const consent = (action: 'consent.failed' | 'consent.succeeded') =>
      record(bench, { organisationId, actor: TESTER, action, microsoftId: 'm' })
    await consent('consent.failed')
    await bench.store.addToNight(organisationId, '2026-01-01', 'refreshed', new Date(0))
    await channels({ ...MAIL, events: ['nightly.finished', 'consent.succeeded'] })
    expect(await read()).toEqual([])
    await bench.store.addToNight(organisationId, '2026-01-02', 'failed', new Date(0))
    await consent('consent.failed')
    await consent('consent.succeeded')
    const told = (await read()).toSorted()
    expect(told).toEqual(['Last night: one tenant could not be refreshed', 'the tenant m is connected'])
    expect(await read()).toEqual([])
    await broken()
    expect(await read()).toEqual([])
  })

  it('hears nothing of a tenant that was disconnected', async () => {
    await channels(MAIL)
    await broken()
    await read()
    await bench.store.disconnect(row.id, bench.now())
    expect(await read()).toEqual([])
    expect(await bench.store.getTold(`connection ${row.id}`)).toBeNull()
  })
})

describe('a channel', () => {
  it('keeps its address sealed and its secret to itself, and signs what it sends', async () => {
    const [made] = await channels(HOOK)
    const secret = made?.secret ?? ''
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{44}$/)
    expect(made?.row.target).toBe('hooks.example')
    expect(JSON.stringify(await bench.store.listChannels())).not.toMatch(/hush|whsec/)
    await broken()
    await read()
    const { url, body = '', headers = {} } = posts[0] ?? {}
    expect(url).toBe(HOOK.address)
    expect(JSON.parse(body)).toMatchObject({
      type: 'connection.broken',
      data: { connection: { microsoftId: row.microsoftId, reason: 'signed_out' } },
    })
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const mac = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(signed)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${mac}`)
  })

  // The example of the Standard Webhooks specification.
  it('signs as Standard Webhooks does', () => {
    const at = new Date(1_614_265_330_000)
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const headers = signatureOf('msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', secret, at)
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('is tried again with growing pauses and given up, and left alone after twenty failures in a row', async () => {
    await channels(HOOK)
    await broken()
    await tellChanges(bench)
    answer = { ok: false, answer: 'It answered 500.' }
    for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
      await deliverDue(bench, transports)
      bench.pass(MINUTE)
    }
    const failed = { state: 'failed', tries: 8, answer: 'It answered 500.' }
    expect(await bench.store.listNotifications(organisationId, 1)).toMatchObject([failed])
    expect(posts).toHaveLength(8)
    const [channel] = await bench.store.listChannels(organisationId)
    expect(channel).toMatchObject({ failures: 8, pausedAt: null })
    for (let n = 8; n < 20; n += 1) {
      const [now] = await bench.store.listChannels(organisationId)
      if (now) await testChannel(bench, transports, bench.organisation, now)
    }
    expect((await bench.store.listChannels(organisationId))[0]?.pausedAt).not.toBeNull()
    const count = posts.length
    answer = { ok: true, answer: 'It answered 200.' }
    await well()
    await read()
    bench.pass(6 * 60 * MINUTE - 1)
    await broken()
    await read()
    expect(posts).toHaveLength(count)
    // Six hours later one message tries it, and as it is taken the channel is used again.
    bench.pass(1)
    await well()
    await read()
    expect(posts).toHaveLength(count + 1)
    expect((await bench.store.listChannels(organisationId))[0]).toMatchObject({ failures: 0, pausedAt: null })
    await channels({ kind: 'webhook', events: HOOK.events, id: channel?.id })
    const [saved] = await bench.store.listChannels(organisationId)
    expect(saved).toMatchObject({ failures: 0, pausedAt: null, target: 'hooks.example' })
  })

  it('is tried again after 10 s, 1, 5 and 30 minutes, 2, 6 and 24 hours, under one id and signed anew', async () => {
    const [made] = await channels(HOOK)
    await broken()
    await tellChanges(bench)
    answer = { ok: false, answer: 'It answered 500.' }
    const pauses: number[] = []
    for (;;) {
      await deliverDue(bench, transports)
      const [row] = await bench.store.listNotifications(organisationId, 1)
      if (!row?.nextTryAt) break
      pauses.push((row.nextTryAt.getTime() - bench.now().getTime()) / 1000)
      bench.pass(row.nextTryAt.getTime() - bench.now().getTime() - 1)
      expect(await deliverDue(bench, transports)).toBe(0)
      bench.pass(1)
    }
    expect(pauses).toEqual([10, 60, 300, 1_800, 7_200, 21_600, 86_400])
    expect(new Set(posts.map((it) => it.headers['webhook-id'])).size).toBe(1)
    const begun = new Date('2026-11-23T07:00:00Z').getTime() / 1000
    const sent = posts.map((it) => Number(it.headers['webhook-timestamp']) - begun)
    expect(sent).toEqual([0, 10, 70, 370, 2_170, 9_370, 30_970, 117_370])
    for (const { body, headers } of posts) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      expect(signatureOf(headers['webhook-id'] ?? '', body, made?.secret ?? '', at)).toEqual(headers)
    }
  })

  it('is not blamed, nor is a try counted, while the key vault is away', async () => {
    await channels(HOOK)
    await broken()
    await tellChanges(bench)
    const unwrap = () => Promise.reject(new ConsentryError('vault_away'))
    expect(await deliverDue({ ...bench, keys: { ...bench.keys, unwrap } }, transports)).toBe(0)
    expect(await bench.store.listNotifications(organisationId, 1)).toMatchObject([
      { state: 'waiting', tries: 0, nextTryAt: new Date(bench.now().getTime() + MINUTE) },
    ])
    expect(await bench.store.listChannels(organisationId)).toMatchObject([{ failures: 0 }])
    bench.pass(MINUTE)
    expect(await deliverDue(bench, transports)).toBe(1)
  })

  it('that asks to wait is not tried before, and one that is gone is left alone at once', async () => {
    await channels(HOOK)
    await broken()
    await tellChanges(bench)
    answer = { ok: false, answer: 'It answered 429.', retryAfterSeconds: 600 }
    await deliverDue(bench, transports)
    bench.pass(9 * MINUTE)
    await deliverDue(bench, transports)
    expect(posts).toHaveLength(1)
    answer = { ok: false, answer: 'It answered 410.', gone: true }
    bench.pass(2 * MINUTE)
    await deliverDue(bench, transports)
    expect(posts).toHaveLength(2)
    expect((await bench.store.listChannels(organisationId))[0]?.pausedAt).not.toBeNull()
    expect(await bench.store.listNotifications(organisationId, 1)).toMatchObject([
      { state: 'failed', tries: 2 },
    ])
  })

  it('of Teams gets a card with a link, which reads no Markdown of a tenant', async () => {
    await channels({ ...HOOK, kind: 'teams' })
    await change({ name: '[Press here](https://evil.example)' })
    await broken()
    await read()
    expect(posts[0]?.headers).toEqual({})
    const { type, attachments } = JSON.parse(posts[0]?.body ?? '') as Card
    expect([type, attachments.length]).toEqual(['message', 1])
    const { body, actions } = attachments[0]?.content ?? { body: [], actions: [] }
    expect(actions).toEqual([
      expect.objectContaining({ type: 'Action.OpenUrl', url: expect.stringContaining(row.microsoftId) }),
    ])
    expect(body.every((it) => it.type === 'RichTextBlock')).toBe(true)
    const lines = body.map((it) => it.inlines[0]?.text)
    expect(lines).toContain('What to do: sign in again, or send somebody a link.')
    expect(lines.at(-1)).toMatch(/^Next reminder: /)
  })

  it.each([20, 600])(
    'of Teams gets no more than fits, with names of %i letters, and a count of the rest',
    async (letters) => {
      await channels({ ...HOOK, kind: 'teams' })
      const patch = { status: 'broken', reason: 'policy_block', action: 'fix_policy' } as const
      for (let n = 0; n < 1_000; n += 1) {
        const [id, name] = [`c${n}`, `${n} `.padEnd(letters, 'å')]
        const microsoftId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
        await bench.store.createConnection({ ...row, ...patch, id, microsoftId, name })
      }
      await read()
      const body = posts[0]?.body ?? ''
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000)
      const { attachments } = JSON.parse(body) as Card
      const lines = attachments[0]?.content.body.map((it) => it.inlines[0]?.text ?? '') ?? []
      const names = lines.filter((it) => it.startsWith('- '))
      expect(names.length).toBeGreaterThan(10)
      expect(lines).toContain(`and ${1_000 - names.length} more`)
      expect(lines[0]).toBe('1000 tenants stopped: its administrator is needed')
    },
  )

  it.each([
    [{ ...MAIL, address: 'not an address' }, 'set an email address'],
    [{ ...MAIL, address: 'a@b.example,c@d.example' }, 'set an email address'],
    [{ ...HOOK, address: 'ftp://x.example' }, 'set an https address'],
    [{ ...HOOK, address: 'https://kim:pw@x.example' }, 'set an https address'],
    [{ ...HOOK, address: undefined }, 'address: is missing'],
    [{ ...HOOK, id: 'theirs' }, 'there is no such channel'],
  ])('is refused as %j', async (wish, why) => {
    const refused = { code: 'malformed_request', problem: { detail: expect.stringContaining(why) } }
    await expect(channels(wish)).rejects.toMatchObject(refused)
    expect(await bench.store.listChannels()).toEqual([])
  })

  it('opens with the new key alone once the ring was rotated', async () => {
    const [old, fresh] = [generateKeyEntry(bench.now()), generateKeyEntry(bench.now())]
    const withKeys = (entries: string) => ({ ...bench, keys: readKeyRing({ CONSENTRY_KEYS: entries }) })
    await putChannels(withKeys(old), organisationId, [HOOK], TESTER)
    expect(await rotateKeys(withKeys(`${fresh},${old}`))).toMatchObject({ stuckChannels: [] })
    await broken()
    await read(withKeys(fresh))
    expect(posts[0]?.url).toBe(HOOK.address)
  })
})
