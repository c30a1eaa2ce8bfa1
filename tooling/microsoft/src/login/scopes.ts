/** An API that tokens are made for. */
export type Resource = {
  appId: string
  /** The name tokens carry as `aud` and scopes as prefix: always Microsoft's own. */
  audience: string
  aliases: string[]
  displayName: string
  /** Delegated permissions with their words on the consent page. */
  scopes: Record<string, string>
  /** Permissions that a user may grant for himself alone. */
  userScopes: string[]
}

const partnerCenter: Resource = {
  appId: 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd',
  audience: 'https://api.partnercenter.microsoft.com',
  aliases: [],
  displayName: 'Microsoft Partner Center',
  scopes: { user_impersonation: 'Access Partner Center as you: company profile, customers, invoices' },
  userScopes: [],
}

const graph: Resource = {
  appId: '00000003-0000-0000-c000-000000000000',
  audience: 'https://graph.microsoft.com',
  aliases: [],
  displayName: 'Microsoft Graph',
  scopes: {
    'PartnerBilling.Read.All': 'Read all partner billing data of your organization',
    'User.Read': 'Sign you in and read your profile',
    'Directory.Read.All': 'Read directory data',
    'Application.Read.All': 'Read applications',
    'Organization.Read.All': 'Read organization information',
    'Policy.Read.All': "Read your organization's policies",
    'DelegatedAdminRelationship.Read.All': 'Read delegated admin relationships with customers',
    'DelegatedAdminRelationship.ReadWrite.All': 'Manage delegated admin relationships with customers',
    'User.RevokeSessions.All': 'Revoke all sign-in sessions of a user',
  },
  userScopes: ['User.Read'],
}

const azure: Resource = {
  appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  audience: 'https://management.azure.com',
  aliases: ['https://management.core.windows.net'],
  displayName: 'Azure Resource Manager',
  scopes: { user_impersonation: 'Access Azure Resource Manager as you' },
  userScopes: ['user_impersonation'],
}

export const resources = { partnerCenter, graph, azure } as const

/** Permissions of OpenID Connect, with their words. */
export const oidcScopes: Readonly<Record<string, string>> = {
  openid: 'Sign you in',
  profile: 'View your basic profile',
  email: 'View your email address',
  offline_access: 'Maintain access to data you have given it access to',
}

/** The resource that a scope prefix or a v1 `resource` names: URI, app id or alias, with or without `/` at the end. */
export function findResource(name: string): Resource | undefined {
  const plain = name.replace(/\/+$/, '').toLowerCase()
  return Object.values(resources).find((resource) =>
    [resource.audience, resource.appId, ...resource.aliases].some((known) => known === plain),
  )
}

type AskedResource = { name: string; resource: Resource | undefined; scopes: string[] }
export type AskedScopes = { oidc: string[]; resources: AskedResource[] }

/** Sorts a `scope` parameter by resource, in the order of appearance; a bare name is Graph's. */
export function parseScopes(scope: string): AskedScopes {
  const asked: AskedScopes = { oidc: [], resources: [] }
  for (const part of scope.split(/\s+/).filter(Boolean)) {
    if (Object.hasOwn(oidcScopes, part.toLowerCase())) {
      asked.oidc.push(part.toLowerCase())
      continue
    }
    const cut = part.lastIndexOf('/')
    const name = cut < 0 ? graph.audience : part.slice(0, cut)
    const resource = findResource(name)
    const same = asked.resources.find((other) =>
      resource ? other.resource === resource : other.name === name,
    )
    if (same) same.scopes.push(part.slice(cut + 1))
    else asked.resources.push({ name, resource, scopes: [part.slice(cut + 1)] })
  }
  return asked
}

/** The permission's own spelling, whatever case was asked for. */
export function knownScope(resource: Resource, scope: string): string | undefined {
  return Object.keys(resource.scopes).find((known) => known.toLowerCase() === scope.toLowerCase())
}
