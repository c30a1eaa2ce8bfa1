import { pointsOf, run, startApi, type Ended, type Server } from './program.ts'
import { addTenant, connectTenant, newTenant, travel, type World } from './world.ts'
import type { ConnectionRow } from '@consentry/core'

/** What is at stake while a process does something: connections that work, and a consent on its way. */
export type Stake = {
  readonly rows: readonly ConnectionRow[]
  readonly attemptId?: string
  /** Does it in a product process, which dies at the fault point with this number; 0 lets it live. */
  act(killAt: number): Promise<Ended>
  /** The fault points it passes when it lives. */
  points(): Promise<string[]>
}

export const OPERATIONS = ['night', 'token', 'refresh', 'test', 'consent', 'again'] as const
export type Operation = (typeof OPERATIONS)[number]

const NIGHT = ['apps/worker/src/main.ts', '--once']
const TENANTS = 3

export async function prepare(world: World, operation: Operation): Promise<Stake> {
  if (operation === 'night') return night(world)
  if (operation === 'consent' || operation === 'again') return consent(world, operation === 'again')
  return call(world, operation)
}

async function night(world: World): Promise<Stake> {
  const rows = []
  for (let n = 0; n < TENANTS; n += 1) rows.push((await connectTenant(world)).row)
  return {
    rows,
    act: (killAt) => run(NIGHT, world.env, { killAt }),
    points: () => pointsOf(NIGHT, world.env),
  }
}

async function call(world: World, operation: 'token' | 'refresh' | 'test'): Promise<Stake> {
  const { id, row } = await connectTenant(world)
  await world.deps.store.dropAccessTokens(row.id)
  return withApi(world, [row], undefined, async ({ url }) => {
    await fetch(`${url}/api/v1/connections/${id}/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.serviceKey}`, 'content-type': 'application/json' },
      body: operation === 'token' ? JSON.stringify({ resource: 'partner-center' }) : '{}',
    })
  })
}

/** The browser comes back from Microsoft: for the first time, or to a tenant that is connected. */
async function consent(world: World, again: boolean): Promise<Stake> {
  const tenant = again ? await connectTenant(world) : newTenant(world)
  const row = await addTenant(world, tenant)
  const { attemptId, browser, answer } = await travel(world, row, tenant.user)
  return withApi(world, [row], attemptId, async ({ url }) => {
    await fetch(`${url}/consent/callback?${answer}`, {
      redirect: 'manual',
      headers: { cookie: `consentry_browser=${browser}` },
    })
    await ended(world, attemptId)
  })
}

/** The ladder goes on after the browser was answered. */
async function ended({ deps }: World, attemptId: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const attempt = await deps.store.getAttempt(attemptId)
    if (attempt?.status !== 'proving' && attempt?.status !== 'waiting') return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function withApi(
  world: World,
  rows: readonly ConnectionRow[],
  attemptId: string | undefined,
  ask: (server: Server) => Promise<void>,
): Stake {
  async function acted(killAt: number): Promise<{ server: Server; ended: Ended | null }> {
    const server = await startApi(world.env)
    await server.tell({ killAt })
    const asked = ask(server).catch(() => undefined)
    const died = await Promise.race([server.ended, asked.then(() => null)])
    return { server, ended: died }
  }
  return {
    rows,
    ...(attemptId === undefined ? {} : { attemptId }),
    async act(killAt) {
      const { server, ended: died } = await acted(killAt)
      if (died) return died
      await server.stop()
      return server.ended
    },
    async points() {
      const { server } = await acted(0)
      const points = await server.points()
      await server.stop()
      return points
    },
  }
}
