import { setTimeout as sleep } from 'node:timers/promises'

import { readConfig } from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { consent, createVisitor, openBrowser, startStack, type Stack, type Visitor } from '@consentry/demo'
import { demo } from '@consentry/microsoft-simulator'
import type { Page } from 'playwright-core'

import { feel, type Felt } from './felt.ts'
import { fill, nameOf } from './fill.ts'

const { nordwind } = demo.tenants
const LIST = '/my-services/microsoft-365-csp-direct/authentication'
const API = `/api/v1/connections/${nordwind.id}`
const PATIENCE = 30_000
const REPORT_PATIENCE = 300_000
/** The console waits as long whether more is typed. */
const TYPING = 300

/** Does in a real browser what an administrator does on the two longest pages; what each act felt like. */
export async function feelConsole(tenants: number, lines: number): Promise<Felt[]> {
  const stack = await startStack({ port: 0 })
  const browser = await openBrowser()
  try {
    const visitor = createVisitor(stack.url)
    await visitor.call('POST', '/api/auth/sign-in/email', stack.owner)
    await consent(stack, visitor, nordwind, nordwind.users.service)
    await fillLike(stack, tenants)
    const report = await runReport(stack, visitor, lines)
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
    await context.request.post(`${stack.url}/api/auth/sign-in/email`, {
      data: stack.owner,
      headers: { origin: stack.url },
    })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(stack.url + LIST)
    const list = await feelList(page, tenants)
    await page.goto(`${stack.url}${LIST}/${nordwind.id}/billing/${report}`)
    return [...list, ...(await feelLines(page, lines))]
  } finally {
    await browser.close()
    await stack.stop()
  }
}

async function fillLike(stack: Stack, tenants: number): Promise<void> {
  const { store, close } = await openDatabase(readConfig(stack.env).database)
  const organisation = await store.findOrganisation(stack.organisation.slug)
  const row = organisation && (await store.findConnection(organisation.id, nordwind.id))
  await close()
  if (!row) throw new Error('The tenant is not there.')
  await fill(stack.env, row, tenants)
}

/** A report of so many lines; its id. */
async function runReport(stack: Stack, visitor: Visitor, lines: number): Promise<string> {
  const { items } = await visitor.call<{ items: { id: string }[] }>('GET', `${API}/invoices`)
  const [invoice] = items
  if (!invoice) throw new Error('There is no invoice.')
  stack.simulator.control.setExportLines(nordwind.id, invoice.id, lines)
  const wish = { kind: 'billed', invoiceId: invoice.id }
  const { id } = await visitor.call<{ id: string }>('POST', `${API}/billing-reports`, wish)
  for (const deadline = Date.now() + REPORT_PATIENCE; Date.now() < deadline; await sleep(500)) {
    const { status } = await visitor.call<{ status: string }>('GET', `${API}/billing-reports/${id}`)
    if (status === 'succeeded') return id
    if (status === 'failed') break
  }
  throw new Error('The report did not succeed.')
}

async function feelList(page: Page, tenants: number): Promise<Felt[]> {
  const of = '.tenants'
  const said = (text: RegExp) => page.getByText(text).first().waitFor()
  await said(/^1 to 25 of/)
  const next = async (n: number) => {
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await said(new RegExp(`^${(n + 1) * 25 + 1} to`))
  }
  const search = async (n: number) => {
    const name = nameOf(tenants - 7 - n)
    await page.getByLabel('Search tenants').fill(name)
    await page.getByRole('link', { name, exact: true }).waitFor()
  }
  const status = async (n: number) => {
    await page.locator('.pill', { hasText: n % 2 === 0 ? 'Broken' : 'All' }).click()
    await page.waitForURL(n % 2 === 0 ? /status=broken/ : (url) => !url.search.includes('status'))
  }
  const onward = await feel(page, { act: `${tenants} tenants, to the next page`, of, by: next })
  const byStatus = await feel(page, { act: `${tenants} tenants, one status or all`, of, by: status })
  await page.locator('.pill', { hasText: 'All' }).click()
  await said(/^1 to 25 of/)
  const found = await feel(page, {
    act: `${tenants} tenants, one by its name`,
    of,
    by: search,
    pause: TYPING,
  })
  return [onward, byStatus, found]
}

async function feelLines(page: Page, lines: number): Promise<Felt[]> {
  const of = 'section.lines'
  const view = page.getByTestId('lines')
  await view.locator('tr.row td.product').first().waitFor()
  const key =
    (...keys: string[]) =>
    async (n: number) => {
      await view.press(keys[n % keys.length] ?? 'End')
    }
  const drag = async (n: number) => {
    await view.evaluate((list, share) => (list.scrollTop = list.scrollHeight * share), (n + 1) / 9)
  }
  const order = async (n: number) => {
    await page.getByLabel('Order', { exact: true }).selectOption({ index: (n + 1) % 3 })
  }
  // Another one each time: what was looked at before is not asked for again.
  const product = async (n: number) => {
    await page.getByLabel('Product', { exact: true }).selectOption({ index: n + 1 })
  }
  const search = async (n: number) => {
    const word = ['copilot', 'azure', 'teams', 'exchange', 'visio', 'entra', 'premium'][n] ?? ''
    await page.getByLabel('Search lines').fill(word)
    await page.waitForURL(new RegExp(`search=${word}`))
  }
  const scrolled = [
    await feel(page, {
      act: `${lines} lines, to the end and back`,
      of,
      by: key('Home', 'End'),
      scrolls: true,
    }),
    await feel(page, { act: `${lines} lines, a page on`, of, by: key('PageDown'), scrolls: true }),
    await feel(page, { act: `${lines} lines, elsewhere by the bar`, of, by: drag, scrolls: true }),
  ]
  const narrowed = [
    await feel(page, { act: `${lines} lines, another order`, of, by: order }),
    await feel(page, { act: `${lines} lines, another product`, of, by: product }),
  ]
  await page.getByLabel('Product', { exact: true }).selectOption({ index: 0 })
  const found = await feel(page, { act: `${lines} lines, a word`, of, by: search, pause: TYPING })
  return [...scrolled, ...narrowed, found]
}
