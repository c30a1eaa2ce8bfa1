import { readFile } from 'node:fs/promises'

import type { Deps } from '../deps.ts'
import type { Cloud, CloudName } from './clouds.ts'
import type { ClientCredential } from './credentials.ts'
import { MINUTE, SECOND, textField, type Answer } from './http.ts'
import { askManagedIdentity } from './managed-identity.ts'
import { readClaims } from './tenant.ts'

type Federated = Extract<ClientCredential, { kind: 'token-file' | 'managed-identity' }>
export type Assertion = { readonly assertion: string } | { readonly refused: Answer }

// learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
const AUDIENCES: Readonly<Record<CloudName, string>> = {
  global: 'api://AzureADTokenExchange',
  usgov: 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
}

/**
 * The platform's token that stands in for a secret (RFC 7523). Where the platform gives none, `refused` reads like
 * Entra's own refusal of a credential, or like a moment's fault when it may pass.
 */
export async function obtainAssertion(
  deps: Pick<Deps, 'fetch' | 'now'>,
  credential: Federated,
  cloud: Cloud,
): Promise<Assertion> {
  return credential.kind === 'token-file'
    ? readTokenFile(credential.file)
    : askPlatform(deps, credential, AUDIENCES[cloud.name])
}

/** Read anew each time: the platform replaces it, usually every hour. */
async function readTokenFile(file: string): Promise<Assertion> {
  const assertion = (await readFile(file, 'utf8').catch(() => '')).trim()
  return readClaims(assertion) ? { assertion } : { refused: noToken('The token file holds no token.') }
}

type Kept = { readonly assertion: string; readonly until: Date }
const kept = new WeakMap<Federated, Kept>()
/** A token is asked for anew when it has less than this left. */
const MARGIN = 5 * MINUTE

async function askPlatform(
  deps: Pick<Deps, 'fetch' | 'now'>,
  credential: Extract<ClientCredential, { kind: 'managed-identity' }>,
  resource: string,
): Promise<Assertion> {
  const known = kept.get(credential)
  if (known && known.until > deps.now()) return known
  const answer = await askManagedIdentity(deps, credential, resource)
  const assertion = textField(answer.json, 'access_token')
  const expires = Number(textField(answer.json, 'expires_on')) * SECOND
  if (answer.status !== 200 || !assertion) return { refused: platformRefusal(answer) }
  if (expires > 0) kept.set(credential, { assertion, until: new Date(expires - MARGIN) })
  return { assertion }
}

/** A platform that is slow, busy or starting passes; one that knows no such identity has to be set up. */
function platformRefusal({ status, headers }: Answer): Answer {
  // 404 and 410 are documented as passing: the endpoint is being updated.
  const passes = status === 0 || status === 404 || status === 410 || status === 429 || status >= 500
  if (passes)
    return {
      status: status === 0 || status === 404 || status === 410 ? 503 : status,
      headers,
      text: '',
      json: undefined,
    }
  return noToken(`The platform has no such managed identity (${status}).`)
}

function noToken(words: string): Answer {
  const json = { error: 'invalid_client', error_description: words }
  return { status: 401, headers: new Headers(), text: JSON.stringify(json), json }
}
