import type { Route } from './route.ts'
import { ownApplication } from './routes/application.ts'
import { audit } from './routes/audit.ts'
import { billingReports } from './routes/billing-reports.ts'
import { checks } from './routes/checks.ts'
import { connections } from './routes/connections.ts'
import { consentAttempts } from './routes/consent-attempts.ts'
import { consentLinks } from './routes/consent-links.ts'
import { customers } from './routes/customers.ts'
import { invitations } from './routes/invitations.ts'
import { mine } from './routes/me.ts'
import { members } from './routes/members.ts'
import { notifications } from './routes/notifications.ts'
import { organisation } from './routes/organisation.ts'
import { permissions } from './routes/permissions.ts'
import { reportEvents } from './routes/report-events.ts'
import { reportLines } from './routes/report-lines.ts'
import { returnOrigins } from './routes/return-origins.ts'
import { serviceKeys } from './routes/service-keys.ts'
import { sessions } from './routes/sessions.ts'
import { singleSignOn } from './routes/single-sign-on.ts'
import { tenants } from './routes/tenants.ts'
import { today } from './routes/today.ts'
import { tokens } from './routes/tokens.ts'
import { workloadIdentities } from './routes/workload-identities.ts'

/** Every operation under `/api/v1`, in the order of the OpenAPI document. */
export const ROUTES: readonly Route[] = [
  ...mine,
  ...sessions,
  ...today,
  ...tenants,
  ...permissions,
  ...connections,
  ...consentLinks,
  ...consentAttempts,
  ...tokens,
  ...checks,
  ...billingReports,
  ...reportLines,
  ...reportEvents,
  ...customers,
  ...organisation,
  ...members,
  ...invitations,
  ...singleSignOn,
  ...serviceKeys,
  ...workloadIdentities,
  ...notifications,
  ...audit,
  ...returnOrigins,
  ...ownApplication,
]
