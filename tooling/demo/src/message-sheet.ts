import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

import type { Browser, Page } from 'playwright-core'

import { buildMessageSheet } from './console.ts'

const ORIGIN = 'http://messages.example'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** Opens the page with every message, which nobody serves, once for each of these languages. */
export async function* openMessageSheets(
  browser: Browser,
  languages: readonly string[],
): AsyncGenerator<{ readonly language: string; readonly page: Page }> {
  const folder = await buildMessageSheet()
  for (const language of languages) {
    const context = await browser.newContext({ locale: language, reducedMotion: 'reduce' })
    await context.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url())
      const body = await readFile(join(folder, pathname)).catch(() => null)
      const contentType = TYPES[extname(pathname)] ?? 'application/octet-stream'
      await route.fulfill(body ? { body, contentType } : { status: 404 })
    })
    const page = await context.newPage()
    await page.goto(`${ORIGIN}/index.html`)
    await page.locator('[data-code=server_error]').waitFor()
    await page.evaluate('document.fonts.ready.then(() => undefined)')
    yield { language, page }
    await context.close()
  }
}
