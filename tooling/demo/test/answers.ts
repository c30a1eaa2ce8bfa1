import type { Page } from 'playwright-core'

/** What the API says; what a page gets instead; or nothing, as when the network is gone. */
export type Answer = 'real' | 'none' | { readonly status?: number; readonly json: unknown }
export type Ask = { readonly url: string; readonly method: string }

/**
 * Answers in the API's place until it is called back. Playwright's `route` would do, but it holds up every file of a
 * page, and turns off the browser's cache: a page takes twice as long then.
 */
export async function answerInstead(
  page: Page,
  address: RegExp,
  answer: (ask: Ask) => Answer | Promise<Answer>,
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  const reply = async (requestId: string, ask: Ask) => {
    const given = address.test(ask.url) ? await answer(ask) : 'real'
    if (given === 'real') return session.send('Fetch.continueRequest', { requestId })
    if (given === 'none') return session.send('Fetch.failRequest', { requestId, errorReason: 'Failed' })
    const { status = 200, json } = given
    return session.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: status,
      responseHeaders: [
        { name: 'content-type', value: status < 400 ? 'application/json' : 'application/problem+json' },
      ],
      body: Buffer.from(JSON.stringify(json)).toString('base64'),
    })
  }
  // A page that has left meanwhile asks for nothing any more.
  session.on(
    'Fetch.requestPaused',
    ({ requestId, request }) => void reply(requestId, request).catch(() => undefined),
  )
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/api/*' }] })
  return () => session.detach()
}
