import type { Config } from './config.ts'
import type { Cloud } from './microsoft/clouds.ts'

/** A permission the product needs: since when, and for what. */
export type Permission = {
  /** The name Microsoft gives it, without its resource. */
  readonly name: string
  readonly resource: 'partner-center' | 'graph' | 'sign-in'
  readonly title: string
  readonly feature: string
  readonly since: string
  readonly needs: (cloud: Cloud) => boolean
}

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

/** What the cloud's consent must cover. */
export function requiredPermissions(cloud: Cloud): Permission[] {
  return PERMISSIONS.filter((it) => it.needs(cloud))
}

/** The full scope set of a consent: always all of it, because granting a part may revoke the rest. */
export function consentScopes(cloud: Cloud): string[] {
  const resources = requiredPermissions(cloud).filter((it) => it.resource !== 'sign-in')
  const named = resources.map((it) =>
    it.resource === 'graph' ? graphScope(cloud, it.name) : partnerCenterScope(cloud),
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
export function missingPermissions(cloud: Cloud, granted: readonly string[]): Permission[] {
  const names = new Set(granted.map((it) => bareScope(it).toLowerCase()))
  return requiredPermissions(cloud).filter((it) => !names.has(it.name.toLowerCase()))
}

function partnerCenterScope(cloud: Cloud): string {
  return `${cloud.partnerCenter}/user_impersonation`
}

function graphScope(cloud: Cloud, name: string): string {
  return `${cloud.graph}/${name}`
}
