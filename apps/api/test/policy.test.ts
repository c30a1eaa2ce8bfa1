import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { makeLink, newBrowser, openWorld, outcome, signInWith, tenant, type World } from './trips.ts'

const WEB = resolve(import.meta.dirname, '../../web')
// What a visitor gets, when it was built; the page that it is built from, otherwise.
const webRoot = existsSync(`${WEB}/dist/index.html`) ? `${WEB}/dist` : WEB
type Page = Awaited<ReturnType<World['call']>>

let world: World
let unbuilt: World
const pages = new Map<string, Page>()
const HTML = { accept: 'text/html' }

beforeAll(async () => {
  world = await openWorld({ webRoot })
  unbuilt = await openWorld()
  pages.set('the console', await world.call('GET', '/', { headers: HTML }))
  pages.set('a page of the console', await world.call('GET', '/help/codes/x', { headers: HTML }))
  pages.set('the console that was never built', await unbuilt.call('GET', '/', { headers: HTML }))
  await seeTrips()
  pages.set('an ended link', await newBrowser(world).get('/consent/start/none'))
  pages.set('no page', await newBrowser(world).get('/consent/nothing'))
  const foreign = { 'sec-fetch-site': 'cross-site' }
  pages.set('a foreign post', await newBrowser(world).go('POST', '/consent/start/none', {}, foreign))
})
afterAll(() => Promise.all([world.close(), unbuilt.close()]))

/** Every page that a trip shows: the link, the result while it is proven, proven and failed, and the declined link. */
async function seeTrips(): Promise<void> {
  const browser = newBrowser(world)
  const { path, attemptId } = await makeLink(world, { reason: '<b onclick="x">style="a"' })
  pages.set('the link', await browser.get(path))
  const result = `/consent/result?attempt=${attemptId}`
  const callback = await signInWith(world, browser, path)
  pages.set('the result before', await browser.get(result))
  await browser.get(callback)
  await outcome(world, attemptId)
  pages.set('the result', await browser.get(result))
  const failing = await makeLink(world)
  await browser.get(await signInWith(world, browser, failing.path, { user: tenant.users.noMfa }))
  await outcome(world, failing.attemptId)
  pages.set('a failed result', await browser.get(`/consent/result?attempt=${failing.attemptId}`))
  const declined = await makeLink(world)
  pages.set('thanks', await browser.go('POST', declined.path, { decision: 'decline' }))
}

/** What a page has inline that its policy would not let through, or would have to be weakened for. */
function inlineOf({ text, headers }: Page): string[] {
  const nonce = /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1] ?? 'none'
  const tags = text.match(/<[a-z][^>]*>/gi) ?? []
  return tags.filter((tag) => {
    if (/^<style\b/i.test(tag)) return !tag.includes(` nonce="${nonce}"`)
    if (/^<script\b/i.test(tag)) return !/ src="\/[^/"]/.test(tag)
    return /\s(?:style|on\w+)\s*=/i.test(tag) || /javascript:|srcdoc/i.test(tag)
  })
}

const KINDS = [
  'the console',
  'a page of the console',
  'the console that was never built',
  'the link',
  'the result before',
  'the result',
  'a failed result',
  'thanks',
  'an ended link',
  'no page',
  'a foreign post',
]

describe.each(KINDS)('%s', (kind) => {
  it('is HTML with nothing inline but styles with the nonce of this answer', () => {
    const page = pages.get(kind)
    expect(page?.type).toBe('text/html; charset=utf-8')
    expect(page && inlineOf(page)).toEqual([])
    expect(page?.text).toMatch(/<(?:style|link) /)
  })

  it('has a policy without exceptions, and may use no device', () => {
    const headers = pages.get(kind)?.headers
    const policy = headers?.get('content-security-policy') ?? ''
    expect(policy).toMatch(/default-src 'self';script-src 'self';style-src 'self' 'nonce-[\w+/]{22}=='/)
    expect(policy).not.toMatch(/unsafe|\*|http:(?!\/\/localhost)/)
    expect(headers?.get('permissions-policy')).toContain('camera=()')
    expect(headers?.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers?.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers?.get('x-content-type-options')).toBe('nosniff')
    expect(headers?.get('cache-control')).toBe('no-store')
  })
})

it('uses a nonce once', () => {
  const nonces = [...pages.values()].map(
    (it) => /'nonce-[^']+'/.exec(it.headers.get('content-security-policy') ?? '')?.[0],
  )
  expect(new Set(nonces).size).toBe(KINDS.length)
})

it.each(['/health', '/ready', '/metrics', '/api/v1/openapi.json', '/api/v1/me', '/nothing.js', '/api/x'])(
  'protects %s alike, and says of no part which version it is',
  async (path) => {
    const { headers, text } = await world.call('GET', path)
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('permissions-policy')).toContain('microphone=()')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect([headers.get('x-powered-by'), headers.get('server'), headers.get('via')]).toEqual([
      null,
      null,
      null,
    ])
    expect(`${JSON.stringify([...headers])}${text}`).not.toMatch(/express|better-auth|node(?:js)?[ /]?v?\d/i)
  },
)

describe('the figures', () => {
  const token = randomUUID()
  const shown = (value: string) => ({ headers: { authorization: value } })

  it('are open until there is a token, and then for whoever has it', async () => {
    expect((await world.call('GET', '/metrics')).status).toBe(200)
    const guarded = await openWorld({ env: { CONSENTRY_METRICS_TOKEN: token }, limits: { stranger: 4 } })
    const ask = async (rest = {}) => (await guarded.call('GET', '/metrics', rest)).status
    const refused = [
      await ask(),
      await ask(shown(token)),
      await ask(shown(`Bearer ${token}x`)),
      await ask(shown('Bearer')),
    ]
    expect(refused).toEqual([401, 401, 401, 401])
    expect(await ask(shown('Bearer wrong'))).toBe(429)
    expect(await ask(shown(`bearer ${token}`))).toBe(200)
    expect(guarded.logged()).not.toContain(token)
    await guarded.close()
  })
})

it('leaves no style in the markup that the console is built from', () => {
  expect(readFileSync(`${WEB}/index.html`, 'utf8')).not.toMatch(/ style=|<style(?! nonce)| on\w+=/)
})
