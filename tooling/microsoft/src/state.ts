import type { JSONWebKeySet } from 'jose'

/** What a tenant's partnership looks like to Partner Center. */
export type PartnerProgram = {
  kind: 'direct' | 'indirect-provider' | 'indirect-reseller' | 'none'
  status: 'active' | 'inactive'
  agreementSigned: boolean
}

type Cloud = 'global' | 'usgov' | 'china'

/** Conditions that a tenant's administrator has set; each makes one documented refusal. */
export type Policies = {
  /** "Remember MFA on trusted devices": MFA older than this many days answers 50078. */
  rememberMfaDays: number | null
  /** Conditional Access sign-in frequency: an older sign-in answers 70043. */
  signInFrequencySeconds: number | null
  /** Resources (`'*'` for all) that demand MFA: 50076. */
  requireMfa: string[]
  /** Resources (`'*'` for all) blocked by Conditional Access: 53003 with claims. */
  blockResources: string[]
  /** Resources (`'*'` for all) that demand a compliant device: 53000. */
  requireDevice: string[]
  /** Share of Partner Center calls, 0…1, on which MFA is enforced (401, 900421). */
  partnerMfaEnforcement: number
}

export type Billing = {
  /** New-commerce currencies, one invoice per currency and month; none means no invoice at all. */
  currencies: string[]
  /** How many finished months have an invoice. */
  months: number
  /** Whether the oldest month also has a legacy `D…` invoice. */
  legacy: boolean
  customers: number
  taxPercent: number
  country: string
}

export type Tenant = {
  id: string
  name: string
  domains: string[]
  cloud: Cloud
  regionScope: string
  program: PartnerProgram
  mpnId: string
  /** Tenants of the partners whose customer this tenant is. */
  partners: string[]
  /** Entra roles that a partner's security group has here through GDAP, by the partner's tenant. */
  delegatedRoles: Record<string, string[]>
  /** App ids of the resources whose service principal exists here. */
  resources: string[]
  policies: Policies
  billing: Billing
  /** Lines of a synthetic export, per invoice id. */
  exportLines: Record<string, number>
}

export type PartnerRole = 'AdminAgent' | 'SalesAgent' | 'HelpdeskAgent' | 'BillingAdmin'

export type User = {
  oid: string
  tenantId: string
  upn: string
  name: string
  type: 'member' | 'guest'
  /** A guest's own tenant; a member's own tenant otherwise. */
  homeTenantId: string
  disabled: boolean
  deleted: boolean
  /** Entra role template ids (`wids`). */
  roles: string[]
  partnerRoles: PartnerRole[]
  mfaRegistered: boolean
  /** Grants issued before this date are revoked. */
  tokensValidFrom: Date | null
  /** The same on the simulator's own count of issues, so that a standing clock can't blur the order. */
  tokensValidFromSerial: number
}

type Secret = { keyId: string; value: string; start: Date; end: Date }
export type Certificate = { keyId: string; pem: string; start: Date; end: Date }
/** An issuer, subject and audience whose tokens stand in for a secret; `keys` are what the issuer publishes (JWKS). */
export type FederatedCredential = {
  name: string
  issuer: string
  subject: string
  audience: string
  keys: JSONWebKeySet
}
type RequiredResource = { resource: string; scopes: string[] }

export type App = {
  clientId: string
  tenantId: string
  name: string
  publisher: string
  publisherVerified: boolean
  signInAudience: 'AzureADMyOrg' | 'AzureADMultipleOrgs'
  redirectUris: { uri: string; type: 'web' | 'spa' }[]
  idTokensEnabled: boolean
  secrets: Secret[]
  certificates: Certificate[]
  federated?: FederatedCredential[]
  requiredResourceAccess: RequiredResource[]
  enabled: boolean
}

/** Delegated permissions that a tenant gave an app on one resource. */
export type Grant = {
  id: string
  clientId: string
  tenantId: string
  resource: string
  scopes: string[]
  /** `AllPrincipals`, or the object id of the one user who consented for himself. */
  principal: string
  /** The token service learns of it only now: right after consent a redemption can still answer 65001. */
  effectiveAt: Date
}

/** Application permissions, for tokens without a user. */
export type AppRoleGrant = { clientId: string; tenantId: string; resource: string; roles: string[] }

/** How somebody signed in; carried over to every token of the grant, so rotation never renews it. */
export type SignIn = {
  userOid: string
  tenantId: string
  authTime: Date
  amr: string[]
  mfaTime: Date | null
}

export type AuthorizationCode = {
  signIn: SignIn
  clientId: string
  /** The tenant segment of the authorize request, which the redemption must agree with. */
  authority: string
  redirectUri: string
  spa: boolean
  scope: string
  version: 1 | 2
  nonce: string | undefined
  challenge: string | undefined
  challengeMethod: string | undefined
  expires: Date
  used: boolean
  family: string
}

/** Kept by the token's SHA-256; the token itself exists only at the client. */
export type RefreshToken = {
  hash: string
  serial: number
  signIn: SignIn
  clientId: string
  family: string
  spa: boolean
  /** The resource first signed in to; a redemption without scope falls back to it on v1. */
  scope: string
  issuedAt: Date
  lastUsed: Date | null
  uses: number
  revoked: boolean
}

type Session = { id: string; accounts: SignIn[] }

export type State = {
  tenants: Map<string, Tenant>
  /** By object id. */
  users: Map<string, User>
  apps: Map<string, App>
  /** By tenant. */
  grants: Map<string, Grant[]>
  appRoleGrants: AppRoleGrant[]
  codes: Map<string, AuthorizationCode>
  refreshTokens: Map<string, RefreshToken>
  sessions: Map<string, Session>
}

/** Everything that exists before the first request. */
export type Seed = {
  tenants: Tenant[]
  users: User[]
  apps: App[]
  grants?: Grant[]
  appRoleGrants?: AppRoleGrant[]
}

/** Copies a seed, so that two simulators of one seed never share anything. */
export function createState(seed: Seed): State {
  const copy = structuredClone(seed)
  return {
    tenants: new Map(copy.tenants.map((tenant) => [tenant.id, tenant])),
    users: new Map(copy.users.map((user) => [user.oid, user])),
    apps: new Map(copy.apps.map((app) => [app.clientId, app])),
    grants: Map.groupBy(copy.grants ?? [], (grant) => grant.tenantId),
    appRoleGrants: copy.appRoleGrants ?? [],
    codes: new Map(),
    refreshTokens: new Map(),
    sessions: new Map(),
  }
}

export function noPolicies(): Policies {
  return {
    rememberMfaDays: null,
    signInFrequencySeconds: null,
    requireMfa: [],
    blockResources: [],
    requireDevice: [],
    partnerMfaEnforcement: 0,
  }
}
