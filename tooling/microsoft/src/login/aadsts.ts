/** How one AADSTS code is answered; `{name}` in the text is filled in by the check that found it. */
export type AadstsEntry = { error: string; suberror?: string; status?: number; text: string }

const human = 'invalid_grant'
const interact = 'interaction_required'
const client = 'invalid_client'
const request = 'invalid_request'

/**
 * Error, suberror and text by code, after Microsoft's "Microsoft Entra authentication and authorization error
 * codes" and captured traffic. HTTP status is 401 for `invalid_client`, 400 otherwise, unless an entry says so.
 */
const aadsts: Readonly<Record<number, AadstsEntry>> = {
  16000: {
    error: interact,
    text: "Either multiple user identities are available for the current request or selected account is not supported for the scenario. User account '{user}' does not exist in tenant '{tenant}'.",
  },
  28000: {
    error: request,
    text: 'Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scope} is not valid.',
  },
  28003: { error: 'invalid_scope', text: 'Provided value for the input parameter scope cannot be empty.' },
  40010: { error: 'temporarily_unavailable', status: 503, text: 'The service is temporarily unavailable.' },
  50000: {
    error: 'server_error',
    status: 500,
    text: 'There was an error issuing a token or an issue with our sign-in service.',
  },
  50001: {
    error: 'invalid_resource',
    text: 'The resource is disabled or the resource named {resource} was not found.',
  },
  50002: {
    error: human,
    text: 'Sign-in was blocked because it used a proxy with restricted access for the tenant.',
  },
  50011: {
    error: request,
    text: "The redirect URI '{redirectUri}' specified in the request does not match the redirect URIs configured for the application '{client}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.",
  },
  50012: { error: client, text: 'Authentication failed.' },
  50020: {
    error: human,
    text: "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not exist in tenant '{tenant}' and cannot access the application '{client}' in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Microsoft Entra user account.",
  },
  50033: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error occurred. Please try again.',
  },
  50034: {
    error: human,
    suberror: 'bad_token',
    text: 'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  50049: { error: 'invalid_instance', text: 'Unknown or invalid instance.' },
  50053: {
    error: human,
    text: "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
  },
  50055: { error: human, suberror: 'user_password_expired', text: 'The password is expired.' },
  50057: { error: human, text: 'The user account is disabled.' },
  50058: {
    error: 'login_required',
    text: 'A silent sign-in request was sent but no user is signed in.',
  },
  50072: {
    error: interact,
    suberror: 'basic_action',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'.",
  },
  50074: { error: interact, suberror: 'basic_action', text: 'Strong Authentication is required.' },
  50076: {
    error: human,
    suberror: 'basic_action',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.",
  },
  50078: {
    error: human,
    suberror: 'basic_action',
    text: "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '{resource}'.",
  },
  50079: {
    error: interact,
    suberror: 'basic_action',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'.",
  },
  50087: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error has occurred during STS authentication. Please try again.',
  },
  50089: { error: human, text: 'Authentication failed due to flow token expired.' },
  50097: { error: interact, text: 'Device authentication is required.' },
  50105: {
    error: human,
    text: "Your administrator has configured the application '{client}' to block users unless they are specifically granted ('assigned') access to the application.",
  },
  50126: { error: human, text: 'Error validating credentials due to invalid username or password.' },
  50129: {
    error: interact,
    text: 'Device is not workplace joined - workplace join is required to register the device.',
  },
  50131: {
    error: interact,
    text: 'Device is not in required device state, or the request was blocked by a Conditional Access policy.',
  },
  50132: {
    error: human,
    text: 'The session is not valid due to the following reasons: password expiration or recent password change, SSO Artifact is invalid or expired.',
  },
  50133: {
    error: human,
    text: 'The session is not valid due to password expiration or recent password change.',
  },
  50144: {
    error: human,
    suberror: 'user_password_expired',
    text: "User's Active Directory password has expired.",
  },
  50147: { error: human, text: 'Missing code_challenge parameter or it is not valid.' },
  50158: {
    error: interact,
    suberror: 'basic_action',
    text: 'External security challenge not satisfied. User will be redirected to another page or authentication provider to satisfy additional authentication challenges.',
  },
  50173: {
    error: human,
    suberror: 'bad_token',
    text: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{validFrom}'.",
  },
  50177: {
    error: human,
    text: "User account '{user}' from identity provider '{home}' does not exist in tenant '{tenant}' and cannot access the application '{client}' in that tenant.",
  },
  50194: {
    error: request,
    text: "Application '{client}' is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'.",
  },
  50196: {
    error: human,
    text: 'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
  },
  51004: {
    error: human,
    suberror: 'bad_token',
    text: 'The user account {user} does not exist in the {tenant} directory.',
  },
  51005: { error: 'temporarily_unavailable', status: 503, text: 'Temporary redirect.' },
  53000: {
    error: interact,
    suberror: 'message_only',
    text: 'Device is not in required device state: {state}. Conditional Access policy requires a compliant device, and the device is not compliant.',
  },
  53001: {
    error: interact,
    suberror: 'message_only',
    text: 'Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined device, and the device is not domain joined.',
  },
  53002: {
    error: interact,
    suberror: 'message_only',
    text: 'Application used is not an approved app for Conditional Access.',
  },
  53003: {
    error: human,
    suberror: 'message_only',
    text: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  53004: {
    error: interact,
    text: 'User needs to complete multi-factor authentication registration process before accessing this content.',
  },
  53010: {
    error: interact,
    text: 'Cannot configure multi-factor authentication methods because the organization requires this information to be set from specific locations or devices.',
  },
  53011: { error: human, text: 'User blocked due to risk on home tenant.' },
  54005: {
    error: human,
    text: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  },
  65001: {
    error: human,
    suberror: 'consent_required',
    text: "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource.",
  },
  65004: { error: 'access_denied', text: 'User declined to consent to access the app.' },
  65005: {
    error: 'invalid_resource',
    text: "The application '{client}' asked for scope '{scope}' that doesn't exist on the resource. Contact the app vendor.",
  },
  70000: { error: human, text: "Provided grant is invalid or malformed. The refresh token isn't valid." },
  70001: {
    error: 'unauthorized_client',
    text: 'The application named {client} was not found in the tenant named {tenant}.',
  },
  70003: {
    error: 'unsupported_grant_type',
    text: "The app requested an unsupported grant type '{grantType}'.",
  },
  70007: {
    error: 'unsupported_response_type',
    text: "'{responseMode}' is not a supported value of 'response_mode'.",
  },
  70008: {
    error: human,
    text: 'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  70011: {
    error: 'invalid_scope',
    text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
  },
  70043: {
    error: interact,
    suberror: 'bad_token',
    text: 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is {seconds}.',
  },
  70044: {
    error: human,
    suberror: 'bad_token',
    text: 'The session has expired or is invalid due to sign-in frequency checks by conditional access.',
  },
  90002: {
    error: request,
    text: "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  90006: { error: 'server_error', status: 503, text: 'External error. Retry the request.' },
  90012: { error: 'temporarily_unavailable', status: 503, text: 'The request has timed out.' },
  90014: {
    error: request,
    text: "The required field '{parameter}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  },
  90023: { error: request, text: '{text}' },
  90024: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error has occurred. Please try again.',
  },
  90033: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error has occurred. Please try again.',
  },
  90036: {
    error: 'server_error',
    status: 500,
    text: 'An unexpected, non-retryable error stemming from the directory service has occurred.',
  },
  90038: {
    error: request,
    text: "Tenant '{tenant}' request is being redirected to the National Cloud '{cloud}'.",
  },
  90055: {
    error: 'temporarily_unavailable',
    status: 429,
    text: 'The tenant has been throttled. Too many requests were sent.',
  },
  90072: {
    error: human,
    text: "User account '{user}' from identity provider '{home}' does not exist in tenant '{tenant}' and cannot access the application '{client}' in that tenant. The account needs to be added as an external user in the tenant first.",
  },
  90090: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'Graph returned retryable error. Please try again.',
  },
  90091: {
    error: 'temporarily_unavailable',
    status: 503,
    text: 'An error occurred in MS Graph. Please try again.',
  },
  90092: { error: 'server_error', status: 500, text: 'Graph returned non-retryable error.' },
  90093: {
    error: 'access_denied',
    text: 'Calling principal cannot consent due to lack of permissions, or a policy forbids granting them.',
  },
  90094: {
    error: 'access_denied',
    text: 'An administrator of {tenantName} must grant {name} the permissions that it asked for. Ask an admin to grant permission to this app before you can use it.',
  },
  90095: {
    error: 'access_denied',
    text: 'Admin consent is required for the permissions requested by this application. An admin consent request may be sent to the admin.',
  },
  90099: {
    error: human,
    text: "The application '{client}' has not been authorized in the tenant '{tenant}'. Applications must be authorized to access the customer tenant before partner delegated administrators can use them.",
  },
  500011: {
    error: 'invalid_resource',
    text: 'The resource principal named {resource} was not found in the tenant named {tenantName}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.',
  },
  500021: { error: human, text: 'Access to this tenant is denied by tenant restrictions.' },
  500022: {
    error: human,
    text: 'Access to this tenant is denied: the tenant restriction header names no allowed tenant.',
  },
  500112: {
    error: human,
    text: "The reply address '{redirectUri}' does not match the reply address '{expected}' provided when requesting Authorization code.",
  },
  500212: {
    error: human,
    text: "The user's administrator has set an outbound access policy that does not allow access to the resource tenant.",
  },
  500213: {
    error: human,
    text: "The resource tenant's cross-tenant access policy does not allow this user to access this tenant.",
  },
  501481: {
    error: human,
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  501491: { error: request, text: 'The size of the Code_Challenge parameter is not valid.' },
  530032: {
    error: human,
    suberror: 'message_only',
    text: "User blocked by security policy configured by the tenant's administrator.",
  },
  530034: {
    error: human,
    suberror: 'message_only',
    text: 'A delegated administrator was blocked from accessing the tenant due to account risk in their home tenant.',
  },
  530035: { error: human, suberror: 'message_only', text: 'Access has been blocked by security defaults.' },
  650051: {
    error: client,
    status: 400,
    text: 'Claim is invalid: {scope} does not exist on resource application {resource}.',
  },
  650052: {
    error: client,
    status: 400,
    text: "The app is trying to access a service '{resource}' that your organization '{tenantName}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.",
  },
  650053: {
    error: client,
    status: 400,
    text: "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact the app vendor.",
  },
  650054: {
    error: 'invalid_resource',
    text: 'The application asked for permissions to access a resource that has been removed or is no longer available.',
  },
  650056: {
    error: 'invalid_resource',
    text: "Misconfigured application. This could be because the client has not listed any permissions for '{resource}' in the requested permissions in the client's application registration.",
  },
  650057: {
    error: 'invalid_resource',
    text: "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration.",
  },
  700003: { error: human, text: 'Device object was not found in the tenant directory.' },
  700005: {
    error: human,
    text: 'Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /{tenant-ID} as appropriate).',
  },
  700011: {
    error: 'unauthorized_client',
    text: "Application with identifier '{client}' was not found in the directory.",
  },
  700016: {
    error: 'unauthorized_client',
    text: "Application with identifier '{client}' was not found in the directory '{tenantName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  },
  700022: {
    error: request,
    text: 'Provided value for the input parameter scope is not valid because it contains more than one resource.',
  },
  700023: { error: client, text: 'Client assertion audience claim does not match Realm issuer.' },
  700024: { error: client, text: 'Client assertion is not within its valid time range.' },
  700025: {
    error: client,
    text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  },
  700027: {
    error: client,
    text: 'The certificate with identifier used to sign the client assertion is not registered on application, or the signature of the assertion is not valid. {text}',
  },
  700030: { error: client, text: 'Invalid certificate - subject name in certificate is not authorized.' },
  700054: {
    error: 'unsupported_response_type',
    text: "response_type 'id_token' is not enabled for the application.",
  },
  700082: {
    error: human,
    suberror: 'bad_token',
    text: 'The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00.',
  },
  700084: {
    error: human,
    suberror: 'bad_token',
    text: 'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on {issued}.',
  },
  700211: {
    error: client,
    text: 'No matching federated identity record found for presented assertion issuer.',
  },
  700212: {
    error: client,
    text: 'No matching federated identity record found for presented assertion audience.',
  },
  700213: {
    error: client,
    text: 'No matching federated identity record found for presented assertion subject.',
  },
  900021: { error: request, text: 'Requested tenant identifier is not valid.' },
  900023: {
    error: request,
    text: "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
  },
  900144: { error: request, text: "The request body must contain the following parameter: '{parameter}'." },
  900382: { error: request, text: 'Confidential Client is not supported in Cross Cloud request.' },
  900432: { error: request, text: 'Confidential Client is not supported in Cross Cloud request.' },
  900561: { error: request, text: 'The endpoint only accepts POST requests. Received a {method} request.' },
  900941: { error: 'access_denied', text: 'Administrator consent is required. App is considered risky.' },
  900971: { error: request, text: 'No reply address provided.' },
  900981: { error: 'access_denied', text: 'An admin consent request was received for a risky app.' },
  1002012: {
    error: 'invalid_scope',
    text: 'The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  },
  7000112: { error: 'unauthorized_client', text: "Application '{client}'({name}) is disabled." },
  7000215: {
    error: client,
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.",
  },
  7000218: {
    error: client,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  7000222: {
    error: client,
    text: "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.",
  },
  9002313: { error: request, text: 'Invalid request. Request is malformed or invalid.' },
  9002326: {
    error: request,
    text: "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'.",
  },
}

/** The codes that have words here. */
export function aadstsCodes(): number[] {
  return Object.keys(aadsts).map(Number)
}

/** The entry of a code; what the table doesn't know is an `invalid_grant`. */
export function aadstsEntry(code: number): AadstsEntry {
  return aadsts[code] ?? { error: 'invalid_grant', text: 'The request could not be completed.' }
}

export function aadstsStatus(entry: AadstsEntry): number {
  return entry.status ?? (entry.error === 'invalid_client' ? 401 : 400)
}
