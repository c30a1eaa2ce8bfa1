import type { Caller } from '../bearer.ts'
import { amount, invoiceLines } from '../billing/invoices.ts'
import type { Line } from '../billing/lines.ts'
import { monthLines } from '../billing/lines.ts'
import { monthOf, wholeSeconds } from '../billing/months.ts'
import { json, parameter, type Call } from '../http.ts'
import type { Tenant } from '../state.ts'
import { collection, pageOf } from './collection.ts'
import { fault } from './errors.ts'
import { requestedInvoice, unknownInvoice } from './invoices.ts'

const PAGE = 2000

/** `GET /invoices/{id}/lineitems`. New-commerce periods left this API in 2025; legacy ones are still here. */
export function lineItems(call: Call, { tenant }: Caller): Response {
  const invoice = requestedInvoice(call, tenant)
  if (!invoice) return unknownInvoice(call)
  if (!parameter(call.query, 'provider') || !parameter(call.query, 'invoicelineitemtype')) {
    return fault(400, 3000, 'provider and invoicelineitemtype are required')
  }
  const isRetired = invoice.kind === 'modern'
  if (isRetired && call.world.settings.retiredLineItems === 'error') {
    return fault(400, 3000, 'This API version no longer serves new commerce line items. Use Microsoft Graph.')
  }
  const lines = isRetired ? [] : invoiceLines(tenant, invoice)
  const items = lines.map((line) => ({
    ...commonFields(tenant, invoice.id, line),
    durableOfferId: line.product.productId,
    offerName: line.product.productName,
    mpnId: tenant.mpnId,
    chargeType: 'Cycle fee',
    currency: invoice.currency,
    attributes: { objectType: 'LicenseBasedLineItem' },
  }))
  return answer(call, `/invoices/${invoice.id}/lineitems`, items)
}

/** `GET /invoices/unbilled/lineitems`, paged by continuation token when `seekOperation` asks for it. */
export function unbilledLineItems(call: Call, { tenant }: Caller): Response {
  const { world, query } = call
  const currency = parameter(query, 'currencycode')?.toUpperCase()
  const period = parameter(query, 'period')
  if (!currency || (period !== 'current' && period !== 'previous')) {
    return fault(400, 3000, 'currencycode and period (current or previous) are required')
  }
  if (!tenant.billing.currencies.includes(currency)) return answer(call, '/invoices/unbilled/lineitems', [])
  const month = monthOf(world.now()) - (period === 'current' ? 0 : 1)
  const lines = monthLines({ tenant, currency, month, salt: 'unbilled' })
  const items = lines.map((line) => ({
    ...commonFields(tenant, '', line),
    chargeType: line.chargeType,
    currency,
    attributes: { objectType: 'OneTimeInvoiceLineItem' },
  }))
  return answer(call, '/invoices/unbilled/lineitems', items)
}

function answer(call: Call, path: string, items: readonly unknown[]): Response {
  if (call.query.has('seekOperation') || call.request.headers.has('ms-continuationtoken')) {
    return seek(call, path, items)
  }
  const page = pageOf(call, path, items, PAGE)
  return page ? collection(page) : fault(400, 3000, 'Invalid size or offset')
}

function seek(call: Call, path: string, items: readonly unknown[]): Response {
  const token = call.request.headers.get('ms-continuationtoken')
  const offset = token ? Number(Buffer.from(token, 'base64').toString()) : 0
  const size = Number(parameter(call.query, 'size') ?? PAGE)
  if (!Number.isInteger(offset) || !Number.isInteger(size) || size < 1 || size > PAGE) {
    return fault(400, 3000, 'Invalid continuation token or size')
  }
  const query = new URLSearchParams(call.query)
  query.set('seekOperation', 'Next')
  const value = Buffer.from(String(offset + size)).toString('base64')
  const headers = [{ key: 'MS-ContinuationToken', value }]
  const next =
    offset + size < items.length ? { next: { uri: `${path}?${query}`, method: 'GET', headers } } : {}
  return json(200, {
    totalCount: Math.min(size, items.length - offset),
    items: items.slice(offset, offset + size),
    links: { self: { uri: `${path}?${call.query}`, method: 'GET', headers: [] }, ...next },
    attributes: { objectType: 'Collection' },
  })
}

function commonFields(tenant: Tenant, invoiceNumber: string, line: Line): Record<string, unknown> {
  const { customer, product } = line
  return {
    partnerId: tenant.id,
    customerId: customer.id,
    customerName: customer.name,
    customerDomainName: customer.domain,
    customerCountry: customer.country,
    invoiceNumber,
    orderId: line.orderId,
    orderDate: wholeSeconds(line.start),
    productId: product.productId,
    skuId: product.skuId,
    productName: product.productName,
    skuName: product.skuName,
    unitPrice: amount(line.unitCents),
    effectiveUnitPrice: amount(line.effectiveCents),
    unitType: product.unitType,
    quantity: line.quantity,
    subtotal: amount(line.subtotal),
    taxTotal: amount(line.tax),
    totalForCustomer: amount(line.total),
    publisherName: 'Microsoft Corporation',
    subscriptionDescription: product.skuName,
    subscriptionId: line.subscriptionId,
    chargeStartDate: wholeSeconds(line.start),
    chargeEndDate: wholeSeconds(line.end),
    termAndBillingCycle: product.term,
  }
}
