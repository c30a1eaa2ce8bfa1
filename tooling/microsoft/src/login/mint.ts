import { createHash, randomBytes } from 'node:crypto'
import { signJwt, type Claims } from '../jwt.ts'
import { guidFrom } from '../random.ts'
import type { App, SignIn, User } from '../state.ts'
import type { World } from '../world.ts'
import type { Resource } from './scopes.ts'

export type Credential = 'secret' | 'certificate'

type AccessTokenInput = {
  resource: Resource
  app: App
  credential: Credential
  tenantId: string
  lifetime: number
  /** Absent for a token without a user. */
  subject?: { user: User; signIn: SignIn; scopes: string[] }
  roles?: string[]
  capabilities?: string[]
}

/** A v1.0-shaped access token, as Partner Center and Graph get: only these carry `amr` (access-token-claims-reference). */
export function mintAccessToken(world: World, input: AccessTokenInput): string {
  const { resource, app, tenantId, subject, roles, capabilities } = input
  const now = Math.floor(world.now().getTime() / 1000)
  const claims: Claims = {
    aud: resource.audience,
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: now,
    // Five minutes back: Entra allows for clocks that are behind.
    nbf: now - 300,
    exp: now + input.lifetime,
    acr: '1',
    aio: randomBytes(32).toString('base64url'),
    appid: app.clientId,
    app_displayname: app.name,
    appidacr: input.credential === 'certificate' ? '2' : '1',
    ...(subject
      ? userClaims(subject.user, subject.signIn)
      : { idp: `https://sts.windows.net/${tenantId}/`, idtyp: 'app' }),
    ...(subject ? { scp: subject.scopes.join(' ') } : {}),
    ...(roles ? { roles } : {}),
    sub: pairwiseSubject(subject?.user.oid ?? app.clientId, resource.appId),
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
    ...(capabilities ? { xms_cc: capabilities } : {}),
  }
  return signJwt(claims, world.keys.current(), { x5t: true })
}

function userClaims(user: User, signIn: SignIn): Claims {
  const [given = user.name, ...family] = user.name.split(' ')
  return {
    amr: signIn.amr,
    family_name: family.join(' '),
    given_name: given,
    ipaddr: '203.0.113.10',
    name: user.name,
    oid: user.oid,
    puid: createHash('sha256').update(user.oid).digest('hex').slice(0, 16).toUpperCase(),
    unique_name: user.upn,
    upn: user.type === 'guest' ? `${user.upn.replace('@', '_')}#EXT#` : user.upn,
    wids: user.roles,
    ...identityProvider(user),
  }
}

/** `idp` names the tenant that vouched for a guest; a member's token has none (id-token-claims-reference). */
function identityProvider(user: User): Claims {
  return user.type === 'guest' ? { idp: `https://sts.windows.net/${user.homeTenantId}/` } : {}
}

/** A v2.0 ID token. It has no `amr`: that exists in v1.0 tokens only. */
export function mintIdToken(
  world: World,
  input: {
    app: App
    user: User
    signIn: SignIn
    tenantId: string
    nonce: string | undefined
    lifetime: number
    codeHash?: string
  },
): string {
  const { app, user, tenantId, nonce } = input
  const now = Math.floor(world.now().getTime() / 1000)
  const claims: Claims = {
    aud: app.clientId,
    iss: `${world.urls.login}/${tenantId}/v2.0`,
    iat: now,
    nbf: now,
    exp: now + input.lifetime,
    auth_time: Math.floor(input.signIn.authTime.getTime() / 1000),
    ...identityProvider(user),
    name: user.name,
    ...(nonce === undefined ? {} : { nonce }),
    ...(input.codeHash ? { c_hash: input.codeHash } : {}),
    oid: user.oid,
    preferred_username: user.upn,
    rh: `1.${randomBytes(24).toString('base64url')}.`,
    sub: pairwiseSubject(user.oid, app.clientId),
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  }
  return signJwt(claims, world.keys.current())
}

/** `client_info` names user and tenant to caches of client libraries. */
export function clientInfo(user: User): string {
  return Buffer.from(JSON.stringify({ uid: user.oid, utid: user.tenantId })).toString('base64url')
}

function pairwiseSubject(oid: string, audience: string): string {
  return createHash('sha256')
    .update(guidFrom(oid + audience))
    .digest('base64url')
}
