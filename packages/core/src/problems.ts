import type { Action } from './types.ts'

/** What a code means to a person, and the HTTP status when it is an answer. */
export type ProblemEntry = {
  readonly title: string
  readonly why: string
  readonly remedy: string
  readonly action: Action
  readonly status: number
}

function entry(status: number, action: Action, title: string, why: string, remedy: string): ProblemEntry {
  return { title, why, remedy, action, status }
}

/** Every code that the product can say, in the words that API, console, mail and log share. */
export const PROBLEMS = {
  // who may show tokens
  issuer_not_allowed: entry(
    422,
    'fix_input',
    'This issuer is not allowed here',
    'Consentry asks only hosts that whoever runs it has named for their keys.',
    'Check the address, or ask whoever runs Consentry to add it to CONSENTRY_ISSUERS.',
  ),

  issuer_silent: entry(
    422,
    'fix_input',
    'No identity provider answers at this address',
    'Consentry asked {address} for /.well-known/openid-configuration and got none that names this very address.',
    'Copy the issuer from the provider, letter by letter, and try again.',
  ),

  // people
  last_owner: entry(
    409,
    'fix_input',
    'An organisation needs an owner',
    'This is its last one.',
    'Make somebody else an owner first.',
  ),
  password_refused: entry(422, 'fix_input', 'This password will not do', '{why}.', ''),
  second_step_needed: entry(
    403,
    'fix_input',
    'This organisation asks for a second step',
    'A password alone does not open it.',
    'Set up an authenticator app or a passkey for your account, then sign in with it.',
  ),
  sign_in_first: entry(
    409,
    'fix_input',
    'This address has an account already',
    'The invitation can be accepted only by the person it is for.',
    'Sign in as {account}, then open the link again.',
  ),

  // writing down
  not_recorded: entry(
    503,
    'retry',
    'Consentry could not write this down',
    'Whatever is done here is recorded first, and the audit log cannot be written just now. Nothing was done.',
    'Try again in a few seconds; if it stays, tell whoever runs Consentry.',
  ),

  // entering and looking up a tenant
  malformed_id: entry(
    422,
    'fix_input',
    'That is not a Microsoft ID',
    'It has 32 letters and digits in five groups, or is a domain such as yourcompany.com.',
    'Copy it from Partner Center: Account settings, Microsoft Entra ID profile.',
  ),
  tenant_not_found: entry(
    422,
    'fix_input',
    'Microsoft does not know this tenant',
    "No tenant with this ID exists in Microsoft's {cloud} cloud.",
    'Check for a missing character, or copy it again.',
  ),
  wrong_cloud: entry(
    422,
    'fix_input',
    'This tenant is in another Microsoft cloud',
    'It is in the {cloud} cloud; this address serves {own} only.',
    'Use the Consentry address for that cloud.',
  ),
  already_there: entry(
    409,
    'none',
    'You already have this tenant',
    'It is in your list as {name}.',
    'Open it to see how it is.',
  ),
  lookup_down: entry(
    503,
    'retry',
    'We cannot look this tenant up just now',
    "Microsoft's directory did not answer.",
    'Try again in a minute, or enter the Microsoft ID itself instead of a domain; Microsoft checks the ID too.',
  ),

  // the trip to Microsoft
  consent_declined: entry(
    409,
    'reconsent',
    'Nothing was allowed',
    'Somebody chose Cancel at Microsoft. Nothing was stored.',
    'Start again when you are ready.',
  ),
  no_right_to_grant: entry(
    409,
    'reconsent',
    'This account may not grant permissions',
    'That needs the role Privileged Role Administrator in Microsoft Entra.',
    'Sign in with an account that has it, or send a link to somebody who does.',
  ),
  approval_pending: entry(
    409,
    'reconsent',
    'Microsoft is waiting for an approval',
    "The request went to the tenant's administrators.",
    'Start again once one of them has approved it.',
  ),
  app_blocked: entry(
    409,
    'fix_policy',
    'The tenant does not let this app in',
    'A rule there blocks apps that nobody has approved.',
    'Ask its administrator to allow Consentry under Enterprise applications.',
  ),
  wrong_tenant: entry(
    409,
    'reconsent',
    'You signed in to another tenant',
    'The account belongs to a different company than the one asked for. Nothing was stored.',
    'Sign in again and choose "Use another account".',
  ),
  guest_account: entry(
    409,
    'reconsent',
    'This account is only a guest there',
    'Guests of a tenant cannot act for it in Partner Center. Nothing was stored.',
    'Use an account that was created in {tenant} itself.',
  ),
  other_account: entry(
    409,
    'reconsent',
    'A different account than before',
    'Until now {old}, this time {new}; rights may differ.',
    'Decide which one this tenant should run with.',
  ),
  link_ended: entry(
    410,
    'none',
    'This link no longer works',
    'It was used, replaced, or its time is over.',
    'Ask {person} for a new one.',
  ),
  other_browser: entry(
    403,
    'reconsent',
    'This trip began in another browser',
    'For safety it must end in the browser where it began. Nothing was stored.',
    'Open the link again in this browser.',
  ),
  answer_mismatch: entry(
    400,
    'reconsent',
    'This answer does not fit our question',
    'It may be an old page or a repeated click. Nothing was stored.',
    "Start again from Consentry, not from the browser's history.",
  ),
  took_too_long: entry(
    409,
    'reconsent',
    'The sign-in took too long',
    "Microsoft's answer came after the ten minutes it may take.",
    'Start again; have the second step ready.',
  ),
  interrupted: entry(
    409,
    'reconsent',
    'Consentry was stopped in the middle of it',
    'It was restarted after you came back from Microsoft and before the sign-in was sealed.',
    'Press Update again, or open the link again in the same browser.',
  ),
  no_lasting_sign_in: entry(
    409,
    'reconsent',
    'Microsoft gave no lasting sign-in',
    'The permission "stay signed in" was left out.',
    'Sign in again and allow all three permissions.',
  ),

  // on behalf of customers
  gdap_missing: entry(
    409,
    'fix_policy',
    'The account may not grant anything in the tenant of {customer}',
    'Microsoft asks for both: {account} is in the group AdminAgents of your tenant, and in a security group that a GDAP relationship with this customer gives the role Global Administrator, Privileged Role Administrator or Cloud Application Administrator. The older DAP is not enough.',
    'Add what is missing in Partner Center under Customers, Admin relationships, then grant again.',
  ),
  customer_unknown: entry(
    409,
    'fix_input',
    'Partner Center does not know this customer',
    'No customer of {tenant} has this tenant.',
    'Choose one from the list of customers, or add the relationship in Partner Center first.',
  ),
  grants_refused: entry(
    422,
    'fix_input',
    'Microsoft does not accept these permissions',
    'One of them does not exist, or its API is not known in the tenant of {customer}. Nothing was granted.',
    "Check the names in Microsoft's permissions reference, then grant again.",
  ),

  // what the proof finds
  mfa_missing: entry(
    409,
    'reconsent',
    'The sign-in had no second step',
    'The account used its password only; Partner Center refuses that, and it cannot be added afterwards.',
    'Set up MFA for {account}, then sign in again and complete the second step.',
  ),
  permission_missing: entry(
    409,
    'reconsent',
    'One permission is missing: {permission}',
    'It is needed for {feature} and was not granted.',
    'Sign in again and allow it.',
  ),
  no_partner_center: entry(
    409,
    'fix_input',
    'Partner Center is not set up in this tenant',
    "Microsoft finds no Partner Center service here; perhaps it is a customer's tenant.",
    "Check that this is your partner tenant's Microsoft ID.",
  ),
  indirect_reseller: entry(
    409,
    'none',
    'Indirect resellers have no access to these data',
    'Microsoft opens them to direct-bill partners and indirect providers only. Signing in again cannot change that.',
    'Ask your indirect provider for billing data.',
  ),
  other_company: entry(
    409,
    'reconsent',
    'Partner Center answered for another company',
    'We asked for {tenant}, it answered for {other}. Nothing was stored.',
    'Use an account that works in {tenant} only.',
  ),
  role_missing: entry(
    409,
    'fix_policy',
    'The account is not Admin Agent',
    'Partner Center lets only that role read partner data; it is given in Partner Center, not in Entra.',
    'Give {account} the role under Account settings, User management, then test again.',
  ),
  agreement_missing: entry(
    409,
    'fix_policy',
    'The Microsoft Partner Agreement is not accepted',
    'Partner Center answers nothing until it is.',
    'Accept it in Partner Center, then test again.',
  ),
  programme_inactive: entry(
    409,
    'none',
    'The reseller programme is not active',
    'Microsoft lists this tenant as inactive.',
    'Ask Microsoft partner support; nothing can be done here.',
  ),
  partner_center_refused: entry(
    409,
    'fix_policy',
    'Partner Center refused the account',
    'The sign-in works, but Partner Center does not let {account} read this tenant.',
    'Check its role under Account settings, User management in Partner Center, then test again.',
  ),
  graph_refused: entry(
    409,
    'fix_policy',
    "Microsoft's data service is blocked by a rule",
    'Partner Center works, but a rule of the tenant stops this account at Microsoft Graph.',
    'Ask its administrator to leave the account out of that rule, then sign in again.',
  ),
  billing_refused: entry(
    409,
    'fix_policy',
    'The account may not read billing',
    'Signing in and Partner Center work; billing needs a further right.',
    'Give {account} the role Billing admin or Admin Agent, then test again.',
  ),
  no_billing_data: entry(
    200,
    'none',
    'No data for this invoice yet',
    'Microsoft answered properly and has nothing to give. The access works.',
    'There is nothing to do; try again after the next invoice.',
  ),

  // a grant that stopped working
  signed_out: entry(
    409,
    'reconsent',
    'Microsoft ended this sign-in',
    'An administrator signed the account out everywhere or reset its password on {date}.',
    'Sign in again.',
  ),
  expired: entry(
    409,
    'reconsent',
    'The sign-in ran out',
    'It was not refreshed for 90 days, the longest Microsoft allows.',
    'Sign in again; from then on it is refreshed every night.',
  ),
  grant_refused: entry(
    409,
    'reconsent',
    'Microsoft no longer accepts this sign-in',
    'It gave no reason that we know; its own words stand below.',
    'Sign in again.',
  ),
  rotation_unconfirmed: entry(
    409,
    'reconsent',
    'A renewed sign-in was lost',
    'Microsoft renewed the sign-in of {tenant} while Consentry was cut off, and the new one could not be saved; the one before is no longer accepted.',
    'Sign in again; nothing else is needed.',
  ),
  not_connected: entry(
    409,
    'reconsent',
    'This tenant is not connected yet',
    'Nobody has signed in and granted consent for it.',
    'Press Update, or send a link to its administrator.',
  ),
  mfa_too_old: entry(
    409,
    'reconsent',
    'The second sign-in step is due',
    'This tenant asks for it every {n} days; the last was on {date}.',
    'Sign in again with the second step; or let the service account keep it.',
  ),
  sign_in_frequency: entry(
    409,
    'fix_policy',
    'The tenant wants a fresh sign-in every {n} days',
    'A rule there ends every sign-in after that time.',
    'Ask its administrator to leave {account} out of that rule, then sign in again.',
  ),
  mfa_setup: entry(
    409,
    'reconsent',
    'The account must set up its second step',
    'The tenant now requires MFA and {account} has none.',
    'Set it up while signing in again.',
  ),
  policy_block: entry(
    409,
    'fix_policy',
    'A rule of the tenant blocks this sign-in',
    'Microsoft calls it Conditional Access. Signing in again alone does not help.',
    'Ask its administrator to allow {account} for this app, then sign in again.',
  ),
  device_required: entry(
    409,
    'fix_policy',
    'The tenant allows known devices only',
    'A server has no such device.',
    'Ask its administrator to leave the service account out of that rule.',
  ),
  password_expired: entry(
    409,
    'reconsent',
    "The account's password has expired",
    'Microsoft wants a new one first.',
    'Set it at Microsoft, then sign in again.',
  ),
  account_disabled: entry(
    409,
    'reconsent',
    'The account was switched off or removed',
    'Microsoft no longer lets {account} in.',
    'Switch it on again, or sign in with another account.',
  ),
  account_locked: entry(
    409,
    'fix_policy',
    'The account is locked for now',
    'Too many wrong passwords, or a suspicious address.',
    'Wait an hour; if it stays, ask its administrator.',
  ),
  app_removed: entry(
    409,
    'reconsent',
    'Consentry was removed or switched off there',
    'Somebody deleted or disabled the app in {tenant}.',
    'Sign in again to allow it, or switch it on under Enterprise applications.',
  ),

  // passing and operator faults
  looking_again: entry(
    503,
    'retry',
    'We are looking again before we say more',
    'One answer of Microsoft was unclear; what works goes on working.',
    'There is nothing to do; the next look is at {time}.',
  ),
  microsoft_slow: entry(
    503,
    'retry',
    'Microsoft is slow just now',
    'It did not answer properly, or asked us to wait. Nothing is lost.',
    'There is nothing to do; it goes on by itself.',
  ),
  microsoft_answered_badly: entry(
    502,
    'retry',
    'Microsoft answered in a way that we do not understand',
    'The answer did not have the form that Microsoft documents. Nothing was changed.',
    'Try again; if it stays, give the ids below to Microsoft support.',
  ),
  many_at_once: entry(
    503,
    'retry',
    '{n} tenants failed at the same moment',
    'That is usually Microsoft or our app registration, not {n} people. No tenant was marked as broken.',
    'Wait; Consentry looks again by itself.',
  ),
  app_secret: entry(
    503,
    'fix_app',
    "Consentry's own secret at Microsoft has run out",
    'It concerns all tenants. You need not sign in anywhere.',
    'Whoever runs Consentry must add a new one to MICROSOFT_CLIENT_SECRETS.',
  ),
  app_secret_expiring: entry(
    503,
    'fix_app',
    "Consentry's own secret or certificate at Microsoft runs out soon",
    'On {date} all tenants would stop at once. You need not sign in anywhere.',
    'Whoever runs Consentry must add a new one before.',
  ),
  app_misconfigured: entry(
    503,
    'fix_app',
    "Consentry's app registration does not fit",
    'Microsoft refuses something that only the registration can change; its own words stand below.',
    'Whoever runs Consentry must correct the app registration.',
  ),
  keys_missing: entry(
    503,
    'fix_app',
    'Stored sign-ins cannot be opened',
    'The key ring lacks the key {id}. Nothing is lost while it comes back.',
    'Whoever runs Consentry must restore that key.',
  ),
  vault_away: entry(
    503,
    'retry',
    'The key vault does not answer',
    'Stored sign-ins are opened with a key in a vault that is away or asks to wait. Nothing is lost, and what is open already goes on.',
    'There is nothing to do; it goes on by itself when the vault answers.',
  ),
  vault_refused: entry(
    503,
    'fix_app',
    'The key vault refuses its key',
    'It answered {reason}. Nothing is lost while that is mended.',
    'Whoever runs Consentry must let it get, wrap, unwrap and sign with the key of CONSENTRY_KEY_VAULT_KEY.',
  ),
  keys_wrong: entry(
    503,
    'fix_app',
    'Stored sign-ins cannot be opened',
    'The key {id} of the key ring is not the one that sealed them, though it has its name. Nothing is lost while the right one comes back.',
    'Whoever runs Consentry must restore that key.',
  ),
  sealed_altered: entry(
    409,
    'reconsent',
    'What is stored for {tenant} was altered',
    'It was changed or moved in the database, so it is not used. Nothing was sent to Microsoft.',
    'Restore it from a backup, or sign in again.',
  ),
  refresh_under_way: entry(
    503,
    'retry',
    'A refresh is already under way',
    'Another process is talking to Microsoft for this tenant just now.',
    'Try again in a few seconds.',
  ),
  legacy_invoice: entry(
    422,
    'fix_input',
    'This invoice is of the old kind',
    "Microsoft's export covers new-commerce invoices only, whose numbers begin with G.",
    'Choose another invoice, or download the PDF in Partner Center.',
  ),
  report_failed: entry(
    502,
    'retry',
    'The report could not be finished',
    'Microsoft broke off or sent parts that do not fit together.',
    'Try again; it starts where Microsoft allows.',
  ),
  report_not_ready: entry(
    409,
    'retry',
    'This report is not finished yet',
    'Its lines can be read once it has succeeded.',
    'Wait until its status is succeeded.',
  ),
  not_in_this_cloud: entry(
    422,
    'none',
    'This Microsoft cloud has no billing export',
    'Microsoft offers its partner billing reports in the global cloud only.',
    'Download the invoices in Partner Center; everything else works here.',
  ),
  return_url_not_registered: entry(
    422,
    'fix_input',
    'This return address is not registered',
    'A consent link may lead back to this deployment or to an origin that the organisation registered.',
    'An owner can add it: consentry organisation return-origin add --organisation {organisation} {origin}',
  ),
  resource_not_allowed: entry(
    422,
    'fix_input',
    'This resource cannot be asked for',
    'Use partner-center, graph, arm, or a scope of a Microsoft resource such as https://graph.microsoft.com/User.Read.',
    'Correct the resource and ask again.',
  ),

  // the API's own
  malformed_request: entry(
    400,
    'fix_input',
    'The request is malformed',
    '{problem}',
    'Correct it and send it again.',
  ),
  unauthenticated: entry(
    401,
    'fix_input',
    'Sign in first',
    'The request carries no session and no valid service key.',
    'Sign in to the console, or send Authorization: Bearer with a service key.',
  ),
  forbidden: entry(
    403,
    'none',
    'You may not do this',
    'It needs {needs}.',
    'Ask an owner of your organisation.',
  ),
  cross_site: entry(
    403,
    'none',
    'This request came from another site',
    'Changes are accepted from the console itself or with a service key only.',
    'Do it in the console.',
  ),
  not_found: entry(
    404,
    'none',
    'There is nothing here',
    'It was removed, or belongs to another organisation.',
    'Go back to your tenants.',
  ),
  method_not_allowed: entry(
    405,
    'fix_input',
    'This address does not take that method',
    'The address exists, the method does not.',
    'See /api/v1/openapi.json.',
  ),
  changed_meanwhile: entry(
    412,
    'fix_input',
    'Somebody changed this meanwhile',
    'What you edited is no longer the newest version. Nothing was overwritten.',
    'Read it again and repeat the change.',
  ),
  too_large: entry(
    413,
    'fix_input',
    'The request is too large',
    'Bodies may have up to 100 kB.',
    'Send less at once.',
  ),
  too_many_requests: entry(
    429,
    'retry',
    'Too many requests',
    'This goes on by itself after a short wait.',
    'Wait as long as Retry-After says.',
  ),
  not_ready: entry(
    503,
    'retry',
    'Consentry is not ready',
    '{problem}',
    'It answers again as soon as that is solved.',
  ),
  server_error: entry(
    500,
    'retry',
    'Consentry could not do that',
    'It is our fault and was recorded under {reference}. Nothing was changed.',
    'Try again; if it stays, give this number to whoever runs Consentry.',
  ),

  // what a passed rung says
  ok: entry(200, 'none', 'All is well', '', ''),
} as const satisfies Record<string, ProblemEntry>

export type ProblemCode = keyof typeof PROBLEMS
