import type { Accounts, Admission, Provider, Vouched } from '@consentry/core'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ClientAuth,
  type Configuration,
  type CustomFetch,
} from 'openid-client'

/** What single sign-on asks of the product. */
export type SingleSignOn = {
  find(organisation: string): Promise<Provider | null>
  admit(accounts: Accounts, provider: Provider, vouched: Vouched): Promise<Admission>
  /** Sends a request of the protocol. Must refuse addresses that are not allowed, and follow no redirect. */
  readonly fetch: CustomFetch
  /** Whether a browser may be sent there. */
  isAllowed(address: string): boolean
  /** Told of a sign-in that the provider refused or answered badly, for the log. */
  report(error: unknown): void
}

/** Why nobody was let in, as the sign-in page is told. */
export type SignOnFault =
  Extract<Admission, { refused: string }>['refused'] | 'unavailable' | 'provider_refused' | 'expired'

const LIFETIME = 10 * 60
const PATIENCE_SECONDS = 5

type Trip = {
  readonly organisation: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly to: string
  /** Milliseconds since 1970: a cookie's own age is the browser's word. */
  readonly until: number
}

type Options = SingleSignOn & { readonly url: string; readonly secure: boolean }

/**
 * Sign-in through an organisation's own OpenID Connect provider: authorization code with PKCE, state, nonce, `iss` (RFC
 * 9700, 2.1), the id_token's signature checked. The session is good for that organisation alone, since it is the
 * organisation that chose who vouches.
 */
export function singleSignOn(options: Options) {
  const { url, secure } = options
  const cookie = secure ? '__Host-consentry.sso' : 'consentry.sso'
  const attributes = { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: LIFETIME } as const
  const redirectUri = `${url}/api/auth/sso/callback`
  const configurationOf = configurations(options)
  const faultPage = (fault: SignOnFault) => `${url}/sign-in?sso=${fault}`

  const start = createAuthEndpoint('/sso/start', { method: 'GET' }, async (ctx) => {
    const { organisation = '', to } = textsOf(ctx.query)
    const provider = await options.find(organisation)
    const configuration = provider && (await configurationOf(provider))
    if (!configuration) throw ctx.redirect(faultPage('unavailable'))
    const trip: Trip = {
      organisation,
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      to: ownPath(to),
      until: Date.now() + LIFETIME * 1000,
    }
    const target = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state: trip.state,
      nonce: trip.nonce,
      code_challenge: await calculatePKCECodeChallenge(trip.verifier),
      code_challenge_method: 'S256',
    })
    if (!options.isAllowed(target.href)) throw ctx.redirect(faultPage('unavailable'))
    await ctx.setSignedCookie(cookie, JSON.stringify(trip), ctx.context.secret, attributes)
    throw ctx.redirect(target.href)
  })

  const callback = createAuthEndpoint('/sso/callback', { method: 'GET' }, async (ctx) => {
    const trip = readTrip(await ctx.getSignedCookie(cookie, ctx.context.secret))
    ctx.setCookie(cookie, '', { ...attributes, maxAge: 0 })
    if (!trip) throw ctx.redirect(faultPage('expired'))
    const provider = await options.find(trip.organisation)
    const configuration = provider && (await configurationOf(provider))
    if (!configuration) throw ctx.redirect(faultPage('unavailable'))
    const at = new URL(`${redirectUri}?${new URLSearchParams(textsOf(ctx.query))}`)
    const vouched = await exchange(configuration, at, trip, options)
    if (!vouched) throw ctx.redirect(faultPage('provider_refused'))

    const { internalAdapter: adapter } = ctx.context
    const admission = await options.admit(accountsOf(adapter), provider, vouched)
    if ('refused' in admission) throw ctx.redirect(faultPage(admission.refused))
    const user = await adapter.findUserById(admission.userId)
    if (!user) throw ctx.redirect(faultPage('not_a_member'))
    const { organisationId } = provider
    const session = await adapter.createSession(user.id, false, { organisationId })
    await setSessionCookie(ctx, { session, user })
    throw ctx.redirect(`${url}${trip.to}`)
  })

  return { id: 'single-sign-on', endpoints: { start, callback } } satisfies BetterAuthPlugin
}

async function exchange(
  configuration: Configuration,
  at: URL,
  { state, nonce, verifier }: Trip,
  { report }: Options,
): Promise<Vouched | null> {
  try {
    const tokens = await authorizationCodeGrant(configuration, at, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) return null
    // Many providers tell of the person only when they are asked with the access token (OpenID Connect Core 1.0, 5.4).
    const asked = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
    const more = asked ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : {}
    return vouchedBy({ ...more, ...claims })
  } catch (error) {
    report(error)
    return null
  }
}

type Claims = { readonly sub: string; readonly [name: string]: unknown }

// OpenID Connect Core 1.0, 5.1. Entra does not send email_verified; its optional claim xms_edov says the same of the
// address's domain, as a boolean or a number in a text.
function vouchedBy({ sub, email, email_verified: verified, xms_edov: edov, name }: Claims): Vouched {
  return {
    subject: sub,
    email: typeof email === 'string' ? email : null,
    emailVerified: verified === true || edov === true || edov === 1 || edov === '1' || edov === 'true',
    name: typeof name === 'string' ? name : null,
  }
}

type Known = { readonly at: Date; readonly until: number; readonly configuration: Promise<Configuration> }

const KEPT = 10 * 60 * 1000

/** Each organisation's provider as it describes itself, looked at again after ten minutes; null when it does not answer. */
function configurations({ fetch, report }: Options) {
  const known = new Map<string, Known>()
  return async (provider: Provider): Promise<Configuration | null> => {
    const { organisationId, updatedAt } = provider
    const found = known.get(organisationId)
    const fresh = found && found.at.getTime() === updatedAt.getTime() && found.until > Date.now()
    const configuration = fresh ? found.configuration : discover(provider, fetch)
    if (!fresh) known.set(organisationId, { at: updatedAt, until: Date.now() + KEPT, configuration })
    try {
      return await configuration
    } catch (error) {
      known.delete(organisationId)
      report(error)
      return null
    }
  }
}

async function discover(provider: Provider, fetch: CustomFetch): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = provider
  const insecure = issuer.startsWith('http:') ? [allowInsecureRequests] : []
  return discovery(new URL(issuer), clientId, {}, authenticate(clientSecret), {
    [customFetch]: fetch,
    timeout: PATIENCE_SECONDS,
    execute: [enableNonRepudiationChecks, ...insecure],
  })
}

// OpenID Connect Discovery 1.0, 3: without a word about it, the provider takes the secret in the header.
function authenticate(secret: string): ClientAuth {
  return (server, client, body, headers) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way = ways.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    return way(secret)(server, client, body, headers)
  }
}

type InternalAdapter = {
  findUserByEmail(email: string): Promise<{ user: { id: string } } | null>
  findAccountByKey(key: { providerId: string; accountId: string }): Promise<{ userId: string } | null>
  linkAccount(account: { userId: string; providerId: string; accountId: string }): Promise<unknown>
  createUser(
    user: { email: string; name: string; emailVerified: boolean },
    meta: { method: 'admin' },
  ): Promise<{ id: string }>
}

function accountsOf(adapter: InternalAdapter): Accounts {
  return {
    find: async (email) => (await adapter.findUserByEmail(email))?.user.id ?? null,
    findLinked: async (providerId, accountId) =>
      (await adapter.findAccountByKey({ providerId, accountId }))?.userId ?? null,
    async link(userId, providerId, accountId) {
      await adapter.linkAccount({ userId, providerId, accountId })
    },
    create: async (person) =>
      (await adapter.createUser({ ...person, emailVerified: false }, { method: 'admin' })).id,
  }
}

// Signed by us, but perhaps as another cookie.
function readTrip(text: string | null | undefined | false): Trip | null {
  if (!text || !text.startsWith('{')) return null
  const trip = JSON.parse(text) as Trip
  return trip.until > Date.now() ? trip : null
}

/** A path of this deployment, never another site's address. */
function ownPath(to: string | undefined): string {
  const base = 'https://consentry.invalid'
  if (!to?.startsWith('/') || !URL.canParse(to, base)) return '/'
  const { pathname, search } = new URL(to, base)
  return `${pathname}${search}`
}

/** Those that came once, as one text. */
function textsOf(query: unknown): Record<string, string> {
  const entries = Object.entries(typeof query === 'object' && query !== null ? query : {})
  return Object.fromEntries(entries.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}
