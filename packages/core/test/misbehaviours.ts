import {
  demo,
  type Control,
  type FaultEffect,
  type Policies,
  type Settings,
} from '@consentry/microsoft-simulator'

import { listInvoices, lookUpTenant, refreshConnection } from '../src/index.ts'
import { stored, tenant, travel, type Bench } from './bench.ts'
import {
  consentAgain,
  keptBy,
  refusalOf,
  refusedTwice,
  report,
  sleepOver,
  type Driven,
} from './situations.ts'

const EVERYTHING = ['*']

function refreshing(said: string, then: FaultEffect): Driven {
  return [said, (bench) => refusedTwice(bench, then)]
}

function consenting(said: string, mutate: NonNullable<FaultEffect['mutate']>): Driven {
  return [
    said,
    (bench) => {
      bench.microsoft.control.addFault({ on: { route: 'token' }, then: { mutate } })
      return consentAgain(bench)
    },
  ]
}

/** Whatever can be done to an answer of the simulator's. */
export const FAULTS: Readonly<Record<keyof FaultEffect, readonly Driven[]>> = {
  status: [refreshing('microsoft_slow', { status: 503 }), refreshing('microsoft_slow', { status: 500 })],
  headers: [refreshing('microsoft_slow', { status: 503, headers: { 'retry-after': '120' } })],
  body: [
    refreshing('microsoft_slow', { status: 502, body: '<html><body>Bad gateway</body></html>' }),
    refreshing('microsoft_answered_badly', { status: 200, body: '<html><body>Sign in</body></html>' }),
    refreshing('microsoft_answered_badly', { status: 400, body: '' }),
  ],
  json: [
    refreshing('microsoft_answered_badly', { status: 200, json: { hello: 'world' } }),
    refreshing('grant_refused', { status: 400, json: { error: 'invalid_grant' } }),
  ],
  retryAfter: [
    refreshing('microsoft_slow', { retryAfter: 60 }),
    refreshing('microsoft_slow', { retryAfter: null }),
  ],
  delayMs: [refreshing('ok', { delayMs: 5 })],
  reset: [
    refreshing('microsoft_slow', { reset: 'before' }),
    refreshing('microsoft_slow', { reset: 'after' }),
    refreshing('microsoft_slow', { reset: 'body' }),
  ],
  truncate: [refreshing('microsoft_answered_badly', { truncate: true })],
  // Of the codes each has a test of its own.
  aadsts: [refreshing('grant_refused', { aadsts: 50126 })],
  mutate: [
    refreshing('ok', { mutate: 'no-refresh-token' }),
    consenting('no_lasting_sign_in', 'no-refresh-token'),
    consenting('wrong_tenant', 'wrong-tid-id-token'),
    consenting('answer_mismatch', 'bad-signature'),
    consenting('answer_mismatch', 'no-id-token'),
  ],
}

/** Numbers that the table leaves out, of other flows and of browsers: what `error` beside them says counts. */
export const LEFT_OUT: Readonly<Record<number, string>> = {
  50049: 'microsoft_answered_badly',
  50058: 'grant_refused',
  50126: 'grant_refused',
  70003: 'app_misconfigured',
  70007: 'app_misconfigured',
  90014: 'app_misconfigured',
  700003: 'grant_refused',
  700054: 'app_misconfigured',
  900021: 'app_misconfigured',
  900561: 'app_misconfigured',
  1002012: 'app_misconfigured',
  9002326: 'app_misconfigured',
}

const WELL = 'connected, succeeded'

/** Consent, night and billing report under other settings than usual. */
function under(changes: Partial<Settings>, said = WELL): Driven {
  return throughout((it) => it.set(changes), said)
}

/** Consent, night and billing report after somebody has done this. */
function throughout(act: (control: Control) => void, said = WELL): Driven {
  return [
    said,
    async (bench) => {
      act(bench.microsoft.control)
      const again = await consentAgain(bench)
      const night = await sleepOver(bench)
      return `${again === night ? night : `${again}, ${night}`}, ${await report(bench)}`
    },
  ]
}

/** What is said of a tenant of the US government cloud. */
function elsewhere(otherCloudDiscovery: Settings['otherCloudDiscovery'], said: string): Driven {
  return [
    said,
    async (bench) => {
      bench.microsoft.control.set({ otherCloudDiscovery })
      return refusalOf(lookUpTenant(bench, demo.tenants.usgov.id))
    },
  ]
}

/** A 401 of Partner Center's for a token that it does not know. */
function unauthorised(partnerUnauthorized: Settings['partnerUnauthorized']): Driven {
  return [
    'partner_center_refused',
    async (bench) => {
      bench.microsoft.control.set({ partnerUnauthorized })
      // As if it judged the token by a key that is not Microsoft's.
      bench.microsoft.control.addFault({ on: { route: 'token' }, then: { mutate: 'bad-signature' } })
      await bench.store.dropAccessTokens((await stored(bench)).id)
      return sleepOver(bench)
    },
  ]
}

/** Where Microsoft's behaviour varies, has changed or is not documented. */
export const VARIATIONS: Readonly<Record<keyof Settings, readonly Driven[]>> = {
  rotation: [under({ rotation: 'strict' })],
  errorSeparator: [
    [
      '50173 with its ids',
      async (bench) => {
        bench.microsoft.control.set({ errorSeparator: '\r\n' })
        bench.microsoft.control.revokeSessions(tenant.users.service)
        const { microsoft } = await refreshConnection(bench, await stored(bench))
        return `${microsoft?.code}${microsoft?.traceId && microsoft.timestamp ? ' with its ids' : ''}`
      },
    ],
  ],
  otherCloudDiscovery: [
    elsewhere('metadata', 'wrong_cloud'),
    elsewhere('90038', 'wrong_cloud'),
    elsewhere('90002', 'tenant_not_found'),
  ],
  // Has an edge of its own.
  consentPropagationSeconds: [under({ consentPropagationSeconds: 0 })],
  loopLimit: [under({ loopLimit: 0 }, 'microsoft_slow, connected, microsoft_slow')],
  loopWindowSeconds: [under({ loopWindowSeconds: 3600 })],
  accessTokenSeconds: [
    under({ accessTokenSeconds: { min: 300, max: 300 } }),
    under({ accessTokenSeconds: { min: 100_000, max: 100_000 } }),
  ],
  graphScopePrefix: [under({ graphScopePrefix: false })],
  adminConsentWorkflow: [
    [
      'AADSTS90095',
      async (bench) => {
        bench.microsoft.control.set({ adminConsentWorkflow: true })
        bench.microsoft.control.removeConsent(tenant.id)
        return keptBy(travel(bench, await stored(bench), { user: tenant.users.plain }))
      },
    ],
  ],
  partnerUnauthorized: [unauthorised('fault'), unauthorised('gateway'), unauthorised('empty')],
  retiredLineItems: [under({ retiredLineItems: 'error' })],
  exportNotStartedPolls: [under({ exportNotStartedPolls: 3, exportRetryAfter: 0 })],
  exportRunningPolls: [under({ exportRunningPolls: 3, exportRetryAfter: 0 })],
  exportRetryAfter: [under({ exportRetryAfter: 1, exportRunningPolls: 1 })],
  manifestVariant: [under({ manifestVariant: 'inline' })],
  manifestDataFormat: [under({ manifestDataFormat: 'compressedJSONLines' })],
  totalAttribute: [under({ totalAttribute: 'TotalForCustomer' })],
  linesPerBlob: [under({ linesPerBlob: 10 })],
  sasSeconds: [under({ sasSeconds: -60 }, 'connected, report_failed')],
  requestLogLimit: [under({ requestLogLimit: 1 })],
}

/** A night under a condition that the tenant's administrator has set. */
function ruled(said: string, changes: Partial<Policies>, days = 1, as?: string): Driven {
  return [
    said,
    async (bench) => {
      if (as) await consentAgain(bench, { user: as, mfa: false })
      bench.microsoft.control.setPolicies(tenant.id, changes)
      return sleepOver(bench, days)
    },
  ]
}

/** Rules of tenants, each with its documented refusal. */
export const RULES: Readonly<Record<keyof Policies, readonly Driven[]>> = {
  rememberMfaDays: [ruled('mfa_too_old', { rememberMfaDays: 2 }, 4)],
  signInFrequencySeconds: [ruled('sign_in_frequency', { signInFrequencySeconds: 3600 })],
  requireMfa: [
    ruled('connected', { requireMfa: EVERYTHING }),
    [
      'AADSTS50074',
      async (bench) => {
        bench.microsoft.control.setPolicies(tenant.id, { requireMfa: EVERYTHING })
        return keptBy(travel(bench, await stored(bench), { user: tenant.users.service, mfa: false }))
      },
    ],
  ],
  blockResources: [ruled('policy_block', { blockResources: EVERYTHING })],
  requireDevice: [ruled('device_required', { requireDevice: EVERYTHING })],
  partnerMfaEnforcement: [
    ruled('connected', { partnerMfaEnforcement: 1 }),
    [
      'mfa_missing',
      (bench) => {
        bench.microsoft.control.setPolicies(tenant.id, { partnerMfaEnforcement: 1 })
        return consentAgain(bench, { mfa: false })
      },
    ],
  ],
}

/** A night after somebody has done this. */
function after(said: string, act: (control: Control, bench: Bench) => void): Driven {
  return [
    said,
    (bench) => {
      act(bench.microsoft.control, bench)
      return sleepOver(bench)
    },
  ]
}

const programme = (kind: 'indirect-reseller' | 'none') =>
  ({ kind, status: 'active', agreementSigned: true }) as const
const { service } = tenant.users

/** Reports of all new-commerce invoices, once the export of each has a number of lines of its own. */
const withLines: Driven = [
  'succeeded, each with its lines',
  async (bench) => {
    const row = await stored(bench)
    const { items } = await listInvoices(bench, row, { limit: 100 })
    const ids = items.map((it) => String(it.id)).filter((it) => it.startsWith('G'))
    const said = new Set<string>()
    for (const [n, id] of ids.entries()) {
      bench.microsoft.control.setExportLines(tenant.id, id, n + 1)
      const status = await report(bench, id)
      const [last] = (await bench.store.listReports(row.id, { limit: 1 })).items
      const lines = last?.totals.map((it) => it.lines).join()
      said.add(`${status}, ${lines === String(n + 1) ? 'each with its lines' : `${n + 1} came as ${lines}`}`)
    }
    return [...said].join(', ')
  },
]

/** Driven by other catalogues or by tests of their own; the rest takes back or adds what no answer depends on. */
export const ELSEWHERE = [
  'settings',
  'set',
  'addFault',
  'consentPropagationDelay',
  'addCertificate',
  'clearFaults',
  'clearRequests',
  'resetClock',
  'addPartnerTenants',
] as const satisfies readonly (keyof Control)[]

type Act = Exclude<keyof Control, (typeof ELSEWHERE)[number]>

/** What an administrator, an operator or Microsoft can do between two requests. */
export const ACTS: Readonly<Record<Act, readonly Driven[]>> = {
  revokeSessions: [after('signed_out', (it) => it.revokeSessions(service))],
  disableUser: [after('account_disabled', (it) => it.disableUser(service))],
  deleteUser: [after('account_disabled', (it) => it.deleteUser(service))],
  removePartnerRole: [after('role_missing', (it) => it.removePartnerRole(service))],
  setUser: [after('role_missing', (it) => it.setUser(service, { partnerRoles: [] }))],
  setPolicies: [after('policy_block', (it) => it.setPolicies(tenant.id, { blockResources: EVERYTHING }))],
  setTenant: [
    after('no_partner_center', (it) => it.setTenant(tenant.id, { resources: [] })),
    after('partner_center_refused', (it) => it.setTenant(tenant.id, { program: programme('none') })),
    after('partner_center_refused', (it) =>
      it.setTenant(tenant.id, { program: programme('indirect-reseller') }),
    ),
  ],
  setProgramStatus: [after('programme_inactive', (it) => it.setProgramStatus(tenant.id, 'inactive'))],
  unsignAgreement: [after('agreement_missing', (it) => it.unsignAgreement(tenant.id))],
  removeConsent: [after('permission_missing', (it) => it.removeConsent(tenant.id))],
  setExportLines: [withLines],
  disableApp: [after('app_removed', (it) => it.disableApp())],
  expireSecrets: [after('app_secret', (it) => it.expireSecrets())],
  addSecret: [after('connected', (it) => it.addSecret('another'))],
  addRedirectUri: [throughout((it) => it.addRedirectUri('https://elsewhere.example/callback'))],
  setApp: [after('app_secret', (it) => it.setApp({ secrets: [] }))],
  setRotation: [throughout((it) => it.setRotation('strict'))],
  manifestVariant: [throughout((it) => it.manifestVariant('inline'))],
  rotateKeys: [after('connected', (it) => it.rotateKeys())],
  advanceClock: [after('connected', (it) => it.advanceClock(300))],
  addCustomerTenants: [throughout((it) => void it.addCustomerTenants(tenant.id, 1))],
}
