import type { Caller } from '../bearer.ts'
import { json, type Call } from '../http.ts'
import { usersOf } from '../login/tenants.ts'
import { listOf } from './collection.ts'

/** `GET /nonMfaCompliantPartnerPrincipals`: accounts with a partner role that have no MFA. */
export function nonCompliantPrincipals(call: Call, { tenant }: Caller): Response {
  const users = usersOf(call.world, tenant.id).filter(
    (user) => user.partnerRoles.length > 0 && !user.mfaRegistered,
  )
  const items = users.map(({ oid, upn, name }) => ({
    userId: oid,
    userPrincipalName: upn,
    displayName: name,
  }))
  return listOf(items, '/nonMfaCompliantPartnerPrincipals')
}

/** `GET /applicationmfaadoptionstatus`: a bare array, counted over this simulator's own log. */
export function applicationAdoption(call: Call, { tenant }: Caller): Response {
  const counts = new Map<string, number>()
  for (const record of call.world.requests) {
    if (record.host !== 'partnerCenter' || record.tenantId !== tenant.id || !record.clientId) continue
    counts.set(record.clientId, (counts.get(record.clientId) ?? 0) + 1)
  }
  return json(
    200,
    [...counts].map(([applicationId, totalRequests]) => ({
      applicationId,
      applicationName: call.world.state.apps.get(applicationId)?.name ?? '',
      totalRequests,
    })),
  )
}

/** `GET /partnerRequests`: calls that this tenant made. */
export function partnerRequests(call: Call, { tenant }: Caller): Response {
  const own = call.world.requests.filter(
    (record) => record.host === 'partnerCenter' && record.tenantId === tenant.id,
  )
  const items = own.slice(-100).map((record) => ({
    applicationId: record.clientId ?? null,
    requestDate: record.at.toISOString(),
    requestUri: record.path,
    statusCode: record.status,
  }))
  return listOf(items, '/partnerRequests')
}
