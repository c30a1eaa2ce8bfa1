import type { AttemptView } from '@consentry/core'

import { until } from './until.ts'
import { CONNECTION, TENANT, type Walker } from './walker.ts'

type Link = { readonly attemptId: string; readonly url: string; readonly expiresAt: string }

/** Adds the tenant and consents as its administrator would, from the link to the last rung of the ladder. */
export async function connect(walker: Walker): Promise<void> {
  await add(walker)
  const link = await makeLink(walker)
  await travel(walker, link)
  await watchProof(walker, link)
}

async function add({ tell, call }: Walker): Promise<void> {
  await tell('Adds the connection', async () => {
    const wish = { microsoftId: TENANT.id, name: TENANT.name }
    const { name, status } = await call<{ name: string; status: string }>('POST', '/api/v1/connections', wish)
    return `${name}, ${TENANT.id}, ${status}`
  })
}

function makeLink({ step, call }: Walker): Promise<Link> {
  return step('Makes a consent link', async () => {
    const result = await call<Link>('POST', `${CONNECTION}/consent-links`, {})
    return { result, detail: `good until ${result.expiresAt}` }
  })
}

async function travel({ step, tell, visit, stack }: Walker, link: Link): Promise<void> {
  const microsoft = await step('Follows the link', async () => {
    const { location, status } = await visit(link.url)
    if (!location) throw new Error(`The link answered ${status} and leads nowhere.`)
    const { host, pathname } = new URL(location)
    return { result: location, detail: `to ${host}${pathname}` }
  })
  const callback = await step("Passes Microsoft's pages", async () => {
    const user = TENANT.users.service
    const { location, aadsts } = await stack.simulator.signIn(microsoft, { user })
    if (!location) throw new Error(`Microsoft's page goes nowhere: AADSTS${aadsts}`)
    return { result: location, detail: `${user}: account, second step, consent` }
  })
  await tell('Comes back to Consentry', async () => {
    const { location, status } = await visit(callback)
    if (!location?.endsWith(link.attemptId))
      throw new Error(`The callback answered ${status}, to ${location}.`)
    return `to attempt ${link.attemptId}`
  })
}

async function watchProof({ step, rung, call }: Walker, { attemptId }: Link): Promise<void> {
  const attempt = await step('Waits for the proof', async () => {
    const result = await until(
      () => call<AttemptView>('GET', `${CONNECTION}/consent-attempts/${attemptId}`),
      ({ status }) => status !== 'waiting' && status !== 'proving',
    )
    return { result, detail: result.status }
  })
  const { status, checks, problem } = attempt
  checks.forEach(rung)
  const passed = checks.filter((it) => it.ok).length
  if (status !== 'succeeded')
    throw new Error(
      `The attempt ended as ${status}, ${passed} of 8 proven: ${problem?.title}. ${problem?.detail} (${problem?.code})`,
    )
}
