import { randomUUID } from 'node:crypto'
import type { Caller } from '../bearer.ts'
import { isGuid, type Call } from '../http.ts'
import { entraRoles, grantsIn } from '../login/grants.ts'
import { findResource, knownScope } from '../login/scopes.ts'
import type { Tenant } from '../state.ts'
import { customerOf } from './customers.ts'
import { fault, refusals } from './errors.ts'

type ConsentBody = {
  applicationId?: unknown
  displayName?: unknown
  applicationGrants?: { enterpriseApplicationId?: unknown; scope?: unknown }[]
}

/** `POST /customers/{id}/applicationconsents`: a control panel vendor's consent on behalf of a customer. */
export async function createApplicationConsent(call: Call, caller: Caller): Promise<Response> {
  const { world, request } = call
  const replayKey = `${caller.tenant.id} ${request.headers.get('ms-requestid') ?? ''}`
  const replay = request.headers.has('ms-requestid') ? world.partnerReplays.get(replayKey) : undefined
  if (replay) return new Response(replay.body, { status: replay.status, headers: jsonType })
  const customer = customerOf(call, caller)
  if (!customer) return fault(404, 60003, 'Tenant not found')
  const body: ConsentBody | undefined = await readBody(request)
  const { applicationId, applicationGrants } = body ?? {}
  if (typeof applicationId !== 'string' || !isGuid(applicationId) || !Array.isArray(applicationGrants)) {
    return fault(400, 3000, 'applicationId and applicationGrants are required')
  }
  if (applicationId !== caller.clientId) return fault(403, refusals.accessDenied.code, 'Access denied')
  if (!mayConsent(caller.tenant.id, customer)) return fault(403, refusals.accessDenied.code, 'Access denied')
  const known = grantsIn(world, customer.id)
  if (known.some((grant) => grant.clientId === applicationId)) {
    return fault(409, 1000, 'Permission entry already exists')
  }
  const grants = applicationGrants.flatMap((grant) => {
    const resource = findResource(String(grant.enterpriseApplicationId))
    const scopes = String(grant.scope)
      .split(',')
      .map((scope) => scope.trim())
    return resource ? [{ resource, scopes }] : []
  })
  const unknown = grants.some(({ resource, scopes }) => scopes.some((it) => !knownScope(resource, it)))
  if (unknown || grants.length < applicationGrants.length) {
    return fault(400, 3000, 'A permission or an enterprise application is not known')
  }
  for (const { resource, scopes } of grants) {
    const { id: tenantId } = customer
    const fields = { id: randomUUID(), clientId: applicationId, tenantId, resource: resource.appId }
    known.push({ ...fields, scopes, principal: 'AllPrincipals', effectiveAt: world.now() })
  }
  world.state.grants.set(customer.id, known)
  const answer = JSON.stringify({ ...body, attributes: { objectType: 'ApplicationConsent' } })
  world.partnerReplays.set(replayKey, { status: 201, body: answer })
  return new Response(answer, { status: 201, headers: jsonType })
}

const jsonType = { 'content-type': 'application/json; charset=utf-8' }

export function deleteApplicationConsent(call: Call, caller: Caller): Response {
  const customer = customerOf(call, caller)
  if (!customer) return fault(404, 60003, 'Tenant not found')
  if (!mayConsent(caller.tenant.id, customer)) return fault(403, refusals.accessDenied.code, 'Access denied')
  const { appId = '' } = call.params
  const grants = grantsIn(call.world, customer.id)
  const kept = grants.filter((grant) => grant.clientId !== appId)
  if (kept.length === grants.length) return fault(404, 1000, 'There is no consent of this application')
  call.world.state.grants.set(customer.id, kept)
  return new Response(null, { status: 204 })
}

// learn.microsoft.com/previous-versions/powershell/partnercenter/exchange-online-gdap-app: one of these by GDAP.
const consentRoles: readonly string[] = [
  entraRoles.globalAdministrator,
  entraRoles.privilegedRoleAdministrator,
  entraRoles.cloudApplicationAdministrator,
]

function mayConsent(partnerId: string, { delegatedRoles }: Tenant): boolean {
  return (delegatedRoles[partnerId] ?? []).some((role) => consentRoles.includes(role))
}

async function readBody(request: Request): Promise<ConsentBody | undefined> {
  try {
    // The fields are unknown to the type system and checked one by one by the caller.
    return (await request.json()) as ConsentBody
  } catch {
    return undefined
  }
}
