import { randomUUID } from 'node:crypto'

import type { Deps } from '../deps.ts'
import type { InvoiceSummary } from '../types.ts'
import { field, send, textField, type Answer } from './http.ts'

/**
 * Gets a Partner Center resource by its path below `/v1`. `ValidateMfa` asks Partner Center to say in
 * `isMfaCompliant` whether the token's sign-in had MFA (learn.microsoft.com/partner-center/developer/headers and
 * …/partner-center-authentication).
 */
export async function getPartnerCenter(
  deps: Pick<Deps, 'fetch' | 'config'>,
  accessToken: string,
  path: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return askPartnerCenter(deps, accessToken, path, { headers: { ValidateMfa: 'true', ...more } })
}

type Request = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  /** The same on a second try of the same act, which then counts once (…/developer/headers). */
  readonly requestId?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends to a path below `/v1`. */
export async function askPartnerCenter(
  deps: Pick<Deps, 'fetch' | 'config'>,
  accessToken: string,
  path: string,
  { method = 'GET', body, requestId = randomUUID(), headers }: Request,
): Promise<Answer> {
  return send(deps.fetch, `${deps.config.microsoft.partnerCenter}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${accessToken}`,
      'MS-Contract-Version': 'v1',
      'MS-RequestId': requestId,
      'MS-CorrelationId': randomUUID(),
      'X-Locale': 'en-US',
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** Whether Partner Center counts the sign-in as one with MFA; undefined when it does not say. */
export function readMfaCompliance(answer: Answer): boolean | undefined {
  const value = answer.headers.get('isMfaCompliant')?.toLowerCase()
  return value === 'true' ? true : value === 'false' ? false : undefined
}

export type OrganisationProfile = {
  readonly tenantId: string | undefined
  readonly companyName: string | undefined
  readonly domain: string | undefined
}

/** Reads `GET /profiles/organization`; null when the answer is not that. */
export function readProfile(answer: Answer): OrganisationProfile | null {
  if (answer.status !== 200 || typeof answer.json !== 'object' || answer.json === null) return null
  return {
    // `id` is the tenant too; older examples carry only that.
    tenantId: (textField(answer.json, 'tenantId') ?? textField(answer.json, 'id'))?.toLowerCase(),
    companyName: textField(answer.json, 'companyName'),
    domain: textField(answer.json, 'domain'),
  }
}

export type Invoice = Readonly<Record<string, unknown>>

/** Reads a page of `GET /invoices`; null when the answer is no collection. `more` tells of a next page. */
export function readInvoices(answer: Answer): { items: Invoice[]; more: boolean } | null {
  const items = field(answer.json, 'items')
  if (answer.status !== 200 || !Array.isArray(items)) return null
  const objects = items.filter((it): it is Invoice => typeof it === 'object' && it !== null)
  return { items: objects, more: field(field(answer.json, 'links'), 'next') !== undefined }
}

/** The newest invoice of a list, new commerce (`G…`) before the rest; null when there is none. */
export function newestInvoice(items: readonly Invoice[]): InvoiceSummary | null {
  const summaries = items.map(readInvoice).filter((it) => it !== null)
  const newCommerce = summaries.filter((it) => isNewCommerce(it.id))
  return (
    (newCommerce.length > 0 ? newCommerce : summaries).toSorted((a, b) => b.date.localeCompare(a.date))[0] ??
    null
  )
}

/** Ids beginning with G are new commerce, the only kind that Graph exports. */
export function isNewCommerce(invoiceId: string): boolean {
  return /^G/i.test(invoiceId)
}

/** The facts of an invoice; null when it lacks an id. */
export function readInvoice(invoice: Invoice): InvoiceSummary | null {
  const id = textField(invoice, 'id')
  if (!id) return null
  return {
    id,
    date: textField(invoice, 'invoiceDate') ?? '',
    periodStart: textField(invoice, 'billingPeriodStartDate') ?? null,
    periodEnd: textField(invoice, 'billingPeriodEndDate') ?? null,
    total: textField(invoice, 'totalCharges') ?? '0',
    currency: textField(invoice, 'currencyCode') ?? '',
  }
}
