import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'

import { openBrowser } from '../src/browser.ts'
import { startStack, type Stack } from '../src/stack.ts'

/** What the tests of this file run on, from their first one on. */
export let stack: Stack
export let browser: Browser

/** Starts a stack and a browser for the tests of a file, does what is to be done before the first, and ends both. */
export function runStack(prepare?: () => Promise<void>): void {
  beforeAll(async () => {
    ;[stack, browser] = await Promise.all([startStack({ port: 0 }), openBrowser()])
    await prepare?.()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await stack?.stop()
  })
}
