import { setTimeout as sleep } from 'node:timers/promises'

import type { Page, Request } from 'playwright-core'

const QUIET = 60
const PATIENCE = 15_000

/** Gives a wait until nothing is asked for any more, and what came is on the page; sooner than the browser's own. */
export function watchRequests(page: Page): () => Promise<void> {
  const open = new Set<Request>()
  let last = performance.now()
  // A stream of events never ends.
  page.on('request', (it) => void (it.headers()['accept']?.includes('event-stream') || open.add(it)))
  const end = (request: Request) => {
    open.delete(request)
    last = performance.now()
  }
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  return async () => {
    const deadline = performance.now() + PATIENCE
    while (open.size > 0 || performance.now() - last < QUIET) {
      if (performance.now() > deadline)
        throw new Error(`${page.url()} still asks for ${[...open].map((it) => it.url()).join(', ')}`)
      await sleep(10)
    }
    await page.evaluate(
      'document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))',
    )
  }
}
