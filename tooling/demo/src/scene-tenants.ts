import { demo } from '@consentry/microsoft-simulator'

import { consent, link } from './consents.ts'
import type { View } from './scene.ts'
import type { Stack } from './stack.ts'
import { until } from './until.ts'
import type { Visitor } from './visitor.ts'

const A = '/my-services/microsoft-365-csp-direct/authentication'
const { nordwind, customer, cascade, rheintal, fjordlys, reseller } = demo.tenants

/** Tenants in every state, customers, a report: what members see of them. */
export async function tenantViews(stack: Stack, owner: Visitor): Promise<View[]> {
  const [partner, newcomer] = stack.simulator.control.addPartnerTenants(2)
  if (!partner || !newcomer) throw new TypeError('The simulator adds what it is asked for.')
  const succeeded = await consent(stack, owner, nordwind, nordwind.users.service)
  const failed = await consent(stack, owner, cascade, cascade.users.noMfa)
  await consent(stack, owner, fjordlys, fjordlys.users.noAgent)
  await consent(stack, owner, rheintal, rheintal.users.service)
  stack.simulator.control.revokeSessions(rheintal.users.service)
  await owner.call('POST', `/api/v1/connections/${rheintal.id}/refresh`)
  const account = `svc-csp@${partner.domains[0]}`
  await consent(stack, owner, partner, account)
  stack.simulator.control.removePartnerRole(account)
  await owner.call('POST', `/api/v1/connections/${partner.id}/test`)
  await owner.call('POST', '/api/v1/connections', { microsoftId: newcomer.id })
  const waiting = await link(owner, reseller.id, { recipient: 'T. Berg' })
  await grantToCustomers(stack, owner)
  const report = await runReport(owner)
  const attempt = (id: string, attemptId: string) => `${A}/${id}/attempts/${attemptId}`
  const billing = `${A}/${nordwind.id}/billing`
  return [
    { name: 'authentication', path: A, ready: `text=${nordwind.name}` },
    { name: 'authentication-viewer', path: A, ready: `text=${nordwind.name}`, as: 'viewer' },
    { name: 'authentication-nothing', path: `${A}?search=zzz`, ready: 'text=Nothing matches' },
    { name: 'attempt-succeeded', path: attempt(nordwind.id, succeeded), ready: 'text=is connected' },
    { name: 'attempt-failed', path: attempt(cascade.id, failed), ready: '[data-code=mfa_missing]' },
    { name: 'attempt-waiting', path: attempt(reseller.id, waiting.attemptId), ready: '[data-rung]' },
    { name: 'tenant', path: `${A}/${nordwind.id}`, ready: 'text=What happened' },
    {
      name: 'tenant-viewer',
      path: `${A}/${nordwind.id}`,
      ready: 'text=What happened',
      as: 'viewer',
    },
    { name: 'customers', path: `${A}/${nordwind.id}/customers`, ready: 'text=Alder Bakery' },
    { name: 'permissions', path: '/my-services/microsoft-365-csp-direct/permissions', ready: 'table' },
    { name: 'tenant-broken', path: `${A}/${rheintal.id}`, ready: '[data-code=signed_out]' },
    { name: 'tenant-role-missing', path: `${A}/${partner.id}`, ready: '[data-code=role_missing]' },
    { name: 'tenant-waiting', path: `${A}/${reseller.id}`, ready: 'text=T. Berg' },
    { name: 'tenant-new', path: `${A}/${newcomer.id}`, ready: 'form' },
    {
      name: 'billing',
      path: '/my-services/microsoft-365-csp-direct/billing',
      ready: `text=${nordwind.name}`,
    },
    { name: 'billing-reports', path: billing, ready: 'text=Run Microsoft billing report' },
    { name: 'billing-reports-viewer', path: billing, ready: 'text=Succeeded', as: 'viewer' },
    { name: 'billing-report', path: `${billing}/${report}`, ready: '[data-testid=report-figures]' },
  ]
}

/** The pages of somebody who got a link: one that waits, and what came of two others. */
export async function outsiderViews(stack: Stack, owner: Visitor, nobody: Visitor): Promise<View[]> {
  const [done] = stack.simulator.control.addPartnerTenants(1)
  if (!done) throw new TypeError('The simulator adds what it is asked for.')
  const as = 'nobody'
  const { url } = await link(owner, reseller.id, {
    recipient: 'T. Berg',
    reason: 'Invoices for your joint billing',
  })
  // To where the checks have ended, on the result's page.
  const trip = async (id: string, user: string) => {
    const { url: start } = await link(owner, id)
    const { location } = await nobody.visit(start, { decision: 'continue' })
    const back = await stack.simulator.signIn(location ?? '', { user })
    return (await nobody.visit(back.location ?? '')).location ?? ''
  }
  const path = await trip(cascade.id, cascade.users.noMfa)
  return [
    { name: 'consent-link', path: new URL(url).pathname, ready: 'text=Continue to Microsoft', as },
    { name: 'consent-refused', path, ready: 'text=no second step', as },
    {
      name: 'consent-done',
      path: await trip(done.id, `svc-csp@${done.domains[0]}`),
      ready: 'text=is connected',
      as,
    },
    { name: 'consent-ended', path: '/consent/start/none', ready: 'text=no longer works', as },
  ]
}

/** To one it is granted; to another, without a relationship, it is refused, and that is what is to be seen. */
async function grantToCustomers(stack: Stack, owner: Visitor): Promise<void> {
  stack.simulator.control.addCustomerTenants(nordwind.id, 30)
  const address = `/api/v1/connections/${nordwind.id}`
  await owner.call('PUT', `${address}/customer-consents/${customer.id}`, {})
  const { items } = await owner.call<{ items: { customerTenantId: string }[] }>(
    'GET',
    `${address}/customers?search=Customer`,
  )
  await owner
    .call('PUT', `${address}/customer-consents/${items[0]?.customerTenantId}`, {})
    .catch(() => undefined)
}

async function runReport(owner: Visitor): Promise<string> {
  const reports = `/api/v1/connections/${nordwind.id}/billing-reports`
  const { id } = await owner.call<{ id: string }>('POST', reports, { kind: 'billed' })
  await until(
    () => owner.call<{ status: string }>('GET', `${reports}/${id}`),
    ({ status }) => status === 'succeeded',
  )
  return id
}
