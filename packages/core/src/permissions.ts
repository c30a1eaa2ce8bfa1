import type { Config, MicrosoftConfig } from './config.ts'
import type { Cloud } from './microsoft/clouds.ts'

/** A permission the product needs: since when, and for what. */
export type Permission = {
  /** The name Microsoft gives it, without its resource. */
  readonly name: string
  readonly resource: 'partner-center' | 'graph' | 'sign-in'
  readonly title: string
  readonly feature: string
  /** The release of the manifest that brought it. */
  readonly since: string
  /** Until then its lack is only warned of; needed at once when it is absent. */
  readonly neededFrom?: string
  readonly needs: (cloud: Cloud) => boolean
}

/** The manifest of needs: a release that needs more adds an entry and raises this. */
export const MANIFEST_VERSION = '2026-11-23'

export const PERMISSIONS: readonly Permission[] = [
  {
    name: 'user_impersonation',
    resource: 'partner-center',
    title: 'Work in Partner Center',
    feature: 'reading invoices and provisioning',
    since: '2026-11-23',
    needs: () => true,
  },
  {
    name: 'PartnerBilling.Read.All',
    resource: 'graph',
    title: 'Read billing reports',
    feature: 'Microsoft billing reports',
    since: '2026-11-23',
    // learn.microsoft.com/graph/api/resources/partners-billing-api-overview: global service only.
    needs: (cloud) => cloud.partnerBilling,
  },
  {
    name: 'offline_access',
    resource: 'sign-in',
    title: 'Stay signed in',
    feature: 'the refresh every night',
    since: '2026-11-23',
    needs: () => true,
  },
]

/** The cloud, and a manifest in the place of the release's own. */
export type Needs = Pick<MicrosoftConfig, 'cloud' | 'permissions'>

/** What the cloud's consent must cover. */
export function requiredPermissions({ cloud, permissions = PERMISSIONS }: Needs): Permission[] {
  return permissions.filter((it) => it.needs(cloud))
}

/** The full scope set of a consent: always all of it, because granting a part may revoke the rest. */
export function consentScopes(microsoft: Needs): string[] {
  const { cloud } = microsoft
  const resources = requiredPermissions(microsoft).filter((it) => it.resource !== 'sign-in')
  const named = resources.map((it) =>
    it.resource === 'graph' ? graphScope(cloud, it.name) : `${cloud.partnerCenter}/${it.name}`,
  )
  return [...named, 'offline_access', 'openid', 'profile']
}

/**
 * Scopes of a resource by its short name or scope URI; null when it is neither. Names are Microsoft's real ones,
 * wherever requests are sent.
 */
export function resourceScopes(config: Config, resource: string): string[] | null {
  const { cloud } = config.microsoft
  if (resource === 'partner-center') return [partnerCenterScope(cloud)]
  if (resource === 'graph')
    return [graphScope(cloud, cloud.partnerBilling ? 'PartnerBilling.Read.All' : '.default')]
  if (resource === 'arm') return [`${cloud.arm}/user_impersonation`]
  return /^(?:https|api):\/\/[^\s/?#]+(?:\/[^\s/?#]+)*\/[\w.-]+$/.test(resource) ? [resource] : null
}

/** Scopes of a resource that the product names itself. */
export function scopesOf(config: Config, resource: string): string[] {
  const scopes = resourceScopes(config, resource)
  if (!scopes) throw new TypeError(`No scopes are known for ${resource}.`)
  return scopes
}

/** What fills the words of a refusal for want of permission: its plain name, and what needs it. */
export function permissionWords(
  resource: string,
  scopes: readonly string[],
): { permission: string; feature: string } {
  const known = PERMISSIONS.find((it) => it.resource === resource)
  return known
    ? { permission: known.title, feature: known.feature }
    : { permission: scopes.join(' '), feature: 'the resource that was asked for' }
}

/** A scope's bare name: answers carry it with or without the resource before it. */
export function bareScope(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}

/** Required permissions that are not among the granted ones; upper and lower case are the same. */
export function missingPermissions(microsoft: Needs, granted: readonly string[]): Permission[] {
  const names = foldedScopes(granted)
  return requiredPermissions(microsoft).filter((it) => !names.has(it.name.toLowerCase()))
}

/** Whether a permission of this name is among the granted ones. */
export function holds(granted: readonly string[], name: string): boolean {
  return foldedScopes(granted).has(name.toLowerCase())
}

/** Whether its lack is felt already. */
export function isNeeded({ neededFrom }: Permission, now: Date): boolean {
  return neededFrom === undefined || Date.parse(neededFrom) <= now.getTime()
}

// Part of every sign-in, or of the OpenID Connect request that tells whose it is.
const IDENTITY = new Set(['openid', 'profile', 'email'])

/** Granted though no release and no cloud needs them. */
export function extraScopes(granted: readonly string[]): string[] {
  const needed = foldedScopes(PERMISSIONS.map((it) => it.name))
  const names = granted.map(bareScope)
  return [...new Set(names)].filter((it) => !needed.has(it.toLowerCase()) && !IDENTITY.has(it.toLowerCase()))
}

function foldedScopes(scopes: readonly string[]): Set<string> {
  return new Set(scopes.map((it) => bareScope(it).toLowerCase()))
}

function partnerCenterScope(cloud: Cloud): string {
  return `${cloud.partnerCenter}/user_impersonation`
}

function graphScope(cloud: Cloud, name: string): string {
  return `${cloud.graph}/${name}`
}
