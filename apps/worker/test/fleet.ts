import { TESTER } from '@consentry/core/testing'
import { importConnections, type Deps } from '@consentry/core'
import { expect } from 'vitest'

import { grantElsewhere, startProgram, type World } from './world.ts'

export type Program = ReturnType<typeof startProgram>

/** Starts workers, and ends all that are left. */
export function createFleet() {
  let running: Program[] = []
  return {
    start(env: Readonly<Record<string, string>>, ...args: string[]): Program {
      const program = startProgram(env, ...args)
      running.push(program)
      return program
    },
    async end(): Promise<void> {
      for (const { child } of running) child.kill('SIGKILL')
      await Promise.all(running.map((it) => it.ended))
      running = []
    },
  }
}

/** So many tenants whose grants came from elsewhere; all are due. Gives their connections' ids. */
export async function importDue(world: World, count: number): Promise<string[]> {
  const { deps, microsoft } = world
  const tenants = microsoft.control.addPartnerTenants(count)
  // Nobody reads their invoices here, and Microsoft would add up so many.
  for (const { billing } of tenants) billing.customers = 1
  const lines = []
  for (const { id, domains } of tenants) {
    const refreshToken = await grantElsewhere(world, id, `svc-csp@${domains[0]}`)
    lines.push(JSON.stringify({ microsoftId: id, refreshToken }))
  }
  expect(await importConnections(deps, 'org', lines, { by: TESTER })).toMatchObject({
    imported: count,
    rejected: [],
  })
  microsoft.control.clearRequests()
  const rows = await Promise.all(tenants.map(({ id }) => deps.store.findConnection('org', id)))
  return rows.flatMap((it) => (it ? [it.id] : []))
}

/** Requests of a refresh: one for Partner Center each, and another for Graph that its proof needs. */
export function refreshes({ microsoft }: World) {
  return microsoft.requests.filter((it) => it.route === 'token' && it.scope?.includes('partnercenter'))
}

/** How often each tenant was refreshed. */
export function redemptions(world: World): number[] {
  const tokens = refreshes(world).filter((it) => it.status === 200)
  return [...Map.groupBy(tokens, (it) => it.tenantId).values()].map((it) => it.length)
}

export async function stillDue({ store, now }: Deps): Promise<number> {
  return (await store.listDue(now(), 5_000)).length
}

/** Waits until nothing is due, also while the database is away. */
export async function untilNothingIsDue(world: World): Promise<void> {
  await expect.poll(() => stillDue(world.deps).catch(() => -1), { timeout: 90_000, interval: 250 }).toBe(0)
}

/** Most refreshes within any second. */
export function busiestSecond(world: World): number {
  const times = refreshes(world).map((it) => it.at.getTime())
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
}

export async function heldLeases({ deps }: World): Promise<number> {
  const { items } = await deps.store.listConnections('org', { limit: 100 })
  return items.filter((it) => it.leaseUntil !== null).length
}
