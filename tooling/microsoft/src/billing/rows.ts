import { guidFrom } from '../random.ts'
import type { Tenant } from '../state.ts'
import type { Line } from './lines.ts'
import { amount } from './invoices.ts'
import { wholeSeconds } from './months.ts'

export type RowContext = {
  tenant: Tenant
  invoiceId: string
  currency: string
  attributeSet: 'full' | 'basic'
  /** What a line's total is called. */
  totalAttribute: 'Total' | 'TotalForCustomer'
}

type Row = Record<string, string | number>

/** A charge with the attribute names of a reconciliation export. */
export function reconciliationRow(context: RowContext, line: Line): Row {
  const { tenant, invoiceId, currency, attributeSet } = context
  const { customer, product } = line
  const basic: Row = {
    PartnerId: tenant.id,
    CustomerId: customer.id,
    CustomerName: customer.name,
    CustomerDomainName: customer.domain,
    CustomerCountry: customer.country,
    InvoiceNumber: invoiceId,
    MpnId: tenant.mpnId,
    OrderId: line.orderId,
    OrderDate: wholeSeconds(line.start),
    ProductId: product.productId,
    SkuId: product.skuId,
    AvailabilityId: `${product.productId}${product.skuId}`.slice(-12),
    ProductName: product.productName,
    SkuName: product.skuName,
    ChargeType: line.chargeType,
    UnitPrice: amount(line.unitCents),
    EffectiveUnitPrice: amount(line.effectiveCents),
    UnitType: product.unitType,
    Quantity: line.quantity,
    Subtotal: amount(line.subtotal),
    TaxTotal: amount(line.tax),
    [context.totalAttribute]: amount(line.total),
    Currency: currency,
    SubscriptionId: line.subscriptionId,
    ChargeStartDate: wholeSeconds(line.start),
    ChargeEndDate: wholeSeconds(line.end),
    TermAndBillingCycle: product.term,
  }
  return attributeSet === 'basic' ? basic : { ...basic, ...fullAttributes(context, line) }
}

function fullAttributes({ tenant, currency }: RowContext, line: Line): Row {
  return {
    ResellerMpnId: tenant.mpnId,
    PublisherName: 'Microsoft Corporation',
    PublisherId: '',
    SubscriptionDescription: line.product.skuName,
    SubscriptionStartDate: wholeSeconds(line.start),
    SubscriptionEndDate: wholeSeconds(line.end),
    AlternateId: line.orderId.slice(0, 10),
    PriceAdjustmentDescription: '',
    DiscountDetails: '',
    PricingCurrency: currency,
    PCToBCExchangeRate: 1,
    PCToBCExchangeRateDate: wholeSeconds(line.start),
    BillableQuantity: line.quantity,
    MeterDescription: line.product.metered ? 'Azure usage' : '',
    BillingFrequency: 'Monthly',
    ReferenceId: guidFrom(`reference ${line.orderId}`),
    CreditReasonCode: line.quantity < 0 ? 'Customer removed seats' : '',
    ReservationOrderId: '',
    ProductQualifiers: '',
    PromotionId: '',
    ProductCategory: line.product.metered ? 'Azure' : 'OnlineServices',
  }
}

/** The days of a metered charge, each with its part; the parts sum to the charge. */
export function usageRows(context: RowContext, line: Line): Row[] {
  const days = line.end.getUTCDate()
  const part = Math.trunc(line.subtotal / days)
  return Array.from({ length: days }, (_, index) => {
    const cents = index === 0 ? line.subtotal - part * (days - 1) : part
    const date = new Date(line.start.getTime() + index * 24 * 3600 * 1000)
    return usageRow(context, line, cents, date)
  })
}

function usageRow({ tenant, invoiceId, currency }: RowContext, line: Line, cents: number, date: Date): Row {
  const { customer, product } = line
  const group = `/subscriptions/${line.subscriptionId}/resourceGroups/production`
  return {
    PartnerId: tenant.id,
    PartnerName: tenant.name,
    CustomerId: customer.id,
    CustomerName: customer.name,
    CustomerDomainName: customer.domain,
    CustomerCountry: customer.country,
    MpnId: tenant.mpnId,
    Tier2MpnId: '',
    InvoiceNumber: invoiceId,
    ProductId: product.productId,
    SkuId: product.skuId,
    AvailabilityId: '',
    SkuName: product.skuName,
    ProductName: product.productName,
    PublisherName: 'Microsoft',
    PublisherId: '',
    SubscriptionDescription: 'Microsoft Azure',
    SubscriptionId: line.subscriptionId,
    ChargeStartDate: wholeSeconds(line.start),
    ChargeEndDate: wholeSeconds(line.end),
    UsageDate: wholeSeconds(date),
    MeterType: '1 Hour',
    MeterCategory: 'Virtual Machines',
    MeterId: guidFrom('meter D2s v5'),
    MeterSubCategory: 'Dsv5 Series',
    MeterName: 'D2s v5',
    MeterRegion: tenant.billing.country === 'US' ? 'US East' : 'EU West',
    Unit: '1 Hour',
    ResourceLocation: 'WESTEUROPE',
    ConsumedService: 'Microsoft.Compute',
    ResourceGroup: 'PRODUCTION',
    ResourceURI: `${group}/providers/Microsoft.Compute/virtualMachines/vm1`,
    ChargeType: 'new',
    UnitPrice: amount(cents),
    Quantity: 1,
    UnitType: '1 Hour',
    BillingPreTaxTotal: amount(cents),
    BillingCurrency: currency,
    PricingPreTaxTotal: amount(cents),
    PricingCurrency: currency,
    EffectiveUnitPrice: amount(cents),
    PCToBCExchangeRate: 1,
    PartnerEarnedCreditPercentage: 15,
    CreditPercentage: 100,
    CreditType: 'Azure plan PEC',
    EntitlementId: line.subscriptionId,
    EntitlementDescription: 'Microsoft Azure',
    BenefitOrderID: '',
    BenefitID: '',
    BenefitType: 'Charge',
    Tags: '',
    AdditionalInfo: '{"ServiceType":"Standard_D2s_v5","VCPUs":2}',
    ServiceInfo1: '',
    ServiceInfo2: '',
  }
}
