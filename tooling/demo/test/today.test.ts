import { demo } from '@consentry/microsoft-simulator'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { expectNoBarrier, WIDE_AND_NARROW } from './barriers.ts'
import { browser, runStack, stack } from './running.ts'
import { signedInPage } from './signed-in.ts'

runStack()

/** The page as it is when the API answers this; a morning that takes weeks to come about by itself. */
async function openToday(answer: (real: Record<string, unknown>) => object): Promise<Page> {
  const page = await signedInPage(browser, stack, stack.owner, {
    timezoneId: 'Europe/Stockholm',
    viewport: { width: 1440, height: 900 },
  })
  await page.route('**/api/v1/today', async (route) => {
    const real = (await (await route.fetch()).json()) as Record<string, unknown>
    await route.fulfill({ json: { ...real, ...answer(real) } })
  })
  await page.goto(stack.url)
  return page
}

const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString()
const guid = (n: number) => `5b2e7c1a-0f64-4d39-8e27-${String(n).padStart(12, '0')}`
const need = (n: number, code: string, by: string | null = null) => ({
  code,
  title: code,
  detail: code,
  action: 'reconsent',
  microsoftId: guid(n),
  name: `Tenant ${n}`,
  status: by ? 'attention' : 'broken',
  by,
})
const CODES = ['signed_out', 'expired', 'mfa_setup', 'account_disabled', 'password_expired', 'policy_block']

it('says one cause once, orders by the moment it hurts, and leaves the rest to one link', async () => {
  const rule = { kind: 'inactivity', since: inDays(-88), everyDays: 90, evidence: 'documented' }
  const soon = CODES.map((code, n) => ({
    ...need(20 + n, code, inDays(2 + n)),
    ...(code === 'expired' ? { stopsWorkingBecause: rule } : {}),
  }))
  const later = CODES.slice(0, 2).map((code, n) => need(30 + n, code, inDays(9 + n)))
  const same = [1, 2, 3, 4].map((n) => need(n, 'app_removed'))
  const page = await openToday(() => ({
    needsPerson: [...later, ...soon, need(10, 'role_missing'), ...same],
    counts: { broken: 5, attention: 8, new: 0, waiting: 1, connected: 100 },
    incidents: [{ code: 'app_secret', title: 'x', detail: 'x', action: 'fix_app', connections: 0 }],
    running: { done: 60, of: 108 },
    waiting: [
      {
        microsoftId: guid(99),
        name: 'Brennholt IT AS',
        recipient: 'T. Berg',
        createdByName: 'Olga Owner',
        createdAt: inDays(-1),
        expiresAt: inDays(2),
      },
    ],
    unavailable: ['tokens'],
  }))
  await page.getByRole('heading', { name: '13 tenants need you today', level: 1 }).waitFor()
  await page.getByText("Tonight's run: 60 of 108.").waitFor()
  await page.getByText('You need not do anything: whoever runs Consentry must').waitFor()
  await page.getByRole('heading', { name: '4 tenants, the same cause' }).waitFor()
  await page.getByText('Which they are').click()
  await page.getByRole('link', { name: 'Tenant 3', exact: true }).waitFor()
  expect(await page.locator('ol > li').count()).toBe(8)
  // What is to come says how that is known, and what to do.
  await page.getByText('Microsoft ends a sign-in that is not refreshed for 90 days.').waitFor()
  await page.getByText("That is Microsoft's rule for every tenant. Nothing; each refresh").waitFor()
  // One filled button, the first row's.
  expect(await page.locator('main .v-btn--variant-flat').count()).toBe(1)
  expect(await page.locator('ol > li').first().locator('.v-btn--variant-flat').count()).toBe(1)
  await page.getByRole('link', { name: /^2 more, the earliest on / }).waitFor()
  await page.getByText('Link for T. Berg, made by Olga Owner').waitFor()
  // What could not be read fails alone.
  await page.getByText('Not available just now').waitFor()
  await page.getByText('of 114 connected').waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().close()
}, 60_000)

it('goes to a page or tenant by its name, with the keyboard alone, unless somebody turned single keys off', async () => {
  const page = await openToday(() => ({}))
  const { request } = page.context()
  const data = { microsoftId: demo.tenants.nordwind.id, name: 'Nordwind' }
  const headers = { origin: stack.url }
  expect((await request.post(`${stack.url}/api/v1/connections`, { data, headers })).status()).toBe(201)
  const field = page.getByRole('combobox', { name: 'Go to tenant or page' })
  await field.waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('nordw')
  await page.getByRole('option', { name: 'Nordwind' }).waitFor()
  await expectNoBarrier(page)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Nordwind', level: 1 }).waitFor()
  await page.locator('h1').focus()
  await page.keyboard.press('/')
  await page.keyboard.type('profile')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
  await page.getByLabel('Single keys do something').uncheck()
  await page.reload()
  await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
  await page.keyboard.press('/')
  expect(await field.evaluate('document.activeElement?.tagName')).not.toBe('INPUT')
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.context().close()
}, 60_000)
