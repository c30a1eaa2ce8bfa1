import { ConsentryError } from './errors.ts'
import type { CustomerGrant } from './types.ts'

/** An API whose permissions can be granted in customers' tenants, with what is granted there unless told otherwise. */
export type GrantableApi = {
  /** The application id that Microsoft gave it, the same in every tenant. */
  readonly enterpriseApplicationId: string
  readonly name: string
  readonly permissions: readonly { readonly scope: string; readonly reason: string }[]
}

export const CUSTOMER_GRANTS: readonly GrantableApi[] = [
  {
    enterpriseApplicationId: '00000003-0000-0000-c000-000000000000',
    name: 'Microsoft Graph',
    permissions: [
      { scope: 'Directory.Read.All', reason: "To read the customer's users, groups and licences." },
      { scope: 'User.Read', reason: 'To sign in there as the account of the partner.' },
    ],
  },
]

/** What is granted when nobody says otherwise. */
export function defaultGrants(): CustomerGrant[] {
  return CUSTOMER_GRANTS.map(({ enterpriseApplicationId, permissions }) => ({
    enterpriseApplicationId,
    scopes: permissions.map((it) => it.scope),
  }))
}

const GUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/
/** As Microsoft names delegated permissions: no comma, which parts them on the wire, and no resource before them. */
const SCOPE = /^[A-Za-z][\w.-]{0,119}$/
const MOST_APIS = 20
const MOST_SCOPES = 100

/** The grants in one form: each API once, each permission once, in order. Throws `malformed_request`. */
export function readGrants(wish: readonly CustomerGrant[]): CustomerGrant[] {
  const byApi = new Map<string, Set<string>>()
  for (const { enterpriseApplicationId, scopes } of wish) {
    const api = enterpriseApplicationId.trim().toLowerCase()
    if (!GUID.test(api)) throw malformed('enterpriseApplicationId: is not an application id (a GUID)')
    const bad = scopes.find((it) => !SCOPE.test(it))
    if (bad !== undefined) throw malformed('scopes: name permissions such as Directory.Read.All, one each')
    byApi.set(api, new Set([...(byApi.get(api) ?? []), ...scopes]))
  }
  const grants = [...byApi].map(([enterpriseApplicationId, scopes]) => ({
    enterpriseApplicationId,
    scopes: [...scopes].toSorted(),
  }))
  const crowded = grants.length > MOST_APIS || grants.some((it) => it.scopes.length > MOST_SCOPES)
  if (grants.length === 0 || crowded || grants.some((it) => it.scopes.length === 0))
    throw malformed(`grants: name 1 to ${MOST_APIS} APIs with 1 to ${MOST_SCOPES} permissions each`)
  return grants.toSorted((a, b) => a.enterpriseApplicationId.localeCompare(b.enterpriseApplicationId))
}

/** Whether both, as `readGrants` gives them, are the same. */
export function sameGrants(one: readonly CustomerGrant[], other: readonly CustomerGrant[]): boolean {
  const textOf = (grants: readonly CustomerGrant[]) =>
    grants.map((it) => `${it.enterpriseApplicationId} ${it.scopes.join(',')}`).join('\n')
  return textOf(one) === textOf(other)
}

function malformed(problem: string): ConsentryError {
  return new ConsentryError('malformed_request', { values: { problem: `${problem}.` } })
}
