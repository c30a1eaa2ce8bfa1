import type { ErrorCode } from './errors.ts'
import type { Verdict } from './types.ts'

export type Meaning = { readonly code: ErrorCode; readonly verdict: Verdict }

// Meanings: learn.microsoft.com/entra/identity-platform/reference-error-codes.
const TABLE: readonly (readonly [ErrorCode, Verdict, string])[] = [
  ['expired', 'definitive', '700082 70008'],
  ['signed_out', 'definitive', '50173'],
  ['grant_refused', 'ambiguous', '70000 50089 50132 50133 9002313 54005 700005 501481 50147 501491'],
  ['sign_in_frequency', 'definitive', '70043 70044'],
  ['mfa_too_old', 'definitive', '50078 50076'],
  ['mfa_missing', 'definitive', '50074'],
  ['mfa_setup', 'definitive', '50079 50072'],
  ['policy_block', 'definitive', '50158 53002 53003 530032 530035 50131 53004 53010 53011 530034'],
  ['policy_block', 'definitive', '500021 500022 500212 500213 50002'],
  ['device_required', 'definitive', '50097 50129 53000 53001'],
  ['account_locked', 'ambiguous', '50053'],
  ['password_expired', 'definitive', '50055 50144'],
  ['account_disabled', 'definitive', '50057 50034 51004'],
  ['guest_account', 'definitive', '50020 50177 16000 90072'],
  ['app_blocked', 'definitive', '50105 900941 900981 90099'],
  ['permission_missing', 'definitive', '65001'],
  ['consent_declined', 'definitive', '65004'],
  ['no_right_to_grant', 'definitive', '90094 90093'],
  ['approval_pending', 'definitive', '90095'],
  ['no_partner_center', 'definitive', '650052 500011'],
  [
    'app_misconfigured',
    'app',
    '700084 65005 650056 650057 650053 650054 50001 50011 500112 50194 900382 900432',
  ],
  ['app_misconfigured', 'app', '28000 28003 70011 700022 700023 900144 900971 90023'],
  // "Service principal name already present" passes within seconds of a consent.
  ['microsoft_slow', 'transient', '650051'],
  ['app_removed', 'ambiguous', '700016 700011 70001'],
  ['app_removed', 'definitive', '7000112'],
  ['app_secret', 'app', '7000215 7000222 700024 700027 50012 700030 7000218 700025 7000231 7000232'],
  ['app_secret', 'app', '70021 700211 700212 700213'],
  ['tenant_not_found', 'ambiguous', '90002 900023'],
  ['wrong_cloud', 'ambiguous', '90038'],
  ['microsoft_slow', 'transient', '90055 50033 90006 90012 90024 90033 90090 90091 50087 40010 51005'],
  ['microsoft_slow', 'transient', '50000 90036 90092 50196'],
]

/** By AADSTS code. */
export const CODES: ReadonlyMap<string, Meaning> = new Map(
  TABLE.flatMap(([code, verdict, numbers]) =>
    numbers.split(' ').map((it) => [it, { code, verdict }] as const),
  ),
)

/** By `suberror`, for codes the table does not know. */
export const SUBERRORS: Readonly<Record<string, Meaning>> = {
  bad_token: { code: 'grant_refused', verdict: 'ambiguous' },
  consent_required: { code: 'permission_missing', verdict: 'ambiguous' },
  basic_action: { code: 'mfa_too_old', verdict: 'ambiguous' },
  additional_action: { code: 'policy_block', verdict: 'ambiguous' },
  message_only: { code: 'policy_block', verdict: 'ambiguous' },
  user_password_expired: { code: 'password_expired', verdict: 'ambiguous' },
  protection_policy_required: { code: 'policy_block', verdict: 'ambiguous' },
  token_expired: { code: 'expired', verdict: 'ambiguous' },
  client_mismatch: { code: 'app_misconfigured', verdict: 'app' },
}

/** By `error`, the last resort. */
export const ERRORS: Readonly<Record<string, Meaning>> = {
  invalid_grant: { code: 'grant_refused', verdict: 'ambiguous' },
  interaction_required: { code: 'grant_refused', verdict: 'ambiguous' },
  login_required: { code: 'grant_refused', verdict: 'ambiguous' },
  consent_required: { code: 'permission_missing', verdict: 'ambiguous' },
  access_denied: { code: 'consent_declined', verdict: 'ambiguous' },
  invalid_client: { code: 'app_secret', verdict: 'app' },
  unauthorized_client: { code: 'app_removed', verdict: 'ambiguous' },
  invalid_resource: { code: 'no_partner_center', verdict: 'ambiguous' },
  invalid_scope: { code: 'app_misconfigured', verdict: 'app' },
  invalid_request: { code: 'app_misconfigured', verdict: 'app' },
  unsupported_grant_type: { code: 'app_misconfigured', verdict: 'app' },
  unsupported_response_type: { code: 'app_misconfigured', verdict: 'app' },
  temporarily_unavailable: { code: 'microsoft_slow', verdict: 'transient' },
  server_error: { code: 'microsoft_slow', verdict: 'transient' },
}

/**
 * Of Partner Center: learn.microsoft.com/partner-center/developer/error-codes. 900421 refuses sign-ins without a second
 * step, call by call; the ladder asks only with tokens that have one.
 */
export const API_CODES: ReadonlyMap<string, Meaning> = new Map([
  ['900421', { code: 'mfa_missing', verdict: 'ambiguous' }],
  ['10001', { code: 'mfa_missing', verdict: 'ambiguous' }],
  ['900150', { code: 'role_missing', verdict: 'definitive' }],
  ['900124', { code: 'agreement_missing', verdict: 'definitive' }],
  ['900149', { code: 'programme_inactive', verdict: 'definitive' }],
  ['800039', { code: 'programme_inactive', verdict: 'definitive' }],
])
