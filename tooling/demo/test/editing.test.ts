import { demo } from '@consentry/microsoft-simulator'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { expectNoBarrier } from './barriers.ts'
import { browser, runStack, stack } from './running.ts'
import { open, signedInPage } from './signed-in.ts'

const MICROSOFT_ID = demo.tenants.nordwind.id
const TENANT = `/my-services/microsoft-365-csp-direct/authentication/${MICROSOFT_ID}`
runStack()

/** What the other person does meanwhile, in a browser of their own. */
async function meanwhile(page: Page, method: string, path: string, data: object): Promise<void> {
  const headers = { origin: stack.url }
  const answer = await page.request.fetch(`${stack.url}/api/v1${path}`, { method, data, headers })
  expect(answer.ok()).toBe(true)
}
const read = async (page: Page, path: string) => (await page.request.get(`${stack.url}/api/v1${path}`)).text()

it('asks before it writes over what somebody else did meanwhile, and keeps or replaces it as one chooses', async () => {
  const page = await signedInPage(browser, stack)
  const channel = { kind: 'email', address: 'ops@demo.example', events: ['connection.broken'] }
  await meanwhile(page, 'PUT', '/notifications', { channels: [channel] })
  const { channels } = JSON.parse(await read(page, '/notifications')) as { channels: [{ id: string }] }
  const mine = { ...channel, id: channels[0].id }
  await open(page, stack, '/organisation/notifications', 'Notifications')

  await page.getByRole('button', { name: 'Change Email: ops@demo.example' }).click()
  await page.getByLabel('Somebody consented').check()
  await meanwhile(page, 'PUT', '/notifications', { channels: [{ ...mine, events: ['nightly.finished'] }] })
  await page.getByRole('button', { name: 'Save' }).click()
  const asked = page.getByRole('dialog', { name: 'Changed by somebody else' })
  await asked.getByText(/^Olga Owner changed this at \d\d:\d\d\. Nothing was overwritten\./).waitFor()
  const theirs = asked.getByRole('cell', { name: 'The night is over, with its figures', exact: true })
  expect(await theirs.count()).toBe(1)
  const yours = asked.getByRole('cell', { name: 'A tenant has stopped · Somebody consented', exact: true })
  expect(await yours.count()).toBe(1)
  await expect.poll(() => focused(page)).toBe('Keep theirs')
  await expectNoBarrier(page)
  expect(await read(page, '/notifications')).toContain('nightly.finished')
  // Back to what was typed, and once more.
  await page.keyboard.press('Escape')
  await asked.waitFor({ state: 'detached' })
  expect(await page.getByLabel('Somebody consented').isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Save' }).click()
  await asked.getByRole('button', { name: 'Use mine' }).click()
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  expect(await read(page, '/notifications')).toContain('["connection.broken","consent.succeeded"]')

  // What somebody else did to another one stands beside it without a question.
  await page.getByRole('button', { name: 'Change Email: ops@demo.example' }).click()
  await page.getByLabel('It works again').check()
  const another = { ...channel, address: 'night@demo.example' }
  await meanwhile(page, 'PUT', '/notifications', {
    channels: [{ ...mine, events: ['connection.broken', 'consent.succeeded'] }, another],
  })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Email: night@demo.example').first().waitFor()
  expect(await read(page, '/notifications')).toContain('connection.recovered')
  await page.context().close()
}, 60_000)

it('keeps a name and a role that somebody else changed while they were being changed', async () => {
  const page = await signedInPage(browser, stack)
  // A page asks again after half a minute, which goes by at once here.
  await page.clock.install()
  const asked = page.getByRole('dialog', { name: 'Changed by somebody else' })
  await meanwhile(page, 'POST', '/connections', { microsoftId: MICROSOFT_ID, name: 'Nordwind' })
  await open(page, stack, TENANT, 'Nordwind')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByText('Rename').click()
  await page.getByLabel('Name', { exact: true }).fill('Nordwind AB')
  await meanwhile(page, 'PATCH', `/connections/${MICROSOFT_ID}`, { name: 'Nordwind Group' })
  // Also when the page heard of it before it was saved.
  const heard = page.waitForResponse(`${stack.url}/api/v1/connections/${MICROSOFT_ID}`)
  await page.clock.fastForward(31_000)
  expect(await (await heard).text()).toContain('Nordwind Group')
  await page.getByRole('heading', { name: 'Nordwind Group', level: 1, includeHidden: true }).waitFor()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Nordwind AB')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await asked.getByRole('cell', { name: 'Nordwind Group' }).waitFor()
  await asked.getByRole('button', { name: 'Keep theirs' }).click()
  await page.getByRole('heading', { name: 'Nordwind Group', level: 1 }).waitFor()

  await open(page, stack, '/organisation/members', 'Members')
  const { items } = JSON.parse(await read(page, '/members')) as { items: { id: string; name: string }[] }
  const viewer = items.find((it) => it.name === 'Vic Viewer')?.id
  await meanwhile(page, 'PATCH', `/members/${viewer}`, { role: 'admin' })
  await page.getByLabel('Role of Vic Viewer').selectOption('owner')
  await asked.getByRole('cell', { name: 'Admin' }).waitFor()
  await asked.getByRole('button', { name: 'Keep theirs' }).click()
  await asked.waitFor({ state: 'detached' })
  await expect.poll(() => page.getByLabel('Role of Vic Viewer').inputValue()).toBe('admin')
  expect(await read(page, '/members')).not.toContain('"role":"viewer"')
  await meanwhile(page, 'PATCH', `/members/${viewer}`, { role: 'viewer' })
  await page.context().close()
}, 60_000)

it('brings back what was typed into each form, after a reload and after a session that ended, but no secret', async () => {
  const page = await signedInPage(browser, stack)
  const dialog = page.getByRole('dialog')
  const reload = async () => {
    await page.reload()
    await page.waitForLoadState('networkidle')
  }

  await open(page, stack, '/organisation/members', 'Members')
  await page.getByRole('button', { name: 'Invite somebody' }).first().click()
  await dialog.getByLabel('Email').fill('lee@demo.example')
  await dialog.getByText('Admin', { exact: true }).click()
  await reload()
  await expect.poll(() => dialog.getByLabel('Email').inputValue()).toBe('lee@demo.example')
  expect(await dialog.getByRole('radio', { name: 'Admin' }).isChecked()).toBe(true)
  // Its time is over while somebody types.
  const cookies = await page.context().cookies()
  await page.context().clearCookies()
  await dialog.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByRole('dialog', { name: 'You were signed out' }).waitFor()
  await page.context().addCookies(cookies)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Email').fill(stack.owner.email)
  await page.getByLabel('Password', { exact: true }).fill(stack.owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor()
  await expect.poll(() => dialog.getByLabel('Email').inputValue()).toBe('lee@demo.example')
  await dialog.getByRole('button', { name: 'Invite somebody' }).click()
  await page.getByLabel('Link of the invitation').waitFor()
  await reload()
  expect(await dialog.count()).toBe(0)

  await open(page, stack, '/organisation/service-keys', 'Service keys')
  await page.getByRole('button', { name: 'New service key' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('ERP sync')
  await dialog.getByLabel('Read billing reports').check()
  await dialog.getByText('365 days').click()
  await reload()
  await expect.poll(() => dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('ERP sync')
  expect(await dialog.getByLabel('Read billing reports').isChecked()).toBe(true)
  expect(await dialog.getByRole('radio', { name: '365 days' }).isChecked()).toBe(true)

  await open(page, stack, '/organisation/return-addresses', 'Return addresses')
  await page.getByLabel('Address', { exact: true }).fill('https://portal.example')
  await reload()
  expect(await page.getByLabel('Address', { exact: true }).inputValue()).toBe('https://portal.example')

  await open(page, stack, '/organisation/single-sign-on', 'Single sign-on')
  await page.getByLabel('Issuer').fill('https://login.example')
  await page.getByLabel('Client secret', { exact: true }).fill('hush-of-the-provider')
  await reload()
  expect(await page.getByLabel('Issuer').inputValue()).toBe('https://login.example')
  expect(await page.getByLabel('Client secret', { exact: true }).inputValue()).toBe('')

  await open(page, stack, '/organisation/notifications', 'Notifications')
  await page.getByRole('button', { name: 'Add somebody to tell' }).click()
  await dialog.getByText('Webhook', { exact: true }).click()
  await dialog.getByLabel('Address', { exact: true }).fill('https://hooks.example/hush-of-the-hook')
  await dialog.getByLabel('Quiet hours').check()
  await reload()
  await expect.poll(() => dialog.getByLabel('Quiet hours').isChecked()).toBe(true)
  expect(await dialog.getByRole('radio', { name: 'Webhook' }).isChecked()).toBe(true)
  const kept = await page.evaluate<string>('JSON.stringify({ ...sessionStorage, ...localStorage })')
  expect(kept).toContain('ERP sync')
  expect(kept).not.toContain('hush')

  // Nobody who comes after finds any of it.
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'You and your settings' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  expect(await page.evaluate<string>('JSON.stringify(sessionStorage)')).not.toMatch(/ERP sync|portal/)
  await page.context().close()
}, 90_000)

/** What has the focus, by its words. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement?.textContent?.trim() ?? ""')
}
