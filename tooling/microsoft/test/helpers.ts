import { createHash, randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { decodeJwt } from 'jose'
import {
  createMicrosoft,
  demo,
  type Microsoft,
  type MicrosoftOptions,
  type SignInOptions,
} from '../src/index.ts'

export const partnerCenterScope = 'https://api.partnercenter.microsoft.com/user_impersonation'
export const graphScope = 'https://graph.microsoft.com/PartnerBilling.Read.All'
export const allScopes = `${partnerCenterScope} ${graphScope} openid profile offline_access`
export const redirectUri = 'http://localhost:3000/consent/callback'
export const { nordwind, cascade, rheintal, fjordlys, reseller, customer, usgov } = demo.tenants

export type Json = Record<string, unknown>
export type TokenResult = { status: number; body: Json; headers: Headers }

/** A clock that only the test moves. */
export function createClock(start = '2026-09-15T12:00:00Z'): {
  now: () => Date
  forward: (seconds: number) => void
} {
  let time = new Date(start).getTime()
  return {
    now: () => new Date(time),
    forward: (seconds) => void (time += seconds * 1000),
  }
}

export const DAY = 24 * 3600

export function setUp(options: MicrosoftOptions = {}) {
  const clock = createClock()
  const microsoft = createMicrosoft({ now: clock.now, ...options })
  return { microsoft, clock, ...clientOf(microsoft) }
}

export type AuthorizeOptions = Record<string, string | undefined> & { tenant?: string }

/** A client of the simulator that does what the product would, and as little. */
export function clientOf(microsoft: Microsoft) {
  function authorizeUrl({ tenant = nordwind.id, ...changes }: AuthorizeOptions = {}): string {
    const fields: Record<string, string | undefined> = {
      client_id: demo.app.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: allScopes,
      state: 'the-state',
      nonce: 'the-nonce',
      ...changes,
    }
    const present = Object.entries(fields).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    return `${microsoft.urls.login}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(present)}`
  }

  async function token(
    fields: Record<string, string>,
    tenant: string = nordwind.id,
    headers = {},
  ): Promise<TokenResult> {
    const secret = 'client_assertion' in fields ? {} : { client_secret: demo.app.clientSecret }
    const body = new URLSearchParams({ client_id: demo.app.clientId, ...secret, ...fields })
    const url = `${microsoft.urls.login}/${tenant}/oauth2/v2.0/token`
    const response = await microsoft.fetch(url, { method: 'POST', body, headers })
    return { status: response.status, body: await readJson(response), headers: response.headers }
  }

  async function code(
    as: SignInOptions = { user: nordwind.users.service },
    options: AuthorizeOptions = {},
  ): Promise<string> {
    const { location = '' } = await microsoft.signIn(authorizeUrl(options), as)
    return new URL(location).searchParams.get('code') ?? ''
  }

  function redeem(
    value: string,
    fields: Record<string, string> = {},
    tenant: string = nordwind.id,
  ): Promise<TokenResult> {
    const grant = { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri }
    return token({ ...grant, scope: `${partnerCenterScope} openid offline_access`, ...fields }, tenant)
  }

  function refresh(
    refreshToken: string,
    scope = partnerCenterScope,
    tenant: string = nordwind.id,
  ): Promise<TokenResult> {
    return token({ grant_type: 'refresh_token', refresh_token: refreshToken, scope }, tenant)
  }

  /** Signs in and redeems; the refresh token. */
  async function connect(as?: SignInOptions, options: AuthorizeOptions = {}): Promise<string> {
    const result = await redeem(await code(as, options), {}, options.tenant ?? nordwind.id)
    return String(result.body['refresh_token'])
  }

  async function get(url: string, accessToken?: unknown, init: RequestInit = {}): Promise<TokenResult> {
    const headers = new Headers(init.headers)
    if (accessToken) headers.set('authorization', `Bearer ${String(accessToken)}`)
    const response = await microsoft.fetch(url, { ...init, headers })
    return { status: response.status, body: await readJson(response), headers: response.headers }
  }

  function partner(
    path: string,
    accessToken: unknown,
    headers: Record<string, string> = {},
  ): Promise<TokenResult> {
    return get(`${microsoft.urls.partnerCenter}/v1${path}`, accessToken, { headers })
  }

  function graph(path: string, accessToken: unknown, body?: unknown): Promise<TokenResult> {
    const init =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return get(`${microsoft.urls.graph}/v1.0${path}`, accessToken, init)
  }

  /** Runs an export to its end; its lines. */
  async function runExport(
    kind: string,
    body: Json,
    accessToken: unknown,
  ): Promise<{ operation: Json; lines: Json[] }> {
    const started = await graph(`/reports/partners/billing/${kind}/export`, accessToken, body)
    const location = started.headers.get('location') ?? ''
    for (let poll = 0; poll < 10; poll += 1) {
      const operation = (await get(location, accessToken)).body
      if (operation['status'] === 'failed') return { operation, lines: [] }
      if (operation['status'] !== 'succeeded') continue
      return { operation, lines: await readBlobs(await manifestOf(operation, accessToken)) }
    }
    throw new Error('The export never ended.')
  }

  async function manifestOf(operation: Json, accessToken: unknown): Promise<Manifest> {
    const inline = operation['resourceLocation']
    const manifest =
      inline ?? (await get(String(operation['resourceLocation@odata.navigationLink']), accessToken)).body
    // The tests that use it assert its shape.
    return manifest as Manifest
  }

  async function readBlobs({ rootDirectory, sasToken, blobs }: Manifest): Promise<Json[]> {
    const lines: Json[] = []
    for (const { name } of blobs) {
      const response = await microsoft.fetch(`${rootDirectory}/${name}?${sasToken}`)
      const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString()
      lines.push(
        ...text
          .split('\n')
          .filter(Boolean)
          .map((line): Json => JSON.parse(line)),
      )
    }
    return lines
  }

  return { authorizeUrl, token, code, redeem, refresh, connect, get, partner, graph, runExport, manifestOf }
}

export type Manifest = {
  rootDirectory: string
  sasToken: string
  blobCount: number
  dataFormat: string
  blobs: { name: string }[]
}

async function readJson(response: Response): Promise<Json> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return { text }
  }
}

export function claimsOf(token: unknown): Json {
  return decodeJwt(String(token))
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
