import {
  CUSTOMER_GRANTS,
  customerConsentView,
  grantToCustomer,
  listCustomers,
  revokeFromCustomer,
} from '@consentry/core'
import { z } from 'zod'

import { actorOf } from '../callers.ts'
import { connectionRoute, json, notFound } from '../route.ts'
import { innerProblemSchema, pageOf, pageQuery } from '../schemas.ts'

const grantSchema = z.object({
  enterpriseApplicationId: z.string().max(100).meta({ description: "Microsoft's id of the API, a GUID" }),
  scopes: z.array(z.string().max(200)).min(1).max(100),
})
const instant = z.iso.datetime().nullable()

const consentSchema = z
  .object({
    customerTenantId: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    state: z.enum(['granting', 'granted', 'revoking', 'revoked', 'failed']).meta({
      description: 'granting, revoking: Microsoft was asked, and what came of it is not known yet',
    }),
    certain: z.boolean().meta({
      description: 'False where Microsoft had a consent before, of which it does not say what it contains',
    }),
    clientId: z.string().optional().meta({
      description: "The partner's own application that it was granted to; absent for the deployment's",
    }),
    grants: z.array(grantSchema),
    grantedAt: instant,
    grantedBy: z.string().nullable(),
    revokedAt: instant,
    updatedAt: z.iso.datetime(),
    problem: innerProblemSchema.optional(),
  })
  .meta({ id: 'CustomerConsent', description: "What was granted in a customer's tenant on its behalf" })

const customerSchema = z
  .object({
    customerTenantId: z.string(),
    name: z.string(),
    domain: z.string().nullable(),
    consent: consentSchema.nullable(),
  })
  .meta({ id: 'Customer' })

const defaultsSchema = z.array(
  z.object({
    enterpriseApplicationId: z.string(),
    name: z.string(),
    permissions: z.array(z.object({ scope: z.string(), reason: z.string() })),
  }),
)

const list = connectionRoute('GET /connections/{id}/customers', {
  summary: "The partner's customers, as Partner Center lists them, with what was granted there",
  query: pageQuery.extend({
    search: z.string().trim().max(200).optional().meta({
      description: 'How the name begins, or the domain when there is a dot in it',
    }),
  }),
  answers: { 200: json(pageOf(customerSchema), 'A page of customers') },
  async handle({ context: { deps }, connection, query }) {
    const { items, nextCursor } = await listCustomers(deps, connection, query)
    const ids = items.map((it) => it.customerTenantId)
    const consents = await deps.store.findCustomerConsents(connection.id, ids)
    const byTenant = new Map(consents.map((it) => [it.customerTenantId, customerConsentView(it)]))
    const seen = items.map((it) => ({ ...it, consent: byTenant.get(it.customerTenantId) ?? null }))
    return { status: 200, body: { items: seen, nextCursor } }
  },
})

const consents = connectionRoute('GET /connections/{id}/customer-consents', {
  summary: "What was granted in customers' tenants, and what is granted when nothing else is said",
  query: pageQuery,
  answers: {
    200: json(pageOf(consentSchema).extend({ defaults: defaultsSchema }), 'A page of consents, by name'),
  },
  async handle({ context: { deps }, connection, query }) {
    const { items, nextCursor } = await deps.store.listCustomerConsents(connection.id, query)
    const seen = items.map(customerConsentView)
    return { status: 200, body: { items: seen, nextCursor, defaults: CUSTOMER_GRANTS } }
  },
})

const GUID = /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i

function customerOf(params: Readonly<Record<string, string>>): string {
  const id = params.customerTenantId ?? ''
  return GUID.test(id) ? id : notFound()
}

const grant = connectionRoute('PUT /connections/{id}/customer-consents/{customerTenantId}', {
  summary: "Grant permissions in a customer's tenant on its behalf; doing it again is safe",
  body: z.object({ grants: z.array(grantSchema).min(1).max(20).optional() }),
  answers: { 200: json(consentSchema, 'Granted') },
  async handle({ context: { deps }, caller, connection, params, body }) {
    const id = customerOf(params)
    const row = await grantToCustomer(deps, connection, id, body.grants, actorOf(caller))
    return { status: 200, body: customerConsentView(row) }
  },
})

const revoke = connectionRoute('DELETE /connections/{id}/customer-consents/{customerTenantId}', {
  summary: "Take back all that was granted in a customer's tenant",
  answers: { 204: { description: 'Taken back, or nothing was there' } },
  async handle({ context: { deps }, caller, connection, params }) {
    await revokeFromCustomer(deps, connection, customerOf(params), actorOf(caller))
    return { status: 204 }
  },
})

export const customers = [list, consents, grant, revoke]
