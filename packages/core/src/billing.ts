import { randomUUID } from 'node:crypto'

import type { Actor } from './audit-entry.ts'
import { recordAct } from './connections.ts'
import type { Deps, Page } from './deps.ts'
import { diagnoseApi } from './diagnosis.ts'
import { ConsentryError } from './errors.ts'
import { textField, type Answer } from './microsoft/http.ts'
import {
  getPartnerCenter,
  isNewCommerce,
  newestInvoice,
  readInvoice,
  readInvoices,
  type Invoice,
} from './microsoft/partner-center.ts'
import { wordsOf } from './status.ts'
import { getAccessToken } from './tokens.ts'
import type { ConnectionRow, InvoiceSummary, ReportRow } from './types.ts'

export type ReportWish = {
  readonly kind: 'billed' | 'unbilled'
  readonly invoiceId?: string | undefined
  readonly currency?: string | undefined
  readonly period?: 'current' | 'last' | undefined
}

/** Invoices as Partner Center lists them. Throws what Partner Center refused, in words. */
export async function listInvoices(
  deps: Deps,
  connection: ConnectionRow,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Page<Invoice>> {
  const offset = Number.parseInt(page.cursor ?? '0', 10)
  if (!(offset >= 0))
    throw new ConsentryError('malformed_request', { values: { problem: 'cursor is not one of ours' } })
  const answer = await askPartnerCenter(deps, connection, `/invoices?size=${page.limit}&offset=${offset}`)
  const read = readInvoices(answer)
  if (!read) throw new ConsentryError('microsoft_answered_badly')
  const more = read.more && read.items.length > 0
  return { items: read.items, nextCursor: more ? String(offset + read.items.length) : null }
}

async function askPartnerCenter(deps: Deps, connection: ConnectionRow, path: string): Promise<Answer> {
  const { accessToken } = await getAccessToken(deps, connection, { resource: 'partner-center' })
  const answer = await getPartnerCenter(deps, accessToken, path)
  if (answer.status === 200) return answer
  const { problem, retryAfterSeconds } = diagnoseApi(
    answer,
    deps.now(),
    'billing_refused',
    wordsOf(connection),
  )
  const waits = problem.action === 'retry' ? { retryAfterSeconds: retryAfterSeconds ?? 30 } : {}
  throw new ConsentryError(problem, waits)
}

/**
 * Queues a report; a worker runs it. Without an invoice it is the newest new-commerce one, and the running month when
 * there is none. Throws `legacy_invoice`, `not_in_this_cloud`, `not_connected`, or what Partner Center refused.
 */
export async function requestReport(
  deps: Deps,
  connection: ConnectionRow,
  by: Actor,
  wish: ReportWish,
): Promise<ReportRow> {
  if (!deps.config.microsoft.cloud.partnerBilling) throw new ConsentryError('not_in_this_cloud')
  const subject = await chooseSubject(deps, connection, wish)
  const row: ReportRow = {
    id: randomUUID(),
    connectionId: connection.id,
    organisationId: connection.organisationId,
    ...subject,
    status: 'queued',
    progress: 0,
    step: null,
    totals: [],
    problem: null,
    createdBy: by.name,
    createdAt: deps.now(),
    startedAt: null,
    finishedAt: null,
    leaseUntil: null,
    leaseHolder: null,
    fence: 0,
  }
  await recordAct(deps, connection, by, 'report.requested', { report: row.id, invoice: row.invoiceId })
  await deps.store.createReport(row)
  return row
}

type Subject = Pick<ReportRow, 'kind' | 'invoiceId' | 'currency' | 'period' | 'invoice'>

async function chooseSubject(deps: Deps, connection: ConnectionRow, wish: ReportWish): Promise<Subject> {
  if (wish.kind === 'billed') {
    if (wish.invoiceId && !isNewCommerce(wish.invoiceId)) throw new ConsentryError('legacy_invoice')
    const invoices = await allInvoices(deps, connection)
    const invoice = wish.invoiceId ? find(invoices, wish.invoiceId) : newestNewCommerce(invoices)
    const invoiceId = wish.invoiceId ?? invoice?.id
    if (invoiceId) return { kind: 'billed', invoiceId, invoice, currency: null, period: null }
  }
  const currency = wish.currency?.toUpperCase() ?? (await billingCurrency(deps, connection))
  return { kind: 'unbilled', invoiceId: null, invoice: null, currency, period: wish.period ?? 'current' }
}

const PAGE = 200
const MOST_PAGES = 20

async function allInvoices(deps: Deps, connection: ConnectionRow): Promise<Invoice[]> {
  const all: Invoice[] = []
  let cursor: string | null = '0'
  for (let pages = 0; cursor !== null && pages < MOST_PAGES; pages += 1) {
    const page: Page<Invoice> = await listInvoices(deps, connection, { cursor, limit: PAGE })
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}

function find(invoices: readonly Invoice[], id: string): InvoiceSummary | null {
  const found = invoices.find((it) => textField(it, 'id')?.toLowerCase() === id.toLowerCase())
  return found ? readInvoice(found) : null
}

function newestNewCommerce(invoices: readonly Invoice[]): InvoiceSummary | null {
  const newest = newestInvoice(invoices)
  return newest && isNewCommerce(newest.id) ? newest : null
}

async function billingCurrency(deps: Deps, connection: ConnectionRow): Promise<string> {
  const answer = await askPartnerCenter(deps, connection, '/profiles/billing')
  return textField(answer.json, 'billingCurrency')?.toUpperCase() ?? 'USD'
}
