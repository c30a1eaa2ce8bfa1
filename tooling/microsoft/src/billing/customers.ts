import { createRandom, guidFrom } from '../random.ts'
import type { Tenant } from '../state.ts'

export type Customer = { id: string; name: string; domain: string; country: string }

const first = [
  'Alder',
  'Bright',
  'Cedar',
  'Delta',
  'Elm',
  'Fjord',
  'Granite',
  'Harbour',
  'Iris',
  'Juniper',
  'Kestrel',
  'Linden',
  'Meadow',
  'North',
  'Orchard',
  'Pine',
  'Quarry',
  'River',
  'Summit',
  'Tamarack',
]
const second = [
  'Dental',
  'Logistics',
  'Bakery',
  'Legal',
  'Architects',
  'Clinic',
  'Foods',
  'Engineering',
  'Travel',
  'Schools',
  'Printing',
  'Energy',
]

/** A partner's customers: the same ones every time. */
export function customersOf(tenant: Tenant): Customer[] {
  const random = createRandom(`customers ${tenant.id}`)
  return Array.from({ length: tenant.billing.customers }, (_, index) => {
    const name = `${random.pick(first)} ${random.pick(second)}`
    const domain = `${name.toLowerCase().replace(' ', '-')}-${index + 1}.example`
    return { id: guidFrom(`customer ${tenant.id} ${index}`), name, domain, country: tenant.billing.country }
  })
}
