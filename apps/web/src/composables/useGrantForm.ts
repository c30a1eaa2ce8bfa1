import { computed } from 'vue'
import type { Customer, CustomerGrant, GrantableApi } from '../types.ts'
import { useFormDraft } from './useStored.ts'

/** Where a form is kept over a reload: of a customer, or of `new` for one that is looked for in it. */
export const grantDraft = (microsoftId: string, of: string) => `grant.${microsoftId}.${of}`

/** Permissions of an API that is named by its application id; Microsoft Graph when it is empty. */
type Further = { api: string; scopes: string }
/** By what a customer is looked for, the usual permissions that are chosen, and further ones. */
type Fields = { customer: string; chosen: string[]; further: Further[] }

const GRAPH = '00000003-0000-0000-c000-000000000000'

/** What is to be granted: the usual permissions, each chosen or not, and further ones by their names. */
export function useGrantForm(
  microsoftId: string,
  defaults: readonly GrantableApi[],
  customer: Customer | null,
) {
  const before = customer?.consent?.grants ?? []
  const usual = defaults.flatMap(({ enterpriseApplicationId: api, name, permissions }) =>
    permissions.map(({ scope, reason }) => ({ key: `${api} ${scope}`, api, apiName: name, scope, reason })),
  )
  const known = new Set(usual.map((it) => it.key))
  const had = before.flatMap(({ enterpriseApplicationId: api, scopes }) => scopes.map((it) => `${api} ${it}`))
  const furtherBefore = before.flatMap(({ enterpriseApplicationId: api, scopes }) => {
    const others = scopes.filter((it) => !known.has(`${api} ${it}`))
    return others.length > 0 ? [{ api: api === GRAPH ? '' : api, scopes: others.join(' ') }] : []
  })
  const blank = (): Fields => ({
    customer: '',
    chosen: had.length > 0 ? had.filter((it) => known.has(it)) : [...known],
    further: furtherBefore.map((it) => ({ ...it })),
  })
  const { fields, start } = useFormDraft(grantDraft(microsoftId, customer?.customerTenantId ?? 'new'), blank)

  const grants = computed<CustomerGrant[]>(() => {
    const named = [
      ...usual.filter((it) => fields.value.chosen.includes(it.key)).map((it) => [it.api, it.scope] as const),
      ...fields.value.further.flatMap(({ api, scopes }) =>
        scopes.split(/[\s,;]+/).flatMap((scope) => (scope ? [[api.trim() || GRAPH, scope] as const] : [])),
      ),
    ]
    const byApi = Map.groupBy(named, ([api]) => api)
    return [...byApi].map(([enterpriseApplicationId, all]) => ({
      enterpriseApplicationId,
      scopes: [...new Set(all.map(([, scope]) => scope))],
    }))
  })
  const addFurther = () => fields.value.further.push({ api: '', scopes: '' })
  return { usual, fields, grants, addFurther, clear: () => start(blank()) }
}
