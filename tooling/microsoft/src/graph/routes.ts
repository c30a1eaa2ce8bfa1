import { route, type Route } from '../http.ts'
import { exportBilled, exportUnbilled } from './billing.ts'
import {
  application,
  me,
  mfaServicePolicy,
  organization,
  permissionGrants,
  revokeSignInSessions,
  userInfo,
} from './directory.ts'
import { guarded } from './guard.ts'
import { manifest } from './manifests.ts'
import { operationStatus } from './operations.ts'

const billing = ['PartnerBilling.Read.All']
const directory = ['Directory.Read.All']
const root = '/v1.0/reports/partners/billing'

export const graphRoutes: readonly Route[] = [
  route(
    'export-billed',
    'POST',
    `${root}/reconciliation/billed/export`,
    guarded(billing, exportBilled('reconciliation')),
  ),
  route(
    'export-unbilled',
    'POST',
    `${root}/reconciliation/unbilled/export`,
    guarded(billing, exportUnbilled('reconciliation')),
  ),
  route('usage-billed', 'POST', `${root}/usage/billed/export`, guarded(billing, exportBilled('usage'))),
  route('usage-unbilled', 'POST', `${root}/usage/unbilled/export`, guarded(billing, exportUnbilled('usage'))),
  route('operation', 'GET', `${root}/operations/:id`, guarded(billing, operationStatus)),
  route('manifest', 'GET', `${root}/manifests/:id`, guarded(billing, manifest)),
  route('me', 'GET', '/v1.0/me', guarded(['User.Read', 'Directory.Read.All', 'profile'], me)),
  route(
    'organization',
    'GET',
    '/v1.0/organization',
    guarded(['Organization.Read.All', 'User.Read', ...directory], organization),
  ),
  route('permission-grants', 'GET', '/v1.0/oauth2PermissionGrants', guarded(directory, permissionGrants)),
  route(
    'application',
    'GET',
    "/v1.0/applications(appId=':appId')",
    guarded(['Application.Read.All', ...directory], application),
  ),
  route(
    'mfa-policy',
    'GET',
    '/beta/policies/mfaServicePolicy',
    guarded(['Policy.Read.All'], mfaServicePolicy),
  ),
  route(
    'revoke-sessions',
    'POST',
    '/v1.0/me/revokeSignInSessions',
    guarded(['User.RevokeSessions.All'], revokeSignInSessions),
  ),
  route('userinfo', 'GET', '/oidc/userinfo', guarded(['openid'], userInfo)),
]
