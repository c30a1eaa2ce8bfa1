import { constants, privateDecrypt, privateEncrypt, publicEncrypt, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

import type { Version } from './versions.ts'

export type VaultState = {
  readonly name: string
  origin: string
  readonly header: string
  readonly versions: Map<string, Version>
  readonly tokens: Set<string>
  readonly secrets: string[]
  readonly asked: string[]
  trouble: 'down' | 'hangs' | 'throttles' | 'forbids' | 'forbids_sign' | 'no_identity' | null
}

export type Answer = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A managed identity of App Service or Container Apps. */
export function answerIdentity(state: VaultState, url: URL, headers: IncomingHttpHeaders): Answer {
  if (state.trouble === 'no_identity') return { status: 400, body: { error: 'invalid_request' } }
  if (headers['x-identity-header'] !== state.header) return { status: 401, body: { error: 'unauthorized' } }
  const fits =
    url.searchParams.get('api-version') === '2019-08-01' &&
    url.searchParams.get('resource') === 'https://vault.azure.net'
  if (!fits) return { status: 400, body: { error: 'invalid_resource' } }
  const token = randomBytes(24).toString('base64url')
  state.tokens.add(token)
  state.secrets.push(token)
  const until = Math.floor(Date.now() / 1000) + 86_400
  return { status: 200, body: { access_token: token, expires_on: String(until), token_type: 'Bearer' } }
}

export function answerKey(state: VaultState, url: URL, request: IncomingMessage, text: string): Answer {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (!token || !state.tokens.has(token)) return fault(401, 'Unauthorized')
  if (url.searchParams.get('api-version') !== '2025-07-01') return fault(400, 'BadParameter')
  const [, name, id, operation] =
    /^\/keys\/([\w-]+)(?:\/([0-9a-f]{32}))?(?:\/(wrapkey|unwrapkey|sign))?$/.exec(url.pathname) ?? []
  const version = id ? state.versions.get(id) : [...state.versions.values()].findLast((it) => it.enabled)
  if (name !== state.name || !version) return fault(404, 'KeyNotFound')
  state.asked.push(`${operation ?? 'get'} ${version.id}`)
  if (state.trouble === 'throttles') return { ...fault(429, 'Throttled'), headers: { 'retry-after': '7' } }
  if (state.trouble === 'forbids') return fault(403, 'Forbidden', 'ForbiddenByRbac')
  if (state.trouble === 'forbids_sign' && operation === 'sign')
    return fault(403, 'Forbidden', 'ForbiddenByRbac')
  const kid = `https://elsewhere.example/keys/${name}/${version.id}`
  if (!operation) {
    if (request.method !== 'GET') return fault(405, 'MethodNotAllowed')
    return { status: 200, body: { key: { kid, kty: 'RSA' }, attributes: { enabled: version.enabled } } }
  }
  if (request.method !== 'POST') return fault(405, 'MethodNotAllowed')
  if (!version.enabled) return fault(403, 'Forbidden', 'KeyDisabled')
  const { alg, value } = JSON.parse(text) as { alg?: string; value?: string }
  if (alg !== (operation === 'sign' ? 'RS256' : 'RSA-OAEP-256')) return fault(400, 'BadParameter')
  try {
    const result = operate(state, version, operation, Buffer.from(value ?? '', 'base64url'))
    return { status: 200, body: { kid, value: result.toString('base64url') } }
  } catch {
    return fault(400, 'BadParameter')
  }
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
// DigestInfo of SHA-256 (RFC 8017, 9.2): Key Vault signs a digest, not a text.
const SHA256 = Buffer.from('3031300d060960864801650304020105000420', 'hex')

function operate(state: VaultState, version: Version, operation: string, value: Buffer): Buffer {
  if (operation === 'wrapkey') {
    state.secrets.push(value.toString('base64url'))
    return publicEncrypt({ key: version.publicKey, ...OAEP }, value)
  }
  if (operation === 'unwrapkey') return privateDecrypt({ key: version.privateKey, ...OAEP }, value)
  if (value.length !== 32) throw new RangeError('RS256 signs 32 bytes')
  const signature = privateEncrypt(
    { key: version.privateKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.concat([SHA256, value]),
  )
  state.secrets.push(signature.toString('base64url'))
  return signature
}

function fault(status: number, code: string, inner?: string): Answer {
  const innererror = inner ? { innererror: { code: inner } } : {}
  return { status, body: { error: { code, message: 'said by the simulator', ...innererror } } }
}
