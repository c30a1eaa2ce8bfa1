const SERVICES = '/my-services'
const DIRECT = `${SERVICES}/microsoft-365-csp-direct`
const ORGANISATION = '/organisation'
const AUTHENTICATION = `${DIRECT}/authentication`

/** Addresses of the console, in one place. */
export const paths = {
  signIn: '/sign-in',
  secondStep: '/sign-in/second-step',
  setUpStep: '/sign-in/set-up',
  forgotten: '/forgotten',
  invitation: (token: string) => `/invitation/${token}`,
  today: '/',
  members: `${ORGANISATION}/members`,
  singleSignOn: `${ORGANISATION}/single-sign-on`,
  returnAddresses: `${ORGANISATION}/return-addresses`,
  serviceKeys: `${ORGANISATION}/service-keys`,
  notifications: `${ORGANISATION}/notifications`,
  audit: `${ORGANISATION}/audit`,
  profile: '/profile',
  services: SERVICES,
  direct: DIRECT,
  authentication: AUTHENTICATION,
  billing: `${DIRECT}/billing`,
  permissions: `${DIRECT}/permissions`,
  help: '/help',
  helpCode: (code: string) => `/help/codes/${encodeURIComponent(code)}`,
  tenant: (microsoftId: string) => `${AUTHENTICATION}/${microsoftId}`,
  attempt: (microsoftId: string, attemptId: string) =>
    `${AUTHENTICATION}/${microsoftId}/attempts/${attemptId}`,
  reports: (microsoftId: string) => `${AUTHENTICATION}/${microsoftId}/billing`,
  customers: (microsoftId: string) => `${AUTHENTICATION}/${microsoftId}/customers`,
  report: (microsoftId: string, reportId: string) => `${AUTHENTICATION}/${microsoftId}/billing/${reportId}`,
}

/** Addresses of the API. */
export const api = {
  settings: '/api/console-settings',
  signIn: '/api/auth/sign-in/email',
  signOut: '/api/auth/sign-out',
  code: '/api/auth/two-factor/verify-totp',
  enableCode: '/api/auth/two-factor/enable',
  recoveryCode: '/api/auth/two-factor/verify-backup-code',
  passkeyOptions: '/api/auth/passkey/generate-authenticate-options',
  passkey: '/api/auth/passkey/verify-authentication',
  forgotten: '/api/auth/request-password-reset',
  resetPassword: '/api/auth/reset-password',
  singleSignOn: (organisation: string, to: string) =>
    `/api/auth/sso/start?${new URLSearchParams({ organisation, to })}`,
  invitation: (token: string) => `/api/invitations/${encodeURIComponent(token)}`,
  me: '/api/v1/me',
  today: '/api/v1/today',
  organisation: '/api/v1/organisation',
  members: '/api/v1/members',
  invitations: '/api/v1/invitations',
  singleSignOnSettings: '/api/v1/single-sign-on',
  returnOrigins: '/api/v1/return-origins',
  serviceKeys: '/api/v1/service-keys',
  workloadIdentities: '/api/v1/workload-identities',
  notifications: '/api/v1/notifications',
  audit: '/api/v1/audit',
  sessions: '/api/v1/sessions',
  changePassword: '/api/auth/change-password',
  disableCode: '/api/auth/two-factor/disable',
  passkeys: '/api/auth/passkey/list-user-passkeys',
  newPasskey: '/api/auth/passkey/generate-register-options',
  addPasskey: '/api/auth/passkey/verify-registration',
  removePasskey: '/api/auth/passkey/delete-passkey',
  account: '/api/auth/get-session',
  lookup: (idOrDomain: string) => `/api/v1/tenants/${encodeURIComponent(idOrDomain)}`,
  connections: '/api/v1/connections',
  permissions: '/api/v1/permissions',
  connection: (microsoftId: string) => `/api/v1/connections/${encodeURIComponent(microsoftId)}`,
  customers: (microsoftId: string) => `/api/v1/connections/${encodeURIComponent(microsoftId)}/customers`,
  customerConsents: (microsoftId: string) =>
    `/api/v1/connections/${encodeURIComponent(microsoftId)}/customer-consents`,
}
