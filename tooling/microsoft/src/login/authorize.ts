import { formFields, html, type Call } from '../http.ts'
import { readAuthorizeRequest, readReply } from './authorize-request.ts'
import { EntraError, refuse, traceOf } from './errors.ts'
import type { Flow, Reply } from './flow.ts'
import { errorPage } from './pages.ts'
import { sendError } from './reply.ts'
import { advance } from './steps.ts'
import { findApp, resolveAuthority } from './tenants.ts'

/** `GET|POST /{tenant}/oauth2/v2.0/authorize` and its v1 twin. */
export async function authorizeEndpoint(call: Call): Promise<Response> {
  const fields =
    call.request.method === 'POST' ? ((await formFields(call.request)) ?? call.query) : call.query
  let reply: Reply | undefined
  try {
    const authority = resolveAuthority(call.world, call.params['tenant'] ?? '')
    if (authority.tenant) call.note.tenantId = authority.tenant.id
    const app = findApp(call.world, fields.get('client_id')?.trim(), authority)
    call.note.clientId = app.clientId
    const target = readReply(app, fields)
    reply = target.reply
    if (call.forcedAadsts) refuse(call.forcedAadsts)
    if (!app.enabled) refuse(7000112, { client: app.clientId, name: app.name })
    const version = /v2\.0/.test(call.path) ? 2 : 1
    const flow = readAuthorizeRequest({ authority, app, ...target, fields, version })
    call.note.scope = flow.scope
    return startFlow(call, flow)
  } catch (error) {
    if (error instanceof EntraError) return showError(call, error, reply)
    throw error
  }
}

/** Puts a flow on the books and shows its first page, or the answer when there is nothing to ask. */
export function startFlow(call: Call, flow: Flow): Response {
  call.world.flows.set(flow.id, flow)
  return runFlow(call, flow)
}

export function runFlow(call: Call, flow: Flow): Response {
  try {
    return advance(call, flow)
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    if (flow.prompt !== 'none') return showError(call, error, flow.reply, flow)
    // Without pages everything that would need one comes back as an error (OpenID Connect Core 3.1.2.6).
    return sendError(call, flow.reply, silentError(error))
  }
}

function silentError(error: EntraError): EntraError {
  if (['login_required', 'consent_required'].includes(error.entry.error)) return error
  return new EntraError(error.code, { ...error.options, error: 'interaction_required' })
}

/** Refusals that Microsoft shows itself even though it knows where the app is. */
const pageCodes = new Set([
  50020, 50034, 50053, 50055, 50057, 50072, 50074, 50076, 50079, 50097, 50105, 50126, 50129, 50131, 50144,
  50158, 50177, 51004, 53000, 53001, 53002, 53003, 53004, 53010, 53011, 90072, 90093, 90094, 90095, 90099,
  500021, 500022, 500212, 500213, 530032, 530034, 530035, 650052, 900941, 900981, 7000112,
])

export function showError(call: Call, error: EntraError, reply: Reply | undefined, flow?: Flow): Response {
  if (reply && !pageCodes.has(error.code)) {
    const extra = flow?.kind === 'adminconsent' ? { admin_consent: 'True' } : {}
    return sendError(call, reply, error, extra)
  }
  call.note.aadsts = error.code
  const status = error.code === 90094 || error.code === 90095 || reply ? 200 : 400
  return html(status, errorPage(error, traceOf(call.world, call.request)))
}
