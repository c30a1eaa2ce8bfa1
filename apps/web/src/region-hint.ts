import type { ConsoleSettings, Region, TenantLookup } from './types.ts'

const HOME: Readonly<Record<string, string>> = { NA: 'us', EU: 'eu' }

/** What is said of a tenant whose region is not this deployment's: a nearer address, or only that it is so. */
export type RegionHint = { readonly nearer: Region | null }

/** Null where there is nothing to say. Never a reason to refuse. */
export function regionHint(
  tenant: TenantLookup,
  settings: Pick<ConsoleSettings, 'region' | 'regions'> | null,
): RegionHint | null {
  const home = HOME[tenant.region ?? '']
  const nearer = settings?.regions.find(({ name }) => name === home && name !== settings.region)
  if (nearer) return { nearer }
  return tenant.regionMatches === false && settings?.region ? { nearer: null } : null
}
