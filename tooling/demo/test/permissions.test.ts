import { demo } from '@consentry/microsoft-simulator'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { consent } from '../src/consents.ts'
import type { Account } from '../src/people.ts'
import { createVisitor } from '../src/visitor.ts'
import { expectNoBarrier, WIDE_AND_NARROW } from './barriers.ts'
import { failWith } from './faults.ts'
import { browser, runStack, stack } from './running.ts'
import { signedInPage } from './signed-in.ts'

const { nordwind, customer, rheintal, cascade } = demo.tenants
const LIST = '/my-services/microsoft-365-csp-direct/authentication'
const OWN_CLIENT = '5d2c1f0e-7a38-4b61-9c05-2e8f4a6b1d93'
const OTHER_CLIENT = '5d2c1f0e-7a38-4b61-9c05-2e8f4a6b1d94'
const OWN_SECRET = 'abc8Q~a-secret-of-a-partners-own'
const CUSTOMERS = `${LIST}/${nordwind.id}/customers`

runStack(async () => {
  const visitor = createVisitor(stack.url)
  await visitor.call('POST', '/api/auth/sign-in/email', stack.owner)
  await consent(stack, visitor, nordwind, nordwind.users.service)
  stack.simulator.control.addCustomerTenants(nordwind.id, 30)
})

async function open(account: Account, path: string): Promise<{ page: Page; context: BrowserContext }> {
  const page = await signedInPage(browser, stack, account)
  page.setDefaultTimeout(20_000)
  await page.goto(stack.url + path)
  return { page, context: page.context() }
}

const dialogOf = (page: Page) => page.getByRole('dialog')
const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

it("grants in a customer's tenant that is found by its name, shows what was granted, and takes it back", async () => {
  const tenant = CUSTOMERS.replace('/customers', '')
  const { page, context } = await open(stack.owner, tenant)
  await page.getByRole('button', { name: 'More for this tenant' }).click()
  await page.locator('.menu').getByRole('link', { name: 'Customers' }).click()
  await page.getByRole('heading', { name: 'Customers of Nordwind Cloud AB', level: 1 }).waitFor()
  // Where nothing was granted yet, what Microsoft asks for stands there without a click.
  await page.getByText("Nothing is granted in any customer's tenant yet").waitFor()
  await page.getByText(`The account is Admin Agent: ${nordwind.users.service}`).waitFor()

  await page.getByRole('button', { name: 'Grant permissions' }).click()
  const field = dialogOf(page).getByLabel('Customer', { exact: true })
  const grant = dialogOf(page).getByRole('button', { name: 'Grant', exact: true })
  await page.route('**/customers?*', (route) => failWith(route, 'missing'))
  await field.fill('cedar')
  await dialogOf(page).getByText('There is nothing here. It was removed').waitFor()
  await dialogOf(page).getByText('Go back to your tenants').waitFor()
  await page.unroute('**/customers?*')
  await field.fill('alder')
  expect(await dialogOf(page).getByRole('radio', { name: 'Alder Bakery' }).isChecked()).toBe(true)
  // Not for a moment does another name stand there while this one's tenant is the one to grant in.
  await field.fill('birch')
  expect(await grant.isDisabled()).toBe(true)
  await field.fill('alder')
  await dialogOf(page)
    .getByRole('checkbox', { name: /^User\.Read/ })
    .uncheck()
  await dialogOf(page).getByRole('button', { name: 'Add further permissions' }).click()
  await dialogOf(page).getByLabel('Permissions', { exact: true }).fill('Application.Read.All')
  await page.reload()
  await expect.poll(() => field.inputValue()).toBe('alder')
  await grant.click()
  await dialogOf(page).waitFor({ state: 'detached' })

  const row = rowOf(page, 'Alder Bakery')
  await row.getByText('Granted', { exact: true }).waitFor()
  expect(await row.locator('li').allInnerTexts()).toEqual(['Application.Read.All', 'Directory.Read.All'])
  await row.getByText('by Olga Owner').waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)

  // What was granted is what the form begins with.
  await page.getByRole('button', { name: 'Change: Alder Bakery' }).click()
  expect(
    await dialogOf(page)
      .getByRole('checkbox', { name: /^User\.Read/ })
      .isChecked(),
  ).toBe(false)
  expect(await dialogOf(page).getByLabel('Permissions', { exact: true }).inputValue()).toBe(
    'Application.Read.All',
  )
  await dialogOf(page).getByText('This takes the place of what is granted there now').waitFor()
  await dialogOf(page).getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'Take back: Alder Bakery' }).click()
  await dialogOf(page).getByRole('heading', { name: 'Take back what is granted in Alder Bakery?' }).waitFor()
  const takeBack = dialogOf(page).getByRole('button', { name: 'Take back' })
  await page.route('**/customer-consents/*', (route) => failWith(route, 'broken', { reference: 'k7-1' }))
  await takeBack.click()
  await dialogOf(page).getByRole('heading', { name: 'Consentry could not do that' }).waitFor()
  await dialogOf(page).getByText('recorded under k7-1').waitFor()
  // Each button does something: what nobody listens to is not there.
  expect(await dialogOf(page).getByRole('button').allInnerTexts()).toEqual(['Keep it', 'Take back'])
  await page.unroute('**/customer-consents/*')
  await takeBack.click()
  await row.getByText('Taken back').waitFor()
  await context.close()
}, 60_000)

it('says in words what a refusal is about, keeps it in the list, and pages through all customers', async () => {
  const { page, context } = await open(stack.owner, `${CUSTOMERS}?show=all`)
  await page.getByText('Customers 1 to 25').waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('Customers 26 to 31').waitFor()
  await page.reload()
  await page.getByText('Customers 26 to 31').waitFor()
  await page.goBack()
  await page.getByText('Customers 1 to 25').waitFor()

  await page.getByRole('button', { name: 'Grant: Customer 0008' }).click()
  await dialogOf(page).getByRole('button', { name: 'Grant', exact: true }).click()
  const alert = dialogOf(page).getByRole('alert')
  await alert.getByText('The account may not grant anything in the tenant of Customer 0008').waitFor()
  await alert
    .getByText('Add what is missing in Partner Center under Customers, Admin relationships')
    .waitFor()
  expect(await alert.getByRole('link', { name: 'More about this' }).getAttribute('href')).toBe(
    '/help/codes/gdap_missing',
  )
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await dialogOf(page).getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Granted by us (0)').click()
  await rowOf(page, 'Customer 0008').first().getByText('Refused').waitFor()
  await page.getByRole('cell', { name: /^The account may not grant anything/ }).waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await page.getByLabel('Name, domain or tenant ID').fill('nobody')
  await page.getByText('Nothing matches "nobody".').waitFor()
  await context.close()
}, 60_000)

it('keeps what is there when the connection is gone, and offers a viewer nothing that would be refused', async () => {
  const visitor = createVisitor(stack.url)
  await visitor.call('POST', '/api/auth/sign-in/email', stack.owner)
  const path = `/api/v1/connections/${nordwind.id}/customer-consents/${customer.id}`
  await visitor.call('PUT', path, {})
  const { page, context } = await open(stack.viewer, CUSTOMERS)
  await page.getByText('Ask an admin to grant or take back').waitFor()
  await rowOf(page, 'Alder Bakery').waitFor()
  expect(await page.getByRole('button', { name: /Grant|Take back/ }).count()).toBe(0)
  await context.close()

  const { page: owners, context: second } = await open(stack.owner, CUSTOMERS)
  await rowOf(owners, 'Alder Bakery').waitFor()
  await second.setOffline(true)
  await owners.getByText('You are offline').waitFor()
  expect(await owners.getByRole('button', { name: 'Change: Alder Bakery' }).isDisabled()).toBe(true)
  await rowOf(owners, 'Alder Bakery').waitFor()
  await second.setOffline(false)
  await owners.route('**/customer-consents?*', (route) => route.abort())
  await owners.reload()
  await owners.getByText('Not available just now').waitFor()
  await owners.unroute('**/customer-consents?*')
  await owners.getByRole('button', { name: 'Try again' }).click()
  await rowOf(owners, 'Alder Bakery').waitFor()

  // The API gives them a page at a time, and the list has all.
  await owners.route('**/customer-consents?*', (route) =>
    route.continue({ url: route.request().url().replace('limit=100', 'limit=1') }),
  )
  await owners.reload()
  for (const name of ['Alder Bakery', 'Customer 0008']) await rowOf(owners, name).first().waitFor()
  await second.close()
}, 60_000)

/** The next release, which needs more from next year on, as the API will tell of it. */
async function needMore(page: Page): Promise<void> {
  await page.route('**/api/v1/permissions*', async (route) => {
    // As the route's own schema has it.
    const real = (await (await route.fetch()).json()) as { permissions: object[]; extra: object[] }
    const more = {
      name: 'DelegatedAdminRelationship.Read.All',
      resource: 'graph',
      title: 'Read admin relationships',
      feature: 'the list of customers',
      since: '2026-11-23',
      neededFrom: '2099-01-15',
      needed: false,
      granted: 0,
      lacking: 1,
      missing: [{ microsoftId: nordwind.id, name: nordwind.name }],
    }
    const extra = [{ name: 'Mail.Read', connections: 1 }]
    await route.fulfill({ json: { ...real, permissions: [...real.permissions, more], extra } })
  })
}

it('tells which tenants lack what and from when it is needed, and leads to Microsoft with one click', async () => {
  const { page, context } = await open(stack.owner, '/my-services/microsoft-365-csp-direct/authentication')
  await needMore(page)
  await page.getByRole('link', { name: 'Permissions', exact: true }).click()
  await page.getByRole('heading', { name: 'Permissions', level: 1 }).waitFor()
  const billing = page.getByRole('row', { name: /^Read billing reports/ })
  await billing.getByText('1 of 1').waitFor()
  await billing.getByText('None').waitFor()
  const more = page.getByRole('row', { name: /^Read admin relationships/ })
  await more.getByText('Needed from 15 January 2099').waitFor()
  await more.getByText('1 tenant').click()
  await page.getByRole('heading', { name: 'Granted, but not needed' }).waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)

  await more.getByRole('link', { name: nordwind.name }).click()
  const card = page.locator('#permissions')
  await card.getByText('Missing: Read admin relationships').waitFor()
  await card.getByText('Needed from 15 January 2099; until then everything works').waitFor()
  await card.getByText('3 of 4').waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)
  // What is missing and what ends it come from one answer: without it the card says so, and says nothing else.
  await page.route('**/api/v1/permissions?*', (route) => failWith(route, 'missing'))
  await page.reload()
  await card.getByText('Not available just now').waitFor()
  expect(await card.getByText(/^Missing/).count()).toBe(0)
  await page.unroute('**/api/v1/permissions?*')
  await card.getByRole('button', { name: 'Try again' }).click()
  const trip = page.waitForRequest(/oauth2\/v2\.0\/authorize/)
  await card.getByRole('button', { name: 'Update' }).click()
  const scopes = new URL((await trip).url()).searchParams.get('scope') ?? ''
  for (const scope of ['user_impersonation', 'PartnerBilling.Read.All', 'offline_access'])
    expect(scopes).toContain(scope)
  await context.close()
}, 60_000)

it("says of a code who acts and how grave it is, found by Microsoft's number, and leads to Microsoft's page", async () => {
  const { page, context } = await open(stack.viewer, '/help')
  await page.getByLabel("Words, our code or Microsoft's number").fill('AADSTS50078')
  await page.getByText('1 message', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'The second sign-in step is due' }).click()
  await page.getByRole('heading', { name: 'The second sign-in step is due', level: 1 }).waitFor()
  await page.getByText('Whoever signs in with the account').waitFor()
  await page.getByText('Nothing works until somebody acts').waitFor()
  const number = page.getByRole('link', { name: '50078' })
  expect(await number.getAttribute('href')).toBe('https://login.microsoftonline.com/error?code=50078')
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await context.close()
}, 60_000)

it("takes a tenant's own application, whose secret is kept nowhere here, and goes back to Consentry's", async () => {
  const { page, context } = await open(stack.owner, CUSTOMERS.replace('/customers', ''))
  const card = page.locator('#application')
  await card.getByText("as Consentry's application").waitFor()
  await page.route('**/application', (route) => failWith(route, 'missing'))
  await page.reload()
  await card.getByText('Not available just now').waitFor()
  await page.unroute('**/application')
  await card.getByRole('button', { name: 'Try again' }).click()
  await card.getByRole('button', { name: 'Use an own application' }).click()
  const field = (name: string) => dialogOf(page).getByLabel(name, { exact: true })
  const save = dialogOf(page).getByRole('button', { name: 'Save' })
  await field('Application (client) ID').fill(OWN_CLIENT)
  await field('Client secret').fill(OWN_CLIENT)
  await dialogOf(page).getByText('This is the ID of the secret').waitFor()
  expect(await save.isDisabled()).toBe(true)
  await field('Client secret').fill(OWN_SECRET)
  await dialogOf(page).getByText('The sign-in that works goes on').waitFor()
  await expectNoBarrier(page, WIDE_AND_NARROW)
  const stored = () => page.evaluate<string>('JSON.stringify({ ...sessionStorage, ...localStorage })')
  expect(await stored()).toContain(OWN_CLIENT)
  expect(await stored()).not.toContain(OWN_SECRET)
  await page.reload()
  await expect.poll(() => field('Application (client) ID').inputValue()).toBe(OWN_CLIENT)
  expect(await field('Client secret').inputValue()).toBe('')
  await field('Client secret').fill(OWN_SECRET)
  await page.route('**/application', (route) => failWith(route, 'broken'))
  await save.click()
  await dialogOf(page).getByRole('heading', { name: 'Consentry could not do that' }).waitFor()
  await page.unroute('**/application')
  await field('Runs out on, if you know').fill('2099-11-25')
  await save.click()
  await dialogOf(page).waitFor({ state: 'detached' })

  await card.getByText(OWN_CLIENT).waitFor()
  await card.getByText('25 Nov 2099').waitFor()
  await card.getByText('The sign-in that works was given to the application before and goes on').waitFor()
  expect((await page.content()) + (await stored())).not.toContain(OWN_SECRET)
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await card.getByRole('button', { name: 'Replace' }).click()
  await field('Runs out on, if you know').fill('2098-01-01')
  await field('Client secret').fill(OWN_SECRET)
  const visitor = createVisitor(stack.url)
  await visitor.call('POST', '/api/auth/sign-in/email', stack.owner)
  const others = { clientId: OTHER_CLIENT, clientSecrets: [OWN_SECRET] }
  await visitor.call('PUT', `/api/v1/connections/${nordwind.id}/application`, others)
  await save.click()
  await page.getByText(`${OTHER_CLIENT}, Olga Owner`).waitFor()
  await page.getByRole('button', { name: 'Keep theirs' }).click()
  await card.getByText(OTHER_CLIENT).waitFor()
  expect(await stored()).not.toContain('2098')
  await card.getByRole('button', { name: "Back to Consentry's" }).click()
  await dialogOf(page).getByText('goes on until that is proven').waitFor()
  await dialogOf(page).getByRole('button', { name: "Back to Consentry's" }).click()
  await card.getByText("as Consentry's application").waitFor()
  expect(await card.getByRole('button', { name: 'Sign in again' }).count()).toBe(0)
  await context.close()

  const { page: viewers, context: second } = await open(stack.viewer, CUSTOMERS.replace('/customers', ''))
  await viewers.locator('#permissions').waitFor()
  expect(await viewers.locator('#application').count()).toBe(0)
  await second.close()
}, 60_000)

it('says without alarm that a cloud has no billing export, and whose region a tenant has', async () => {
  const page = await signedInPage(browser, stack, stack.owner)
  await page.route('**/api/console-settings', async (route) => {
    // As the route's own schema has it.
    const real = (await (await route.fetch()).json()) as object
    const regions = [{ name: 'eu', url: 'https://eu.consentry.example' }]
    await route.fulfill({ json: { ...real, region: 'us', regions, partnerBilling: false } })
  })
  await page.goto(stack.url + CUSTOMERS.replace('/customers', '/billing'))
  await page.getByRole('heading', { name: 'This Microsoft cloud has no billing export' }).waitFor()
  // Nor a promise of a first one.
  expect(await page.getByText('No report yet').count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Run Microsoft billing report' }).count()).toBe(0)
  expect(await page.getByText('For Microsoft support').count()).toBe(0)
  await page.route('**/api/v1/tenants/*', (route) => {
    const found = { microsoftId: customer.id, cloud: 'global', region: 'EU', regionMatches: false }
    return route.fulfill({ json: found })
  })
  await page.goto(stack.url + LIST)
  await page.getByLabel('Microsoft ID', { exact: true }).fill(customer.id)
  await page.getByText('Its region is Europe').waitFor()
  const nearer = page
    .getByText('You are on the US address')
    .getByRole('link', { name: 'eu.consentry.example' })
  expect(await nearer.getAttribute('href')).toBe('https://eu.consentry.example')
  await page.context().close()
}, 60_000)

it('lists the tenants by urgency or by name, and keeps that over a reload', async () => {
  const { page } = await open(stack.owner, '/')
  for (const [tenant, name] of [
    [rheintal, 'Zulu Cloud'],
    [cascade, 'alfa cloud'],
  ] as const) {
    const data = { microsoftId: tenant.id, name }
    await page.request.post(`${stack.url}/api/v1/connections`, { data, headers: { origin: stack.url } })
  }
  await page.goto(stack.url + LIST)
  const names = () => page.locator('tbody a.name').allInnerTexts()
  const column = (name: string) => page.getByRole('columnheader', { name }).getAttribute('aria-sort')
  await expect.poll(names).toEqual(['alfa cloud', 'Zulu Cloud', nordwind.name])
  expect([await column('Tenant'), await column('Status')]).toEqual([null, 'descending'])
  await page.getByLabel('Order').selectOption('By name')
  await expect.poll(names).toEqual(['alfa cloud', nordwind.name, 'Zulu Cloud'])
  await page.reload()
  await page.getByText('1 to 3 of 3, by name').waitFor()
  expect(await names()).toEqual(['alfa cloud', nordwind.name, 'Zulu Cloud'])
  expect([await column('Tenant'), await column('Status')]).toEqual(['ascending', null])
  await expectNoBarrier(page, WIDE_AND_NARROW)
  await page.context().close()
}, 60_000)
