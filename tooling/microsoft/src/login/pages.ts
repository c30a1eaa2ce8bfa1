import type { App, Tenant, User } from '../state.ts'
import type { EntraError, ErrorTrace } from './errors.ts'
import { entraRoles, type MissingConsent } from './grants.ts'
import { escapeHtml as text, layout } from './page-layout.ts'
import { oidcScopes } from './scopes.ts'

type Step = { flowId: string; action: string }

function form(step: Step, content: string): string {
  return `<form method="post" action="${text(step.action)}">
<input type="hidden" name="flow" value="${text(step.flowId)}">
${content}
</form>`
}

/** The account picker. A password is never asked for. */
export function accountsPage(
  step: Step,
  input: { app: App; tenant: Tenant | undefined; accounts: User[]; hint: string | undefined },
): string {
  const { app, tenant, accounts, hint } = input
  const items = accounts.map(
    (user) => `<li><button name="upn" value="${text(user.upn)}" data-upn="${text(user.upn)}">
<strong>${text(user.name)}</strong><span>${text(user.upn)}</span><span class="quiet">${text(roleWords(user))}</span></button></li>`,
  )
  const content = `<h1 id="page-title">Pick an account</h1>
<p>to continue to <strong>${text(app.name)}</strong>${tenant ? ` with <strong>${text(tenant.name)}</strong>` : ''}</p>
<p class="quiet">The simulator asks for no password.</p>
${form(step, `<ul class="accounts">${items.join('\n')}</ul>`)}
${form(
  step,
  `<label for="upn">Use another account</label>
<input id="upn" name="upn" type="email" autocomplete="off" value="${text(hint ?? '')}" placeholder="name@company.example" required>
<div class="actions"><button class="primary" id="account-next">Next</button></div>`,
)}
${form(step, '<div class="actions"><button id="signin-cancel" name="decision" value="cancel">Cancel</button></div>')}`
  return layout('accounts', 'Pick an account', content)
}

export function mfaPage(step: Step, user: User, demanded: boolean): string {
  const skip = demanded ? 'I cannot do this' : 'Continue without'
  const note = demanded
    ? 'Your organization requires this step.'
    : 'Your organization does not require this step, so it can be skipped; the sign-in then counts as one without MFA.'
  const content = `<h1 id="page-title">Approve sign in request</h1>
<p>${text(user.upn)}</p>
<p>Open your Authenticator app and approve the request. Here a click does.</p>
<p class="quiet">${note}</p>
${form(
  step,
  `<div class="actions"><button class="primary" id="mfa-approve" data-testid="mfa-approve" name="mfa" value="approve">Approve</button>
<button id="mfa-skip" data-testid="mfa-skip" name="mfa" value="skip">${skip}</button></div>`,
)}`
  return layout('mfa', 'Approve sign in request', content)
}

export function consentPage(
  step: Step,
  input: {
    app: App
    tenant: Tenant
    user: User
    missing: MissingConsent
    oidc: string[]
    forTenant: boolean
  },
): string {
  const { app, tenant, user, missing, oidc, forTenant } = input
  const words = [
    ...missing.flatMap(({ resource, scopes }) =>
      scopes.map(
        (scope) =>
          `${resource.scopes[scope] ?? scope} <span class="quiet">(${text(resource.displayName)}, ${text(scope)})</span>`,
      ),
    ),
    ...oidc.map((scope) => text(oidcScopes[scope] ?? scope)),
  ]
  const publisher = app.publisherVerified ? text(app.publisher) : `${text(app.publisher)} (unverified)`
  const title = forTenant ? 'Permissions requested: review for your organization' : 'Permissions requested'
  const content = `<p class="quiet">${text(user.upn)}</p>
<h1 id="page-title">${title}</h1>
<p><strong>${text(app.name)}</strong><br><span class="quiet">Publisher: ${publisher}</span></p>
<p>This app would like to, for <strong>${text(tenant.name)}</strong>:</p>
<ul>${words.map((word) => `<li>${word}</li>`).join('\n')}</ul>
<p class="quiet">If you accept, this app gets access to the specified resources for ${forTenant ? 'all users in your organization' : 'you'}. You can change this at https://myapps.microsoft.com.</p>
${form(
  step,
  `<div class="actions"><button class="primary" id="consent-accept" data-testid="consent-accept" name="decision" value="accept">Accept</button>
<button id="consent-cancel" data-testid="consent-cancel" name="decision" value="cancel">Cancel</button></div>`,
)}`
  return layout('consent', 'Permissions requested', content)
}

/** A refusal that never goes back to the app. */
export function errorPage(error: EntraError, trace: ErrorTrace): string {
  const content = `<h1 id="page-title">Sign in</h1>
<p class="error" role="alert">Sorry, but we’re having trouble signing you in.</p>
<p id="error-text" data-aadsts="${error.code}">${text(error.message)}</p>
<p class="fine">Request Id: ${text(trace.traceId)}<br>Correlation Id: ${text(trace.correlationId)}<br>Timestamp: ${text(trace.timestamp)}<br>Message: AADSTS${error.code}</p>`
  return layout('error', 'Sign in', content)
}

/** OAuth 2.0 Form Post Response Mode: sends itself, with a button where scripts are off. */
export function formPostPage(action: string, fields: [string, string][]): string {
  const inputs = fields.map(
    ([name, value]) => `<input type="hidden" name="${text(name)}" value="${text(value)}">`,
  )
  const content = `<h1 id="page-title">Working…</h1>
<form method="post" action="${text(action)}" id="form-post">
${inputs.join('\n')}
<noscript><p>Script is disabled. Press Continue.</p></noscript>
<div class="actions"><button class="primary" id="form-post-submit">Continue</button></div>
</form>
<script>document.getElementById('form-post').submit()</script>`
  return layout('form-post', 'Working', content)
}

export function signedOutPage(): string {
  return layout(
    'signed-out',
    'Signed out',
    '<h1 id="page-title">You signed out of your account</h1>\n<p>It’s a good idea to close all browser windows.</p>',
  )
}

const roleNames: Record<string, string> = {
  [entraRoles.globalAdministrator]: 'Global Administrator',
  [entraRoles.privilegedRoleAdministrator]: 'Privileged Role Administrator',
  [entraRoles.cloudApplicationAdministrator]: 'Cloud Application Administrator',
  [entraRoles.applicationAdministrator]: 'Application Administrator',
  [entraRoles.billingAdministrator]: 'Billing Administrator',
}

const partnerRoleNames = {
  AdminAgent: 'Admin Agent',
  SalesAgent: 'Sales Agent',
  HelpdeskAgent: 'Helpdesk Agent',
  BillingAdmin: 'Billing Admin',
} as const

/** What an account can do, for the person who picks one. */
function roleWords(user: User): string {
  const roles = [
    ...user.roles.map((role) => roleNames[role] ?? role),
    ...user.partnerRoles.map((role) => partnerRoleNames[role]),
  ]
  return [
    roles.length > 0 ? roles.join(', ') : 'no administrator role',
    ...(user.partnerRoles.length > 0 ? [] : ['no Partner Center role']),
    ...(user.mfaRegistered ? [] : ['no MFA']),
    ...(user.type === 'guest' ? ['guest of another tenant'] : []),
    ...(user.disabled ? ['disabled'] : []),
  ].join(' · ')
}
