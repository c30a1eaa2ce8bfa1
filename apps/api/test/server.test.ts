import { connect as openSocket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { openApi } from './harness.ts'
import { makeLink, newBrowser, openWorld, outcome, signInWith, tenant } from './trips.ts'

it('ends an open event stream when it stops, and says not ready until then', async () => {
  const world = await openWorld()
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  await browser.get(await signInWith(world, browser, path))
  await outcome(world, attemptId)
  const made = await world.api('POST', `/connections/${tenant.id}/billing-reports`, {
    as: world.owner,
    body: { kind: 'billed' },
  })
  const stream = world.api(
    'GET',
    `/connections/${tenant.id}/billing-reports/${String(made.body.id)}/events`,
    { as: world.owner },
  )
  await sleep(100)
  const started = performance.now()
  await world.close()
  expect((await stream).text).toContain('event: progress')
  expect(performance.now() - started).toBeLessThan(3000)
})

it('lets a consent that is being proven finish before it stops', async () => {
  let proceed = (): void => undefined
  const held = new Promise<void>((resolve) => (proceed = resolve))
  const base = await openWorld()
  const world = await openWorld({
    fetch: async (input, init) => {
      if (String(input instanceof Request ? input.url : input).includes('/oauth2/v2.0/token')) await held
      return base.microsoft.fetch(input, init)
    },
  })
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  const set = await browser.go('POST', path, {})
  const arrived = await base.microsoft.signIn(set.location, { user: tenant.users.service })
  const back = await browser.get(`/consent/callback?${new URL(arrived.location ?? '').searchParams}`)
  expect(back.status).toBe(303)
  const closing = world.close()
  await sleep(50)
  expect((await world.store.getAttempt(attemptId))?.status).toBe('proving')
  proceed()
  await closing
  expect((await world.store.getAttempt(attemptId))?.status).toBe('succeeded')
  await base.close()
})

it('answers what it has begun before it stops, and takes nothing new', async () => {
  let proceed = (): void => undefined
  const held = new Promise<void>((resolve) => (proceed = resolve))
  const api = await openApi({
    change: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        async ping() {
          await held
        },
      },
    }),
  })
  const begun = api.call('GET', '/ready')
  await sleep(50)
  const closing = api.close()
  await expect(fetch(`${api.url}/health`)).rejects.toThrow('fetch failed')
  proceed()
  expect((await begun).status).toBe(200)
  await closing
})

it('does not wait longer than the grace time for a sender that never finishes its headers', async () => {
  const api = await openApi({ server: { grace: 300 } })
  const socket = openSocket(Number(new URL(api.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /health HTTP/1.1\r\nHost: x\r\n')
  await sleep(50)
  const started = performance.now()
  const closed = once(socket, 'close')
  await api.close()
  await closed
  expect(performance.now() - started).toBeLessThan(2000)
})
