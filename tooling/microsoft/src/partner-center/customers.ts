import type { Caller } from '../bearer.ts'
import { json, parameter, type Call } from '../http.ts'
import type { Tenant } from '../state.ts'
import { fault } from './errors.ts'

const LARGEST = 500

/**
 * `GET /customers`: paged by continuation token; `filter` knows company name and domain, and `starts_with` alone
 * (get-a-list-of-customers and …-filtered-by-a-search-field).
 */
export function customers(call: Call, caller: Caller): Response {
  const size = Number(parameter(call.query, 'size') ?? 0) || LARGEST
  const token = call.request.headers.get('ms-continuationtoken')
  const offset = token ? Number(Buffer.from(token, 'base64').toString()) : 0
  const all = matching(call, caller)
  if (!all || !Number.isInteger(offset) || !(size >= 1 && size <= LARGEST))
    return fault(400, 3000, 'The filter, size or continuation token is not valid')
  const query = new URLSearchParams(call.query)
  query.set('seekOperation', 'Next')
  const value = Buffer.from(String(offset + size)).toString('base64')
  const headers = [{ key: 'MS-ContinuationToken', value }]
  const next =
    offset + size < all.length ? { next: { uri: `/customers?${query}`, method: 'GET', headers } } : {}
  const items = all.slice(offset, offset + size).map(body)
  return json(200, {
    totalCount: items.length,
    items,
    links: { self: { uri: `/customers?${call.query}`, method: 'GET', headers: [] }, ...next },
    attributes: { objectType: 'SeekBasedResourceCollection' },
  })
}

/** `GET /customers/{id}`. */
export function customerById(call: Call, caller: Caller): Response {
  const customer = customerOf(call, caller)
  return customer ? json(200, body(customer)) : fault(404, 60003, 'Tenant not found')
}

/** The tenant that the path names, if it is this partner's customer. */
export function customerOf({ world, params }: Call, { tenant }: Caller): Tenant | undefined {
  const customer = world.state.tenants.get((params['id'] ?? '').toLowerCase())
  return customer?.partners.includes(tenant.id) ? customer : undefined
}

function matching({ world, query }: Call, { tenant }: Caller): Tenant[] | undefined {
  const own = [...world.state.tenants.values()].filter((it) => it.partners.includes(tenant.id))
  const filter = parameter(query, 'filter')
  if (!filter) return own
  try {
    // What is not an object has none of the members.
    const { Field, Value, Operator } = JSON.parse(filter) as Record<string, unknown>
    if (Operator !== 'starts_with' || typeof Value !== 'string') return undefined
    const start = Value.toLowerCase()
    if (Field === 'CompanyName') return own.filter((it) => it.name.toLowerCase().startsWith(start))
    if (Field === 'Domain') return own.filter((it) => it.domains.some((name) => name.startsWith(start)))
  } catch {
    // Not JSON: refused below.
  }
  return undefined
}

function body({ id, name, domains }: Tenant): Record<string, unknown> {
  return {
    id,
    companyProfile: {
      tenantId: id,
      domain: domains[0],
      companyName: name,
      attributes: { objectType: 'CustomerCompanyProfile' },
    },
    relationshipToPartner: 'reseller',
    attributes: { objectType: 'Customer' },
  }
}
