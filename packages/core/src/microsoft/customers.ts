import { field, textField, type Answer } from './http.ts'

/** A customer of a partner, as Partner Center knows it. */
export type Customer = {
  /** The customer's own tenant. */
  readonly customerTenantId: string
  readonly name: string
  readonly domain: string | null
}

/** Where a list goes on: the token of the next page. */
export type CustomerPage = { readonly items: Customer[]; readonly next: string | null }

/** Path of a page of customers (learn.microsoft.com/partner-center/developer/get-a-list-of-customers). */
export function customersPath(search: string | undefined, size: number, token: string | null): string {
  const query = new URLSearchParams({ size: String(size) })
  // `starts_with` is the only operation that the endpoint has.
  const Field = search?.includes('.') ? 'Domain' : 'CompanyName'
  if (search) query.set('filter', JSON.stringify({ Field, Value: search, Operator: 'starts_with' }))
  if (token) query.set('seekOperation', 'Next')
  return `/customers?${query}`
}

/** Reads a page of customers; null when the answer is no collection. */
export function readCustomers(answer: Answer): CustomerPage | null {
  const items = field(answer.json, 'items')
  if (answer.status !== 200 || !Array.isArray(items)) return null
  const next: unknown = field(field(field(answer.json, 'links'), 'next'), 'headers')
  const headers: readonly unknown[] = Array.isArray(next) ? next : []
  const token = headers.find((it) => textField(it, 'key')?.toLowerCase() === 'ms-continuationtoken')
  return {
    items: items.map(readCustomer).filter((it) => it !== null),
    next: textField(token, 'value') ?? null,
  }
}

/** Reads one customer; null when the value is none. */
export function readCustomer(value: unknown): Customer | null {
  const profile = field(value, 'companyProfile')
  const id = textField(profile, 'tenantId') ?? textField(value, 'id')
  if (!id) return null
  const domain = textField(profile, 'domain') ?? null
  const customerTenantId = id.toLowerCase()
  return { customerTenantId, name: textField(profile, 'companyName') ?? domain ?? customerTenantId, domain }
}
