import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  addConnection,
  createConsentLink,
  createServiceKey,
  finishConsent,
  generateKeyEntry,
  randomToken,
  readConfig,
  readKeyRing,
  startConsent,
  type ConnectionRow,
  type Deps,
  type NewServiceKey,
  type Actor,
} from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { startPostgres } from '@consentry/db/testing'
import { createMicrosoft, demo, type Microsoft } from '@consentry/microsoft-simulator'

import type { Env } from './program.ts'

export type Dialect = 'sqlite' | 'postgres'
export const DIALECTS: readonly Dialect[] = ['sqlite', 'postgres']

export type World = {
  readonly dialect: Dialect
  readonly microsoft: Microsoft
  /** The harness's own look at the database. */
  readonly deps: Deps
  readonly env: Env
  readonly serviceKey: string
  /** Restarts the PostgreSQL server, which is away for so many milliseconds. */
  restartServer(downFor: number): Promise<void>
  close(): Promise<void>
}

/** A Microsoft on ports of this process, and a database for product processes to work on; a file goes to `place`. */
export async function openWorld(dialect: Dialect, place?: string): Promise<World> {
  const undo: (() => Promise<unknown>)[] = []
  const microsoft = createMicrosoft()
  const { urls, close } = await microsoft.listen()
  undo.push(close)
  const { url, restart } = await databaseOf(dialect, undo, place)
  const env = {
    DATABASE_URL: url,
    CONSENTRY_URL: 'http://localhost:3000',
    CONSENTRY_KEYS: generateKeyEntry(new Date()),
    CONSENTRY_SECRET: randomBytes(32).toString('hex'),
    CONSENTRY_REFRESH_PER_SECOND: '1000',
    LOG_LEVEL: 'warn',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    MICROSOFT_LOGIN_URL: urls.login,
    MICROSOFT_PARTNER_CENTER_URL: urls.partnerCenter,
    MICROSOFT_GRAPH_URL: urls.graph,
  }
  const config = readConfig(env)
  const { store, close: closeDatabase } = await openDatabase(config.database)
  undo.push(closeDatabase)
  const deps: Deps = { store, fetch, now: () => new Date(), keys: readKeyRing(env), config }
  await store.createOrganisation({ id: 'org', slug: 'org', name: 'Org', createdAt: new Date() })
  const wish: NewServiceKey = {
    organisationId: 'org',
    name: 'crash',
    scopes: ['tokens:read', 'connections:write'],
  }
  const { key } = await createServiceKey(deps, wish, ASKER)
  return {
    dialect,
    microsoft,
    deps,
    env,
    serviceKey: key,
    restartServer: restart,
    async close() {
      for (const step of undo.splice(0).toReversed()) await step()
    },
  }
}

async function databaseOf(dialect: Dialect, undo: (() => Promise<unknown>)[], place = tmpdir()) {
  if (dialect === 'postgres') {
    const server = await startPostgres()
    undo.push(() => server.stop())
    return { url: server.url, restart: (downFor: number) => server.restart(downFor) }
  }
  const folder = await mkdtemp(join(place, 'consentry-crash-'))
  undo.push(() => rm(folder, { recursive: true }))
  return { url: `file:${join(folder, 'crash.db')}`, restart: async () => undefined }
}

export type Tenant = { readonly id: string; readonly user: string }

/** A partner tenant that nobody has seen before. */
export function newTenant({ microsoft }: World): Tenant {
  const [tenant] = microsoft.control.addPartnerTenants(1)
  const domain = tenant?.domains[0]
  if (!tenant || !domain) throw new Error('There is no new tenant.')
  return { id: tenant.id, user: `svc-csp@${domain}` }
}

export type Trip = { readonly attemptId: string; readonly browser: string; readonly answer: URLSearchParams }

const ASKER: Actor = { kind: 'person', id: 'crash', name: 'Crash', email: null }

/** Sets off with a new link and comes back with Microsoft's answer, which nobody has taken yet. */
export async function travel({ deps, microsoft }: World, row: ConnectionRow, user: string): Promise<Trip> {
  const browser = randomToken()
  const { url, attemptId } = await createConsentLink(deps, row, ASKER)
  const { location } = await startConsent(deps, url.split('/').at(-1) ?? '', { browser, member: null })
  const back = await microsoft.signIn(location, { user })
  return { attemptId, browser, answer: new URL(back.location ?? '').searchParams }
}

export async function addTenant({ deps }: World, { id }: Tenant): Promise<ConnectionRow> {
  return (await addConnection(deps, { organisationId: 'org', microsoftId: id }, ASKER)).row
}

/** A tenant that has consented; its refresh is due. */
export async function connectTenant(world: World): Promise<Tenant & { readonly row: ConnectionRow }> {
  const { deps } = world
  const tenant = newTenant(world)
  const { browser, answer } = await travel(world, await addTenant(world, tenant), tenant.user)
  const { done } = await finishConsent(deps, Object.fromEntries(answer), browser)
  const { connectionId, status, problem } = await done
  if (status !== 'succeeded') throw new Error(`The consent ended ${status}: ${problem?.code}`)
  const row = await deps.store.updateConnection(connectionId, {
    nextRefreshAt: new Date(Date.now() - 60_000),
  })
  if (!row) throw new Error('The connection is gone.')
  return { ...tenant, row }
}
