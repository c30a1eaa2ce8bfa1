export {
  acceptAccount,
  readAttempt,
  readAttemptOfBrowser,
  type AttemptSeen,
  type OutsiderView,
} from './attempts.ts'
export {
  putApplication,
  removeApplication,
  showApplications,
  type ApplicationsSeen,
  type ApplicationWish,
} from './own-application.ts'
export {
  APPLICATION_ENDS,
  APPLICATION_WARNING,
  applicationEnd,
  type ApplicationEnd,
} from './application-end.ts'
export {
  drainNotes,
  noteOf,
  record,
  recordIfPossible,
  verifyAudit,
  type AuditVerdict,
  type Recording,
} from './audit.ts'
export {
  AUDIT_ACTIONS,
  auditView,
  CONSENTRY,
  type Actor,
  type AuditAction,
  type AuditEvent,
  type AuditHead,
  type AuditNote,
  type AuditRow,
  type AuditView,
  type Chain,
} from './audit-entry.ts'
export { retryAfterSeconds } from './microsoft/http.ts'
export { listInvoices, requestReport, type ReportWish } from './billing.ts'
export { readChallenge } from './claims-challenge.ts'
export { forgetHistory, RUNGS } from './checks.ts'
export {
  ConfigError,
  readConfig,
  readDatabaseConfig,
  type Config,
  type DatabaseConfig,
  type Env,
  type MicrosoftConfig,
  type NightlyConfig,
} from './config.ts'
export {
  addConnection,
  disconnect,
  everyConnection,
  lookUpTenant,
  recordAct,
  renameConnection,
  type NewConnection,
} from './connections.ts'
export { everyCustomerConsent, grantToCustomer, revokeFromCustomer } from './customer-consents.ts'
export { CUSTOMER_GRANTS } from './customer-grants.ts'
export { listCustomers } from './customers.ts'
export {
  createConsentLink,
  declineLink,
  endConsentLink,
  finishConsent,
  listConsentLinks,
  redirectUri,
  showConsentLink,
  startConsent,
  type Callback,
  type LinkOptions,
  type Trip,
} from './consent.ts'
export type {
  AttemptPatch,
  AuditQuery,
  ConnectionPatch,
  ConnectionQuery,
  ConnectionSort,
  Deps,
  DataKeyRow,
  DomainEvent,
  Fetch,
  Page,
  PageRequest,
  ReportPatch,
  Rotation,
  Store,
  Unchanged,
} from './deps.ts'
export { CONNECTION_SORTS, PAUSE } from './deps.ts'
export {
  ConsentryError,
  httpStatus,
  isProblemCode,
  problem,
  valuesOf,
  type ErrorCode,
  type Values,
} from './errors.ts'
export { fillGaps, readGaps } from './gaps.ts'
export { readEnvironment } from './environment.ts'
export { isNightOpen, nextNight, nextWindow, nightOf } from './forecast.ts'
export { foreseeAll } from './foresee.ts'
export { enforcementEnd } from './foresight.ts'
export { importConnections, type ImportResult } from './import.ts'
export { listDuePages, postpone, refreshDue, refreshIfDue, type NightlyResult } from './nightly.ts'
export { isAllowedIssuer, KNOWN_ISSUERS } from './issuers.ts'
export {
  acceptInvitation,
  createInvitation,
  endInvitation,
  inviteFirstOwner,
  isOpenInvitation,
  showInvitation,
  type Accepting,
  type InvitationShown,
  type People,
} from './invitations.ts'
export {
  admit,
  findProvider,
  putSingleSignOn,
  removeSingleSignOn,
  type Accounts,
  type Admission,
  type Provider,
  type Vouched,
} from './single-sign-on.ts'
export { addMember, changeRole, findMember, removeMember } from './members.ts'
export { createOrganisation, putReturnOrigins, requireSecondStep } from './organisations.ts'
export { permissionOverview } from './permission-overview.ts'
export { consentScopes, PERMISSIONS, requiredPermissions, type Permission } from './permissions.ts'
export { PROBLEMS, type ProblemEntry } from './problems.ts'
export { recoverInterrupted, type Recovered } from './recovery.ts'
export { refreshConnection, testConnection } from './refresh.ts'
export { LINE_KINDS } from './report-lines.ts'
export { LINE_SORTS } from './report-query.ts'
export {
  findNewer,
  readReportLines,
  reportBreakdown,
  reportCsv,
  reportSizes,
  streamReportLines,
  type BreakdownItem,
  type LinePage,
  type LineQuery,
  type NewerReport,
  type ReportSizes,
} from './report-read.ts'
export { runNextReport } from './report-run.ts'
export { countKeys, rotateKeys, type KeyRotation } from './rotation.ts'
export { checkKeyRing, generateKeyEntry, readKeyRing, readRingOnLeaving, type KeyRing } from './seal.ts'
export { hashToken, randomToken, sameText, tokenIdOf } from './secrets.ts'
export {
  authenticateServiceKey,
  createServiceKey,
  listServiceKeys,
  noteTokenUse,
  revokeServiceKey,
  rotateServiceKey,
  withUses,
  type NewServiceKey,
} from './service-keys.ts'
export { putChannels, type ChannelWish, type PutChannel } from './channels.ts'
export { deliverDue, signatureOf, testChannel, type Answered, type Transports } from './delivery.ts'
export { tellChanges } from './telling.ts'
export { isOperators } from './doubt.ts'
export { overdueSince } from './overdue.ts'
export { problemOf, UNCONNECTED } from './status.ts'
export { discoverTenant, isMicrosoftId, type Tenant } from './microsoft/tenant.ts'
export { FURTHEST_TURN, turnAfter, type Turn, type TurnWish } from './turns.ts'
export { getAccessToken, issueAccessToken, type IssuedToken } from './tokens.ts'
export type { TokenWish } from './wish.ts'
export {
  authenticateWorkload,
  createWorkload,
  isWorkload,
  listWorkloads,
  removeWorkload,
  type NewWorkload,
} from './workloads.ts'
export {
  END_KINDS,
  LADDER,
  SCOPES,
  type AccessTokenRow,
  type Action,
  type AttemptRow,
  type AttemptStatus,
  type BreakdownRow,
  type Candidate,
  type Capabilities,
  type Capability,
  type CapabilityState,
  type CheckKind,
  type CheckRow,
  type ConnectionRow,
  type CoolDownRow,
  type CustomerConsentRow,
  type ApplicationRow,
  type CustomerConsentState,
  type CustomerGrant,
  type GrantRow,
  type InvitationRow,
  type InvoiceSummary,
  type Limit,
  type Member,
  type MicrosoftAnswer,
  type NightRow,
  type OpenProof,
  type Organisation,
  type Problem,
  type ReportChunkRow,
  type ReportRow,
  type ReportStatus,
  type Role,
  type Scope,
  type ServiceKeyRow,
  type SessionRow,
  type SingleSignOnRow,
  type Status,
  type EndKind,
  type StopsWorkingBecause,
  type TokenUse,
  type Totals,
  CHANNEL_KINDS,
  NOTIFICATION_EVENTS,
  type ChannelKind,
  type ChannelRow,
  type NotificationEvent,
  type NotificationRow,
  type NotificationState,
  type ToldEvent,
  type ToldRow,
  type WorkloadRow,
} from './types.ts'
export {
  applicationsView,
  attemptView,
  checkView,
  connectionView,
  problemDocument,
  customerConsentView,
  reportView,
  serviceKeyView,
  workloadView,
  type AttemptView,
  type CheckView,
  type ConnectionView,
  type ReportView,
  type ServiceKeyView,
} from './views.ts'
export type { Trace } from './trace.ts'
