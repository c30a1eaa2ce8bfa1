import { CODES, API_CODES } from './diagnosis-table.ts'
import type { ErrorCode } from './errors.ts'
import { PROBLEMS } from './problems.ts'

/** Who ends a problem. */
export type Actor = 'administrator' | 'account' | 'operator' | 'caller' | 'nobody'
/** `stops`: no tokens until somebody acts; `limits`: something is missing; `passes`: it goes by itself; `input`: asked wrongly. */
export type Severity = 'stops' | 'limits' | 'passes' | 'input'

export type Facts = {
  readonly code: ErrorCode
  readonly actor: Actor
  readonly severity: Severity
  /** Microsoft's numbers, by the page that explains each. */
  readonly microsoft: readonly { readonly code: string; readonly link: string }[]
}

// Where the action alone does not say it: a rule is the administrator's, a sign-in the account's.
const ACTORS: Partial<Record<ErrorCode, Actor>> = {
  account_disabled: 'administrator',
  agreement_missing: 'administrator',
  app_removed: 'administrator',
  no_partner_center: 'administrator',
  no_right_to_grant: 'administrator',
  approval_pending: 'administrator',
  permission_missing: 'administrator',
  programme_inactive: 'administrator',
  many_at_once: 'operator',
  partner_center_refuses_many: 'operator',
  graph_refuses_many: 'operator',
  not_refreshed: 'operator',
  nights_missed: 'operator',
  application_secret: 'administrator',
  application_secret_expiring: 'administrator',
  application_misconfigured: 'administrator',
}

const LIMITS: ReadonlySet<string> = new Set<ErrorCode>([
  'graph_refused',
  'billing_refused',
  'many_at_once',
  'partner_center_refuses_many',
  'graph_refuses_many',
  'not_refreshed',
  'nights_missed',
  'app_secret',
  'app_misconfigured',
  'application_secret_expiring',
  'keys_missing',
  'keys_wrong',
])

/** Corrected by what somebody enters, and yet nothing goes on before. */
const STOPS: ReadonlySet<string> = new Set<ErrorCode>([
  'no_partner_center',
  'application_secret',
  'application_misconfigured',
])

const API_PAGE = 'https://learn.microsoft.com/partner-center/developer/error-codes'

const OTHERS: Partial<Record<ErrorCode, Facts['microsoft']>> = {
  no_billing_data: [
    {
      code: '5000',
      link: 'https://learn.microsoft.com/graph/api/resources/partners-billing-failedoperation',
    },
  ],
  customer_unknown: [{ code: '60003', link: API_PAGE }],
  microsoft_slow: [
    { code: '429', link: 'https://learn.microsoft.com/partner-center/developer/api-throttling-guidance' },
  ],
}

/** What the table and the catalogue say of a code together. */
export function factsOf(code: ErrorCode): Facts {
  return { code, actor: actorOf(code), severity: severityOf(code), microsoft: microsoftOf(code) }
}

function actorOf(code: ErrorCode): Actor {
  const named = ACTORS[code]
  if (named) return named
  const { action } = PROBLEMS[code]
  if (action === 'reconsent') return 'account'
  if (action === 'fix_policy') return 'administrator'
  if (action === 'fix_app') return 'operator'
  return action === 'fix_input' ? 'caller' : 'nobody'
}

function severityOf(code: ErrorCode): Severity {
  const { action } = PROBLEMS[code]
  if (LIMITS.has(code)) return 'limits'
  if (action === 'retry') return 'passes'
  if (action === 'fix_input' && !STOPS.has(code)) return 'input'
  return action === 'none' && code !== 'programme_inactive' ? 'input' : 'stops'
}

function microsoftOf(code: ErrorCode): Facts['microsoft'] {
  const entra = [...CODES]
    .filter(([, meaning]) => meaning.code === code)
    .map(([number]) => ({ code: number, link: `https://login.microsoftonline.com/error?code=${number}` }))
  const api = [...API_CODES]
    .filter(([, meaning]) => meaning.code === code)
    .map(([number]) => ({ code: number, link: API_PAGE }))
  return [...entra, ...api, ...(OTHERS[code] ?? [])]
}
