import type { Caller } from '../bearer.ts'
import { json, type Call } from '../http.ts'
import { guidFrom } from '../random.ts'
import type { Tenant } from '../state.ts'

function defaultAddress(tenant: Tenant): Record<string, string> {
  const { country } = tenant.billing
  return {
    country,
    city: country === 'US' ? 'Portland' : 'Malmö',
    addressLine1: '1 Example Street',
    postalCode: country === 'US' ? '97201' : '211 20',
    firstName: 'Robin',
    lastName: 'Example',
    phoneNumber: '5550100',
  }
}

function links(path: string): Record<string, unknown> {
  return { self: { uri: path, method: 'GET', headers: [] } }
}

/** `GET /profiles/organization`: `tenantId` says whose Partner Center this is. */
export function organizationProfile(_call: Call, { tenant, user }: Caller): Response {
  return json(200, {
    id: tenant.id,
    companyName: tenant.name,
    defaultAddress: defaultAddress(tenant),
    tenantId: tenant.id,
    domain: tenant.domains[0],
    email: user?.upn,
    language: 'en',
    culture: tenant.billing.country === 'US' ? 'en-US' : 'en-GB',
    profileType: 'organization_profile',
    links: links('/profiles/organization'),
    attributes: { objectType: 'OrganizationProfile' },
  })
}

export function legalBusinessProfile(_call: Call, { tenant }: Caller): Response {
  return json(200, {
    companyName: tenant.name,
    address: defaultAddress(tenant),
    primaryContact: defaultAddress(tenant),
    companyApproverAddress: defaultAddress(tenant),
    companyApproverEmail: `legal@${tenant.domains[0]}`,
    vettingStatus: 'authorized',
    vettingSubStatus: 'none',
    profileType: 'legal_business_profile',
    links: links('/profiles/legalbusiness'),
    attributes: { objectType: 'LegalBusinessProfile' },
  })
}

export function billingProfile(_call: Call, { tenant }: Caller): Response {
  return json(200, {
    companyName: tenant.name,
    address: defaultAddress(tenant),
    primaryContact: defaultAddress(tenant),
    billingCurrency: tenant.billing.currencies[0] ?? 'USD',
    taxId: guidFrom(`tax ${tenant.id}`).slice(0, 8).toUpperCase(),
    billingDay: 1,
    profileType: 'billing_profile',
    links: links('/profiles/billing'),
    attributes: { etag: guidFrom(`etag ${tenant.id}`), objectType: 'BillingProfile' },
  })
}

export function mpnProfile(_call: Call, { tenant }: Caller): Response {
  return json(200, {
    mpnId: tenant.mpnId,
    partnerName: tenant.name,
    profileType: 'mpn_profile',
    links: links('/profiles/mpn'),
    attributes: { objectType: 'MpnProfile' },
  })
}

export function supportProfile(_call: Call, { tenant }: Caller): Response {
  return json(200, {
    email: `support@${tenant.domains[0]}`,
    telephone: '5550101',
    website: `www.${tenant.domains[0]}`,
    profileType: 'support_profile',
    links: links('/profiles/support'),
    attributes: { objectType: 'PartnerSupportProfile' },
  })
}
