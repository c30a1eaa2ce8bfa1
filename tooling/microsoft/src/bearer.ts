import type { Call } from './http.ts'
import { readJwt, type Claims } from './jwt.ts'
import type { Resource } from './login/scopes.ts'
import type { Tenant, User } from './state.ts'

/** Who calls an API: a user through an app, or an app alone. */
export type Caller = {
  claims: Claims
  tenant: Tenant
  clientId: string
  user: User | undefined
  scopes: string[]
  roles: string[]
  hasMfa: boolean
}

const CLOCK_TOLERANCE = 300

/** The caller behind a bearer token for this resource, or what is wrong with the token. */
export function readCaller(
  call: Call,
  resource: Resource,
): Caller | 'missing' | 'invalid' | 'expired' | 'audience' {
  const { world, request } = call
  const header = request.headers.get('authorization') ?? ''
  if (!/^Bearer ./i.test(header)) return 'missing'
  const claims = readJwt(header.slice(7).trim(), world.keys)
  if (!claims) return 'invalid'
  const seconds = world.now().getTime() / 1000
  if (Number(claims['exp']) + CLOCK_TOLERANCE < seconds || Number(claims['nbf']) - CLOCK_TOLERANCE > seconds)
    return 'expired'
  const audience = text(claims['aud']).replace(/\/$/, '')
  if (audience !== resource.audience && audience !== resource.appId) return 'audience'
  const tenant = world.state.tenants.get(text(claims['tid']))
  if (!tenant || claims['ver'] !== '1.0') return 'invalid'
  call.note.tenantId = tenant.id
  call.note.clientId = text(claims['appid'])
  const amr = Array.isArray(claims['amr']) ? claims['amr'] : []
  return {
    claims,
    tenant,
    clientId: text(claims['appid']),
    user: world.state.users.get(text(claims['oid'])),
    scopes: text(claims['scp']).split(' ').filter(Boolean),
    roles: Array.isArray(claims['roles']) ? claims['roles'].map(String) : [],
    hasMfa: amr.includes('mfa'),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
