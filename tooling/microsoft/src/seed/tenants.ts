import { resources } from '../login/scopes.ts'
import { createRandom } from '../random.ts'
import { noPolicies, type Billing, type PartnerProgram, type Tenant } from '../state.ts'

type TenantFields = Partial<Omit<Tenant, 'billing' | 'program'>> &
  Pick<Tenant, 'id' | 'name' | 'domains'> & { billing?: Partial<Billing>; program?: Partial<PartnerProgram> }

/** A direct-bill partner in Europe with seven months of invoices in euro, unless the fields say otherwise. */
export function createTenant(fields: TenantFields): Tenant {
  const { billing, program, ...rest } = fields
  return {
    cloud: 'global',
    regionScope: 'EU',
    mpnId: String(createRandom(`mpn ${fields.id}`).integer(1_000_000, 6_999_999)),
    partners: [],
    delegatedRoles: {},
    resources: Object.values(resources).map((resource) => resource.appId),
    policies: noPolicies(),
    exportLines: {},
    ...rest,
    program: { kind: 'direct', status: 'active', agreementSigned: true, ...program },
    billing: {
      currencies: ['EUR'],
      months: 7,
      legacy: true,
      customers: 8,
      taxPercent: 25,
      country: 'SE',
      ...billing,
    },
  }
}

const noBilling: Partial<Billing> = { currencies: [], months: 0, legacy: false, customers: 0 }

/** A tenant that is nobody's reseller: Partner Center isn't even installed there. */
export function createOrdinaryTenant(fields: TenantFields): Tenant {
  return createTenant({
    resources: [resources.graph.appId, resources.azure.appId],
    program: { kind: 'none' },
    ...fields,
    billing: { ...noBilling, ...fields.billing },
  })
}
