import { randomUUID } from 'node:crypto'
import type { Call } from '../http.ts'
import type { SignIn } from '../state.ts'
import type { World } from '../world.ts'
import type { Flow } from './flow.ts'

const cookieName = 'ESTSAUTHPERSISTENT'

/** Sign-ins of this browser that would serve the flow without asking: right tenant, account there, recent enough. */
export function sessionAccounts(call: Call, flow: Flow): SignIn[] {
  const session = call.world.state.sessions.get(sessionId(call.request) ?? '')
  const { tenant } = flow.authority
  return (session?.accounts ?? [])
    .filter((signIn) => !tenant || signIn.tenantId === tenant.id)
    .filter((signIn) => isUsable(call.world, signIn))
}

function isUsable(world: World, signIn: SignIn): boolean {
  const user = world.state.users.get(signIn.userOid)
  const tenant = world.state.tenants.get(signIn.tenantId)
  if (!user || !tenant || user.deleted || user.disabled) return false
  if (user.tokensValidFrom && signIn.authTime <= user.tokensValidFrom) return false
  const frequency = tenant.policies.signInFrequencySeconds
  const age = (world.now().getTime() - signIn.authTime.getTime()) / 1000
  return frequency === null || age <= frequency
}

/** Keeps the sign-in in the browser's session; answers the cookie to set. */
export function rememberSignIn(call: Call, signIn: SignIn): string {
  const { world, request } = call
  const id = sessionId(request) ?? randomUUID()
  const others = (world.state.sessions.get(id)?.accounts ?? []).filter(
    (account) => account.userOid !== signIn.userOid,
  )
  world.state.sessions.set(id, { id, accounts: [...others, signIn] })
  // Browsers drop Secure cookies of plain http, and SameSite=None ones that are not Secure.
  const flags = world.urls.login.startsWith('https:') ? 'Secure; SameSite=None' : 'SameSite=Lax'
  return `${cookieName}=${id}; Path=/; HttpOnly; ${flags}`
}

export function forgetSession(call: Call): string {
  call.world.state.sessions.delete(sessionId(call.request) ?? '')
  return `${cookieName}=; Path=/; HttpOnly; Max-Age=0`
}

function sessionId(request: Request): string | undefined {
  const cookies = (request.headers.get('cookie') ?? '').split(/;\s*/)
  return (
    cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1) || undefined
  )
}
