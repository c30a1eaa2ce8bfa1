import type { CheckView, ReportView } from '@consentry/core'

import type { Stack } from './stack.ts'
import { createSteps, type Say } from './steps.ts'
import { until } from './until.ts'
import { createVisitor } from './visitor.ts'
import { connect } from './walk-consent.ts'
import { CONNECTION, TENANT, type Walker } from './walker.ts'

/**
 * Everything that a person would do in the demo, over HTTP: signs in, connects a tenant through Microsoft's pages,
 * refreshes it, fetches a token as a service, runs a billing report. A line per step; throws at the first that fails.
 */
export async function walk(stack: Stack, say: Say): Promise<void> {
  const walker: Walker = { ...createSteps(say), ...createVisitor(stack.url), stack }
  await signIn(walker)
  await connect(walker)
  await refresh(walker)
  await serveToken(walker)
  await runReport(walker)
}

async function signIn({ tell, call, stack }: Walker): Promise<void> {
  await tell('Signs in at the console', async () => {
    await call('POST', '/api/auth/sign-in/email', stack.owner)
    return stack.owner.email
  })
}

async function refresh({ tell, call }: Walker): Promise<void> {
  await tell('Refreshes', async () => {
    const check = await call<CheckView>('POST', `${CONNECTION}/refresh`)
    if (!check.ok) throw new Error(`${check.title}. ${check.detail}`)
    return check.detail
  })
}

type NewKey = { readonly key: string; readonly prefix: string; readonly scopes: readonly string[] }
type Token = {
  readonly accessToken: string
  readonly resource: string
  readonly expiresAt: string
  readonly source: string
  readonly scopes: readonly string[]
}

async function serveToken({ step, tell, call }: Walker): Promise<void> {
  const key = await step('Makes a service key', async () => {
    const wish = { name: 'Walk', scopes: ['tokens:read'], connections: [TENANT.id] }
    const made = await call<NewKey>('POST', '/api/v1/service-keys', wish)
    return { result: made.key, detail: `${made.prefix}…, ${made.scopes.join(' ')}` }
  })
  await tell('Serves a token to that service', async () => {
    const wish = { resource: 'partner-center' }
    const token = await call<Token>('POST', `${CONNECTION}/token`, wish, key)
    if (!token.accessToken) throw new Error('The answer holds no token.')
    return `${token.resource}, until ${token.expiresAt}, from ${token.source}, ${token.scopes.join(' ')}`
  })
}

async function runReport({ tell, call }: Walker): Promise<void> {
  await tell('Runs a billing report', async () => {
    const { id } = await call<ReportView>('POST', `${CONNECTION}/billing-reports`, { kind: 'billed' })
    const report = await until(
      () => call<ReportView>('GET', `${CONNECTION}/billing-reports/${id}`),
      ({ status }) => status !== 'queued' && status !== 'running',
    )
    return readTotals(report)
  })
}

/** The report must come to what Microsoft invoiced, to the cent. */
function readTotals({ status, problem, invoice, totals }: ReportView): string {
  if (status !== 'succeeded')
    throw new Error(`The report ended as ${status}: ${problem?.title}. ${problem?.detail}`)
  const words = totals
    .map((it) => `${it.total} ${it.currency} (${it.subtotal} + ${it.tax} tax, ${it.lines} lines)`)
    .join(', ')
  const own = totals.find((it) => it.currency === invoice?.currency)
  if (!invoice || own?.total !== invoice.total)
    throw new Error(`Invoice ${invoice?.id} is over ${invoice?.total}, but its lines come to ${words}.`)
  return `${invoice.id}: ${words}, as invoiced`
}
