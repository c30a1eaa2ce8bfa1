import type { Deps, Page } from './deps.ts'
import { diagnoseApi } from './diagnosis.ts'
import { ConsentryError, problem } from './errors.ts'
import { customersPath, readCustomer, readCustomers, type Customer } from './microsoft/customers.ts'
import type { Answer } from './microsoft/http.ts'
import { getPartnerCenter } from './microsoft/partner-center.ts'
import { wordsOf } from './status.ts'
import { getAccessToken } from './tokens.ts'
import type { ConnectionRow } from './types.ts'

export type CustomerQuery = {
  /** How the company's name begins, or its domain when there is a dot in it. */
  readonly search?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A page of the partner's customers, as Partner Center lists them. Throws what it refused, in words. */
export async function listCustomers(
  deps: Deps,
  connection: ConnectionRow,
  { search, cursor, limit }: CustomerQuery,
): Promise<Page<Customer>> {
  const token = cursor === undefined ? null : readCursor(cursor)
  const path = customersPath(search?.trim() || undefined, limit, token)
  const answer = await ask(deps, connection, path, token ? { 'MS-ContinuationToken': token } : {})
  const page = readCustomers(answer)
  if (!page) throw refusal(deps, connection, answer)
  const more = page.items.length > 0 ? page.next : null
  return { items: page.items, nextCursor: more && Buffer.from(more).toString('base64url') }
}

/** One customer. Throws `customer_unknown`, or what Partner Center refused. */
export async function findCustomer(deps: Deps, connection: ConnectionRow, id: string): Promise<Customer> {
  const answer = await ask(deps, connection, `/customers/${encodeURIComponent(id.toLowerCase())}`)
  const customer = answer.status === 200 ? readCustomer(answer.json) : null
  if (customer) return customer
  if (answer.status === 404 || answer.status === 400)
    throw new ConsentryError(problem('customer_unknown', { ...wordsOf(connection), customer: id }))
  throw refusal(deps, connection, answer)
}

async function ask(deps: Deps, connection: ConnectionRow, path: string, more: Record<string, string> = {}) {
  const { accessToken } = await getAccessToken(deps, connection, { resource: 'partner-center' })
  return getPartnerCenter(deps, accessToken, path, more)
}

function refusal(deps: Deps, connection: ConnectionRow, answer: Answer): ConsentryError {
  const words = wordsOf(connection)
  const told = diagnoseApi(answer, deps.now(), 'partner_center_refused', words)
  const waits = told.verdict === 'transient' ? { retryAfterSeconds: told.retryAfterSeconds ?? 30 } : {}
  return new ConsentryError(told.problem, waits)
}

/** A cursor carries Microsoft's token, which goes into a header: printable characters only. */
function readCursor(cursor: string): string {
  const token = Buffer.from(cursor, 'base64url').toString()
  if (!/^[\x21-\x7e]{1,2000}$/.test(token))
    throw new ConsentryError('malformed_request', { values: { problem: 'cursor is not one of ours.' } })
  return token
}
