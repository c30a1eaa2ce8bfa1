import { demo } from '@consentry/microsoft-simulator'
import type { Page } from 'playwright-core'
import { expect, it, onTestFailed } from 'vitest'

import { expectFocus, press, tabTo, typeInto } from './keys.ts'
import { browser, runStack, stack } from './running.ts'
import { open, signedInPage } from './signed-in.ts'

const { nordwind } = demo.tenants
runStack()

it('leads somebody without a mouse from the sign-in through all that an owner does, and always shows where they are', async () => {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  onTestFailed(async () => {
    const at = await page.evaluate<string>('document.activeElement?.outerHTML ?? ""')
    console.error(page.url(), at.slice(0, 300), await page.innerText('body'))
  })
  await page.goto(stack.url)
  await signIn(page)
  await connect(page)
  await readTenant(page)
  await runReport(page)
  await invite(page)
  await makeKey(page)
  await disconnect(page)
  expect(await isNowhere(page)).toBe(false)
  await context.close()
}, 120_000)

async function signIn(page: Page): Promise<void> {
  await expectFocus(page.getByLabel('Email'))
  await page.keyboard.type(stack.owner.email)
  await typeInto(page, page.getByLabel('Password', { exact: true }), stack.owner.password)
  await page.keyboard.press('Enter')
  await expectFocus(heading(page, 'Welcome'))
}

async function connect(page: Page): Promise<void> {
  await press(page, page.getByRole('link', { name: 'Connect a tenant' }))
  await expectFocus(heading(page, 'Microsoft CSP Authentication'))
  await typeInto(page, page.getByLabel('Microsoft ID', { exact: true }), nordwind.id)
  await page.getByText("Tenant found in Microsoft's global cloud.").waitFor()
  await page.keyboard.press('Enter')
  // Microsoft's own pages.
  for (const button of [`[data-upn="${nordwind.users.service}"]`, '#mfa-approve', '#consent-accept']) {
    await page.waitForSelector(button)
    await page.focus(button)
    await page.keyboard.press('Enter')
  }
  await expectFocus(heading(page, `${nordwind.name} is connected`))
}

async function readTenant(page: Page): Promise<void> {
  await press(page, page.getByRole('link', { name: 'Open the tenant' }))
  await expectFocus(heading(page, nordwind.name))
  const more = page.getByRole('button', { name: 'More for this tenant' })
  await press(page, more)
  await press(page, page.getByRole('button', { name: 'Rename' }))
  const dialog = page.getByRole('dialog')
  await expectFocus(dialog.getByLabel('Name', { exact: true }))
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expectFocus(more)
}

async function runReport(page: Page): Promise<void> {
  await goTo(page, 'Billing', 'Billing reports')
  await press(page, page.getByRole('main').getByRole('link', { name: nordwind.name }))
  await expectFocus(heading(page, `Billing of ${nordwind.name}`))
  await press(page, page.getByRole('button', { name: 'Run Microsoft billing report' }))
  await page.getByTestId('report-figures').waitFor()
  await expect.poll(() => isNowhere(page)).toBe(false)
  await tabTo(page, page.getByRole('button', { name: 'Show as table' }).first())
}

async function invite(page: Page): Promise<void> {
  await goTo(page, 'Members', 'Members')
  const button = page.getByRole('button', { name: 'Invite somebody' })
  await press(page, button)
  const dialog = page.getByRole('dialog')
  await expectFocus(dialog.getByLabel('Email'))
  await page.keyboard.type('lee@demo.example')
  await tabTo(page, dialog.getByRole('radio', { name: 'Viewer' }))
  await page.keyboard.press('ArrowRight')
  expect(await dialog.getByRole('radio', { name: 'Admin' }).isChecked()).toBe(true)
  await press(page, dialog.getByRole('button', { name: 'Invite somebody' }))
  await expectFocus(dialog.getByRole('button', { name: 'Copy link' }))
  await press(page, dialog.getByRole('button', { name: 'Done' }))
  await dialog.waitFor({ state: 'detached' })
  await expectFocus(button)
}

async function makeKey(page: Page): Promise<void> {
  await goTo(page, 'Service keys', 'Service keys')
  const button = page.getByRole('button', { name: 'New service key' })
  await press(page, button)
  const dialog = page.getByRole('dialog')
  await expectFocus(dialog.getByLabel('Name', { exact: true }))
  await page.keyboard.type('ERP sync')
  await press(page, dialog.getByLabel('Read billing reports'), 'Space')
  await press(page, dialog.getByRole('button', { name: 'Make the key' }))
  await expectFocus(dialog.getByRole('button', { name: 'Copy' }))
  await press(page, dialog.getByLabel('I have put it in a safe place'), 'Space')
  await press(page, dialog.getByRole('button', { name: 'Done' }))
  await expectFocus(button)
  // Revoking it: the harmless button has the focus, and the row that is gone hands it on.
  await press(page, page.getByRole('button', { name: 'Revoke ERP sync' }))
  await expectFocus(dialog.getByRole('button', { name: 'Keep it' }))
  await press(page, dialog.getByRole('button', { name: 'Revoke', exact: true }))
  await page.getByText('Revoked').waitFor()
  await expect.poll(() => isNowhere(page)).toBe(false)
}

async function disconnect(page: Page): Promise<void> {
  await page.keyboard.press('/')
  await page.keyboard.type(nordwind.name.slice(0, 6))
  await page.getByRole('option', { name: nordwind.name }).waitFor()
  await page.keyboard.press('Enter')
  await expectFocus(heading(page, nordwind.name))
  await press(page, page.getByRole('button', { name: 'More for this tenant' }))
  await press(page, page.getByRole('button', { name: 'Disconnect' }))
  const dialog = page.getByRole('dialog')
  const confirmation = dialog.getByLabel(`Type ${nordwind.name} to confirm`)
  await expectFocus(confirmation)
  // Enter does nothing until the name is right.
  await page.keyboard.type('Nord')
  await page.keyboard.press('Enter')
  expect(await dialog.count()).toBe(1)
  await page.keyboard.type(nordwind.name.slice('Nord'.length))
  await page.keyboard.press('Enter')
  await expectFocus(page.getByRole('heading', { level: 1, name: /disconnected/ }))
}

it('shows its keys at ?, comes to the field at / from a closed drawer, and does neither once they are off', async () => {
  const page = await signedInPage(browser, stack, stack.owner, { viewport: { width: 800, height: 900 } })
  await open(page, stack, '/profile', 'Profile')
  await page.getByRole('heading', { level: 1 }).focus()
  await page.keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys' })
  await keys.getByText('Goes to the field for a tenant or page').waitFor()
  await expectFocus(keys.getByRole('button', { name: 'Close' }))
  await page.keyboard.press('Escape')
  await keys.waitFor({ state: 'detached' })
  await expectFocus(heading(page, 'Profile'))

  const field = page.getByRole('combobox', { name: 'Go to tenant or page' })
  await page.keyboard.press('/')
  await expectFocus(field)
  await expect.poll(async () => (await field.boundingBox())?.x ?? -1).toBeGreaterThan(0)
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await field.boundingBox())?.x ?? -1).toBeLessThan(0)
  await expect.poll(() => isNowhere(page)).toBe(false)
  // What cannot be seen cannot be reached.
  await tabTo(page, page.getByLabel('Single keys do something'))
  await page.keyboard.press('Space')
  await page.getByRole('heading', { level: 1 }).focus()
  for (const key of ['?', '/']) await page.keyboard.press(key)
  await expectFocus(heading(page, 'Profile'))
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.context().close()
}, 60_000)

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1, exact: true })
const isNowhere = (page: Page) => page.evaluate<boolean>('document.activeElement === document.body')

/** To a page by its name. */
async function goTo(page: Page, name: string, title: string): Promise<void> {
  await page.keyboard.press('/')
  await expectFocus(page.getByRole('combobox', { name: 'Go to tenant or page' }))
  await page.keyboard.type(name)
  await page.getByRole('option', { name: title }).waitFor()
  await page.keyboard.press('Enter')
  await expectFocus(heading(page, title))
}
