import type { BrowserContext, Page } from 'playwright-core'
import { expect, it, onTestFailed } from 'vitest'

import { de } from '../../../apps/web/src/locales/de.ts'
import { en } from '../../../apps/web/src/locales/en.ts'
import { browser, runStack, stack } from './running.ts'

runStack()

it('greets a German browser in German, from the sign-in to Today, with not one English sentence', async () => {
  const page = await germanBrowser().then((context) => context.newPage())
  onTestFailed(async () => console.error(page.url(), await page.innerText('body')))
  await page.goto(`${stack.url}/sign-in`)
  await page.getByRole('heading', { name: de.signIn.title, level: 1 }).waitFor()
  expect(await page.getAttribute('html', 'lang')).toBe('de')
  expect(await englishOn(page)).toEqual([])
  await page.getByRole('button', { name: de.signIn.button, exact: true }).click()
  await page.getByText(de.signIn.emailMissing).waitFor()
  await page.getByLabel(de.signIn.email).fill(stack.owner.email)
  await page.getByLabel(de.signIn.password, { exact: true }).fill('not this one')
  await page.getByRole('button', { name: de.signIn.button, exact: true }).click()
  await page.getByText(de.signIn.wrong).waitFor()
  expect(await englishOn(page)).toEqual([])
  await page.getByLabel(de.signIn.password, { exact: true }).fill(stack.owner.password)
  await page.getByRole('button', { name: de.signIn.button, exact: true }).click()
  await page.getByRole('heading', { name: de.today.welcome, level: 1 }).waitFor()
  expect(await englishOn(page)).toEqual([])
  await page.route('**/api/v1/today', async (route) => {
    const real = (await (await route.fetch()).json()) as Record<string, unknown>
    await route.fulfill({ json: { ...real, ...BUSY } })
  })
  await page.reload()
  await page.getByRole('heading', { name: 'Zwei Mandanten brauchen Sie heute', level: 1 }).waitFor()
  expect(await englishOn(page)).toEqual([])
  await page.context().close()
}, 60_000)

const later = new Date(Date.now() + 86_400_000).toISOString()
const need = { title: 'x', detail: 'x', action: 'reconsent', status: 'broken', by: null }
/** A morning on which somebody is needed, with a link out and a night that runs. */
const BUSY = {
  needsPerson: [
    { ...need, code: 'signed_out', microsoftId: '5b2e7c1a-0f64-4d39-8e27-000000000001', name: 'Nordwind' },
    { ...need, code: 'mfa_setup', microsoftId: '5b2e7c1a-0f64-4d39-8e27-000000000002', name: 'Fjordlys' },
  ],
  counts: { broken: 2, attention: 0, new: 0, waiting: 1, connected: 9 },
  incidents: [{ code: 'app_secret', title: 'x', detail: 'x', action: 'fix_app', connections: 0 }],
  running: { done: 3, of: 11 },
  waiting: [
    {
      microsoftId: '5b2e7c1a-0f64-4d39-8e27-000000000003',
      name: 'Brennholt',
      recipient: 'T. Berg',
      createdByName: 'Olga Owner',
      createdAt: new Date().toISOString(),
      expiresAt: later,
    },
  ],
}

function germanBrowser(): Promise<BrowserContext> {
  return browser.newContext({
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
  })
}

const GERMAN = new Map(textsOf(de))

/** Texts that German says otherwise, each form of a plural, with anything where a value stands; languages keep their own name. */
const ENGLISH = textsOf(en).flatMap(([key, text]) => {
  if (key === 'name' || GERMAN.get(key) === text) return []
  return text
    .split(' | ')
    .filter((form) => /\p{L}/u.test(form.replaceAll(/\{\w+\}/g, '')))
    .map(
      (form) =>
        new RegExp(
          `^${form
            .split(/\{\w+\}/)
            .map(escaped)
            .join('.+')}$`,
        ),
    )
})

/** Every line and every accessible name on the page that English has too. */
async function englishOn(page: Page): Promise<string[]> {
  const shown = await page.innerText('body')
  const named = await page.evaluate<string[]>(`
    [...document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')].flatMap((it) =>
      ['aria-label', 'placeholder', 'title', 'alt'].map((name) => it.getAttribute(name) ?? ''))`)
  const lines = [...shown.split('\n'), ...named, await page.title()].map((it) => it.trim())
  return lines.filter((line) => ENGLISH.some((text) => text.test(line)))
}

function textsOf(node: object, path = ''): (readonly [string, string])[] {
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return [[`${path}${name}`, value] as const]
    return typeof value === 'object' && value !== null ? textsOf(value, `${path}${name}.`) : []
  })
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
