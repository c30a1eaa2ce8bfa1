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

/** The catalogue of the brief, in its order: Microsoft's codes, and what the button does. */
export const CATALOGUE = {
  malformed_id: { microsoft: [], button: 'none' },
  tenant_not_found: { microsoft: ['90002'], button: 'none' },
  wrong_cloud: { microsoft: ['90038'], button: 'none' },
  already_there: { microsoft: [], button: 'none' },
  lookup_down: { microsoft: [], button: 'none' },
  consent_declined: { microsoft: ['65004'], button: 'sign_in' },
  no_right_to_grant: { microsoft: ['90094', '90093'], button: 'send_link' },
  approval_pending: { microsoft: ['90095'], button: 'sign_in' },
  app_blocked: { microsoft: ['900941', '50105'], button: 'instructions' },
  wrong_tenant: { microsoft: [], button: 'sign_in' },
  guest_account: { microsoft: [], button: 'sign_in' },
  other_account: { microsoft: [], button: 'accept' },
  link_ended: { microsoft: [], button: 'none' },
  other_browser: { microsoft: [], button: 'sign_in' },
  answer_mismatch: { microsoft: [], button: 'sign_in' },
  took_too_long: { microsoft: ['50089'], button: 'sign_in' },
  no_lasting_sign_in: { microsoft: [], button: 'sign_in' },
  interrupted: { microsoft: [], button: 'sign_in' },
  mfa_missing: { microsoft: ['900421'], button: 'sign_in' },
  permission_missing: { microsoft: ['65001'], button: 'sign_in' },
  no_partner_center: { microsoft: ['650052', '500011'], button: 'check_id' },
  indirect_reseller: { microsoft: [], button: 'none' },
  other_company: { microsoft: [], button: 'sign_in' },
  role_missing: { microsoft: ['900150'], button: 'test' },
  gdap_missing: { microsoft: [], button: 'retry' },
  customer_unknown: { microsoft: ['60003'], button: 'none' },
  grants_refused: { microsoft: [], button: 'none' },
  agreement_missing: { microsoft: ['900124'], button: 'test' },
  programme_inactive: { microsoft: ['800039', '900149'], button: 'support' },
  graph_refused: { microsoft: [], button: 'instructions' },
  billing_refused: { microsoft: [], button: 'test' },
  no_billing_data: { microsoft: ['5000'], button: 'choose' },
  signed_out: { microsoft: ['50173'], button: 'sign_in' },
  expired: { microsoft: ['700082', '70008'], button: 'sign_in' },
  rotation_unconfirmed: { microsoft: [], button: 'sign_in' },
  mfa_too_old: { microsoft: ['50078', '50076'], button: 'sign_in' },
  sign_in_frequency: { microsoft: ['70043'], button: 'instructions' },
  mfa_setup: { microsoft: ['50079', '50072'], button: 'sign_in' },
  policy_block: { microsoft: ['53003'], button: 'instructions' },
  device_required: { microsoft: ['53000', '50097'], button: 'instructions' },
  password_expired: { microsoft: ['50055'], button: 'sign_in' },
  account_disabled: { microsoft: ['50057', '50034'], button: 'sign_in' },
  account_locked: { microsoft: ['50053'], button: 'test' },
  app_removed: { microsoft: ['700016', '7000112'], button: 'sign_in' },
  looking_again: { microsoft: [], button: 'none' },
  microsoft_slow: { microsoft: ['429'], button: 'none' },
  many_at_once: { microsoft: [], button: 'none' },
  app_secret: { microsoft: ['7000222', '7000215'], button: 'none' },
  app_secret_expiring: { microsoft: [], button: 'none' },
  keys_missing: { microsoft: [], button: 'none' },
  vault_away: { microsoft: [], button: 'none' },
  vault_refused: { microsoft: [], button: 'none' },
  keys_wrong: { microsoft: [], button: 'none' },
  sealed_altered: { microsoft: [], button: 'sign_in' },
  legacy_invoice: { microsoft: [], button: 'choose' },
  report_failed: { microsoft: [], button: 'run' },
  not_found: { microsoft: [], button: 'tenants' },
  server_error: { microsoft: [], button: 'retry' },
} as const satisfies Record<string, { microsoft: readonly string[]; button: ProblemButton }>

export type ProblemCode = keyof typeof CATALOGUE

/** In the brief's order. */
export const PROBLEM_CODES = Object.keys(CATALOGUE).filter(isKnownCode)

export function isKnownCode(code: string): code is ProblemCode {
  return Object.hasOwn(CATALOGUE, code)
}

/** The button of a problem; for codes the catalogue lacks, what the API's `action` suggests. */
export function buttonOf(problem: Problem): ProblemButton {
  if (isKnownCode(problem.code)) return CATALOGUE[problem.code].button
  if (problem.action === 'reconsent') return 'sign_in'
  return problem.action === 'retry' ? 'retry' : 'none'
}

/** Names of the `{placeholders}` in a message. */
export function placeholders(message: string): string[] {
  return Array.from(message.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? '')
}

/** A failed check, said as a problem. */
export function problemOfCheck({ code, title, detail, action, microsoft }: Check): Problem {
  return { code, title, detail, ...(action ? { action } : {}), ...(microsoft ? { microsoft } : {}) }
}
