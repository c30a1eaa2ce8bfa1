import { guidFrom } from '../random.ts'
import type { State, Tenant } from '../state.ts'
import { createOrdinaryTenant, createTenant } from './tenants.ts'
import { createUser } from './users.ts'

/** Adds partners with one service account each, `svc-csp@partner-0001.example` and so on; their invoices exist on demand. */
export function addPartnerTenants(state: State, count: number): Tenant[] {
  const start = state.tenants.size
  return Array.from({ length: count }, (_, index) => {
    const number = String(start + index).padStart(4, '0')
    const domain = `partner-${number}.example`
    const tenant = createTenant({
      id: guidFrom(`partner ${number}`),
      name: `Partner ${number}`,
      domains: [domain],
    })
    const user = createUser(tenant.id, { upn: `svc-csp@${domain}`, name: 'CSP Integration' })
    state.tenants.set(tenant.id, tenant)
    state.users.set(user.oid, user)
    return tenant
  })
}

/** Adds customers of this partner, `Customer 0001` and so on, without any GDAP relationship. */
export function addCustomerTenants(state: State, partnerId: string, count: number): Tenant[] {
  const start = state.tenants.size
  return Array.from({ length: count }, (_, index) => {
    const number = String(start + index).padStart(4, '0')
    const tenant = createOrdinaryTenant({
      id: guidFrom(`customer ${number}`),
      name: `Customer ${number}`,
      domains: [`customer-${number}.example`],
      partners: [partnerId],
    })
    state.tenants.set(tenant.id, tenant)
    return tenant
  })
}
