type Users = Record<'service' | 'second' | 'noAgent' | 'noMfa' | 'guest' | 'plain', string>
type DemoTenant = { id: string; name: string; domain: string; users: Users }

const customerDomain = 'alder-bakery.example'

function tenant(id: string, name: string, domain: string): DemoTenant {
  const users = {
    service: `svc-csp@${domain}`,
    second: `second@${domain}`,
    noAgent: `no-agent@${domain}`,
    noMfa: `no-mfa@${domain}`,
    /** Signs in with the address of his own tenant. */
    guest: `guest@${customerDomain}`,
    plain: `plain@${domain}`,
  }
  return { id, name, domain, users }
}

/** Fixed ids and names of the demo seed, for tests and demonstrations. */
export const demo = {
  tenants: {
    /** EU, euro. */
    nordwind: tenant('5f1c2a70-6c1e-4d0b-9a55-0d4f1f6b2e01', 'Nordwind Cloud AB', 'nordwind-cloud.example'),
    /** NA, US dollars. */
    cascade: tenant('8b9e4c12-3f47-4a6d-8c21-7e5a90d3c402', 'Cascade Managed IT Inc.', 'cascade-it.example'),
    /** EU, euro and pounds. */
    rheintal: tenant(
      'c2d7f938-1b5a-4e83-b6f4-9a08e71d5c03',
      'Rheintal Systemhaus GmbH',
      'rheintal-systemhaus.example',
    ),
    /** EU, a new partner without an invoice. */
    fjordlys: tenant('e06a5b41-92cd-4f17-a3e8-4c7b12f96d04', 'Fjordlys IT AS', 'fjordlys-it.example'),
    /** An indirect reseller: Partner Center's API is closed to it. */
    reseller: tenant(
      'a47d0e95-58b3-4b2c-9f6e-1d83c5a7e205',
      'Brightwater Resale Ltd',
      'brightwater-resale.example',
    ),
    /** A customer of Nordwind; no partner. */
    customer: tenant('3e8b6d24-7fa1-4c59-8e02-b5d94a1c7f06', 'Alder Bakery', customerDomain),
    /** In the US government cloud. */
    usgov: tenant(
      'd19f3c86-24e7-4a0d-b8c5-6f2e70a9b107',
      'Potomac Federal Services',
      'potomac-federal.example',
    ),
    /** Home of the app. */
    vendor: tenant(
      '70c5e1b8-d46f-4293-a7d0-2b9c8e3f5a08',
      'Consentry Software',
      'consentry-software.example',
    ),
  },
  app: {
    name: 'Consentry',
    clientId: '1b7e0d2c-5a34-4c8f-9b1e-7d60c2f4a911',
    clientSecret: 'demo~secret~value~for~the~simulator~only',
  },
} as const
