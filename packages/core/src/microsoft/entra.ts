import { ConfidentialClientApplication, type Configuration } from '@azure/msal-node'

import type { MicrosoftConfig } from '../config.ts'
import type { Deps } from '../deps.ts'
import { obtainAssertion } from './assertion.ts'
import { currentCertificate, type ClientCredential } from './credentials.ts'
import { field, MINUTE, parseJson, send, textField, type Answer } from './http.ts'

export type TokenRequest = {
  readonly tenantId: string
  /** Scopes of one resource; MSAL adds openid, profile and offline_access. */
  readonly scopes: readonly string[]
  /** A claims challenge to answer, as JSON text. */
  readonly claims?: string | undefined
} & (
  | {
      readonly grant: 'code'
      readonly code: string
      readonly codeVerifier: string
      readonly redirectUri: string
    }
  | { readonly grant: 'refresh'; readonly refreshToken: string }
  /** For the application itself, without anybody's sign-in. */
  | { readonly grant: 'client' }
)

export type Tokens = {
  readonly accessToken: string
  /** Null when Microsoft gave none: the one that was redeemed then goes on. */
  readonly refreshToken: string | null
  readonly idToken: string | null
  readonly scopes: readonly string[]
  readonly expiresAt: Date
}

export type TokenAnswer = { readonly tokens: Tokens } | { readonly refused: Answer }

// Nothing may abort a redemption that was sent: losing the answer loses the rotated token. The limit only frees
// a caller from a connection that died without a word.
const REDEMPTION_TIMEOUT = 2 * MINUTE

// Which credential worked last, by its place: a dead one that stays configured is not asked every time.
const worked = new WeakMap<MicrosoftConfig['credentials'], number>()

/**
 * Redeems a code or refresh token at the tenant's token endpoint. Credentials are tried in order while Microsoft
 * answers `invalid_client`, the one that worked last before the others. A refusal, and an answer that is no token,
 * come back as `refused`; of several refused credentials the first one's answer.
 */
export async function redeem(
  deps: Pick<Deps, 'fetch' | 'now' | 'config'>,
  request: TokenRequest,
): Promise<TokenAnswer> {
  const { credentials } = deps.config.microsoft
  const last = worked.get(credentials) ?? 0
  const order = [last, ...Array.from(credentials.keys()).filter((it) => it !== last)]
  const refused = new Map<number, TokenAnswer>()
  for (const place of order) {
    const credential = credentials[place]
    if (!credential) continue
    const sent = await sendTokenRequest(deps, request, credential)
    const answer = readTokenAnswer(
      mayBeTooNew(credential, sent, deps.now()) ? { ...sent, passes: true } : sent,
      deps.now(),
    )
    const wrongCredential =
      'refused' in answer && textField(answer.refused.json, 'error') === 'invalid_client'
    if (!wrongCredential) {
      if ('tokens' in answer) noteWorked(credentials, place)
      return answer
    }
    refused.set(place, answer)
  }
  const [first] = [...refused].toSorted(([a], [b]) => a - b).map(([, answer]) => answer)
  if (!first) throw new TypeError('The configuration holds no client credential.')
  return first
}

const WRONG_SECRET = 7000215
/** A new secret takes minutes to reach all of Microsoft's servers; until then they call it wrong. */
const PROPAGATION = 10 * MINUTE
const firstTried = new WeakMap<ClientCredential, Date>()

/** Whether a secret that is called wrong was entered, or tried by this process for the first time, just now. */
function mayBeTooNew(credential: ClientCredential, answer: Answer, now: Date): boolean {
  const told = credential.kind === 'secret' ? credential.since : undefined
  const since = told ?? firstTried.get(credential) ?? now
  firstTried.set(credential, since)
  const codes = field(answer.json, 'error_codes')
  const isWrong = Array.isArray(codes) && codes.includes(WRONG_SECRET)
  return credential.kind === 'secret' && isWrong && now.getTime() - since.getTime() < PROPAGATION
}

/** A secret that has worked is known everywhere. */
function noteWorked(credentials: MicrosoftConfig['credentials'], place: number): void {
  worked.set(credentials, place)
  const credential = credentials[place]
  if (credential) firstTried.set(credential, new Date(0))
}

/** Reads a token endpoint's answer (RFC 6749, 5.1 and 5.2). */
function readTokenAnswer(answer: Answer, now: Date): TokenAnswer {
  const accessToken = textField(answer.json, 'access_token')
  const lifetime = Number(field(answer.json, 'expires_in'))
  if (answer.status !== 200 || !accessToken || !(lifetime > 0)) return { refused: answer }
  return {
    tokens: {
      accessToken,
      refreshToken: textField(answer.json, 'refresh_token') ?? null,
      idToken: textField(answer.json, 'id_token') ?? null,
      scopes: (textField(answer.json, 'scope') ?? '').split(' ').filter((it) => it !== ''),
      expiresAt: new Date(now.getTime() + lifetime * 1000),
    },
  }
}

/** MSAL forms the request; what came back is read from the wire, because MSAL hides the refresh token and error body. */
async function sendTokenRequest(
  deps: Pick<Deps, 'fetch' | 'now' | 'config'>,
  request: TokenRequest,
  credential: ClientCredential,
): Promise<Answer> {
  const wire: { answer?: Answer } = {}
  const proof = await authentication(deps, credential)
  if ('refused' in proof) return proof.refused
  const client = new ConfidentialClientApplication({
    auth: { ...authority(deps.config.microsoft, request.tenantId), ...proof, ...capabilities(request) },
    system: { disableInternalRetries: true, networkClient: networkClient(deps, wire) },
  })
  const common = { scopes: [...request.scopes], ...(request.claims ? { claims: request.claims } : {}) }
  try {
    if (request.grant === 'refresh') {
      await client.acquireTokenByRefreshToken({ ...common, refreshToken: request.refreshToken })
    } else if (request.grant === 'client') {
      await client.acquireTokenByClientCredential(common)
    } else {
      const { code, codeVerifier, redirectUri } = request
      await client.acquireTokenByCode({ ...common, code, codeVerifier, redirectUri })
    }
  } catch (error) {
    // MSAL throws for every refusal and for answers it dislikes; only a request that was never sent is our fault.
    if (!wire.answer) throw error
  }
  if (!wire.answer) throw new TypeError('MSAL answered without sending a request.')
  return wire.answer
}

// Continuous access evaluation (learn.microsoft.com/entra/identity-platform/claims-challenge): MSAL adds `xms_cc` to the
// claims. Declared only for a caller that has shown that it handles challenges; for others they would be dead ends.
function capabilities({ claims }: TokenRequest): { clientCapabilities?: string[] } {
  return claims === undefined ? {} : { clientCapabilities: ['cp1'] }
}

// A fresh client with its metadata preset asks no discovery, shares no cache and carries no throttling state over.
function authority(microsoft: MicrosoftConfig, tenantId: string): Configuration['auth'] {
  const host = new URL(microsoft.cloud.login).host
  const base = `${microsoft.cloud.login}/${tenantId}`
  return {
    clientId: microsoft.clientId,
    authority: base,
    authorityMetadata: JSON.stringify({
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    }),
    cloudDiscoveryMetadata: JSON.stringify({
      tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    }),
  }
}

async function authentication(deps: Pick<Deps, 'fetch' | 'now' | 'config'>, credential: ClientCredential) {
  if (credential.kind === 'secret') return { clientSecret: credential.secret }
  if (credential.kind === 'certificate') {
    const { privateKey, thumbprint } = currentCertificate(credential)
    return { clientCertificate: { privateKey, thumbprintSha256: thumbprint } }
  }
  const given = await obtainAssertion(deps, credential, deps.config.microsoft.cloud)
  return 'refused' in given ? given : { clientAssertion: given.assertion }
}

type NetworkClient = NonNullable<NonNullable<Configuration['system']>['networkClient']>

function networkClient(deps: Pick<Deps, 'fetch' | 'config'>, wire: { answer?: Answer }): NetworkClient {
  const { cloud, login } = deps.config.microsoft
  return {
    sendGetRequestAsync: () => Promise.reject(new TypeError('The token endpoint is only posted to.')),
    async sendPostRequestAsync<T>(
      url: string,
      options?: { headers?: Record<string, string>; body?: string },
    ) {
      // MSAL puts the correlation id into the address; the documented token endpoint has no query.
      const { searchParams } = new URL(url)
      const correlationId = searchParams.get('client-request-id')
      const address = url.replace(cloud.login, login).replace(/\?.*$/, '')
      const answer = await send(deps.fetch, address, {
        method: 'POST',
        headers: {
          ...options?.headers,
          ...(correlationId ? { 'client-request-id': correlationId } : {}),
        },
        body: options?.body ?? '',
        timeoutMs: REDEMPTION_TIMEOUT,
      })
      wire.answer = answer
      // MSAL reads the body as its own type; ours is read from the wire instead.
      const body = (answer.json ?? parseJson('{}')) as T
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body }
    },
  }
}
