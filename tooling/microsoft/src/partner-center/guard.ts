import { randomUUID } from 'node:crypto'
import { readCaller, type Caller } from '../bearer.ts'
import type { Call, Handler } from '../http.ts'
import { resources } from '../login/scopes.ts'
import type { PartnerRole } from '../state.ts'
import { fault, refusals, unauthorized, type PartnerRefusal } from './errors.ts'

export type PartnerHandler = (call: Call, caller: Caller) => Response | Promise<Response>

type Rules = {
  /** `user`: App+User only. `any`: an app alone may call too. */
  by: 'user' | 'any'
  roles?: readonly PartnerRole[]
}

const everyRole: readonly PartnerRole[] = ['AdminAgent', 'SalesAgent', 'HelpdeskAgent', 'BillingAdmin']
export const billingRoles: readonly PartnerRole[] = ['AdminAgent', 'BillingAdmin']

/** Wraps a route in Partner Center's checks and headers. */
export function guarded(rules: Rules, handler: PartnerHandler): Handler {
  return async (call) => {
    const caller = readCaller(call, resources.partnerCenter)
    if (typeof caller === 'string')
      return withHeaders(call, unauthorized(call.world.settings.partnerUnauthorized))
    const refusal = refusalFor(call, caller, rules)
    const response = refusal
      ? fault(refusal.status, refusal.code, refusal.description)
      : await handler(call, caller)
    return withHeaders(call, response, caller)
  }
}

/** Token, partnership, agreement, MFA, role: in that order. */
function refusalFor(
  call: Call,
  caller: Caller,
  { by, roles = everyRole }: Rules,
): PartnerRefusal | undefined {
  const { program } = caller.tenant
  const { user } = caller
  if (by === 'user' && !user) return refusals.accessDenied
  if (program.kind === 'none' || program.kind === 'indirect-reseller') return refusals.accessDenied
  if (program.status !== 'active') return refusals.program
  if (!program.agreementSigned) return refusals.agreement
  if (!user) return undefined
  if (!caller.scopes.includes('user_impersonation')) return refusals.accessDenied
  if (!caller.hasMfa && isMfaEnforced(call, caller)) return refusals.mfa
  return user.partnerRoles.some((role) => roles.includes(role)) ? undefined : refusals.role
}

/** Enforcement came by share of traffic; here every 1/share-th call without MFA is refused, countably. */
function isMfaEnforced({ world }: Call, { tenant }: Caller): boolean {
  const carried = (world.mfaEnforcementShare.get(tenant.id) ?? 0) + tenant.policies.partnerMfaEnforcement
  // Ten times 0.1 is a little under 1 in binary.
  const enforced = carried >= 1 - 1e-9
  world.mfaEnforcementShare.set(tenant.id, enforced ? carried - 1 : carried)
  return enforced
}

function withHeaders({ world, request }: Call, response: Response, caller?: Caller): Response {
  const { headers } = response
  headers.set('ms-requestid', request.headers.get('ms-requestid') ?? randomUUID())
  headers.set('ms-correlationid', request.headers.get('ms-correlationid') ?? randomUUID())
  headers.set('ms-cv', `${randomUUID().replaceAll('-', '').slice(0, 16)}.0`)
  headers.set('ms-serverid', '101112616')
  headers.set('date', world.now().toUTCString())
  const validates = request.headers.get('validatemfa')?.toLowerCase() === 'true'
  if (validates && caller?.user) headers.set('ismfacompliant', String(caller.hasMfa))
  return response
}
