import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { LANGUAGES } from '../src/pages/languages.ts'
import { en } from '../src/pages/words/en.ts'
import { englishIn, plain } from './english.ts'
import { openApi } from './harness.ts'
import { connect, makeLink, newBrowser, openWorld, outcome, signInWith, tenant, type World } from './trips.ts'

const OTHERS = Object.values(LANGUAGES).filter((it) => it !== en)
let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe.each(OTHERS)('in $lang', (words) => {
  const asked = { 'accept-language': words.lang }

  const rightly = { html: words.lang, header: words.lang, varies: true, english: [], says: true }

  /** How a page speaks, and whether it says what it is there for. */
  function heard({ text, headers }: { readonly text: string; readonly headers: Headers }, what: string) {
    return {
      html: /<html lang="(\w+)">/.exec(text)?.[1],
      header: headers.get('content-language'),
      varies: headers.get('vary')?.includes('Accept-Language'),
      english: englishIn(text),
      says: plain(text).includes(what),
    }
  }

  it('the link page and what follows a refusal of it speak it', async () => {
    const { path } = await makeLink(world)
    const browser = newBrowser(world)
    const page = await browser.get(path, asked)
    expect(heard(page, words.link.go)).toEqual(rightly)
    const month = new Intl.DateTimeFormat(words.locale, { month: 'long' }).format(new Date())
    expect(page.text).toContain(month)
    expect(heard(await browser.go('POST', path, { decision: 'decline' }, asked), words.thanks.title)).toEqual(
      rightly,
    )
    expect(heard(await browser.get(path, asked), words.problem.support)).toEqual(rightly)
  })

  it('the result speaks it: not back yet, while checks run, and proven', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const result = () => browser.get(`/consent/result?attempt=${attemptId}`, asked)
    await browser.go('POST', path, { decision: 'continue' })
    expect(heard(await result(), words.result.underway)).toEqual(rightly)
    await world.store.updateAttempt(attemptId, { status: 'proving' })
    expect(heard(await result(), words.rungs.grant.checking)).toEqual(rightly)
    await world.store.updateAttempt(attemptId, { status: 'waiting' })
    await browser.get(await signInWith(world, browser, path))
    expect(await outcome(world, attemptId)).toMatchObject({ status: 'succeeded' })
    const proven = await result()
    expect(heard(proven, words.rungs.role.passed)).toEqual(rightly)
    expect(proven.text).toContain(tenant.users.service)
    expect(proven.text).toContain(tenant.name)
  })

  it.each([
    ['no second step', { mfa: false, user: tenant.users.noMfa }],
    ['Cancel', { decision: 'cancel' }],
    ['a role that is missing', { user: tenant.users.noAgent }],
  ] as const)('a failure speaks it: %s', async (_, as) => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const back = await browser.get(await signInWith(world, browser, path, as))
    await outcome(world, attemptId)
    expect(heard(await browser.get(back.location, asked), words.result.checked)).toEqual(rightly)
  })

  it('another account than before is told in it, without the old one', async () => {
    await connect(world)
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const back = await browser.get(await signInWith(world, browser, path, { user: tenant.users.second }))
    await outcome(world, attemptId)
    const page = await browser.get(back.location, asked)
    expect(heard(page, words.result.expected)).toEqual(rightly)
    expect(page.text).not.toContain(tenant.users.service)
  })

  it('what breaks, is refused, too much or not there is told in it', async () => {
    const browser = newBrowser(world)
    const paths = ['/consent/callback', '/consent/callback?error=access_denied', '/consent/start/x']
    for (const path of [...paths, '/consent/start/%', '/consent/result', '/consent/none'])
      expect(heard(await browser.get(path, asked), words.problem.support)).toEqual(rightly)
    const strict = await openApi({ limits: { stranger: 0 } })
    expect(heard(await newBrowser(strict).get('/consent/start/x', asked), words.problem.support)).toEqual(
      rightly,
    )
    await strict.close()
  })

  it('a console that was never built says so in it', async () => {
    expect(heard(await newBrowser(world).get('/', asked), words.unbuilt.title)).toEqual(rightly)
  })

  it('hostile values stay words, and the page has the same rules', async () => {
    const nasty = `"><script>alert(1)</script><a href='x' onclick=a>&{person}{time}`
    const { path } = await makeLink(world, { reason: nasty })
    const name = `<img src=x>{organisation}${nasty}`
    await world.api('PATCH', `/connections/${tenant.id}`, { as: world.owner, body: { name } })
    const browser = newBrowser(world)
    const pages = [await browser.get(path, asked)]
    const english = await browser.get(path)
    await browser.go('POST', path, {})
    pages.push(await browser.get(await signInWith(world, browser, path, { decision: 'cancel' })))
    await world.running.settled()
    pages[1] = await browser.get(pages[1]?.location ?? '', asked)
    for (const { text, headers } of pages) {
      expect(text).toContain(`<html lang="${words.lang}">`)
      expect(text).not.toMatch(/<script|<img|<a href='x'/)
      expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
      expect(text).toContain('&amp;{person}{time}')
      expect(withoutNonce(headers)).toBe(withoutNonce(english.headers))
    }
  })
})

function withoutNonce(headers: Headers): string | undefined {
  return headers.get('content-security-policy')?.replace(/'nonce-[^']+'/, '')
}

describe('the language of a page', () => {
  it.each([
    ['', 'en'],
    ['*', 'en'],
    ['ja', 'en'],
    ['ja, nl;q=0.9', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['fr-CA,fr;q=0.9,en;q=0.8', 'fr'],
    ['ES-mx', 'es'],
    ['en;q=0.5, sv;q=0.8', 'sv'],
    ['sv;q=0.2, es;q=0.7, de;q=0.3', 'es'],
    ['ja, sv;q=0.4', 'sv'],
    ['de;q=0, fr;q=0.1', 'fr'],
    ['de;q=0', 'en'],
    ['__proto__', 'en'],
    ['<b>;;;q=x,,', 'en'],
  ])('for a browser that asks for "%s" is %s', async (asked, lang) => {
    const { headers, text } = await newBrowser(world).get('/consent/start/x', { 'accept-language': asked })
    expect(headers.get('content-language')).toBe(lang)
    expect(headers.get('vary')).toContain('Accept-Language')
    expect(text).toContain(`<html lang="${lang}">`)
  })
})
