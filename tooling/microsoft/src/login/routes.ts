import { html, route, type Route } from '../http.ts'
import { adminConsentEndpoint } from './admin-consent.ts'
import { authorizeEndpoint } from './authorize.ts'
import { discoveryEndpoint, instanceEndpoint, keysEndpoint } from './discovery.ts'
import { postAccount, postConsent, postMfa } from './page-posts.ts'
import { signedOutPage } from './pages.ts'
import { forgetSession } from './session.ts'
import { tokenEndpoint, tokenEndpointWrongMethod } from './token.ts'

export const loginRoutes: readonly Route[] = [
  route('instance', 'GET', '/common/discovery/instance', instanceEndpoint),
  route('discovery', 'GET', '/:tenant/v2.0/.well-known/openid-configuration', discoveryEndpoint),
  route('discovery', 'GET', '/:tenant/.well-known/openid-configuration', discoveryEndpoint),
  route('keys', 'GET', '/:tenant/discovery/v2.0/keys', keysEndpoint),
  route('keys', 'GET', '/:tenant/discovery/keys', keysEndpoint),
  route('authorize', 'GET', '/:tenant/oauth2/v2.0/authorize', authorizeEndpoint),
  route('authorize', 'POST', '/:tenant/oauth2/v2.0/authorize', authorizeEndpoint),
  route('authorize', 'GET', '/:tenant/oauth2/authorize', authorizeEndpoint),
  route('authorize', 'POST', '/:tenant/oauth2/authorize', authorizeEndpoint),
  route('adminconsent', 'GET', '/:tenant/v2.0/adminconsent', adminConsentEndpoint),
  route('adminconsent', 'GET', '/:tenant/adminconsent', adminConsentEndpoint),
  route('mfa', 'POST', '/common/SAS/ProcessAuth', postMfa),
  route('account', 'POST', '/:tenant/login', postAccount),
  route('consent', 'POST', '/:tenant/Consent/Set', postConsent),
  route('token', 'POST', '/:tenant/oauth2/v2.0/token', tokenEndpoint),
  route('token', 'POST', '/:tenant/oauth2/token', tokenEndpoint),
  route('token', '*', '/:tenant/oauth2/v2.0/token', tokenEndpointWrongMethod),
  route('token', '*', '/:tenant/oauth2/token', tokenEndpointWrongMethod),
  route('logout', 'GET', '/:tenant/oauth2/v2.0/logout', (call) => {
    return html(200, signedOutPage(), { 'set-cookie': forgetSession(call) })
  }),
]
