import { problem } from '@consentry/core'
import type { Page, Route } from 'playwright-core'

import { en } from '../../../apps/web/src/locales/en.ts'
import { en as more } from '../../../apps/web/src/locales/more/en.ts'
import type { paths } from '../../../apps/web/src/routes.ts'
import type { Answer } from './answers.ts'

/** What may come in place of an answer. */
export type Fault = 'gone' | 'broken' | 'busy' | 'missing' | 'refused' | 'signedOut' | 'changed'

const STATUS = { broken: 500, busy: 503, missing: 404, refused: 403, signedOut: 401, changed: 412 }
const CODE = {
  broken: 'server_error',
  busy: 'server_error',
  missing: 'not_found',
  refused: 'forbidden',
  signedOut: 'not_signed_in',
  changed: 'changed_meanwhile',
}

/** With `values` as the API sends them to fill a problem's sentences. */
export function failing(fault: Fault, values: object = {}): Answer {
  if (fault === 'gone') return 'none'
  const status = STATUS[fault]
  // The API's own words, which tell who may do it.
  const words =
    fault === 'refused' ? problem('forbidden', { needs: 'the role of an owner' }) : { title: '', detail: '' }
  return { status, json: { ...words, code: CODE[fault], status, values } }
}

export async function failWith(route: Route, fault: Fault, values: object = {}): Promise<void> {
  const answer = failing(fault, values)
  if (typeof answer === 'string') return route.abort()
  await route.fulfill({ ...answer, contentType: 'application/problem+json' })
}

/** What a page lives from, by the name of its view. */
export const SOURCES: readonly { readonly on: string; readonly address: RegExp }[] = [
  { on: 'today', address: /\/api\/v1\/today$/ },
  { on: 'members', address: /\/api\/v1\/members$/ },
  { on: 'single-sign-on', address: /\/api\/v1\/single-sign-on$/ },
  { on: 'service-keys', address: /\/api\/v1\/service-keys$/ },
  { on: 'notifications', address: /\/api\/v1\/notifications$/ },
  { on: 'return-addresses', address: /\/api\/v1\/return-origins$/ },
  { on: 'audit-log', address: /\/api\/v1\/audit\?/ },
  { on: 'profile', address: /\/api\/v1\/sessions$/ },
  { on: 'authentication', address: /\/api\/v1\/connections(\?|$)/ },
  { on: 'billing', address: /\/api\/v1\/connections(\?|$)/ },
  { on: 'tenant', address: /\/connections\/[\w-]+$/ },
  { on: 'attempt-succeeded', address: /\/consent-attempts\/[\w-]+$/ },
  { on: 'billing-reports', address: /\/billing-reports$/ },
  { on: 'billing-report', address: /\/billing-reports\/[\w-]+$/ },
  { on: 'customers', address: /\/customer-consents\?/ },
  { on: 'permissions', address: /\/api\/v1\/permissions$/ },
]

/** Addresses of the console whose pages ask the API for nothing that could be missing, and why. */
export const WITHOUT_SOURCE: Partial<Readonly<Record<keyof typeof paths, string>>> = {
  signIn: 'A form; without the settings it shows every way in.',
  secondStep: 'A form.',
  setUpStep: 'A form; what it asks for comes with the password.',
  forgotten: 'A form.',
  invitation: 'For whoever is not signed in; says that its link cannot be read, which a reload tries again.',
  services: 'Words and links.',
  direct: 'Words and links.',
  help: 'Words that came with the page.',
  helpCode: 'Words that came with the page.',
}

/** Pages of one thing, which somebody may have taken away. */
export const OF_ONE: ReadonlySet<string> = new Set(['tenant', 'attempt-succeeded', 'billing-report'])

type Typed = {
  readonly on: string
  readonly address: RegExp
  readonly open?: (page: Page) => Promise<void>
  /** Labels of fields, and what is typed there. */
  readonly fields: Readonly<Record<string, string>>
  readonly send: string
}
const press = (name: string) => async (page: Page) =>
  page.getByRole('button', { name, exact: true }).first().click()

/** Forms: what somebody has typed when the answer to their button does not come. */
export const TYPED: readonly Typed[] = [
  {
    on: 'sign-in',
    address: /\/sign-in\/email$/,
    fields: { [en.signIn.email]: 'kim@demo.example', [en.signIn.password]: 'four words of mine' },
    send: en.signIn.button,
  },
  {
    on: 'members',
    address: /\/invitations$/,
    open: press(en.members.invite),
    fields: { [en.signIn.email]: 'lee@demo.example' },
    send: en.members.invite,
  },
  {
    on: 'service-keys',
    address: /\/service-keys$/,
    open: press(en.keys.new),
    fields: { [en.keys.name]: 'Nightly books' },
    send: en.keys.make,
  },
  {
    on: 'return-addresses',
    address: /\/return-origins$/,
    fields: { [en.returns.address]: 'https://portal.example' },
    send: en.returns.add,
  },
  {
    on: 'authentication',
    address: /\/connections$/,
    fields: { [en.authentication.connect.field]: '0b2e7c1a-0f64-4d39-8e27-000000000001' },
    send: en.authentication.connect.update,
  },
  {
    on: 'tenant',
    address: /\/consent-links$/,
    open: async (page) => {
      await press(en.tenant.more)(page)
      await page.locator('.menu').getByText(en.tenant.sendLink, { exact: true }).click()
    },
    fields: { [en.link.recipient]: 'T. Berg' },
    send: en.link.make,
  },
  {
    on: 'tenant',
    address: /\/application$/,
    open: press(more.application.use),
    fields: {
      [more.application.clientId]: '5d2c1f0e-7a38-4b61-9c05-2e8f4a6b1d93',
      [more.application.secret]: 'abc8Q~a-secret-of-a-partners-own',
    },
    send: en.sso.save,
  },
]
