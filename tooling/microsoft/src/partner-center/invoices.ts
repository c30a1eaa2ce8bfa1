import type { Caller } from '../bearer.ts'
import { amount, findInvoice, invoicesOf, invoiceTotals, type Invoice } from '../billing/invoices.ts'
import { wholeSeconds } from '../billing/months.ts'
import { json, type Call } from '../http.ts'
import type { Tenant } from '../state.ts'
import { collection, listOf, pageOf } from './collection.ts'
import { fault } from './errors.ts'

const PAGE = 200
const symbols: Record<string, string> = { EUR: '€', USD: '$', SEK: 'kr', GBP: '£', DKK: 'kr.' }
const NEVER = '0001-01-01T00:00:00'

/** `GET /invoices`, newest first. */
export function invoices(call: Call, { tenant }: Caller): Response {
  const page = pageOf(call, '/invoices', invoicesOf(tenant, call.world.now()), PAGE)
  if (!page) return fault(400, 3000, 'Invalid size or offset')
  return collection({ ...page, items: page.items.map((invoice) => invoiceBody(tenant, invoice)) })
}

/** An invoice by its number, or by the prefixed form that its own links use. */
export function requestedInvoice(call: Call, tenant: Tenant): Invoice | undefined {
  const id = (call.params['id'] ?? '').replace(/^(OneTime|Recurring)-/i, '')
  return findInvoice(tenant, call.world.now(), id)
}

export function unknownInvoice(call: Call): Response {
  return fault(404, 1000, `Invoice ${call.params['id'] ?? ''} was not found`)
}

export function invoiceById(call: Call, { tenant }: Caller): Response {
  const invoice = requestedInvoice(call, tenant)
  return invoice ? json(200, invoiceBody(tenant, invoice)) : unknownInvoice(call)
}

function invoiceBody(tenant: Tenant, invoice: Invoice): Record<string, unknown> {
  const isModern = invoice.kind === 'modern'
  const type = isModern ? 'OneTime' : 'Recurring'
  const uri = `/invoices/${type}-${invoice.id}`
  return {
    id: invoice.id,
    invoiceDate: wholeSeconds(invoice.invoiceDate),
    billingPeriodStartDate: wholeSeconds(invoice.periodStart),
    billingPeriodEndDate: wholeSeconds(invoice.periodEnd),
    totalCharges: amount(invoiceTotals(tenant, invoice).total),
    paidAmount: 0,
    currencyCode: invoice.currency,
    currencySymbol: symbols[invoice.currency] ?? invoice.currency,
    pdfDownloadLink: `/invoices/${invoice.id}/documents/statement`,
    taxReceipts: [],
    invoiceDetails: [
      {
        invoiceLineItemType: 'billing_line_items',
        billingProvider: isModern ? 'one_time' : 'office',
        links: {
          self: {
            uri: `${uri}/lineitems/${isModern ? 'OneTime' : 'Office'}/BillingLineItems`,
            method: 'GET',
            headers: [],
          },
        },
        attributes: { objectType: 'InvoiceDetail' },
      },
    ],
    amendments: [],
    documentType: 'invoice',
    state: 'due',
    invoiceType: type,
    links: { self: { uri, method: 'GET', headers: [] } },
    attributes: { objectType: 'Invoice' },
  }
}

/** `GET /invoices/summaries`: one per currency; App+User only. */
export function invoiceSummaries(call: Call, { tenant }: Caller): Response {
  const all = invoicesOf(tenant, call.world.now())
  const currencies = [...new Set(all.map((invoice) => invoice.currency))]
  const summaries = currencies.map((currency) =>
    summaryBody(
      call,
      tenant,
      currency,
      all.filter((invoice) => invoice.currency === currency),
    ),
  )
  return listOf(summaries, '/invoices/summaries')
}

/** `GET /invoices/summary`: the first currency's. */
export function invoiceSummary(call: Call, { tenant }: Caller): Response {
  const all = invoicesOf(tenant, call.world.now())
  const currency = tenant.billing.currencies[0] ?? 'USD'
  return json(
    200,
    summaryBody(
      call,
      tenant,
      currency,
      all.filter((invoice) => invoice.currency === currency),
    ),
  )
}

function summaryBody(call: Call, tenant: Tenant, currency: string, own: Invoice[]): Record<string, unknown> {
  const balance = own.reduce((sum, invoice) => sum + invoiceTotals(tenant, invoice).total, 0)
  const [latest] = own
  const summary = {
    balanceAmount: amount(balance),
    currencyCode: currency,
    currencySymbol: symbols[currency] ?? currency,
    accountingDate: wholeSeconds(call.world.now()),
    firstInvoiceCreationDate: own.at(-1) ? wholeSeconds(own.at(-1)?.invoiceDate ?? call.world.now()) : NEVER,
    lastPaymentDate: NEVER,
    lastPaymentAmount: 0,
    latestInvoiceDate: latest ? wholeSeconds(latest.invoiceDate) : NEVER,
  }
  return {
    ...summary,
    details: [{ invoiceType: 'OneTime', summary: { ...summary, details: [], links: {} } }],
    links: { self: { uri: '/invoices/summary', method: 'GET', headers: [] } },
    attributes: { objectType: 'InvoiceSummary' },
  }
}

/** `GET /invoices/{id}/documents/statement`: a PDF with nothing but the invoice's number. */
export function invoiceStatement(call: Call, { tenant }: Caller): Response {
  const invoice = requestedInvoice(call, tenant)
  if (!invoice) return unknownInvoice(call)
  const pdf = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% ${invoice.id}\ntrailer<</Root 1 0 R>>\n%%EOF\n`
  return new Response(pdf, { headers: { 'content-type': 'application/pdf' } })
}

export function estimateLinks(call: Call, { tenant }: Caller): Response {
  const currency = call.query.get('currencycode')
  if (!currency) return fault(400, 3000, 'currencycode is required')
  const periods = tenant.billing.currencies.length > 0 ? ['current', 'previous'] : []
  const items = periods.map((period) => ({
    title: 'BillingLineItems',
    description: 'OneTime unbilled line items',
    period,
    link: {
      uri: `/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=${currency}&period=${period}`,
      method: 'GET',
      headers: [],
    },
  }))
  return listOf(items, '/invoices/estimates/links')
}
