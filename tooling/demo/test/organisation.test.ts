import { gzipSync } from 'node:zlib'

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { expectNoBarrier } from './barriers.ts'
import { failWith } from './faults.ts'
import { browser, runStack, stack } from './running.ts'
import { open, signedIn } from './signed-in.ts'

runStack()

// Each page that somebody meets first, as the browser gets it over a compressing proxy.
it.each([
  ['/sign-in', false],
  ['/', true],
] as const)(
  'needs no more than 200 kB of JavaScript, gzipped, for %s',
  async (path, known) => {
    const context = known ? await signedIn(browser, stack) : await browser.newContext()
    const page = await context.newPage()
    const sizes: Promise<number>[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) sizes.push(response.body().then((it) => gzipSync(it).length))
    })
    await page.goto(stack.url + path)
    await page.waitForLoadState('networkidle')
    const total = (await Promise.all(sizes)).reduce((sum, it) => sum + it, 0)
    expect(total).toBeGreaterThan(50_000)
    expect(total).toBeLessThanOrEqual(200_000)
    await context.close()
  },
  60_000,
)

it('makes a service key that is shown once, and revokes it', async () => {
  const context = await signedIn(browser, stack)
  const page = await context.newPage()
  await open(page, stack, '/organisation/service-keys', 'Service keys')
  await page.getByText('No service signs in yet').waitFor()
  await page.getByRole('button', { name: 'New service key' }).click()
  await page.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('Give it a name').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('ERP sync')
  await page.getByLabel('Read billing reports').check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  const key = await page.getByLabel(/^Service key, \d+ characters$/).inputValue()
  const headers = { authorization: `Bearer ${key}` }
  const ask = async () => (await fetch(`${stack.url}/api/v1/connections`, { headers })).status
  expect(await ask()).toBe(200)
  expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true)
  await page.getByLabel('I have put it in a safe place').check()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText(`${key.slice(0, 12)}…`).waitFor()
  expect(await page.content()).not.toContain(key)
  await page.reload()
  await page.getByRole('button', { name: 'Revoke ERP sync' }).click()
  // It was used just now: its name is asked for.
  expect(await page.getByRole('button', { name: 'Revoke', exact: true }).isDisabled()).toBe(true)
  await page.getByLabel('Type ERP sync to confirm').fill('ERP sync')
  await page.getByRole('button', { name: 'Revoke', exact: true }).click()
  await page.getByText('Revoked').waitFor()
  expect(await ask()).toBe(401)
  await context.close()
}, 60_000)

it('invites somebody, ends it, changes a role, and tells of all of it in a log that is whole', async () => {
  const context = await signedIn(browser, stack)
  const page = await context.newPage()
  await open(page, stack, '/organisation/members', 'Members')
  await page.getByRole('button', { name: 'Invite somebody' }).first().click()
  await page.getByLabel('Email').fill('lee@demo.example')
  await page.getByRole('dialog').getByRole('button', { name: 'Invite somebody' }).click()
  const link = await page.getByLabel('Link of the invitation').inputValue()
  expect(link).toContain('/invitation/')
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'End the invitation of lee@demo.example' }).click()
  await page.getByText('lee@demo.example').waitFor({ state: 'detached' })
  await page.getByLabel('Role of Vic Viewer').selectOption('admin')
  await expectRole(page, 'admin')
  await page.getByLabel('Role of Vic Viewer').selectOption('viewer')
  await expectRole(page, 'viewer')
  // Somebody changed something else of the organisation: that is no reason to ask again.
  let changes = 0
  await page.route('**/api/v1/organisation', (route) =>
    route.request().method() === 'PATCH' && ++changes === 1 ? failWith(route, 'changed') : route.continue(),
  )
  await page.getByRole('button', { name: 'Ask for a second step' }).click()
  await page.getByRole('alert').getByText('Set up your own second step first').waitFor()
  expect(changes).toBe(2)

  await open(page, stack, '/organisation/audit', 'Audit log')
  await page.getByText('Ended an invitation').waitFor()
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText(/The chain is whole\. \d+ entries/).waitFor()
  await page.getByLabel('What', { exact: true }).selectOption('member')
  await page.getByText('Ended an invitation').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: "Details of: Changed a member's role" }).first().click()
  await page.getByText('Fingerprint').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  expect((await download).suggestedFilename()).toBe('audit.jsonl')
  await context.close()
}, 60_000)

it('tells somebody by email, says what a test is answered, and asks before nobody is told', async () => {
  const context = await signedIn(browser, stack)
  const page = await context.newPage()
  await open(page, stack, '/organisation/notifications', 'Notifications')
  await page.getByText('Nobody is told yet').waitFor()
  await page.getByRole('button', { name: 'Add somebody to tell' }).click()
  await page.getByLabel('Email address').fill('nonsense')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByText('set an email address').waitFor()
  await page.getByLabel('Email address').fill('ops@demo.example')
  await page.getByLabel('Quiet hours').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Email: ops@demo.example').first().waitFor()
  await page.getByText('Quiet from 22:00 until 06:00').waitFor()
  await page.getByRole('button', { name: 'Send a test' }).click()
  // Mail is not set up here, and that is said where it was asked.
  await page.getByRole('status').getByText('Not sent. Mail is not set up').waitFor()
  await page.getByRole('cell', { name: 'Failed after 1 tries' }).waitFor()
  await page.getByRole('button', { name: 'Add somebody to tell' }).click()
  await page.getByText('Webhook', { exact: true }).click()
  await page.getByLabel('Address', { exact: true }).fill('https://hooks.example/in')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^whsec_/).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  for (const target of ['Webhook: hooks.example', 'Email: ops@demo.example']) {
    await page.getByRole('button', { name: `Remove ${target}` }).click()
    if (target.startsWith('Email')) await page.getByText('Nobody will be told when a tenant breaks').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  }
  await page.getByText('Nobody is told yet').waitFor()
  await expectNoBarrier(page)
  await context.close()
}, 60_000)

async function expectRole(page: Page, role: string): Promise<void> {
  const answered = async () => {
    const answer = await page.request.get(`${stack.url}/api/v1/members`)
    const { items } = (await answer.json()) as { items: { name: string; role: string }[] }
    return items.find((it) => it.name === 'Vic Viewer')?.role
  }
  await expect.poll(answered).toBe(role)
}

it('tells a viewer whose pages these are, and lets everybody end their other sessions', async () => {
  const context = await signedIn(browser, stack, stack.viewer)
  const page = await context.newPage()
  await open(page, stack, '/organisation/service-keys', 'Service keys')
  await page.getByText('This page is for owners. Owners are Olga Owner.').waitFor()
  const other = await signedIn(browser, stack, stack.viewer)
  await open(page, stack, '/profile', 'Profile')
  await page.getByRole('button', { name: 'End all others' }).click()
  await page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' })
  expect((await other.request.get(`${stack.url}/api/v1/me`)).status()).toBe(401)
  expect((await page.request.get(`${stack.url}/api/v1/me`)).status()).toBe(200)
  await Promise.all([context.close(), other.close()])
}, 60_000)
