import { afterEach, beforeEach, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'

type Seen = { readonly id: string; readonly target: string; readonly secret?: string }
const HOOK = { kind: 'webhook', address: 'https://hooks.example/in?sig=hush', events: ['connection.broken'] }
let api: Harness
let as: Record<string, string>

beforeEach(async () => {
  api = await openApi()
  as = await api.member((await api.organisation('mine')).id, 'owner')
})
afterEach(() => api.close())

async function put(...channels: readonly object[]) {
  const answer = await api.api('PUT', '/notifications', { as, body: { channels } })
  return { status: answer.status, channels: (answer.body.channels ?? []) as unknown as Seen[] }
}

it('keeps channels, shows the signing secret once, and never the address again', async () => {
  const mail = { kind: 'email', address: 'ops@example.com', events: ['nightly.finished'] }
  const { channels } = await put(HOOK, mail)
  expect(channels[0]?.secret).toMatch(/^whsec_/)
  expect(channels.map((it) => it.target)).toEqual(['hooks.example', 'ops@example.com'])
  expect(channels[1]?.secret).toBeUndefined()
  const seen = await api.api('GET', '/notifications', { as })
  expect(seen.text + api.logged()).not.toMatch(/hush|whsec/)
  const quietHours = { from: '22:00', to: '06:00' }
  const kept = await put({ id: channels[0]?.id, kind: 'webhook', events: ['connection.broken'], quietHours })
  expect(kept.channels).toMatchObject([{ id: channels[0]?.id, target: 'hooks.example', quietHours }])
  const { body } = await api.api('GET', '/audit?action=notifications.changed', { as })
  expect(body.items).toHaveLength(2)
})

it('says what a test was answered, and keeps it among the deliveries', async () => {
  const { channels } = await put(HOOK, { ...HOOK, address: 'https://refuses.example' })
  const test = (id: string | undefined, by = as) => api.api('POST', `/notifications/${id}/test`, { as: by })
  expect((await test(channels[0]?.id)).body).toEqual({ ok: true, answer: 'It answered.' })
  expect((await test(channels[1]?.id)).body).toMatchObject({ ok: false })
  expect(api.posts.map((it) => it.url)).toEqual([HOOK.address, 'https://refuses.example/'])
  const { body } = await api.api('GET', '/notifications/deliveries', { as })
  const states = (body.items as unknown as { state: string }[]).map((it) => it.state)
  expect(states.toSorted()).toEqual(['failed', 'sent'])
  const other = await api.member((await api.organisation('other')).id, 'owner')
  expect((await test(channels[0]?.id, other)).status).toBe(404)
  expect((await api.api('GET', '/notifications/deliveries', { as: other })).body.items).toEqual([])
})

it.each([
  [{ kind: 'pigeon', address: 'x', events: ['connection.broken'] }],
  [{ ...HOOK, events: [] }],
  [{ ...HOOK, events: ['everything'] }],
  [{ ...HOOK, quietHours: { from: '25:00', to: '06:00' } }],
  [{ ...HOOK, address: 'nonsense' }],
])('refuses %j', async (wish) => {
  expect((await put(wish)).status).toBe(400)
})
