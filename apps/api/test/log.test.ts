import { afterEach, beforeEach, expect, it } from 'vitest'

import { createLog, safePath } from '../src/log.ts'
import { makeLink, newBrowser, openWorld, outcome, signInWith, type World } from './trips.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

it('writes a line per request without keys, cookies, link tokens, codes or states', async () => {
  const key = await world.key(world.organisationId)
  await world.api('GET', '/connections?search=Secretive', { as: key })
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  await browser.get(path)
  const callback = await signInWith(world, browser, path)
  await browser.get(callback)
  await outcome(world, attemptId)
  await browser.get(callback)
  const query = new URL(callback, 'http://localhost').searchParams
  const secrets = [
    key.authorization?.slice('Bearer '.length),
    world.owner.cookie?.slice('session='.length),
    path.split('/').at(-1),
    query.get('code'),
    query.get('state'),
    browser.jar.get('consentry_browser'),
    'client-secret-of-the-tests',
    'Secretive',
  ]
  for (const secret of secrets) {
    expect(secret).toBeTruthy()
    expect(world.logged()).not.toContain(secret)
  }
  expect(world.logged()).toContain('"path":"/consent/start/[redacted]"')
  expect(world.logged()).toContain('"path":"/consent/callback"')
  expect(world.logged()).toContain('"path":"/api/v1/connections"')
})

it('gives each request an id that the answer carries', async () => {
  const answer = await world.call('GET', '/health')
  const id = answer.headers.get('x-request-id') ?? ''
  expect(id).toMatch(/^[\da-f-]{36}$/)
  expect(world.logged()).toContain(id)
})

it('does not take a request id from outside into the log', async () => {
  await world.call('GET', '/health', { headers: { 'x-request-id': 'forged' } })
  expect(world.logged()).not.toContain('forged')
})

it.each([
  ['/consent/start/abc?x=1', '/consent/start/[redacted]'],
  ['/invitation/abc', '/invitation/[redacted]'],
  ['/api/v1/service-keys/csk_abc', '/api/v1/service-keys/[redacted]'],
  ['/api/v1/hunter2//x.y', '/api/v1/[redacted]//[redacted]'],
  ['/api/auth/reset-password/abc?callbackURL=x', '/api/auth/reset-password/[redacted]'],
  [
    '/api/v1/connections/5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01/token?search=x',
    '/api/v1/connections/5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01/token',
  ],
])('%s is logged as %s', (url, logged) => {
  expect(safePath(url)).toBe(logged)
})

it('redacts headers even where somebody logs a whole request', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  log.info({
    request: { headers: { authorization: 'Bearer csk_1', cookie: 'session=2', 'set-cookie': 'a=3' } },
  })
  expect(lines.join('')).not.toMatch(/csk_1|session=2|a=3/)
})
