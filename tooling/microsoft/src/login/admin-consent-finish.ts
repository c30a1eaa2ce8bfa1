import { randomUUID } from 'node:crypto'
import type { Call } from '../http.ts'
import type { Finished } from './finish.ts'
import type { Flow } from './flow.ts'
import { sendReply } from './reply.ts'
import { rememberSignIn } from './session.ts'

/** `admin_consent=True` and the tenant; neither code nor token. The v1 form names no scope. */
export function finishAdminConsent(call: Call, flow: Flow, { tenant, signIn }: Finished): Response {
  const cookie = rememberSignIn(call, signIn)
  const fields = {
    admin_consent: 'True',
    tenant: tenant.id,
    scope: flow.version === 2 ? flow.scope : undefined,
    session_state: flow.version === 1 ? randomUUID() : undefined,
  }
  return sendReply(flow.reply, fields, { 'set-cookie': cookie })
}
