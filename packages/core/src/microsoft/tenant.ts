import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'

import type { MicrosoftConfig } from '../config.ts'
import type { Deps } from '../deps.ts'
import { ConsentryError } from '../errors.ts'
import { CLOUDS, type Cloud } from './clouds.ts'
import { field, SECOND, send, textField, type Answer } from './http.ts'

export type Tenant = {
  readonly microsoftId: string
  readonly cloud: string
  /** `EU`, `NA`, … ; null when Microsoft does not say. */
  readonly region: string | null
  readonly issuer: string
  /** Where the discovery document says that the signing keys are. */
  readonly keysAt: string | null
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const DOMAIN = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i

export function isMicrosoftId(text: string): boolean {
  return GUID.test(text)
}

/**
 * What Microsoft's public discovery says of a tenant, by its id or a verified domain. Throws `malformed_id`,
 * `tenant_not_found`, `wrong_cloud`, or `lookup_down`.
 */
export async function discoverTenant(
  deps: Pick<Deps, 'fetch' | 'config'>,
  idOrDomain: string,
): Promise<Tenant> {
  const wanted = idOrDomain.trim().toLowerCase()
  if (!GUID.test(wanted) && !DOMAIN.test(wanted)) throw new ConsentryError('malformed_id')
  const { login, cloud } = deps.config.microsoft
  const url = `${login}/${encodeURIComponent(wanted)}/v2.0/.well-known/openid-configuration`
  return readDiscovery(await send(deps.fetch, url, { timeoutMs: 10 * SECOND }), cloud)
}

/** Reads a discovery document (OpenID Connect Discovery 1.0, with Entra's own members). */
function readDiscovery(answer: Answer, own: Cloud): Tenant {
  if (answer.status === 400 || answer.status === 404) throw unknownTenant(answer, own)
  const issuer = textField(answer.json, 'issuer')
  const microsoftId = /\/([0-9a-f-]{36})\/(?:v2\.0\/?)?$/i.exec(issuer ?? '')?.[1]?.toLowerCase()
  if (answer.status !== 200 || !issuer || !microsoftId || !GUID.test(microsoftId))
    throw new ConsentryError('lookup_down')
  const instance = textField(answer.json, 'cloud_instance_name')
  const other = Object.values(CLOUDS).find((it) => it.instanceName === instance && it !== own)
  if (other) throw wrongCloud(other.title, own)
  return {
    microsoftId,
    issuer,
    cloud: own.name,
    region: textField(answer.json, 'tenant_region_scope') ?? null,
    keysAt: textField(answer.json, 'jwks_uri') ?? null,
  }
}

// AADSTS90038: the tenant lives in another national cloud (learn.microsoft.com/entra/identity-platform/reference-error-codes).
function unknownTenant(answer: Answer, own: Cloud): ConsentryError {
  const said = `${String(field(answer.json, 'error_codes'))} ${textField(answer.json, 'error_description') ?? ''}`
  return /\b(?:AADSTS)?90038\d?\b/.test(said)
    ? wrongCloud('other', own)
    : new ConsentryError('tenant_not_found', { values: { cloud: own.title } })
}

function wrongCloud(cloud: string, own: Cloud): ConsentryError {
  return new ConsentryError('wrong_cloud', { values: { cloud, own: own.title } })
}

/** What is needed to judge an id_token, fetched before the code is spent: without it the code could not be used. */
export type TokenJudge = { readonly issuer: string; readonly keys: JSONWebKeySet }

/** Fetches a tenant's issuer and signing keys. Throws `lookup_down`. */
export async function prepareJudge(
  deps: Pick<Deps, 'fetch' | 'config'>,
  microsoftId: string,
): Promise<TokenJudge> {
  const { issuer, keysAt } = await discoverTenant(deps, microsoftId)
  const answer = await send(deps.fetch, keysUrl(deps.config.microsoft, microsoftId, keysAt), {
    timeoutMs: 10 * SECOND,
  })
  const keys = field(answer.json, 'keys')
  if (answer.status !== 200 || !Array.isArray(keys)) throw new ConsentryError('lookup_down')
  // jose checks each key when it imports it.
  return { issuer, keys: { keys: keys as JSONWebKeySet['keys'] } }
}

/** The document names the path; the host stays the configured one, whatever the document says. */
function keysUrl(microsoft: MicrosoftConfig, microsoftId: string, keysAt: string | null): string {
  const base = [microsoft.login, microsoft.cloud.login].find((it) => keysAt?.startsWith(`${it}/`))
  return base && keysAt
    ? `${microsoft.login}${keysAt.slice(base.length)}`
    : `${microsoft.login}/${microsoftId}/discovery/v2.0/keys`
}

export type Expectation = {
  readonly microsoftId: string
  readonly clientId: string
  readonly nonceMatches: (nonce: string) => boolean
  readonly now: Date
}

/**
 * Checks an id_token's signature, issuer, audience, lifetime, tenant and nonce (OpenID Connect Core 1.0, 3.1.3.7)
 * although it came over TLS. Returns its claims; throws `wrong_tenant` or `answer_mismatch`.
 */
export async function judgeIdToken(
  idToken: string,
  judge: TokenJudge,
  expected: Expectation,
): Promise<JWTPayload> {
  const claimed = readClaims(idToken)
  if (!claimed) throw new ConsentryError('answer_mismatch')
  if (String(claimed.tid).toLowerCase() !== expected.microsoftId) throw new ConsentryError('wrong_tenant')
  try {
    const { payload } = await jwtVerify(idToken, createLocalJWKSet(judge.keys), {
      issuer: judge.issuer,
      audience: expected.clientId,
      algorithms: ['RS256'],
      currentDate: expected.now,
      // It came from Microsoft itself over TLS, for a nonce of ours that is used once: a clock of ours that is ten minutes
      // off is no reason to send a person through the sign-in again.
      clockTolerance: '15 minutes',
      requiredClaims: ['exp', 'iat', 'nonce'],
    })
    if (!expected.nonceMatches(String(payload.nonce))) throw new ConsentryError('answer_mismatch')
    return payload
  } catch (cause) {
    throw cause instanceof ConsentryError ? cause : new ConsentryError('answer_mismatch', { cause })
  }
}

/** Claims of a token without judging it; null when it is not a readable JWT. */
export function readClaims(token: string): JWTPayload | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}
