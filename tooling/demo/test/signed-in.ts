import type { Browser, BrowserContext, Page } from 'playwright-core'
import { onTestFailed } from 'vitest'

import type { Account } from '../src/people.ts'
import type { Stack } from '../src/stack.ts'

type ContextOptions = Parameters<Browser['newContext']>[0]

/** A browser of their own in which somebody is signed in. */
export async function signedIn(
  browser: Browser,
  stack: Stack,
  account: Account = stack.owner,
  options: ContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const headers = { origin: stack.url }
  await context.request.post(`${stack.url}/api/auth/sign-in/email`, { data: account, headers })
  return context
}

/** A page of a browser in which somebody is signed in; where the test fails it tells what was on it. */
export async function signedInPage(...given: Parameters<typeof signedIn>): Promise<Page> {
  const context = await signedIn(...given)
  const page = await context.newPage()
  onTestFailed(async () => console.error(page.url(), await page.innerText('body')))
  return page
}

/** Goes to a page and waits until it is there. */
export async function open(page: Page, stack: Stack, path: string, heading: string): Promise<void> {
  await page.goto(stack.url + path)
  await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor()
  await page.waitForLoadState('networkidle')
}
