import { computed, ref } from 'vue'
import type { Customer, CustomerGrant, GrantableApi } from '../types.ts'

/** Permissions of an API that is named by its application id; Microsoft Graph when it is empty. */
type Further = { api: string; scopes: string }

const GRAPH = '00000003-0000-0000-c000-000000000000'

/** What is to be granted: the usual permissions, each chosen or not, and further ones by their names. */
export function useGrantForm(defaults: readonly GrantableApi[], customer: Customer | null) {
  const before = customer?.consent?.grants ?? []
  const usual = defaults.flatMap(({ enterpriseApplicationId: api, name, permissions }) =>
    permissions.map(({ scope, reason }) => ({ key: `${api} ${scope}`, api, apiName: name, scope, reason })),
  )
  const known = new Set(usual.map((it) => it.key))
  const had = before.flatMap(({ enterpriseApplicationId: api, scopes }) => scopes.map((it) => `${api} ${it}`))
  const chosen = ref<string[]>(had.length > 0 ? had.filter((it) => known.has(it)) : [...known])
  const further = ref<Further[]>(
    before.flatMap(({ enterpriseApplicationId: api, scopes }) => {
      const others = scopes.filter((it) => !known.has(`${api} ${it}`))
      return others.length > 0 ? [{ api: api === GRAPH ? '' : api, scopes: others.join(' ') }] : []
    }),
  )

  const grants = computed<CustomerGrant[]>(() => {
    const named = [
      ...usual.filter((it) => chosen.value.includes(it.key)).map((it) => [it.api, it.scope] as const),
      ...further.value.flatMap(({ api, scopes }) =>
        scopes.split(/[\s,;]+/).flatMap((scope) => (scope ? [[api.trim() || GRAPH, scope] as const] : [])),
      ),
    ]
    const byApi = Map.groupBy(named, ([api]) => api)
    return [...byApi].map(([enterpriseApplicationId, all]) => ({
      enterpriseApplicationId,
      scopes: [...new Set(all.map(([, scope]) => scope))],
    }))
  })
  const addFurther = () => further.value.push({ api: '', scopes: '' })
  return { usual, chosen, further, grants, addFurther }
}
