import { createHmac } from 'node:crypto'

import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { openBrowser } from '../src/browser.ts'
import { startStack, type Stack } from '../src/stack.ts'
import { createVisitor } from '../src/visitor.ts'

const PASSWORD = 'four words of mine'
let stack: Stack
let browser: Browser

beforeAll(async () => {
  ;[stack, browser] = await Promise.all([startStack({ port: 0 }), openBrowser()])
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

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
  await page.getByRole('heading', { name: 'Microsoft CSP Authentication' }).waitFor()
  return page
}

async function expectNoBarrier(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((it) => [it.id, it.nodes.map((node) => node.html)])).toEqual([])
}

async function byPassword(page: Page, email: string): Promise<void> {
  await page.goto(`${stack.url}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

it('lets somebody in by an invitation, once, and later by a password and the code of an app', async () => {
  const email = 'kim@demo.example'
  const context = await browser.newContext({ locale: 'en-GB' })
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
  await page.getByRole('heading', { name: 'Microsoft CSP Authentication' }).waitFor()

  await context.clearCookies()
  await byPassword(page, email)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(backupCodes[0] ?? '')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Microsoft CSP Authentication' }).waitFor()
  expect(new URL(page.url()).pathname).toMatch(/authentication$/)
  await context.close()
}, 90_000)

it('lets somebody in by a passkey', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
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
  await page.getByRole('heading', { name: 'Microsoft CSP Authentication' }).waitFor()
  await context.close()
}, 90_000)

it('says what is the matter with a link that was used, a provider that is not there, and what happens without a password', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
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

async function post<T>(page: Page, path: string, data: object): Promise<T> {
  const answer = await page.request.post(stack.url + path, { data, headers: { origin: stack.url } })
  expect(answer.status()).toBe(200)
  // What sign-in's own documentation says that it answers.
  return (await answer.json()) as T
}

/** The code of an authenticator app, so many half minutes from now (RFC 6238, 4.2; RFC 4226, 5.3). */
function codeOf(uri: string, steps = 0): string {
  const secret = base32(new URL(uri).searchParams.get('secret') ?? '')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 0x0f
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function base32(text: string): Buffer {
  const bits = [...text.replaceAll('=', '')].map((it) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(it).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((it) => Number.parseInt(it, 2)))
}
