import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { demo } from '@consentry/microsoft-simulator'
import type { Browser, BrowserContext, Page } from 'playwright-core'

import { openBrowser } from './browser.ts'
import { consent, link } from './consents.ts'
import { startStack, type Stack } from './stack.ts'
import { until } from './until.ts'
import { createVisitor } from './visitor.ts'

/** Writes a picture of each page in both themes, wide and narrow, of a stack with tenants in every state. */
const FOLDER = join(import.meta.dirname, '../../../docs/screenshots')
const A = '/my-services/microsoft-365-csp-direct/authentication'
const { nordwind, customer, cascade, rheintal, fjordlys, reseller } = demo.tenants
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const
const THEMES = ['light', 'dark'] as const

type Shot = {
  readonly name: string
  readonly path: string
  readonly ready: string
  readonly signedIn?: boolean
}

const stack = await startStack({ port: 0, say: console.log })
const browser = await openBrowser()
try {
  await mkdir(FOLDER, { recursive: true })
  const shots = await prepare(stack)
  for (const theme of THEMES) {
    for (const size of ['wide', 'narrow'] as const) await shoot(stack, browser, shots, theme, size)
  }
} finally {
  await browser.close()
  await stack.stop()
}

/** Tenants in every state, a report, and a link that waits; gives what is to be seen. */
async function prepare(at: Stack): Promise<Shot[]> {
  const visitor = createVisitor(at.url)
  await visitor.call('POST', '/api/auth/sign-in/email', at.owner)
  const connected = await consent(at, visitor, nordwind, nordwind.users.service)
  const failed = await consent(at, visitor, cascade, cascade.users.noMfa)
  await consent(at, visitor, fjordlys, fjordlys.users.noAgent)
  await consent(at, visitor, rheintal, rheintal.users.service)
  at.simulator.control.revokeSessions(rheintal.users.service)
  await visitor.call('POST', `/api/v1/connections/${rheintal.id}/refresh`)
  at.simulator.control.addCustomerTenants(nordwind.id, 30)
  const customers = `/api/v1/connections/${nordwind.id}`
  await visitor.call('PUT', `${customers}/customer-consents/${customer.id}`, {})
  const { items } = await visitor.call<{ items: { customerTenantId: string }[] }>(
    'GET',
    `${customers}/customers?search=Customer`,
  )
  // Without a relationship it is refused, and that is what is to be seen.
  await visitor
    .call('PUT', `${customers}/customer-consents/${items[0]?.customerTenantId}`, {})
    .catch(() => undefined)
  const { url } = await link(visitor, reseller.id, {
    recipient: 'T. Berg',
    reason: 'Invoices for your joint billing',
  })
  await visitor.call('POST', '/api/v1/service-keys', {
    name: 'erp sync',
    scopes: ['tokens:read', 'connections:read'],
  })
  const invitation = await visitor.call<{ url: string }>('POST', '/api/v1/invitations', {
    email: 'kim@demo.example',
    role: 'admin',
  })
  const events = ['connection.broken', 'connection.attention', 'connection.recovered']
  await visitor.call('PUT', '/api/v1/notifications', {
    channels: [{ kind: 'email', address: 'ops@demo.example', events }],
  })
  const report = await visitor.call<{ id: string }>(
    'POST',
    `/api/v1/connections/${nordwind.id}/billing-reports`,
    {
      kind: 'billed',
    },
  )
  const reports = `/api/v1/connections/${nordwind.id}/billing-reports/${report.id}`
  await until(
    () => visitor.call<{ status: string }>('GET', reports),
    ({ status }) => status === 'succeeded',
  )
  return [
    { name: 'sign-in', path: '/sign-in', ready: 'form', signedIn: false },
    { name: 'today', path: '/', ready: 'text=Everything else' },
    { name: 'members', path: '/organisation/members', ready: 'text=Ask for a second step' },
    { name: 'single-sign-on', path: '/organisation/single-sign-on', ready: 'text=Redirect address' },
    { name: 'service-keys', path: '/organisation/service-keys', ready: 'text=erp sync' },
    { name: 'notifications', path: '/organisation/notifications', ready: 'text=ops@demo.example' },
    { name: 'return-addresses', path: '/organisation/return-addresses', ready: 'text=None yet' },
    { name: 'help', path: '/help', ready: 'text=Help and problem codes' },
    { name: 'help-code', path: '/help/codes/mfa_too_old', ready: 'text=Who acts' },
    { name: 'forgotten', path: '/forgotten', ready: 'form', signedIn: false },
    {
      name: 'invitation',
      path: new URL(invitation.url).pathname,
      ready: 'text=You sign in as',
      signedIn: false,
    },
    { name: 'audit-log', path: '/organisation/audit', ready: 'tbody tr' },
    { name: 'profile', path: '/profile', ready: 'text=Where you are signed in' },
    { name: 'authentication', path: A, ready: `text=${nordwind.name}` },
    {
      name: 'attempt-succeeded',
      path: `${A}/${nordwind.id}/attempts/${connected}`,
      ready: 'text=is connected',
    },
    {
      name: 'attempt-failed',
      path: `${A}/${cascade.id}/attempts/${failed}`,
      ready: '[data-code=mfa_missing]',
    },
    { name: 'tenant', path: `${A}/${nordwind.id}`, ready: 'text=What happened' },
    {
      name: 'permissions',
      path: '/my-services/microsoft-365-csp-direct/permissions',
      ready: 'text=Read billing reports',
    },
    { name: 'customers', path: `${A}/${nordwind.id}/customers`, ready: 'text=Alder Bakery' },
    { name: 'tenant-broken', path: `${A}/${rheintal.id}`, ready: '[data-code=signed_out]' },
    {
      name: 'billing-report',
      path: `${A}/${nordwind.id}/billing/${report.id}`,
      ready: '[data-testid=report-figures]',
    },
    {
      name: 'consent-link',
      path: new URL(url).pathname,
      ready: 'text=Continue to Microsoft',
      signedIn: false,
    },
  ]
}

async function shoot(
  at: Stack,
  from: Browser,
  shots: readonly Shot[],
  theme: (typeof THEMES)[number],
  size: keyof typeof SIZES,
): Promise<void> {
  const options = {
    viewport: SIZES[size],
    colorScheme: theme,
    locale: 'en-GB',
    timezoneId: 'Europe/Stockholm',
  } as const
  const stranger = await from.newContext(options)
  const member = await from.newContext(options)
  await signIn(at, member)
  for (const { name, path, ready, signedIn = true } of shots) {
    const page = await (signedIn ? member : stranger).newPage()
    await page.goto(at.url + path)
    await page.locator(ready).first().waitFor()
    await settle(page)
    await showWhole(page)
    await page.screenshot({ path: join(FOLDER, `${name}-${theme}-${size}.png`) })
    await page.close()
  }
  await Promise.all([stranger.close(), member.close()])
}

async function signIn(at: Stack, context: BrowserContext): Promise<void> {
  await context.request.post(`${at.url}/api/auth/sign-in/email`, { data: at.owner })
}

/** Makes the window as tall as the page, so that bars at its edges stand where they belong. */
async function showWhole(page: Page): Promise<void> {
  const size = page.viewportSize() ?? SIZES.wide
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'))
  await page.setViewportSize({ ...size, height: Math.max(size.height, height) })
}

/** Until fonts are there and nothing is asked for any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}
