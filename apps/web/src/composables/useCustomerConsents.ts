import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, problemOf, query, request } from '../api.ts'
import { api } from '../routes.ts'
import type { Customer, CustomerConsents, CustomerGrant } from '../types.ts'

/** What needs somebody first, what is over last. */
const ORDER = { failed: 0, granting: 1, revoking: 1, granted: 2, revoked: 3 } as const

/** What was granted in customers' tenants, and what is granted when nothing else is said. */
export function useCustomerConsents(microsoftId: MaybeRefOrGetter<string>) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: computed(() => ['customer-consents', toValue(microsoftId)]),
    queryFn: ({ signal }) => getAll(api.customerConsents(toValue(microsoftId)), signal),
  })
  const customers = computed(() => data.value && customersOf(data.value))
  const defaults = computed(() => data.value?.defaults ?? [])
  const count = computed(() => data.value?.items.filter((it) => it.state === 'granted').length ?? null)
  /** Nothing was granted yet, or something is refused for want of rights there. */
  const stuck = computed(
    () =>
      data.value &&
      (data.value.items.length === 0 || data.value.items.some((it) => it.problem?.code === 'gdap_missing')),
  )
  return { customers, defaults, count, stuck, error, isPending, refetch }
}

const PAGE_SIZE = 100

/** Every page of it: what is counted, looked for and put first is so among all. */
async function getAll(address: string, signal: AbortSignal): Promise<CustomerConsents> {
  const pageAt = (cursor: string | null) =>
    get<CustomerConsents>(address + query({ limit: PAGE_SIZE, cursor }), signal)
  let page = await pageAt(null)
  const items = [...page.items]
  while (page.nextCursor !== null) {
    page = await pageAt(page.nextCursor)
    items.push(...page.items)
  }
  return { ...page, items }
}

/** Grants in a customer's tenant, and takes it back. A refusal is kept at the API too, so both lists are read anew. */
export function useConsentChange(microsoftId: MaybeRefOrGetter<string>) {
  const client = useQueryClient()
  const address = (customer: string) =>
    `${api.customerConsents(toValue(microsoftId))}/${encodeURIComponent(customer)}`
  const onSettled = () =>
    Promise.all(
      ['customers', 'customer-consents'].map((name) =>
        client.invalidateQueries({ queryKey: [name, toValue(microsoftId)] }),
      ),
    )
  const grant = useMutation({
    mutationFn: ({ customer, grants }: { customer: string; grants: readonly CustomerGrant[] }) =>
      request('PUT', address(customer), { body: { grants } }),
    onSettled,
  })
  const revoke = useMutation({
    mutationFn: (customer: string) => request('DELETE', address(customer)),
    onSettled,
  })
  return {
    grant,
    revoke,
    grantProblem: computed(() => problemOf(grant.error.value)),
    revokeProblem: computed(() => problemOf(revoke.error.value)),
  }
}

function customersOf({ items }: CustomerConsents): Customer[] {
  return items
    .map((consent) => {
      const { customerTenantId, name, domain } = consent
      return { customerTenantId, name, domain, consent }
    })
    .toSorted(
      (one, other) =>
        ORDER[one.consent.state] - ORDER[other.consent.state] || one.name.localeCompare(other.name),
    )
}
