import { billedExport, unbilledExport, type ExportKind } from '../billing/export.ts'
import { findInvoice } from '../billing/invoices.ts'
import { monthOf } from '../billing/months.ts'
import type { Caller } from '../bearer.ts'
import type { Call } from '../http.ts'
import { denied, graphError, hasBillingPrivilege, type GraphHandler } from './guard.ts'
import { startOperation, type Operation } from './operations.ts'

type Body = Record<string, unknown>
type AttributeSet = 'full' | 'basic'

/** `POST /reports/partners/billing/{reconciliation|usage}/billed/export`. */
export function exportBilled(kind: ExportKind): GraphHandler {
  return async (call, caller) => {
    if (!hasBillingPrivilege(caller)) return denied(call)
    const body = await readBody(call)
    const attributeSet = readAttributeSet(body)
    const invoiceId = body?.['invoiceId']
    if (!attributeSet || typeof invoiceId !== 'string' || !/^[A-Z]\w{4,}$/i.test(invoiceId))
      return badRequest(call)
    const result = billedResult(call, caller, kind, invoiceId, attributeSet)
    return startOperation(call, caller, {
      container: `billed${kind}fastpath`,
      label: `InvoiceId=${invoiceId}`,
      result,
    })
  }
}

/** Only new commerce is exported: for a legacy or unknown invoice there is "no data". */
function billedResult(
  call: Call,
  { tenant }: Caller,
  kind: ExportKind,
  invoiceId: string,
  attributeSet: AttributeSet,
): Operation['result'] {
  const { totalAttribute } = call.world.settings
  const invoice = findInvoice(tenant, call.world.now(), invoiceId)
  if (!invoice || invoice.kind === 'legacy')
    return noData(`No ${kind} data available currently for Invoice ${invoiceId}. Please try again later.`)
  return billedExport({ tenant, invoice, kind, attributeSet, totalAttribute })
}

/** `POST /reports/partners/billing/{reconciliation|usage}/unbilled/export`. */
export function exportUnbilled(kind: ExportKind): GraphHandler {
  return async (call, caller) => {
    if (!hasBillingPrivilege(caller)) return denied(call)
    const body = await readBody(call)
    const attributeSet = readAttributeSet(body)
    const { currencyCode, billingPeriod } = body ?? {}
    const period = billingPeriod ?? 'current'
    const isPeriod = period === 'current' || period === 'last'
    if (!attributeSet || !isPeriod || typeof currencyCode !== 'string' || !/^[A-Z]{3}$/i.test(currencyCode)) {
      return badRequest(call)
    }
    const currency = currencyCode.toUpperCase()
    const { tenant } = caller
    const month = monthOf(call.world.now()) - (period === 'current' ? 0 : 1)
    const { totalAttribute } = call.world.settings
    const result = tenant.billing.currencies.includes(currency)
      ? unbilledExport({ tenant, currency, month, kind, attributeSet, totalAttribute })
      : noData('No data available')
    return startOperation(call, caller, {
      container: `unbilled${kind}fastpath`,
      label: `Currency=${currency}/Period=${period}`,
      result,
    })
  }
}

function noData(message: string): { message: string; code: string } {
  return { message, code: '5000' }
}

function readAttributeSet(body: Body | undefined): AttributeSet | undefined {
  const value = body?.['attributeSet'] ?? 'full'
  return value === 'full' || value === 'basic' ? value : undefined
}

function badRequest(call: Call): Response {
  return graphError(call, 400, 'BadRequest', 'The request body is not valid.')
}

async function readBody(call: Call): Promise<Body | undefined> {
  try {
    const body: unknown = await call.request.json()
    return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : undefined
  } catch {
    return undefined
  }
}
