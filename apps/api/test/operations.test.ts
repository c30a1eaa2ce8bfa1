import { ConsentryError } from '@consentry/core'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'

let api: Harness
beforeEach(async () => {
  api = await openApi()
})
afterEach(() => api.close())

it('is alive and ready without anybody signing in', async () => {
  expect((await api.call('GET', '/health')).body).toEqual({ status: 'ok' })
  expect((await api.call('GET', '/ready')).status).toBe(200)
})

it('is not ready while the database cannot be used, and does not tell strangers where it is', async () => {
  const broken = await openApi({
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        async ping() {
          throw new Error('connect ECONNREFUSED db.internal:5432')
        },
      },
    }),
  })
  const answer = await broken.call('GET', '/ready')
  await broken.close()
  expect(answer.status).toBe(503)
  expect(answer.type).toBe('application/problem+json')
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(answer.body).toMatchObject({ code: 'not_ready', detail: expect.stringContaining('database') })
  expect(answer.text).not.toContain('db.internal')
  expect(broken.logged()).toContain('db.internal')
})

it('is not ready when stored rows need a key that the ring lacks', async () => {
  const other = await openApi({
    change: (deps) => ({
      ...deps,
      store: { ...deps.store, countByDataKey: async () => [{ id: 'lost', rows: 3 }] },
    }),
  })
  const answer = await other.call('GET', '/ready')
  await other.close()
  expect(answer.status).toBe(503)
  expect(answer.body).toMatchObject({ code: 'keys_missing', action: 'fix_app' })
  expect(answer.headers.get('retry-after')).toBe('5')
})

it('says that the key vault is away, and when to ask again', async () => {
  const away = new ConsentryError('vault_away', { retryAfterSeconds: 10 })
  const other = await openApi({
    change: (deps) => ({ ...deps, keys: { ...deps.keys, activeId: () => Promise.reject(away) } }),
  })
  const answer = await other.call('GET', '/ready')
  await other.close()
  expect(answer.status).toBe(503)
  expect(answer.body).toMatchObject({ code: 'vault_away', action: 'retry', retryAfterSeconds: 10 })
})

it('counts requests by route pattern, never by tenant', async () => {
  const mine = await api.organisation('mine')
  const { microsoftId } = await api.connection(mine.id)
  await api.api('GET', `/connections/${microsoftId}`, { as: await api.key(mine.id) })
  await api.call('GET', '/api/nothing/here')
  const { text, type } = await api.call('GET', '/metrics')
  expect(type).toContain('text/plain')
  expect(text).toContain('route="/api/v1/connections/{id}",status="200"')
  expect(text).not.toContain(microsoftId)
  expect(text).not.toContain('nothing')
})

it('tells for how long nobody has refreshed what is due, and nothing while that cannot be read', async () => {
  const HOUR = 3_600_000
  let readable = true
  const other = await openApi({
    now: () => new Date('2026-11-25T12:00:00Z'),
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        listDue: async (...which) => {
          if (!readable) throw new Error('connect ECONNREFUSED')
          return deps.store.listDue(...which)
        },
      },
    }),
  })
  const overdue = async () =>
    /^consentry_refresh_overdue_seconds (.*)$/m.exec((await other.call('GET', '/metrics')).text)?.[1]
  const { id: organisationId } = await other.organisation('mine')
  const { id } = await other.connection(organisationId)
  const dueSince = (hours: number) => {
    const nextRefreshAt = new Date(other.deps.now().getTime() - hours * HOUR)
    return other.store.updateConnection(id, { status: 'connected', generation: 1, nextRefreshAt })
  }
  expect(await overdue()).toBe('0')
  // A night may take so long.
  await dueSince(5)
  expect(await overdue()).toBe('0')
  await dueSince(7)
  expect(await overdue()).toBe(String(7 * 3600))
  readable = false
  expect(await overdue()).toBe('Nan')
  await other.close()
})

it('tells the console what it needs before anybody signs in, and nothing secret', async () => {
  const answer = await api.call('GET', '/api/console-settings')
  expect(answer.body).toEqual({
    region: null,
    regions: [],
    operator: null,
    cloud: 'global',
    partnerBilling: true,
    loginHost: 'login.microsoftonline.com',
    nightly: { from: '01:00', to: '05:00', timeZone: 'UTC' },
  })
})

it('leaves sign-in to its library, with the whole path', async () => {
  const answer = await api.call('POST', '/api/auth/sign-in/email', { body: { email: 'a@b.example' } })
  expect(answer.status).toBe(418)
  expect(answer.body).toEqual({ path: '/api/auth/sign-in/email' })
})

it('limits how often one address may be refused, and sign-ins', async () => {
  const strict = await openApi({ limits: { stranger: 2, signIn: 2 } })
  const ask = () => strict.api('GET', '/connections')
  expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([401, 401, 429])
  const signIn = () => strict.call('POST', '/api/auth/sign-in/email', { body: {} })
  expect([(await signIn()).status, (await signIn()).status, (await signIn()).status]).toEqual([418, 418, 429])
  const mine = await strict.organisation('mine')
  expect((await strict.api('GET', '/connections', { as: await strict.key(mine.id) })).status).toBe(200)
  await strict.close()
})

it('lets no caller take all, and counts each by itself', async () => {
  const strict = await openApi({ limits: { caller: 1, tokens: 2 } })
  const mine = await strict.organisation('mine')
  const [as, other] = [await strict.key(mine.id), await strict.key(mine.id)]
  const ask = (who: Record<string, string>) => strict.api('GET', '/connections', { as: who })
  expect([(await ask(as)).status, (await ask(as)).status, (await ask(other)).status]).toEqual([200, 429, 200])
  await strict.close()
})
