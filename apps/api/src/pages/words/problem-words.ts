import type { ErrorCode } from '@consentry/core'

/** What somebody without an account can meet: on the trip, in the proof, and when something of ours is away. */
export const OUTSIDER_CODES = [
  'consent_declined',
  'no_right_to_grant',
  'approval_pending',
  'app_blocked',
  'wrong_tenant',
  'guest_account',
  'other_account',
  'link_ended',
  'other_browser',
  'answer_mismatch',
  'took_too_long',
  'interrupted',
  'no_lasting_sign_in',
  'mfa_missing',
  'permission_missing',
  'no_partner_center',
  'indirect_reseller',
  'other_company',
  'role_missing',
  'agreement_missing',
  'programme_inactive',
  'partner_center_refused',
  'graph_refused',
  'billing_refused',
  'grant_refused',
  'signed_out',
  'expired',
  'mfa_too_old',
  'sign_in_frequency',
  'mfa_setup',
  'policy_block',
  'device_required',
  'password_expired',
  'account_disabled',
  'account_locked',
  'app_removed',
  'tenant_not_found',
  'wrong_cloud',
  'microsoft_slow',
  'microsoft_answered_badly',
  'app_secret',
  'app_misconfigured',
  'application_secret',
  'application_misconfigured',
  'keys_missing',
  'keys_wrong',
  'vault_away',
  'vault_refused',
  'sealed_altered',
  'not_recorded',
  'malformed_request',
  'cross_site',
  'not_found',
  'too_large',
  'too_many_requests',
  'not_ready',
  'server_error',
] as const satisfies readonly ErrorCode[]

export type OutsiderCode = (typeof OUTSIDER_CODES)[number]

export type Gap = 'account' | 'tenant' | 'other' | 'person' | 'permission' | 'feature' | 'reference' | 'id'

/** The words for problems in a language that the catalogue does not speak. */
export type ProblemWords = {
  /** Title (what happened) and detail (why, and what to do). */
  readonly codes: Readonly<Record<OutsiderCode, readonly [title: string, detail: string]>>
  /** What stands in a gap whose value nobody knows; it has to fit every sentence with that gap. */
  readonly neutral: Readonly<Record<Gap, string>>
  /** By Microsoft's name. */
  readonly permissions: Readonly<Record<string, { readonly title: string; readonly feature: string }>>
}

export function isOutsiderCode(code: string): code is OutsiderCode {
  return OUTSIDER_CODES.some((it) => it === code)
}
