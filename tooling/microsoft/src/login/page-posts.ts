import { formFields, html, type Call } from '../http.ts'
import { runFlow, showError } from './authorize.ts'
import { EntraError, refuse, traceOf } from './errors.ts'
import type { Flow } from './flow.ts'
import { addGrant, grantsIn, type MissingConsent } from './grants.ts'
import { errorPage } from './pages.ts'
import { sendError } from './reply.ts'
import { answerMfa, chooseAccount, consentOf } from './steps.ts'

type Answer = (call: Call, flow: Flow, fields: URLSearchParams) => Response | undefined

/** A handler for one page's form: applies the answer, then goes on with the flow. */
function pagePost(apply: Answer): (call: Call) => Promise<Response> {
  return async (call) => {
    const fields = (await formFields(call.request)) ?? new URLSearchParams()
    const flow = call.world.flows.get(fields.get('flow') ?? '')
    if (!flow) return html(400, errorPage(new EntraError(50089), traceOf(call.world, call.request)))
    if (flow.authority.tenant) call.note.tenantId = flow.authority.tenant.id
    try {
      return apply(call, flow, fields) ?? runFlow(call, flow)
    } catch (error) {
      if (error instanceof EntraError) return showError(call, error, flow.reply, flow)
      throw error
    }
  }
}

export const postAccount = pagePost((call, flow, fields) => {
  if (fields.get('decision') === 'cancel') {
    call.world.flows.delete(flow.id)
    const error = new EntraError(65004)
    return sendError(call, flow.reply, error, { ...adminMark(flow), error_subcode: 'cancel' })
  }
  chooseAccount(call, flow, fields.get('upn') ?? '')
  return undefined
})

export const postMfa = pagePost((call, flow, fields) => {
  answerMfa(call, flow, fields.get('mfa') === 'approve')
  return undefined
})

export const postConsent = pagePost((call, flow, fields) => {
  if (fields.get('decision') !== 'accept') {
    call.world.flows.delete(flow.id)
    const admin = flow.kind === 'adminconsent'
    const error = new EntraError(65004, admin ? { error: 'consent_required' } : {})
    return sendError(call, flow.reply, error, adminMark(flow))
  }
  acceptConsent(call, flow)
  return undefined
})

function adminMark(flow: Flow): Record<string, string> {
  return flow.kind === 'adminconsent' ? { admin_consent: 'True' } : {}
}

function acceptConsent(call: Call, flow: Flow): void {
  const { user, tenant, missing } = consentOf(call, flow)
  const signedIn = flow.signIn ?? refuse(50089)
  if (flow.consentAnswered || signedIn.tenantId !== tenant.id) refuse(50089)
  if (flow.kind === 'adminconsent') dropTenantGrants(call, flow, tenant.id, missing)
  for (const { resource, scopes } of missing) {
    addGrant(call.world, { app: flow.app, tenant, user, resource, scopes })
  }
  flow.consentAnswered = true
}

/** Tenant-wide consent replaces what was granted tenant-wide before (grant-admin-consent.md). */
function dropTenantGrants(call: Call, flow: Flow, tenantId: string, missing: MissingConsent): void {
  if (missing.length === 0) return
  const kept = grantsIn(call.world, tenantId).filter(
    (grant) => grant.clientId !== flow.app.clientId || grant.principal !== 'AllPrincipals',
  )
  call.world.state.grants.set(tenantId, kept)
}
