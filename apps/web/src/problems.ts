import type { Check, Problem } from './types.ts'

/** What the one button of a problem does. */
export type ProblemButton =
  | 'sign_in'
  | 'send_link'
  | 'instructions'
  | 'support'
  | 'test'
  | 'accept'
  | 'check_id'
  | 'choose'
  | 'run'
  | 'tenants'
  | 'retry'
  | 'none'

/** In the brief's order: what the button of each does. */
const BUTTONS = {
  malformed_id: 'none',
  tenant_not_found: 'none',
  wrong_cloud: 'none',
  already_there: 'none',
  lookup_down: 'none',
  consent_declined: 'sign_in',
  no_right_to_grant: 'send_link',
  approval_pending: 'sign_in',
  app_blocked: 'instructions',
  wrong_tenant: 'sign_in',
  guest_account: 'sign_in',
  other_account: 'accept',
  link_ended: 'none',
  other_browser: 'sign_in',
  answer_mismatch: 'sign_in',
  took_too_long: 'sign_in',
  no_lasting_sign_in: 'sign_in',
  interrupted: 'sign_in',
  mfa_missing: 'sign_in',
  permission_missing: 'sign_in',
  no_partner_center: 'check_id',
  indirect_reseller: 'none',
  other_company: 'sign_in',
  role_missing: 'test',
  gdap_missing: 'retry',
  customer_unknown: 'none',
  grants_refused: 'none',
  agreement_missing: 'test',
  programme_inactive: 'support',
  graph_refused: 'instructions',
  billing_refused: 'test',
  no_billing_data: 'choose',
  signed_out: 'sign_in',
  expired: 'sign_in',
  rotation_unconfirmed: 'sign_in',
  mfa_too_old: 'sign_in',
  sign_in_frequency: 'instructions',
  mfa_setup: 'sign_in',
  policy_block: 'instructions',
  device_required: 'instructions',
  password_expired: 'sign_in',
  account_disabled: 'sign_in',
  account_locked: 'test',
  app_removed: 'sign_in',
  looking_again: 'none',
  microsoft_slow: 'none',
  many_at_once: 'none',
  partner_center_refuses_many: 'none',
  graph_refuses_many: 'none',
  not_refreshed: 'none',
  nights_missed: 'none',
  app_secret: 'none',
  app_secret_expiring: 'none',
  application_secret: 'none',
  application_secret_expiring: 'none',
  application_misconfigured: 'test',
  keys_missing: 'none',
  vault_away: 'none',
  vault_refused: 'none',
  keys_wrong: 'none',
  sealed_altered: 'sign_in',
  legacy_invoice: 'choose',
  not_in_this_cloud: 'none',
  report_failed: 'run',
  forbidden: 'none',
  not_found: 'tenants',
  server_error: 'retry',
} as const satisfies Record<string, ProblemButton>

export type ProblemCode = keyof typeof BUTTONS

/** In the brief's order. */
export const PROBLEM_CODES = Object.keys(BUTTONS).filter(isKnownCode)

export function isKnownCode(code: string): code is ProblemCode {
  return Object.hasOwn(BUTTONS, code)
}

/** The button of a problem; for codes the catalogue lacks, what the API's `action` suggests. */
export function buttonOf(problem: Problem): ProblemButton {
  if (isKnownCode(problem.code)) return BUTTONS[problem.code]
  if (problem.action === 'reconsent') return 'sign_in'
  return problem.action === 'retry' ? 'retry' : 'none'
}

/** Whether what ends a refusal in a customer's tenant is on the page of the partner's own. */
export function endsElsewhere(problem: Problem): boolean {
  return !['none', 'retry'].includes(buttonOf(problem))
}

/** Names of the `{placeholders}` in a message. */
export function placeholders(message: string): string[] {
  return Array.from(message.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '')
}

/** A failed check, said as a problem. */
export function problemOfCheck({ code, title, detail, action, microsoft }: Check): Problem {
  return { code, title, detail, ...(action ? { action } : {}), ...(microsoft ? { microsoft } : {}) }
}
