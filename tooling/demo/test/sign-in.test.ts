import { codeOf } from '@consentry/db/testing'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { createVisitor } from '../src/visitor.ts'
import { expectNoBarrier } from './barriers.ts'
import { browser, runStack, stack } from './running.ts'

const PASSWORD = 'four words of mine'
runStack()

/** The link of a new invitation. */
async function invite(email: string): Promise<string> {
  const owner = createVisitor(stack.url)
  await owner.call('POST', '/api/auth/sign-in/email', stack.owner)
  const { url } = await owner.call<{ url: string }>('POST', '/api/v1/invitations', { email, role: 'viewer' })
  return url
}

/** Joins by invitation; the browser is signed in then. */
async function join(context: BrowserContext, email: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(await invite(email))
  await page.getByRole('heading', { name: `Join ${stack.organisation.name}` }).waitFor()
  await page.getByText(`You sign in as ${email}`).waitFor()
  await expectNoBarrier(page)
  await page.getByLabel('Your name').fill('Kim')
  await page.getByLabel('Choose a password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Accept and go on' }).click()
  await page.getByRole('alert').getByText('at least 8 characters').waitFor()
  await page.getByLabel('Choose a password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Accept and go on' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  return page
}

async function byPassword(page: Page, email: string): Promise<void> {
  await page.goto(`${stack.url}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

it('lets somebody in by an invitation, once, and later by a password and the code of an app', async () => {
  const email = 'kim@demo.example'
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await join(context, email)
  const { totpURI, backupCodes } = await post<{ totpURI: string; backupCodes: string[] }>(
    page,
    '/api/auth/two-factor/enable',
    { password: PASSWORD },
  )
  await post(page, '/api/auth/two-factor/verify-totp', { code: codeOf(totpURI) })
  await context.clearCookies()

  await byPassword(page, email)
  await page.getByRole('heading', { name: 'Second step' }).waitFor()
  await expectNoBarrier(page)
  await page.getByLabel('Code', { exact: true }).fill('000 000')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('alert').getByText('That is not the code of this moment').waitFor()
  // The code that switched it on was used; the next moment's is good already.
  await page.getByLabel('Code', { exact: true }).fill(codeOf(totpURI, 1))
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()

  await context.clearCookies()
  await byPassword(page, email)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(backupCodes[0] ?? '')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
  await context.close()
}, 90_000)

it('lets somebody in by a passkey', async () => {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await join(context, 'lee@demo.example')
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const made = await page.evaluate<number>(`(async () => {
    const options = await (await fetch('/api/auth/passkey/generate-register-options')).json()
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    const credential = await navigator.credentials.create({ publicKey })
    const body = JSON.stringify({ response: credential.toJSON(), name: 'laptop' })
    const headers = { 'content-type': 'application/json' }
    return (await fetch('/api/auth/passkey/verify-registration', { method: 'POST', headers, body })).status
  })()`)
  expect(made).toBe(200)
  await context.clearCookies()
  await page.goto(`${stack.url}/sign-in`)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  await context.close()
}, 90_000)

it('says what is the matter with a link that was used, a provider that is not there, and what happens without a password', async () => {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
  const link = await invite('once@demo.example')
  const visitor = createVisitor(stack.url)
  const api = link.replace('/invitation/', '/api/invitations/')
  await visitor.call('POST', new URL(api).pathname, { name: 'Once', password: PASSWORD })
  const page = await context.newPage()
  await page.goto(link)
  await page.getByText('This invitation no longer works').waitFor()
  await expectNoBarrier(page)

  await page.goto(`${stack.url}/sign-in`)
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByLabel('Organisation').fill('demo')
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByRole('alert').getByText('There is no single sign-on for this organisation').waitFor()
  await expectNoBarrier(page)

  await page.getByRole('link', { name: 'Forgotten?' }).click()
  await page.getByRole('heading', { name: 'New password' }).waitFor()
  await page.getByLabel('Email').fill('nobody@demo.example')
  await expectNoBarrier(page)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByRole('status').getByText('If there is an account').waitFor()
  await page.goto(`${stack.url}/forgotten?token=made-up`)
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByRole('alert').getByText('This link no longer works').waitFor()
  expect(new URL(page.url()).pathname).toBe('/forgotten')
  await context.close()
}, 90_000)

// Last: the owner has a second step afterwards.
it('leads somebody whose organisation asks for a second step to setting it up', async () => {
  const email = 'mia@demo.example'
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' })
  const page = await join(context, email)
  const owner = await browser.newContext()
  const boss = await owner.newPage()
  await post(boss, '/api/auth/sign-in/email', stack.owner)
  const { password } = stack.owner
  const { totpURI } = await post<{ totpURI: string }>(boss, '/api/auth/two-factor/enable', { password })
  await post(boss, '/api/auth/two-factor/verify-totp', { code: codeOf(totpURI) })
  await ask(boss, true)
  await page.reload()
  await page.getByRole('heading', { name: 'Set up the second step' }).waitFor()
  await page.getByLabel('Your password', { exact: true }).fill('not my password')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('alert').getByText('That is not your password').waitFor()
  await page.getByLabel('Your password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  await expectNoBarrier(page)
  const secret = (await page.locator('.secret').innerText()).replaceAll(' ', '')
  await page.getByLabel('Code', { exact: true }).fill(codeOf(`otpauth://totp/x?secret=${secret}`))
  await page.getByRole('button', { name: 'Set it up' }).click()
  await page.getByRole('status').getByText('recovery codes').waitFor()
  await expectNoBarrier(page)
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  await ask(boss, false)
  expect(new URL(page.url()).pathname).toBe('/')
  await Promise.all([context.close(), owner.close()])
}, 90_000)

async function ask(page: Page, secondStepRequired: boolean): Promise<void> {
  const headers = { origin: stack.url }
  const answer = await page.request.patch(`${stack.url}/api/v1/organisation`, {
    data: { secondStepRequired },
    headers,
  })
  expect(answer.status()).toBe(200)
}

async function post<T>(page: Page, path: string, data: object): Promise<T> {
  const answer = await page.request.post(stack.url + path, { data, headers: { origin: stack.url } })
  expect(answer.status()).toBe(200)
  // What sign-in's own documentation says that it answers.
  return (await answer.json()) as T
}
