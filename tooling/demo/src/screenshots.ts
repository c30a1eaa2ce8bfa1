import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Browser, BrowserContext, Page } from 'playwright-core'

import { openBrowser } from './browser.ts'
import { openMessageSheets } from './message-sheet.ts'
import { setScene, type Scene, type Who } from './scene.ts'
import { watchRequests } from './settle.ts'
import { startStack, type Stack } from './stack.ts'

/** Writes a picture of each page in both themes, wide and narrow, of a stack with tenants in every state. */
const FOLDER = join(import.meta.dirname, '../../../docs/screenshots')
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const
const THEMES = ['light', 'dark'] as const
/** Longer pages go on as they began. */
const HIGHEST = 3000

const stack = await startStack({ port: 0, say: console.log })
const browser = await openBrowser()
try {
  await mkdir(FOLDER, { recursive: true })
  const scene = await setScene(stack)
  for (const theme of THEMES) {
    for (const size of ['wide', 'narrow'] as const) await shoot(stack, browser, scene, theme, size)
  }
  await shootMessages(browser)
} finally {
  await browser.close()
  await stack.stop()
}

async function shoot(
  at: Stack,
  from: Browser,
  scene: Scene,
  theme: (typeof THEMES)[number],
  size: keyof typeof SIZES,
): Promise<void> {
  const contexts = new Map<Who, BrowserContext>()
  for (const { name, path, ready, as = 'owner' } of scene.views) {
    const context =
      contexts.get(as) ??
      (await from.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        locale: 'en-GB',
        timezoneId: 'Europe/Stockholm',
      }))
    if (!contexts.has(as)) await context.addCookies(scene.cookies[as])
    contexts.set(as, context)
    const page = await context.newPage()
    const settle = watchRequests(page)
    await page.goto(at.url + path)
    await page.locator(ready).first().waitFor()
    await settle()
    await showWhole(page)
    await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${size}.png`) })
    await page.close()
  }
  for (const context of contexts.values()) await context.close()
}

/** A sheet per language with every message, for looking at. */
async function shootMessages(from: Browser): Promise<void> {
  for await (const { language, page } of openMessageSheets(from, ['en', 'fr', 'de', 'es', 'sv'])) {
    for (const size of ['wide', 'narrow'] as const) {
      await page.setViewportSize(SIZES[size])
      await page.screenshot({ path: join(FOLDER, `messages-${language}-${size}.png`), fullPage: true })
    }
  }
}

/** Makes the window as tall as the page, so that bars at its edges stand where they belong. */
async function showWhole(page: Page): Promise<void> {
  const size = page.viewportSize() ?? SIZES.wide
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'))
  await page.setViewportSize({ ...size, height: Math.min(HIGHEST, Math.max(size.height, height)) })
}
