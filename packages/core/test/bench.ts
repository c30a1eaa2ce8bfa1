import type { Actor } from '../src/audit-entry.ts'
import { createMicrosoft, demo, type Microsoft, type SignInOptions } from '@consentry/microsoft-simulator'

import {
  addConnection,
  createConsentLink,
  finishConsent,
  generateKeyEntry,
  randomToken,
  readConfig,
  readKeyRing,
  startConsent,
  type AttemptRow,
  type ConnectionRow,
  type Deps,
  type DomainEvent,
  type Organisation,
} from '../src/index.ts'
import { createMemoryStore, type MemoryStore } from '../testing/index.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

export type Bench = Deps & {
  readonly store: MemoryStore
  readonly microsoft: Microsoft
  readonly events: DomainEvent[]
  readonly organisation: Organisation
  /** Moves the clock that the product and Microsoft share. */
  readonly pass: (ms: number) => void
}

/** A deployment with one organisation, its own Microsoft and a clock that stands still until it is moved. */
export async function createBench(
  env: Record<string, string> = {},
  start = new Date('2026-11-23T07:00:00Z'),
): Promise<Bench> {
  let time = start.getTime()
  const now = () => new Date(time)
  const microsoft = createMicrosoft({ now })
  microsoft.control.set({ exportNotStartedPolls: 0, exportRunningPolls: 0, exportRetryAfter: null })
  const store = createMemoryStore()
  const events: DomainEvent[] = []
  const organisation = { id: 'org-1', slug: 'fjordbyte', name: 'Fjordbyte', createdAt: now() }
  await store.createOrganisation(organisation)
  return {
    store,
    microsoft,
    events,
    organisation,
    now,
    fetch: microsoft.fetch,
    keys: readKeyRing({ CONSENTRY_KEYS: generateKeyEntry(now()) }),
    config: readConfig({
      CONSENTRY_SECRET: 'a secret of the test bench',
      MICROSOFT_CLIENT_ID: demo.app.clientId,
      MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
      ...env,
    }),
    report: (event) => void events.push(event),
    pass: (ms) => void (time += ms),
  }
}

export const tenant = demo.tenants.nordwind
export const otherTenant = demo.tenants.cascade

/** Adds the tenant to the organisation. */
export async function add(bench: Bench, microsoftId: string = tenant.id): Promise<ConnectionRow> {
  return (await addConnection(bench, { organisationId: bench.organisation.id, microsoftId }, ASKER)).row
}

/** The connection as it is stored now. */
export async function stored(bench: Bench, microsoftId: string = tenant.id): Promise<ConnectionRow> {
  const row = await bench.store.findConnection(bench.organisation.id, microsoftId)
  if (!row) throw new Error('The connection is gone.')
  return row
}

export type Trip = { readonly query: URLSearchParams; readonly browser: string; readonly token: string }

export const ASKER: Actor = {
  kind: 'person',
  id: 'user-1',
  name: 'Ingrid Solheim',
  email: 'ingrid@fjordbyte.example',
}

/** Makes a link, sets off with it and comes back from Microsoft with whatever it sent. */
export async function travel(
  bench: Bench,
  connection: ConnectionRow,
  as: SignInOptions,
  link: { readonly browser?: string; readonly token?: string } = {},
): Promise<Trip> {
  const browser = link.browser ?? randomToken()
  const token = link.token ?? (await newLink(bench, connection))
  const { location } = await startConsent(bench, token, { browser, member: ASKER })
  const arrived = await bench.microsoft.signIn(location, as)
  if (!arrived.location) throw new Error(`Microsoft kept the browser: AADSTS${arrived.aadsts}`)
  return { query: new URL(arrived.location).searchParams, browser, token }
}

export async function newLink(bench: Bench, connection: ConnectionRow): Promise<string> {
  const { url } = await createConsentLink(bench, connection, ASKER)
  return url.slice(url.lastIndexOf('/') + 1)
}

/** Brings the answer home and waits until it is proven. */
export async function arrive(bench: Bench, trip: Trip): Promise<AttemptRow> {
  const { done } = await finishConsent(
    bench,
    {
      state: trip.query.get('state') ?? undefined,
      code: trip.query.get('code') ?? undefined,
      error: trip.query.get('error') ?? undefined,
      errorDescription: trip.query.get('error_description') ?? undefined,
    },
    trip.browser,
  )
  return done
}

/** The whole way: link, Microsoft, proof. */
export async function consent(bench: Bench, as: Partial<SignInOptions> = {}, connection?: ConnectionRow) {
  const row = connection ?? (await add(bench))
  return arrive(bench, await travel(bench, row, { user: tenant.users.service, ...as }))
}
