import type { Page } from 'playwright-core'

/** What opens on a page: the view it is on, how to get there, and where it is when it is not part of the page. */
export type Opened = {
  readonly on: string
  readonly name: string
  readonly open: (page: Page) => Promise<void>
  readonly within?: string
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click()
const choose = async (page: Page, name: string) => {
  await press(page, 'More for this tenant')
  await page.locator('.menu').getByText(name, { exact: true }).click()
}
const dialog = (page: Page) => page.getByRole('dialog').getByRole('heading').first().waitFor()
const opens = (name: string) => async (page: Page) => {
  await press(page, name)
  await dialog(page)
}
const choosing = (name: string) => async (page: Page) => {
  await choose(page, name)
  await dialog(page)
}
const unfolds = (name: string | RegExp) => async (page: Page) =>
  page.getByRole('button', { name }).first().click()

/** Dialogs and menus. */
const OVER = '.v-overlay-container'

export const OPENED: readonly Opened[] = [
  { on: 'members', name: 'invite', open: opens('Invite somebody'), within: OVER },
  { on: 'members', name: 'remove', open: opens('Remove Vic Viewer'), within: OVER },
  { on: 'service-keys', name: 'new key', open: opens('New service key'), within: OVER },
  { on: 'service-keys', name: 'new workload', open: opens('Let a service in'), within: OVER },
  { on: 'service-keys', name: 'revoke', open: opens('Revoke erp sync'), within: OVER },
  { on: 'notifications', name: 'add', open: opens('Add somebody to tell'), within: OVER },
  { on: 'notifications', name: 'remove', open: opens('Remove Email: ops@demo.example'), within: OVER },
  { on: 'tenant', name: 'rename', open: choosing('Rename'), within: OVER },
  { on: 'tenant', name: 'link', open: choosing('Send a link'), within: OVER },
  { on: 'tenant', name: 'disconnect', open: choosing('Disconnect'), within: OVER },
  { on: 'tenant', name: 'menu', open: (page) => press(page, 'More for this tenant'), within: OVER },
  { on: 'tenant', name: 'round', open: unfolds(/^Refreshed/) },
  { on: 'tenant-broken', name: 'support', open: unfolds(/^For Microsoft support/) },
  { on: 'authentication', name: 'before', open: unfolds(/^Before you start/) },
  {
    on: 'authentication',
    name: 'permissions',
    open: (page) => press(page, 'three permissions'),
    within: OVER,
  },
  { on: 'attempt-failed', name: 'why', open: unfolds(/Why\?$/) },
  { on: 'audit-log', name: 'entry', open: unfolds(/^Details of/) },
  { on: 'billing-report', name: 'table', open: (page) => press(page, 'Show as table') },
  { on: 'billing-report', name: 'download', open: (page) => press(page, 'Download'), within: OVER },
  { on: 'profile', name: 'authenticator', open: unfolds('Set it up') },
  { on: 'today', name: 'person', open: unfolds(/^You and your settings/), within: OVER },
  { on: 'help', name: 'nothing', open: (page) => page.getByRole('searchbox').first().fill('zzz') },
]

export type Shaped = {
  readonly on: string
  readonly name: string
  /** Of the page, where it is not as it opens. */
  readonly query?: string
  /** Of the API. */
  readonly address: RegExp
  readonly ready: string
  readonly shape: (real: Record<string, unknown>) => object
}

export const COUNTS = { broken: 0, attention: 0, waiting: 0, new: 0, connected: 0 }
const night = (place: number) => {
  const startedAt = new Date(Date.UTC(2026, 10, 25 - place, 2, 0)).toISOString()
  const failed = place === 3 ? 4 : 0
  return {
    night: startedAt.slice(0, 10),
    startedAt,
    finishedAt: startedAt,
    ms: 4_380_000,
    due: 215,
    refreshed: 215 - failed,
    failed,
  }
}
const hour = (place: number) => ({
  from: new Date(Date.UTC(2026, 10, 24, place)).toISOString(),
  tokens: (place * 37) % 90,
})

/** States that pass too quickly, or that only a night brings: the API's own answers, changed. */
export const SHAPED: readonly Shaped[] = [
  {
    on: 'today',
    name: 'calm',
    address: /\/api\/v1\/today$/,
    ready: 'text=Nothing needs you today',
    shape: (real) => ({
      ...real,
      needsPerson: [],
      waiting: [],
      counts: { ...COUNTS, connected: 215 },
      nights: Array.from({ length: 14 }, (_, place) => night(place)),
      lastNightlyRun: night(0),
      tokens: { total: 1061, hours: Array.from({ length: 24 }, (_, place) => hour(place)) },
    }),
  },
  {
    on: 'today',
    name: 'incident',
    address: /\/api\/v1\/today$/,
    ready: '[data-code=app_secret]',
    shape: (real) => ({
      ...real,
      incidents: [{ code: 'app_secret', title: '', detail: '', action: 'fix_app', connections: 215 }],
      unavailable: ['nights', 'tokens'],
      running: { done: 120, of: 215 },
    }),
  },
  {
    on: 'attempt-succeeded',
    name: 'running',
    address: /\/consent-attempts\/[\w-]+$/,
    ready: 'text=Checking',
    shape: (real) => ({
      ...real,
      status: 'proving',
      checks: Array.isArray(real['checks']) ? real['checks'].slice(0, 4) : [],
      finishedAt: null,
    }),
  },
  {
    on: 'attempt-waiting',
    name: 'expired',
    address: /\/consent-attempts\/[\w-]+$/,
    ready: 'text=Expired',
    shape: (real) => ({ ...real, status: 'expired' }),
  },
  {
    on: 'billing-report',
    name: 'running',
    address: /\/billing-reports\/[\w-]+$/,
    ready: '[data-testid=report-progress]',
    shape: (real) => ({ ...real, status: 'running', progress: 40, step: 'waiting', totals: [] }),
  },
  {
    on: 'billing-report',
    name: 'failed',
    address: /\/billing-reports\/[\w-]+$/,
    ready: '[data-code=report_failed]',
    shape: (real) => ({
      ...real,
      status: 'failed',
      totals: [],
      problem: {
        code: 'report_failed',
        title: 'The report could not be finished',
        detail: 'Why.',
        action: 'retry',
      },
    }),
  },
]
