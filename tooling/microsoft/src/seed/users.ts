import { entraRoles } from '../login/grants.ts'
import { guidFrom } from '../random.ts'
import type { Tenant, User } from '../state.ts'

type UserFields = Partial<User> & Pick<User, 'upn' | 'name'>

/** A member with a Privileged Role Administrator's and an Admin Agent's rights and MFA, unless the fields say otherwise. */
export function createUser(tenantId: string, fields: UserFields): User {
  return {
    oid: guidFrom(`user ${tenantId} ${fields.upn}`),
    tenantId,
    type: 'member',
    homeTenantId: tenantId,
    disabled: false,
    deleted: false,
    roles: [entraRoles.privilegedRoleAdministrator],
    partnerRoles: ['AdminAgent'],
    mfaRegistered: true,
    tokensValidFrom: null,
    tokensValidFromSerial: 0,
    ...fields,
  }
}

/** The kinds of account that a partner tenant has, each good for one way of going right or wrong. */
export function partnerUsers(tenant: Tenant, guestHome: { id: string; domain: string }): User[] {
  const [domain = ''] = tenant.domains
  const guestUpn = `guest@${guestHome.domain}`
  return [
    createUser(tenant.id, { upn: `svc-csp@${domain}`, name: 'CSP Integration' }),
    createUser(tenant.id, { upn: `no-agent@${domain}`, name: 'Noor Agentless', partnerRoles: [] }),
    createUser(tenant.id, { upn: `no-mfa@${domain}`, name: 'Nils Password', mfaRegistered: false }),
    createUser(tenant.id, { upn: guestUpn, name: 'Gil Guest', type: 'guest', homeTenantId: guestHome.id }),
    createUser(tenant.id, { upn: `plain@${domain}`, name: 'Pia Plain', roles: [], partnerRoles: [] }),
    createUser(tenant.id, { upn: `second@${domain}`, name: 'Sam Second' }),
  ]
}
