import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { html } from '../src/pages/html.ts'
import { moment } from '../src/pages/parts.ts'
import { en } from '../src/pages/words/en.ts'
import { openApi, type Harness } from './harness.ts'
import { makeLink, newBrowser, openWorld, tenant, type World } from './trips.ts'

describe('a page of the server', () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(() => world.close())

  it("shows the asker's words as words, whatever they are", async () => {
    const nasty = `"><script>alert(1)</script><a href='x' onclick=a>&`
    const { path } = await makeLink(world, { reason: nasty })
    await world.api('PATCH', `/connections/${tenant.id}`, {
      as: world.owner,
      body: { name: `<img src=x>${nasty}` },
    })
    const { text } = await newBrowser(world).get(path)
    expect(text).not.toMatch(/<script|<img|<a href='x'/)
    expect(text).toContain(
      '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href=&#39;x&#39; onclick=a&gt;&amp;',
    )
  })

  it('runs no script, sits in no frame, tells no other site about it and is in no index or cache', async () => {
    const { path } = await makeLink(world)
    const { headers, text } = await newBrowser(world).get(path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "object-src 'none'",
    ]) {
      expect(policy).toContain(part)
    }
    expect(policy).toContain("form-action 'self' https://login.microsoftonline.com")
    expect(policy).not.toMatch(/unsafe/)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toContain('noindex')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text).not.toMatch(/<script|src=|https?:\/\/(?!login\.microsoftonline\.com)/)
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(text).toContain(`<style nonce="${nonce}">`)
  })

  it('is a page also when something breaks, with a reference and nothing else', async () => {
    const broken = await openApi({
      change: (deps) => ({
        ...deps,
        store: {
          ...deps.store,
          async findAttemptByToken() {
            throw new Error('disk full at /secret/place')
          },
        },
      }),
    })
    const answer = await newBrowser(broken).get('/consent/start/some-token')
    await broken.close()
    expect(answer.status).toBe(500)
    expect(answer.type).toContain('text/html')
    expect(answer.text).toContain(answer.headers.get('x-request-id'))
    expect(answer.text).not.toContain('disk full')
    expect(broken.logged()).toContain('disk full')
  })

  it('limits how often one address may ask for them', async () => {
    const strict = await openApi({ limits: { stranger: 1 } })
    const browser = newBrowser(strict)
    await browser.get('/consent/start/x')
    const refused = await browser.get('/consent/start/x')
    await strict.close()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('the html tag', () => {
  it('escapes texts, keeps markup, and leaves out what is not there', () => {
    const inner = html`<b>${'<'}</b>`
    expect(html`${inner}${[inner, inner]}${null}${undefined}${false}${0}`.markup).toBe(
      '<b>&lt;</b><b>&lt;</b><b>&lt;</b>0',
    )
  })

  it('writes moments in full, with their zone', () => {
    expect(moment(en, new Date('2026-11-20T08:12:00Z'), 'Europe/Stockholm').markup).toBe(
      '<time datetime="2026-11-20T08:12:00.000Z">Friday 20 November 2026 at 09:12 (Europe/Stockholm)</time>',
    )
  })
})

describe('the console', () => {
  let api: Harness
  let webRoot: string
  beforeEach(async () => {
    webRoot = mkdtempSync(join(tmpdir(), 'console-'))
    mkdirSync(join(webRoot, 'assets'))
    writeFileSync(
      join(webRoot, 'index.html'),
      '<!doctype html><meta nonce="__CSP_NONCE__"><style nonce="__CSP_NONCE__">',
    )
    writeFileSync(join(webRoot, 'assets', 'index-abc123.js'), 'export {}')
    writeFileSync(join(webRoot, 'favicon.svg'), '<svg/>')
    api = await openApi({ webRoot })
  })
  afterEach(async () => {
    await api.close()
    rmSync(webRoot, { recursive: true })
  })

  const page = (path: string) => api.call('GET', path, { headers: { accept: 'text/html,*/*;q=0.8' } })

  it.each(['/', '/sign-in', '/my-services/microsoft-365-csp-direct/authentication/x/attempts/y'])(
    'answers %s with its page and a nonce of this answer only',
    async (path) => {
      const [one, two] = [await page(path), await page(path)]
      expect(one.status).toBe(200)
      const nonce = /'nonce-([^']+)'/.exec(one.headers.get('content-security-policy') ?? '')?.[1]
      expect(one.text).toBe(`<!doctype html><meta nonce="${nonce}"><style nonce="${nonce}">`)
      expect(two.text).not.toBe(one.text)
      expect(one.headers.get('cache-control')).toBe('no-store')
    },
  )

  it('lets hashed files be kept for a year, and nothing else', async () => {
    const asset = await api.call('GET', '/assets/index-abc123.js')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.type).toContain('javascript')
    expect((await api.call('GET', '/favicon.svg')).headers.get('cache-control')).toBe('public, max-age=3600')
  })

  it.each(['/assets/gone.js', '/assets/..%2findex.html', '/api/gone'])(
    'does not answer %s with the page',
    async (path) => {
      const answer = await page(path)
      expect(answer.status).toBe(404)
      expect(answer.text).not.toContain('doctype')
    },
  )

  it('answers a write to a page address with not_found', async () => {
    expect((await api.call('POST', '/sign-in', { body: {} })).status).toBe(404)
  })

  it('names no software, and demands https only where it is served over https', async () => {
    const { headers } = await page('/')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
    const secure = await openApi({ env: { CONSENTRY_URL: 'https://consentry.example' } })
    expect((await secure.call('GET', '/health')).headers.get('strict-transport-security')).toContain(
      'max-age=',
    )
    await secure.close()
  })

  it('says what to do when it was never built', async () => {
    const unbuilt = await openApi()
    const answer = await unbuilt.call('GET', '/', { headers: { accept: 'text/html' } })
    await unbuilt.close()
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('pnpm build')
  })
})
