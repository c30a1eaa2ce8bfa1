export type Product = {
  productId: string
  skuId: string
  productName: string
  skuName: string
  /** Price of one unit and month, in hundredths of the currency. */
  cents: number
  term: string
  unitType: string
  /** Metered: the month's amount varies and the quantity is 1. */
  metered?: boolean
}

const licence = { term: 'One-Year commitment for monthly/yearly billing', unitType: 'Licenses' }

/** New-commerce products with ids and prices as a price sheet has them. */
export const catalogue: readonly Product[] = [
  {
    ...licence,
    productId: 'CFQ7TTC0LCHC',
    skuId: '0002',
    productName: 'Microsoft 365 Business Premium',
    skuName: 'Microsoft 365 Business Premium',
    cents: 2200,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0LDPB',
    skuId: '0001',
    productName: 'Microsoft 365 Business Standard',
    skuName: 'Microsoft 365 Business Standard',
    cents: 1250,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0LF8R',
    skuId: '0001',
    productName: 'Microsoft 365 E3',
    skuName: 'Microsoft 365 E3 (no Teams)',
    cents: 3390,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0LH16',
    skuId: '0001',
    productName: 'Exchange Online (Plan 1)',
    skuName: 'Exchange Online (Plan 1)',
    cents: 400,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0LFLS',
    skuId: '0002',
    productName: 'Microsoft Entra ID P1',
    skuName: 'Microsoft Entra ID P1',
    cents: 600,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0MM8R',
    skuId: '0002',
    productName: 'Microsoft 365 Copilot',
    skuName: 'Microsoft 365 Copilot',
    cents: 3000,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0L4JZ',
    skuId: '0002',
    productName: 'Microsoft Teams Phone Standard',
    skuName: 'Teams Phone Standard',
    cents: 1000,
  },
  {
    ...licence,
    productId: 'CFQ7TTC0HD33',
    skuId: '0002',
    productName: 'Visio Plan 2',
    skuName: 'Visio Plan 2',
    cents: 1505,
  },
]

export const azurePlan: Product = {
  productId: 'DZH318Z0BPS6',
  skuId: '0001',
  productName: 'Azure plan',
  skuName: 'Azure plan',
  cents: 0,
  term: 'Pay-as-you-go/Monthly',
  unitType: '1 Hour',
  metered: true,
}
