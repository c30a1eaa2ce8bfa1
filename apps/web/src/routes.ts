const SERVICES = '/my-services'
const DIRECT = `${SERVICES}/microsoft-365-csp-direct`
const AUTHENTICATION = `${DIRECT}/authentication`

/** Addresses of the console, in one place. */
export const paths = {
  signIn: '/sign-in',
  services: SERVICES,
  direct: DIRECT,
  authentication: AUTHENTICATION,
  billing: `${DIRECT}/billing`,
  help: '/help',
  helpCode: (code: string) => `/help/codes/${encodeURIComponent(code)}`,
  tenant: (microsoftId: string) => `${AUTHENTICATION}/${microsoftId}`,
  attempt: (microsoftId: string, attemptId: string) =>
    `${AUTHENTICATION}/${microsoftId}/attempts/${attemptId}`,
  reports: (microsoftId: string) => `${AUTHENTICATION}/${microsoftId}/billing`,
  report: (microsoftId: string, reportId: string) => `${AUTHENTICATION}/${microsoftId}/billing/${reportId}`,
}

/** Addresses of the API. */
export const api = {
  settings: '/api/console-settings',
  signIn: '/api/auth/sign-in/email',
  signOut: '/api/auth/sign-out',
  me: '/api/v1/me',
  lookup: (idOrDomain: string) => `/api/v1/tenants/${encodeURIComponent(idOrDomain)}`,
  connections: '/api/v1/connections',
  connection: (microsoftId: string) => `/api/v1/connections/${encodeURIComponent(microsoftId)}`,
}
