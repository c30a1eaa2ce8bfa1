import { parameter, type Call } from '../http.ts'
import type { App } from '../state.ts'
import { checkScopes, readReply } from './authorize-request.ts'
import { showError, startFlow } from './authorize.ts'
import { EntraError, refuse } from './errors.ts'
import { createFlow, type Reply } from './flow.ts'
import { findResource, parseScopes } from './scopes.ts'
import { sendError } from './reply.ts'
import { findApp, resolveAuthority } from './tenants.ts'

/** `GET /{tenant}/v2.0/adminconsent` (scope required) and `/{tenant}/adminconsent` (all that is registered). */
export function adminConsentEndpoint(call: Call): Response {
  const { world, query } = call
  let reply: Reply | undefined
  try {
    const authority = resolveAuthority(world, call.params['tenant'] ?? '')
    if (authority.segment === 'common') refuse(900023, { tenant: 'common' })
    if (authority.tenant) call.note.tenantId = authority.tenant.id
    const app = findApp(world, parameter(query, 'client_id'), authority)
    const target = readReply(app, query)
    reply = { ...target.reply, mode: 'query' }
    if (call.forcedAadsts) refuse(call.forcedAadsts)
    const version = call.path.includes('/v2.0/') ? 2 : 1
    const scope = version === 2 ? parameter(query, 'scope') : registeredScope(app)
    if (!scope) return refuse(900144, { parameter: 'scope' })
    const asked = parseScopes(scope)
    checkScopes(app, authority, asked)
    const flow = createFlow({
      kind: 'adminconsent',
      version,
      authority,
      app,
      reply,
      spa: target.spa,
      responseTypes: [],
      scope,
      asked,
      nonce: undefined,
      challenge: undefined,
      challengeMethod: undefined,
      prompt: undefined,
      loginHint: parameter(query, 'login_hint'),
      mfaDemanded: false,
    })
    return startFlow(call, flow)
  } catch (error) {
    if (!(error instanceof EntraError)) throw error
    // Errors carry admin_consent=True as well (v2-admin-consent.md): only the absence of `error` means success.
    if (reply && error.code === 900144) return sendError(call, reply, error, { admin_consent: 'True' })
    return showError(call, error, reply)
  }
}

function registeredScope(app: App): string {
  return app.requiredResourceAccess
    .map(({ resource }) => `${findResource(resource)?.audience ?? resource}/.default`)
    .concat('openid', 'profile', 'offline_access')
    .join(' ')
}
