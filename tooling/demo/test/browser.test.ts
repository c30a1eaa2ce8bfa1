import { readFile } from 'node:fs/promises'

import { demo } from '@consentry/microsoft-simulator'
import type { Page } from 'playwright-core'
import { expect, it, onTestFailed } from 'vitest'

import { BOTH_THEMES, expectNoBarrier } from './barriers.ts'
import { shortened } from './in-page.ts'
import { browser, runStack, stack } from './running.ts'
import { signedInPage } from './signed-in.ts'

const { nordwind } = demo.tenants
const PATIENCE = 30_000
const BILLING = `/my-services/microsoft-365-csp-direct/authentication/${nordwind.id}/billing`

runStack()

it('leads a person from the sign-in to a billing report that is right to the cent', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  const complaints = listen(page)
  onTestFailed(async () => console.error(page.url(), complaints, await page.innerText('body')))

  await signIn(page)
  await connect(page)
  await page.getByText('8 of 8 proven').waitFor()
  expect(await page.locator('[data-rung][data-state="passed"]').count()).toBe(8)
  await page.getByRole('heading', { name: `${nordwind.name} is connected` }).waitFor()
  await expectNoBarrier(page, BOTH_THEMES)

  await page.getByRole('link', { name: 'Run a billing report' }).click()
  await page.getByRole('button', { name: 'Run Microsoft billing report' }).click()
  const figures = page.getByTestId('report-figures')
  await figures.waitFor()
  const total = await figures.locator('dd').first().innerText()
  expect(digits(total)).toBe(digits(await invoiceTotal(page)))
  await expectNoBarrier(page, BOTH_THEMES)

  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByLabel('Compare with').selectOption({ index: 1 })
  await page.getByText('The same as before').first().waitFor()
  await page.getByRole('button', { name: 'Show as table' }).first().click()
  await page.getByRole('columnheader', { name: 'Change' }).waitFor()
  await expectNoBarrier(page, BOTH_THEMES)
  expect(complaints).toEqual([])
}, 120_000)

it('shows thousands of lines, found and ordered, to whoever has a keyboard alone', async () => {
  const page = await signedInPage(browser, stack)
  page.setDefaultTimeout(PATIENCE)
  const connection = `${stack.url}/api/v1/connections/${nordwind.id}`
  const invoices = (await (await page.request.get(`${connection}/invoices`)).json()) as {
    items: { id: string }[]
  }
  for (const { id } of invoices.items) stack.simulator.control.setExportLines(nordwind.id, id, 5_000)

  await page.goto(`${stack.url}${BILLING}`)
  await page.getByRole('button', { name: 'Run Microsoft billing report' }).click()
  const lines = page.getByTestId('lines')
  await lines.waitFor()
  await page.getByText(/^Lines 1 to \d+ of 5,000$/).waitFor()
  await lines.focus()
  await page.keyboard.press('End')
  await page.getByText(/^Lines 4,9\d\d to 5,000 of 5,000$/).waitFor()
  expect(await lines.locator('tr').count()).toBeLessThan(60)
  await lines.locator('tr[aria-rowindex="5001"] td').first().waitFor()

  for (const width of [840, 960, 1100, 1280, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(() => page.evaluate(shortened, '[data-testid=lines] td.number .cell')).toEqual([])
  }

  await page.getByLabel('Search lines').fill('microsoft copilot')
  await page.waitForURL(/search=microsoft/)
  await page.getByLabel('Kind').selectOption('Credits')
  const first = lines.getByRole('row').nth(1)
  await first.getByText('Microsoft 365 Copilot').waitFor()
  const filtered = await page.getByText(/^Lines 1 to/).innerText()
  await page.getByRole('button', { name: 'Before tax' }).press('Enter')
  await page
    .getByRole('columnheader', { name: 'Before tax' })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor()
  await page.reload()
  await page.getByText(filtered, { exact: true }).waitFor()
  await expectNoBarrier(page, BOTH_THEMES)

  await page.route('**/lines?**', (route) => route.abort())
  await page.getByLabel('Kind').selectOption('Use')
  await page.getByText('Not available just now').waitFor()
  await page.unroute('**/lines?**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('No line matches.').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.getByText(/^Lines 1 to \d+ of 5,000$/).waitFor()

  await page.getByRole('button', { name: 'Download' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: /^JSON Lines \d/ }).click()
  const file = await readFile(await (await saved).path(), 'utf8')
  expect(file.trimEnd().split('\n')).toHaveLength(5_000)
  await page.context().close()
}, 120_000)

it('says why a report failed and leaves the one before in reach', async () => {
  const page = await signedInPage(browser, stack)
  page.setDefaultTimeout(PATIENCE)
  stack.simulator.control.addFault({ on: { host: 'blob' }, then: { truncate: true } })
  await page.goto(`${stack.url}${BILLING}`)
  await page.getByRole('button', { name: 'Run Microsoft billing report' }).click()
  await page.locator('[data-code=report_failed]').waitFor()
  await expectNoBarrier(page, BOTH_THEMES)
  await page.getByRole('link', { name: /G\d+/ }).first().click()
  await page.getByTestId('report-figures').waitFor()
  expect(await page.getByText('Complete', { exact: true }).count()).toBe(1)
  await page.context().close()
}, 120_000)

async function signIn(page: Page): Promise<void> {
  await page.goto(stack.url)
  await page.getByLabel('Email').fill(stack.owner.email)
  await page.getByLabel('Password', { exact: true }).fill(stack.owner.password)
  await expectNoBarrier(page, BOTH_THEMES)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function connect(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Connect a tenant' }).click()
  await page.getByLabel('Microsoft ID', { exact: true }).fill(nordwind.id)
  await page.getByText("Tenant found in Microsoft's global cloud.").waitFor()
  await expectNoBarrier(page, BOTH_THEMES)
  await page.getByRole('button', { name: 'Update', exact: true }).click()
  await page.click(`[data-upn="${nordwind.users.service}"]`)
  await page.click('#mfa-approve')
  await page.click('#consent-accept')
}

/** What the browser finds fault with: errors of the page, of its scripts, and of the content security policy. */
function listen(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    // Chromium notes every 401 as an error; asking who is signed in is how the console finds out that nobody is.
    const asked = message.location().url.endsWith('/api/v1/me') && message.text().includes('401')
    if (message.type() === 'error' && !asked) complaints.push(`${message.text()} (${message.location().url})`)
  })
  return complaints
}

/** What Microsoft invoiced last, from its own books. */
async function invoiceTotal(page: Page): Promise<string> {
  const answer = await page.request.get(`${stack.url}/api/v1/connections/${nordwind.id}/invoices?limit=100`)
  const { items } = (await answer.json()) as { items: Invoice[] } // as Partner Center lists them
  const newest = items
    .filter((it) => it.id.startsWith('G'))
    .toSorted((one, other) => other.invoiceDate.localeCompare(one.invoiceDate))[0]
  return newest?.totalCharges.toFixed(2) ?? ''
}

type Invoice = { readonly id: string; readonly invoiceDate: string; readonly totalCharges: number }

/** The digits alone: separators and currency signs are the reader's language. */
function digits(text: string): string {
  return text.replaceAll(/\D/g, '')
}
