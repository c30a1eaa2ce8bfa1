import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Call } from '../http.ts'
import type { SignIn, Tenant, User } from '../state.ts'
import { CODE_LIFETIME, type Flow } from './flow.ts'
import { mintIdToken } from './mint.ts'
import { sendReply } from './reply.ts'
import { rememberSignIn } from './session.ts'

export type Finished = { user: User; tenant: Tenant; signIn: SignIn }

/** The authorization code on its way back to the app. */
export function finishAuthorize(call: Call, flow: Flow, { user, tenant, signIn }: Finished): Response {
  const { world } = call
  const cookie = rememberSignIn(call, signIn)
  const code = `1.${randomBytes(480).toString('base64url')}`
  world.state.codes.set(code, {
    signIn,
    clientId: flow.app.clientId,
    authority: flow.authority.segment,
    redirectUri: flow.reply.redirectUri,
    spa: flow.spa,
    scope: flow.scope,
    version: flow.version,
    nonce: flow.nonce,
    challenge: flow.challenge,
    challengeMethod: flow.challengeMethod,
    expires: new Date(world.now().getTime() + CODE_LIFETIME),
    used: false,
    family: randomUUID(),
  })
  const idToken = flow.responseTypes.includes('id_token')
    ? mintIdToken(world, {
        app: flow.app,
        user,
        signIn,
        tenantId: tenant.id,
        nonce: flow.nonce,
        lifetime: 3600,
        codeHash: halfHash(code),
      })
    : undefined
  const wantsCode = flow.responseTypes.includes('code')
  const fields = { code: wantsCode ? code : undefined, id_token: idToken, session_state: randomUUID() }
  return sendReply(flow.reply, fields, { 'set-cookie': cookie })
}

/** `c_hash` (OpenID Connect Core 3.3.2.11). */
function halfHash(code: string): string {
  return createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url')
}
