import { noBillingTenants, partnerTenants, specialTenants } from './demo-tenants.ts'
import { demo } from './demo-constants.ts'
import { createUser, partnerUsers } from './users.ts'
import { resources } from '../login/scopes.ts'
import type { App, Seed } from '../state.ts'

/** One multi-tenant app, its vendor, partner tenants of every kind and their accounts. The same on every call. */
export function demoSeed(): Seed {
  const partners = [...partnerTenants(), ...noBillingTenants()]
  const specials = specialTenants()
  const guestHome = { id: demo.tenants.customer.id, domain: demo.tenants.customer.domain }
  const users = partners.flatMap((tenant) => partnerUsers(tenant, guestHome))
  const specialUsers = specials.flatMap((tenant) => {
    const upn = `admin@${tenant.domains[0]}`
    return [createUser(tenant.id, { upn, name: `${tenant.name} admin`, partnerRoles: [] })]
  })
  const { reseller } = demo.tenants
  const resellerUser = createUser(reseller.id, { upn: reseller.users.service, name: 'CSP Integration' })
  const home = createUser(guestHome.id, {
    upn: `guest@${guestHome.domain}`,
    name: 'Gil Guest',
    partnerRoles: [],
  })
  return {
    tenants: [...partners, ...specials],
    users: [...users, ...specialUsers, resellerUser, home],
    apps: [demoApp()],
  }
}

function demoApp(): App {
  return {
    clientId: demo.app.clientId,
    tenantId: demo.tenants.vendor.id,
    name: demo.app.name,
    publisher: 'Consentry Software',
    publisherVerified: true,
    signInAudience: 'AzureADMultipleOrgs',
    redirectUris: [
      { uri: 'http://localhost:3000/consent/callback', type: 'web' },
      { uri: 'http://127.0.0.1:3000/consent/callback', type: 'web' },
    ],
    idTokensEnabled: false,
    secrets: [
      {
        keyId: '5a3f7f0e-9f0b-4c41-8d3a-2f6f7b1c9e10',
        value: demo.app.clientSecret,
        start: new Date('2020-01-01T00:00:00Z'),
        end: new Date('2099-01-01T00:00:00Z'),
      },
    ],
    certificates: [],
    requiredResourceAccess: [
      { resource: resources.partnerCenter.appId, scopes: ['user_impersonation'] },
      { resource: resources.graph.appId, scopes: ['PartnerBilling.Read.All'] },
    ],
    enabled: true,
  }
}
