import { guidFrom } from '../random.ts'
import type { Caller } from '../bearer.ts'
import { json, type Call } from '../http.ts'
import { grantsIn } from '../login/grants.ts'
import { graphError } from './guard.ts'

const metadata = 'https://graph.microsoft.com/v1.0/$metadata'

export function me(call: Call, { user }: Caller): Response {
  if (!user)
    return graphError(
      call,
      400,
      'BadRequest',
      '/me request is only valid with delegated authentication flow.',
    )
  return json(200, {
    '@odata.context': `${metadata}#users/$entity`,
    id: user.oid,
    displayName: user.name,
    userPrincipalName: user.upn,
    mail: user.upn,
  })
}

export function organization(_call: Call, { tenant }: Caller): Response {
  const verifiedDomains = tenant.domains.map((name, index) => ({
    capabilities: 'Email, OfficeCommunicationsOnline',
    isDefault: index === 0,
    isInitial: index === tenant.domains.length - 1,
    name,
    type: 'Managed',
  }))
  const { id, name: displayName } = tenant
  const value = [{ id, displayName, countryLetterCode: tenant.billing.country, verifiedDomains }]
  return json(200, { '@odata.context': `${metadata}#organization`, value })
}

/** `GET /oauth2PermissionGrants?$filter=clientId eq '…'`: ids are those of service principals. */
export function permissionGrants({ world, query }: Call, { tenant }: Caller): Response {
  const wanted = /clientId eq '([^']+)'/i.exec(query.get('$filter') ?? '')?.[1]
  const value = grantsIn(world, tenant.id)
    .filter(({ clientId }) => !wanted || [clientId, servicePrincipalId(tenant.id, clientId)].includes(wanted))
    .map((grant) => ({
      id: grant.id,
      clientId: servicePrincipalId(tenant.id, grant.clientId),
      consentType: grant.principal === 'AllPrincipals' ? 'AllPrincipals' : 'Principal',
      principalId: grant.principal === 'AllPrincipals' ? null : grant.principal,
      resourceId: servicePrincipalId(tenant.id, grant.resource),
      scope: grant.scopes.join(' '),
    }))
  return json(200, { '@odata.context': `${metadata}#oauth2PermissionGrants`, value })
}

function servicePrincipalId(tenantId: string, appId: string): string {
  return guidFrom(`service principal ${tenantId} ${appId}`)
}

/** `GET /applications(appId='…')`: secrets without their values. */
export function application(call: Call, { tenant }: Caller): Response {
  const app = call.world.state.apps.get(call.params['appId'] ?? '')
  if (!app || app.tenantId !== tenant.id) {
    return graphError(
      call,
      404,
      'Request_ResourceNotFound',
      `Resource '${call.params['appId']}' does not exist.`,
    )
  }
  const dates = (one: { keyId: string; start: Date; end: Date }): Record<string, string> => ({
    keyId: one.keyId,
    startDateTime: one.start.toISOString(),
    endDateTime: one.end.toISOString(),
  })
  return json(200, {
    '@odata.context': `${metadata}#applications/$entity`,
    id: guidFrom(`application ${app.clientId}`),
    appId: app.clientId,
    displayName: app.name,
    passwordCredentials: app.secrets.map((secret) => ({
      ...dates(secret),
      hint: secret.value.slice(0, 3),
      secretText: null,
    })),
    keyCredentials: app.certificates.map((certificate) => ({
      ...dates(certificate),
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    })),
  })
}

/** `GET /beta/policies/mfaServicePolicy`: where "remember MFA" is to be seen. */
export function mfaServicePolicy(_call: Call, { tenant }: Caller): Response {
  const days = tenant.policies.rememberMfaDays
  return json(200, {
    id: 'mfaServicePolicy',
    rememberMfaOnTrustedDevice: { isEnabled: days !== null, allowedNumberOfDays: days ?? 90 },
  })
}

/** `POST /me/revokeSignInSessions`. */
export function revokeSignInSessions(call: Call, { user }: Caller): Response {
  if (!user)
    return graphError(
      call,
      400,
      'BadRequest',
      '/me request is only valid with delegated authentication flow.',
    )
  user.tokensValidFrom = call.world.now()
  user.tokensValidFromSerial = call.world.serial
  return json(200, { '@odata.context': `${metadata}#Edm.Boolean`, value: true })
}

export function userInfo(_call: Call, { user, claims }: Caller): Response {
  return json(200, { sub: claims['sub'], name: user?.name, email: user?.upn })
}
