import { entraRoles } from '../login/grants.ts'
import type { Tenant } from '../state.ts'
import { demo } from './demo-constants.ts'
import { createOrdinaryTenant, createTenant } from './tenants.ts'

type Named = { id: string; name: string; domain: string }

function base({ id, name, domain }: Named): { id: string; name: string; domains: string[] } {
  const initial = `${domain.split('.')[0]?.replaceAll('-', '')}.onmicrosoft.com`
  return { id, name, domains: [domain, initial] }
}

/** Partners with invoices. */
export function partnerTenants(): Tenant[] {
  const { nordwind, cascade, rheintal } = demo.tenants
  return [
    createTenant(base(nordwind)),
    createTenant({
      ...base(cascade),
      regionScope: 'NA',
      billing: { currencies: ['USD'], taxPercent: 0, country: 'US', customers: 12, months: 9 },
    }),
    createTenant({
      ...base(rheintal),
      billing: { currencies: ['EUR', 'GBP'], taxPercent: 19, country: 'DE', customers: 10, legacy: false },
    }),
  ]
}

/** A partner that has sold nothing so far. */
export function noBillingTenants(): Tenant[] {
  const billing = { currencies: [], months: 0, legacy: false, customers: 0, country: 'NO' }
  return [createTenant({ ...base(demo.tenants.fjordlys), billing })]
}

/** Tenants that are no direct partners, or not of this cloud. */
export function specialTenants(): Tenant[] {
  const { reseller, customer, usgov, vendor, nordwind } = demo.tenants
  return [
    createTenant({
      ...base(reseller),
      program: { kind: 'indirect-reseller' },
      billing: { currencies: [], months: 0, legacy: false, customers: 0 },
    }),
    createOrdinaryTenant({
      ...base(customer),
      partners: [nordwind.id],
      delegatedRoles: { [nordwind.id]: [entraRoles.cloudApplicationAdministrator] },
    }),
    createOrdinaryTenant({ ...base(usgov), cloud: 'usgov', regionScope: 'USGov' }),
    createOrdinaryTenant(base(vendor)),
  ]
}
