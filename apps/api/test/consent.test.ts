import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { connect, makeLink, newBrowser, openWorld, outcome, signInWith, tenant, type World } from './trips.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const A = '/my-services/microsoft-365-csp-direct/authentication'

describe('an outside administrator', () => {
  it('sees who asks, confirms, signs in, and lands on a result that proves itself', async () => {
    const { path, attemptId } = await makeLink(world, { reason: 'Our joint billing' })
    const browser = newBrowser(world)
    const page = await browser.get(path)
    expect(page.status).toBe(200)
    for (const words of [
      'fjordbyte AB asks to connect',
      'Ida owner',
      tenant.id,
      'Our joint billing',
      'https://login.microsoftonline.com/',
    ]) {
      expect(page.text).toContain(words)
    }
    const set = await browser.go('POST', path, { decision: 'continue' })
    expect(set.status).toBe(303)
    expect(new URL(set.location).origin).toBe('https://login.microsoftonline.com')
    const back = await browser.get(await signInWith(world, browser, path))
    expect(back.status).toBe(303)
    expect(back.location).toBe(`/consent/result?attempt=${attemptId}`)
    expect(await outcome(world, attemptId)).toMatchObject({ status: 'succeeded' })
    const result = await browser.get(back.location)
    expect(result.status).toBe(200)
    expect(result.text).toContain('is connected')
    expect(result.text).not.toContain('http-equiv="refresh"')
  })

  it('sees the page reload itself while the checks run', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    await browser.go('POST', path, { decision: 'continue' })
    await world.store.updateAttempt(attemptId, { status: 'proving' })
    const page = await browser.get(`/consent/result?attempt=${attemptId}`)
    expect(page.text).toContain('<meta http-equiv="refresh" content="2" />')
    expect(page.text).toContain('0 of 8 proven')
  })

  it('may try again in the same browser after a failure, told in words without the organisation in it', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const back = await browser.get(
      await signInWith(world, browser, path, { mfa: false, user: tenant.users.noMfa }),
    )
    expect(await outcome(world, attemptId)).toMatchObject({
      status: 'failed',
      problem: { code: expect.any(String) },
    })
    const failed = await browser.get(back.location)
    expect(failed.text).toContain(`action="${path}"`)
    expect(failed.text).not.toContain('/my-services/')
    await browser.get(await signInWith(world, browser, path))
    expect(await outcome(world, attemptId)).toMatchObject({ status: 'succeeded' })
  })

  it('can go back to where the link was ordered, with the outcome', async () => {
    await world.store.putReturnOrigins(world.organisationId, ['https://portal.example'])
    const { path, attemptId } = await makeLink(world, { returnUrl: 'https://portal.example/done?order=7' })
    const browser = newBrowser(world)
    const back = await browser.get(await signInWith(world, browser, path))
    await outcome(world, attemptId)
    const page = await browser.get(back.location)
    const back7 = `https://portal.example/done?order=7&amp;attemptId=${attemptId}&amp;microsoftId=${tenant.id}&amp;status=succeeded`
    expect(page.text).toContain(back7)
    expect(page.text).toContain('Go back to https://portal.example')
  })

  it('ends the link by saying that it was not expected', async () => {
    const { path } = await makeLink(world)
    const browser = newBrowser(world)
    const thanks = await browser.go('POST', path, { decision: 'decline' })
    expect(thanks.status).toBe(200)
    expect(thanks.text).toContain('Thank you')
    expect((await browser.get(path)).text).toContain('This link no longer works')
    expect((await browser.go('POST', path, { decision: 'continue' })).status).toBe(410)
  })
})

describe('a signed-in member', () => {
  it('goes straight to Microsoft and lands in the console', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world, world.owner)
    const set = await browser.get(path)
    expect(set.status).toBe(303)
    const arrived = await world.microsoft.signIn(set.location, { user: tenant.users.service })
    const back = await browser.get(`/consent/callback?${new URL(arrived.location ?? '').searchParams}`)
    expect(back.status).toBe(303)
    expect(back.location).toBe(`${A}/${tenant.id}/attempts/${attemptId}`)
    expect(await outcome(world, attemptId)).toMatchObject({ status: 'succeeded' })
  })

  it('of another organisation is a stranger like any other', async () => {
    const { path } = await makeLink(world)
    const theirs = await world.organisation('theirs')
    const page = await newBrowser(world, await world.member(theirs.id, 'owner')).get(path)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Continue to Microsoft')
  })

  it('sets off by a visit only: not by a look ahead or a HEAD', async () => {
    const { path } = await makeLink(world)
    const browser = newBrowser(world, world.owner)
    expect((await browser.get(path, { 'sec-purpose': 'prefetch;prerender' })).status).toBe(200)
    expect((await browser.go('HEAD', path)).status).toBe(200)
    expect((await browser.get(path)).status).toBe(303)
  })
})

describe('a link', () => {
  it('is not used up by being looked at', async () => {
    const { path } = await makeLink(world)
    for (let scanner = 0; scanner < 3; scanner += 1) {
      const page = await newBrowser(world).get(path)
      expect(page.cookies).toEqual([])
      await newBrowser(world).go('HEAD', path)
    }
    const browser = newBrowser(world)
    expect((await browser.go('POST', path, {})).status).toBe(303)
  })

  it('belongs to the first browser that sets off with it', async () => {
    const { path } = await makeLink(world)
    const [first, second] = [newBrowser(world), newBrowser(world)]
    expect((await first.go('POST', path, {})).status).toBe(303)
    expect((await second.go('POST', path, {})).status).toBe(410)
    expect((await first.go('POST', path, {})).status).toBe(303)
  })

  it('says the same whether it is unknown, used or ended', async () => {
    const used = await makeLink(world)
    const browser = newBrowser(world)
    await browser.get(await signInWith(world, browser, used.path))
    await outcome(world, used.attemptId)
    const ended = await makeLink(world)
    await world.api('DELETE', `/connections/${tenant.id}/consent-links/${ended.attemptId}`, {
      as: world.owner,
    })
    const answers = []
    for (const path of [used.path, ended.path, '/consent/start/unknown'])
      answers.push(await newBrowser(world).get(path))
    const plain = (text: string) => text.replaceAll(/nonce="[^"]+"/g, '')
    expect(new Set(answers.map(({ status, text }) => `${status} ${plain(text)}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(410)
    expect(answers[0]?.text).toContain('This link no longer works')
  })

  it('cannot be set off by a page of another site', async () => {
    const { path } = await makeLink(world)
    const answer = await newBrowser(world).go('POST', path, {}, { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(403)
    expect(answer.location).toBe('')
  })
})

describe('an answer from Microsoft', () => {
  async function untouched() {
    const row = await world.store.findConnection(world.organisationId, tenant.id)
    expect(row?.generation).toBeNull()
    expect(await world.store.listGrants(row?.id ?? '')).toEqual([])
  }

  it.each([
    ['without any cookie', (): Map<string, string> => new Map()],
    ['with the cookie of another browser', () => new Map([['consentry_browser', 'x'.repeat(43)]])],
    ['with a cookie of another form', () => new Map([['consentry_browser', "'; drop table"]])],
  ])('stores nothing %s', async (_, jar) => {
    const { path } = await makeLink(world)
    const browser = newBrowser(world)
    const callback = await signInWith(world, browser, path)
    const foreign = newBrowser(world)
    for (const [name, value] of jar()) foreign.jar.set(name, value)
    const answer = await foreign.get(callback)
    expect([400, 403]).toContain(answer.status)
    expect(answer.text).toContain('Nothing was stored.')
    await world.running.settled()
    await untouched()
    expect((await browser.get(callback)).status).toBe(303)
  })

  it('counts once: a replay changes nothing and offers to start again', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const callback = await signInWith(world, browser, path, { decision: 'cancel' })
    await browser.get(callback)
    expect(await outcome(world, attemptId)).toMatchObject({
      status: 'failed',
      problem: { code: 'consent_declined' },
    })
    const replay = await browser.get(callback)
    expect(replay.status).toBe(400)
    expect(replay.text).toContain('This answer does not fit our question')
    expect(replay.text).toContain(`action="${path}"`)
    await untouched()
  })

  it.each(['', '?code=x', '?state=x&code=y', '?state=a&state=b', '?error=access_denied'])(
    'of the form "%s" is refused in words, with a 4xx',
    async (query) => {
      const answer = await newBrowser(world).get(`/consent/callback${query}`)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.type).toContain('text/html')
      expect(answer.text).toMatch(/<h1>[^<]+<\/h1>/)
    },
  )

  it('posted by a form, which brings no cookie, comes again as a GET of the same browser', async () => {
    const { path, attemptId } = await makeLink(world)
    const browser = newBrowser(world)
    const callback = new URL(await signInWith(world, browser, path), 'http://localhost')
    const posted = await newBrowser(world).go(
      'POST',
      '/consent/callback',
      Object.fromEntries(callback.searchParams),
    )
    expect(posted.status).toBe(303)
    expect(posted.location).toMatch(/^\/consent\/callback\?/)
    await browser.get(posted.location)
    expect(await outcome(world, attemptId)).toMatchObject({ status: 'succeeded' })
  })

  it('is not taken by a HEAD', async () => {
    const { path } = await makeLink(world)
    const browser = newBrowser(world)
    const callback = await signInWith(world, browser, path)
    await browser.go('HEAD', callback)
    expect((await browser.get(callback)).status).toBe(303)
  })
})

it('tells whoever is stuck at Microsoft what its pages mean, before the trip and while it lasts', async () => {
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  expect((await browser.get(path)).text).toContain('If Microsoft does not send you back here')
  await browser.go('POST', path, { decision: 'continue' })
  const page = await browser.get(`/consent/result?attempt=${attemptId}`)
  for (const words of ['Not back from Microsoft yet', 'Need admin approval', 'Start again'])
    expect(page.text).toContain(words)
})

it('shows a result only in the browser that made the trip', async () => {
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  await browser.get(await signInWith(world, browser, path))
  await outcome(world, attemptId)
  expect((await newBrowser(world).get(`/consent/result?attempt=${attemptId}`)).status).toBe(404)
  expect((await browser.get('/consent/result?attempt=other')).status).toBe(404)
  expect((await browser.get('/consent/result')).status).toBe(404)
})

it('keeps another account waiting for an administrator, and tells outsiders nothing of the old one', async () => {
  await connect(world)
  const { path, attemptId } = await makeLink(world)
  const browser = newBrowser(world)
  const back = await browser.get(await signInWith(world, browser, path, { user: tenant.users.second }))
  expect(await outcome(world, attemptId)).toMatchObject({
    status: 'failed',
    problem: { code: 'other_account' },
  })
  const page = await browser.get(back.location)
  expect(page.text).toContain('A different account than before')
  expect(page.text).not.toContain(tenant.users.service)
  const accept = `/connections/${tenant.id}/consent-attempts/${attemptId}/accept-account`
  expect(
    (await world.api('POST', accept, { as: await world.member(world.organisationId, 'viewer') })).status,
  ).toBe(403)
  const accepted = await world.api('POST', accept, { as: world.owner })
  expect(accepted.status).toBe(200)
  expect(accepted.body).toMatchObject({ status: 'succeeded' })
  const now = await world.api('GET', `/connections/${tenant.id}`, { as: world.owner })
  expect(now.body).toMatchObject({ account: { username: tenant.users.second } })
})

describe('the browser cookie', () => {
  it('is HttpOnly, Lax and, on https, bound to the host', async () => {
    const secure = await openWorld({ env: { CONSENTRY_URL: 'https://consentry.example' } })
    const [own, safe] = await Promise.all(
      [world, secure].map(async (at) => newBrowser(at).go('POST', (await makeLink(at)).path, {})),
    )
    await secure.close()
    expect(own?.cookies[0]).toMatch(/^consentry_browser=[\w-]{43}; .*Path=\/; .*HttpOnly; SameSite=Lax$/)
    expect(safe?.cookies[0]).toMatch(
      /^__Host-consentry_browser=[\w-]{43}; .*Path=\/; .*HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(safe?.cookies[1]).toMatch(
      /^consentry_trip=[\w-]+; .*Path=\/consent; .*HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  it('is made anew when its value is not of the form, as one planted from outside', async () => {
    const browser = newBrowser(world)
    browser.jar.set('consentry_browser', 'guessable')
    await browser.go('POST', (await makeLink(world)).path, {})
    expect(browser.jar.get('consentry_browser')).toMatch(/^[\w-]{43}$/)
  })

  it('stays the same over several trips', async () => {
    const browser = newBrowser(world)
    await browser.go('POST', (await makeLink(world)).path, {})
    const first = browser.jar.get('consentry_browser')
    await browser.go('POST', (await makeLink(world)).path, {})
    expect(browser.jar.get('consentry_browser')).toBe(first)
  })
})
