import { html, type Call } from '../http.ts'
import type { SignIn, Tenant, User } from '../state.ts'
import { finishAdminConsent } from './admin-consent-finish.ts'
import { EntraError, refuse } from './errors.ts'
import { finishAuthorize } from './finish.ts'
import type { Flow } from './flow.ts'
import { isConsentAdmin, mayConsent, missingConsent, wantedScopes, type MissingConsent } from './grants.ts'
import { accountsPage, consentPage, mfaPage } from './pages.ts'
import { checkBlocks, covers } from './policies.ts'
import { sessionAccounts } from './session.ts'
import { findUser, usersOf } from './tenants.ts'

const DAY = 24 * 60 * 60 * 1000
const ACCOUNTS_SHOWN = 30

/** The next page of a flow, or its end. Each step looks only at what has been answered so far. */
export function advance(call: Call, flow: Flow): Response {
  const signIn = flow.signIn ?? silentSignIn(call, flow)
  if (!signIn) return askAccount(call, flow)
  const { user, tenant } = checkAccount(call, flow, signIn)
  if (needsMfa(call, flow, user, tenant, signIn)) return askMfa(call, flow, user, tenant)
  const missing = consentToAsk(call, flow, user, tenant)
  if (missing) return askConsent(call, flow, user, tenant, missing)
  call.world.flows.delete(flow.id)
  const end = flow.kind === 'authorize' ? finishAuthorize : finishAdminConsent
  return end(call, flow, { user, tenant, signIn })
}

/** Signs in by the browser's session where the prompt allows it and there is no doubt about the account. */
function silentSignIn(call: Call, flow: Flow): SignIn | undefined {
  if (flow.prompt === 'login' || flow.prompt === 'select_account') return undefined
  const accounts = sessionAccounts(call, flow).filter((account) => matchesHint(call, flow, account))
  const [only, ...others] = accounts
  if (flow.prompt === 'none' && !only) throw new EntraError(50058)
  if (flow.prompt === 'none' && others.length > 0) throw new EntraError(16000)
  if (!only || others.length > 0) return undefined
  flow.signIn = only
  flow.silent = true
  return only
}

function matchesHint(call: Call, flow: Flow, account: SignIn): boolean {
  if (!flow.loginHint) return true
  const user = call.world.state.users.get(account.userOid)
  return user?.upn.toLowerCase() === flow.loginHint.toLowerCase()
}

function askAccount(call: Call, flow: Flow): Response {
  const { tenant } = flow.authority
  const hinted = flow.loginHint ? findUser(call.world, flow.loginHint, tenant?.id) : undefined
  const everybody = [...call.world.state.users.values()].filter((user) => user.type === 'member')
  const all = tenant ? usersOf(call.world, tenant.id) : everybody
  const accounts = hinted ? [hinted] : all.slice(0, ACCOUNTS_SHOWN)
  const step = { flowId: flow.id, action: `${call.world.urls.login}/${flow.authority.segment}/login` }
  return html(200, accountsPage(step, { app: flow.app, tenant, accounts, hint: flow.loginHint }))
}

/** Somebody typed or clicked an account: who is it here? */
export function chooseAccount(call: Call, flow: Flow, upn: string): void {
  const { world } = call
  const { tenant } = flow.authority
  const user = findUser(world, upn, tenant?.id)
  if (!user || user.deleted) {
    const elsewhere = findUser(world, upn)
    const values = { user: upn, tenant: tenant?.name ?? '', client: flow.app.clientId }
    if (elsewhere && !elsewhere.deleted) refuse(50020, { ...values, home: elsewhere.homeTenantId })
    return refuse(50034, values)
  }
  flow.signIn = {
    userOid: user.oid,
    tenantId: user.tenantId,
    authTime: world.now(),
    amr: ['pwd'],
    mfaTime: null,
  }
  flow.silent = false
  flow.mfaAnswered = false
}

function checkAccount(call: Call, flow: Flow, signIn: SignIn): { user: User; tenant: Tenant } {
  const user = call.world.state.users.get(signIn.userOid)
  const tenant = call.world.state.tenants.get(signIn.tenantId)
  if (!user || !tenant || user.deleted)
    return refuse(50034, { user: user?.upn ?? '', tenant: tenant?.name ?? '' })
  call.note.tenantId = tenant.id
  if (user.disabled) refuse(50057)
  if (flow.app.signInAudience === 'AzureADMyOrg' && tenant.id !== flow.app.tenantId) {
    refuse(50020, { user: user.upn, tenant: tenant.name, home: user.homeTenantId, client: flow.app.clientId })
  }
  refuseMissingResources(flow, tenant)
  const first = firstResource(flow)
  if (first) checkBlocks(tenant, first)
  return { user, tenant }
}

/** Under `common` and `organizations` the tenant, and so what is installed there, is known only now. */
function refuseMissingResources(flow: Flow, tenant: Tenant): void {
  for (const { resource } of flow.asked.resources) {
    if (!resource || tenant.resources.includes(resource.appId)) continue
    refuse(650052, { resource: resource.appId, tenantName: tenant.name })
  }
}

/** Conditional Access looks at the resource that the sign-in is for; others are judged when their token is asked for. */
function firstResource(flow: Flow): Flow['asked']['resources'][number]['resource'] {
  return flow.asked.resources[0]?.resource
}

function isMfaDemanded(flow: Flow, tenant: Tenant): boolean {
  const first = firstResource(flow)
  return flow.mfaDemanded || (first !== undefined && covers(tenant.policies.requireMfa, first))
}

function needsMfa(call: Call, flow: Flow, user: User, tenant: Tenant, signIn: SignIn): boolean {
  if (flow.mfaAnswered) return false
  const days = tenant.policies.rememberMfaDays
  const age = signIn.mfaTime ? call.world.now().getTime() - signIn.mfaTime.getTime() : 0
  const isStale = days !== null && age > days * DAY
  if (signIn.amr.includes('mfa') && !isStale) return false
  if (isMfaDemanded(flow, tenant) || isStale) {
    if (!user.mfaRegistered) refuse(50079, { resource: firstResource(flow)?.appId ?? '' })
    return true
  }
  return user.mfaRegistered && !flow.silent
}

function askMfa(call: Call, flow: Flow, user: User, tenant: Tenant): Response {
  if (flow.prompt === 'none') return refuse(50076, { resource: firstResource(flow)?.appId ?? '' })
  const step = { flowId: flow.id, action: `${call.world.urls.login}/common/SAS/ProcessAuth` }
  return html(200, mfaPage(step, user, isMfaDemanded(flow, tenant)))
}

export function answerMfa(call: Call, flow: Flow, approved: boolean): void {
  const { signIn } = flow
  if (!signIn) return refuse(50089)
  const tenant = call.world.state.tenants.get(signIn.tenantId)
  if (!approved && tenant && isMfaDemanded(flow, tenant)) refuse(50074)
  flow.mfaAnswered = true
  if (approved) flow.signIn = { ...signIn, amr: ['pwd', 'mfa'], mfaTime: call.world.now() }
}

/** What the consent page has to list, or undefined when there is nothing to ask. */
function consentToAsk(call: Call, flow: Flow, user: User, tenant: Tenant): MissingConsent | undefined {
  const { app, asked } = flow
  if (flow.consentAnswered) return undefined
  const everything = asked.resources.flatMap(({ resource, scopes }) =>
    resource ? [{ resource, scopes: wantedScopes(app, resource, scopes) }] : [],
  )
  if (flow.kind === 'adminconsent') return everything
  const missing = missingConsent(call.world, { app, tenant, oid: user.oid, asked })
  if (missing.length > 0) return missing
  return flow.prompt === 'consent' ? everything : undefined
}

function askConsent(call: Call, flow: Flow, user: User, tenant: Tenant, missing: MissingConsent): Response {
  const { app } = flow
  const values = { client: app.clientId, name: app.name, tenantName: tenant.name }
  if (flow.prompt === 'none') throw new EntraError(65001, { values, error: 'consent_required' })
  const allowed = flow.kind === 'adminconsent' ? isConsentAdmin(user) : mayConsent(user, missing)
  if (!allowed) refuse(call.world.settings.adminConsentWorkflow ? 90095 : 90094, values)
  const step = { flowId: flow.id, action: `${call.world.urls.login}/${tenant.id}/Consent/Set` }
  const forTenant = isConsentAdmin(user)
  return html(200, consentPage(step, { app, tenant, user, missing, oidc: flow.asked.oidc, forTenant }))
}

/** Accept: everything that the request asks for is granted. */
export function consentOf(call: Call, flow: Flow): { user: User; tenant: Tenant; missing: MissingConsent } {
  const user = call.world.state.users.get(flow.signIn?.userOid ?? '')
  const tenant = call.world.state.tenants.get(flow.signIn?.tenantId ?? '')
  if (!user || !tenant) return refuse(50089)
  return { user, tenant, missing: consentToAsk(call, flow, user, tenant) ?? [] }
}
