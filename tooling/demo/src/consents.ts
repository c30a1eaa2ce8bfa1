import type { Stack } from './stack.ts'
import { until } from './until.ts'
import type { Visitor } from './visitor.ts'

type Tenant = { readonly id: string }
type Link = { readonly attemptId: string; readonly url: string }

/** Adds the tenant if it is not there, and makes a link for it. */
export async function link(visitor: Visitor, id: string, wish: object = {}): Promise<Link> {
  await visitor.call('POST', '/api/v1/connections', { microsoftId: id })
  return visitor.call<Link>('POST', `/api/v1/connections/${id}/consent-links`, wish)
}

/** Consents as this account, without a browser; gives the attempt once it has ended. */
export async function consent(at: Stack, visitor: Visitor, { id }: Tenant, user: string): Promise<string> {
  const { attemptId, url } = await link(visitor, id)
  const { location } = await visitor.visit(url)
  const back = await at.simulator.signIn(location ?? '', { user })
  await visitor.visit(back.location ?? '')
  await until(
    () => visitor.call<{ status: string }>('GET', `/api/v1/connections/${id}/consent-attempts/${attemptId}`),
    ({ status }) => status === 'succeeded' || status === 'failed',
  )
  return attemptId
}
