import { route, type Route } from '../http.ts'
import { createApplicationConsent, deleteApplicationConsent } from './application-consents.ts'
import { customerById, customers } from './customers.ts'
import { billingRoles, guarded } from './guard.ts'
import {
  estimateLinks,
  invoiceById,
  invoices,
  invoiceStatement,
  invoiceSummaries,
  invoiceSummary,
} from './invoices.ts'
import { lineItems, unbilledLineItems } from './line-items.ts'
import {
  billingProfile,
  legalBusinessProfile,
  mpnProfile,
  organizationProfile,
  supportProfile,
} from './profiles.ts'
import { applicationAdoption, nonCompliantPrincipals, partnerRequests } from './security.ts'

const user = { by: 'user' } as const
const any = { by: 'any' } as const
const billingUser = { by: 'user', roles: billingRoles } as const
const billingAny = { by: 'any', roles: billingRoles } as const
const adminUser = { by: 'user', roles: ['AdminAgent'] } as const

export const partnerCenterRoutes: readonly Route[] = [
  route('profile-organization', 'GET', '/v1/profiles/organization', guarded(user, organizationProfile)),
  route('profile-legalbusiness', 'GET', '/v1/profiles/legalbusiness', guarded(any, legalBusinessProfile)),
  route('profile-billing', 'GET', '/v1/profiles/billing', guarded(user, billingProfile)),
  route('profile-mpn', 'GET', '/v1/profiles/mpn', guarded(user, mpnProfile)),
  route('profile-support', 'GET', '/v1/profiles/support', guarded(user, supportProfile)),
  route('invoices', 'GET', '/v1/invoices', guarded(billingAny, invoices)),
  route('invoice-summaries', 'GET', '/v1/invoices/summaries', guarded(billingUser, invoiceSummaries)),
  route('invoice-summary', 'GET', '/v1/invoices/summary', guarded(billingUser, invoiceSummary)),
  route('invoice-estimates', 'GET', '/v1/invoices/estimates/links', guarded(billingAny, estimateLinks)),
  route(
    'unbilled-lineitems',
    'GET',
    '/v1/invoices/unbilled/lineitems',
    guarded(billingAny, unbilledLineItems),
  ),
  route('invoice-lineitems', 'GET', '/v1/invoices/:id/lineitems', guarded(billingAny, lineItems)),
  route(
    'invoice-statement',
    'GET',
    '/v1/invoices/:id/documents/statement',
    guarded(billingUser, invoiceStatement),
  ),
  route('invoice', 'GET', '/v1/invoices/:id', guarded(billingUser, invoiceById)),
  route(
    'non-compliant-principals',
    'GET',
    '/v1/nonMfaCompliantPartnerPrincipals',
    guarded(user, nonCompliantPrincipals),
  ),
  route(
    'application-adoption',
    'GET',
    '/v1/applicationmfaadoptionstatus',
    guarded(user, applicationAdoption),
  ),
  route('partner-requests', 'GET', '/v1/partnerRequests', guarded(user, partnerRequests)),
  route('customers', 'GET', '/v1/customers', guarded(any, customers)),
  route('customer', 'GET', '/v1/customers/:id', guarded(any, customerById)),
  route(
    'create-application-consent',
    'POST',
    '/v1/customers/:id/applicationconsents',
    guarded(adminUser, createApplicationConsent),
  ),
  route(
    'delete-application-consent',
    'DELETE',
    '/v1/customers/:id/applicationconsents/:appId',
    guarded(adminUser, deleteApplicationConsent),
  ),
]
