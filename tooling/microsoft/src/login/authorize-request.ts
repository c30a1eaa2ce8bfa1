import { parameter } from '../http.ts'
import type { App } from '../state.ts'
import { EntraError, refuse } from './errors.ts'
import { createFlow, type Flow, type Reply } from './flow.ts'
import { matchRedirectUri } from './redirect-uri.ts'
import { knownScope, parseScopes, type AskedScopes } from './scopes.ts'
import type { Authority } from './tenants.ts'

type Fields = URLSearchParams

/** Where the answer goes. Until this is known every refusal is a page. */
export function readReply(app: App, fields: Fields): { reply: Reply; spa: boolean } {
  const asked = parameter(fields, 'redirect_uri')
  const redirectUri = asked ?? app.redirectUris[0]?.uri ?? ''
  const registered = matchRedirectUri(app, redirectUri)
  if (!registered) return refuse(50011, { redirectUri, client: app.clientId })
  const hybrid = responseTypes(fields).length > 1
  const mode = parameter(fields, 'response_mode') ?? (hybrid ? 'fragment' : 'query')
  const known = mode === 'fragment' || mode === 'form_post' ? mode : 'query'
  return {
    reply: { redirectUri, mode: known, state: fields.get('state') ?? undefined },
    spa: registered.type === 'spa',
  }
}

function responseTypes(fields: Fields): string[] {
  return (parameter(fields, 'response_type') ?? '').split(/\s+/).filter(Boolean)
}

/** The rest of an authorize request; refusals from here on go back to the app. */
export function readAuthorizeRequest(input: {
  authority: Authority
  app: App
  reply: Reply
  spa: boolean
  fields: Fields
  version: 1 | 2
}): Flow {
  const { authority, app, reply, spa, fields, version } = input
  const types = checkResponse(app, fields)
  const prompt = checkPrompt(fields)
  const scope = version === 2 ? parameter(fields, 'scope') : v1Scope(fields)
  if (!scope) return refuse(900144, { parameter: 'scope' })
  const asked = parseScopes(scope)
  checkScopes(app, authority, asked)
  return createFlow({
    kind: 'authorize',
    version,
    authority,
    app,
    reply,
    spa,
    responseTypes: types,
    scope,
    asked,
    nonce: fields.get('nonce') ?? undefined,
    ...readChallenge(fields),
    prompt,
    loginHint: parameter(fields, 'login_hint'),
    mfaDemanded: (parameter(fields, 'amr_values') ?? '').split(/[\s,]+/).includes('mfa'),
  })
}

function checkResponse(app: App, fields: Fields): string[] {
  const types = responseTypes(fields)
  if (types.length === 0) refuse(900144, { parameter: 'response_type' })
  if (types.some((type) => type !== 'code' && type !== 'id_token')) {
    const values = { text: `The response type '${types.join(' ')}' is not supported.` }
    throw new EntraError(90023, { values, error: 'unsupported_response_type' })
  }
  if (types.includes('id_token') && !app.idTokensEnabled) refuse(700054)
  if (types.includes('id_token') && !parameter(fields, 'nonce')) refuse(900144, { parameter: 'nonce' })
  const mode = parameter(fields, 'response_mode')
  const modes = types.includes('id_token') ? ['fragment', 'form_post'] : ['query', 'fragment', 'form_post']
  if (mode && !modes.includes(mode)) refuse(70007, { responseMode: mode })
  return types
}

const prompts = ['none', 'login', 'consent', 'select_account']

/** One value only; `login_hint` doesn't go with `select_account` (v2-protocols-oidc.md). */
function checkPrompt(fields: Fields): string | undefined {
  const prompt = parameter(fields, 'prompt')
  if (prompt && !prompts.includes(prompt)) refuse(90023, { text: `Unsupported 'prompt' value '${prompt}'.` })
  if (prompt === 'select_account' && parameter(fields, 'login_hint')) {
    refuse(90023, { text: "'login_hint' cannot be used with 'prompt=select_account'." })
  }
  return prompt
}

/** PKCE (RFC 7636 4.3). */
function readChallenge(fields: Fields): Pick<Flow, 'challenge' | 'challengeMethod'> {
  const challenge = parameter(fields, 'code_challenge')
  const method = parameter(fields, 'code_challenge_method')
  if (method && method !== 'S256' && method !== 'plain') {
    refuse(90023, { text: `Unsupported 'code_challenge_method' value '${method}'.` })
  }
  if (method && !challenge) refuse(50147)
  if (challenge && !/^[A-Za-z0-9._~-]{43,128}$/.test(challenge)) refuse(501491)
  return { challenge, challengeMethod: challenge ? (method ?? 'plain') : undefined }
}

/** v1 names one `resource` and means everything that the registration lists on it. */
function v1Scope(fields: Fields): string {
  const resource = parameter(fields, 'resource')
  const oidc = parameter(fields, 'scope') ?? 'openid'
  return `${oidc} offline_access${resource ? ` ${resource.replace(/\/$/, '')}/.default` : ''}`
}

export function checkScopes(app: App, authority: Authority, asked: AskedScopes): void {
  for (const { name, resource, scopes } of asked.resources) {
    const tenantName = authority.tenant?.name ?? authority.segment
    if (!resource) return refuse(500011, { resource: name, tenantName })
    const unknown = scopes.find((scope) => scope.toLowerCase() !== '.default' && !knownScope(resource, scope))
    if (unknown) refuse(650053, { name: app.name, scope: unknown, resource: resource.appId })
    if (authority.tenant && !authority.tenant.resources.includes(resource.appId)) {
      refuse(650052, { resource: resource.appId, tenantName })
    }
  }
}
