import type { Role, Scope } from '@consentry/core'

/**
 * Who may call an operation: a service key with this scope (null: no service key at all), and a member with at least
 * this role (null: no session at all).
 */
export type Access = { readonly scope: Scope | null; readonly role: Role | null }

const person: Access = { scope: null, role: 'viewer' }
const read: Access = { scope: 'connections:read', role: 'viewer' }
const write: Access = { scope: 'connections:write', role: 'admin' }
const consent: Access = { scope: 'connections:consent', role: 'admin' }
const billing: Access = { scope: 'billing:read', role: 'viewer' }
const audit: Access = { scope: 'audit:read', role: 'owner' }
const admin: Access = { scope: null, role: 'admin' }
const owner: Access = { scope: null, role: 'owner' }

/** Every operation under `/api/v1` and who may call it; a route that is not in this table does not compile. */
export const ACCESS = {
  'GET /me': person,
  'GET /sessions': person,
  'DELETE /sessions': person,
  'DELETE /sessions/{sessionId}': person,
  'GET /today': read,
  'GET /tenants/{idOrDomain}': write,
  'GET /permissions': read,
  'GET /connections': read,
  'POST /connections': write,
  'GET /connections/{id}': read,
  'PATCH /connections/{id}': write,
  'DELETE /connections/{id}': write,
  'GET /connections/{id}/consent-links': consent,
  'POST /connections/{id}/consent-links': consent,
  'DELETE /connections/{id}/consent-links/{attemptId}': consent,
  'GET /connections/{id}/consent-attempts/{attemptId}': read,
  'POST /connections/{id}/consent-attempts/{attemptId}/accept-account': consent,
  'POST /connections/{id}/token': { scope: 'tokens:read', role: null },
  'POST /connections/{id}/refresh': write,
  'POST /connections/{id}/test': write,
  'GET /connections/{id}/application': admin,
  'PUT /connections/{id}/application': admin,
  'DELETE /connections/{id}/application': admin,
  'GET /connections/{id}/checks': read,
  'GET /connections/{id}/invoices': billing,
  'POST /connections/{id}/billing-reports': { scope: 'billing:run', role: 'admin' },
  'GET /connections/{id}/billing-reports': billing,
  'GET /connections/{id}/billing-reports/{reportId}': billing,
  'GET /connections/{id}/billing-reports/{reportId}/lines': billing,
  'GET /connections/{id}/billing-reports/{reportId}/breakdown': billing,
  'GET /connections/{id}/billing-reports/{reportId}/events': billing,
  'GET /connections/{id}/customers': read,
  'GET /connections/{id}/customer-consents': read,
  'PUT /connections/{id}/customer-consents/{customerTenantId}': consent,
  'DELETE /connections/{id}/customer-consents/{customerTenantId}': consent,
  'GET /organisation': person,
  'PATCH /organisation': owner,
  'GET /members': owner,
  'PATCH /members/{memberId}': owner,
  'DELETE /members/{memberId}': owner,
  'GET /invitations': owner,
  'POST /invitations': owner,
  'DELETE /invitations/{invitationId}': owner,
  'GET /single-sign-on': owner,
  'PUT /single-sign-on': owner,
  'DELETE /single-sign-on': owner,
  'GET /service-keys': owner,
  'POST /service-keys': owner,
  'POST /service-keys/{keyId}/rotate': owner,
  'DELETE /service-keys/{keyId}': owner,
  'GET /workload-identities': owner,
  'POST /workload-identities': owner,
  'DELETE /workload-identities/{identityId}': owner,
  'GET /notifications': owner,
  'PUT /notifications': owner,
  'GET /notifications/deliveries': owner,
  'POST /notifications/{channelId}/test': owner,
  'GET /audit': audit,
  'GET /audit/verify': audit,
  'GET /return-origins': owner,
  'PUT /return-origins': owner,
} as const satisfies Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, Access>

export type Operation = keyof typeof ACCESS

const RANK: Readonly<Record<Role, number>> = { viewer: 0, admin: 1, owner: 2 }

/** Whether a role includes another: an owner may do what an admin may. */
export function includesRole(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least]
}
