import { expect } from 'vitest'

import {
  addConnection,
  deliverDue,
  foreseeAll,
  NOTIFICATION_EVENTS,
  putChannels,
  refreshDue,
  tellChanges,
  type ConnectionRow,
  type Fetch,
  type Organisation,
} from '../src/index.ts'
import { TESTER } from '../testing/index.ts'
import { arrive, ASKER, createBench, MINUTE, travel, type Bench } from './bench.ts'
import { createPostbox, type Mail } from './postbox.ts'

export const HOUR = 60 * MINUTE
const ORGANISATIONS = 3
const TENANTS = 4
/** What is told of nights and consents is not an alarm. */
const EVENTS = NOTIFICATION_EVENTS.filter((it) => it.startsWith('connection') || it.startsWith('application'))

export type Fleet = {
  readonly bench: Bench
  readonly organisations: readonly Organisation[]
  readonly mails: Mail[]
  /** Lets time pass with the worker's rounds in it: what is due is refreshed, what has to be told is told. */
  readonly live: (ms: number, step?: number) => Promise<void>
  readonly all: () => Promise<ConnectionRow[]>
  readonly one: () => Promise<ConnectionRow>
  /** Everybody's refresh is due at this moment, as after a night without a worker. */
  readonly allDue: () => Promise<void>
  /** Subjects of the mails to the n-th organisation. */
  readonly toldTo: (n: number) => string[]
  /** Nothing gets through to Microsoft any more, and this is how it fails; null: it does again. */
  readonly cutOff: (code: string | null) => void
}

export async function expectAllWell({ all }: Fleet): Promise<void> {
  const rows = await all()
  expect(rows.map((it) => it.status)).toEqual(rows.map(() => 'connected'))
}

/** The account that signed in for it. */
export function userOf(row: ConnectionRow): string {
  return row.accountUsername ?? ''
}

/** Three organisations with four connected tenants each, on one deployment, each with an address for its alarms. */
export async function createFleet(): Promise<Fleet> {
  let failing: string | null = null
  const online = await createBench({ CONSENTRY_REFRESH_PER_SECOND: '1000' })
  const fetch: Fetch = (input, init) =>
    failing === null
      ? online.fetch(input, init)
      : Promise.reject(new TypeError('fetch failed', { cause: { code: failing } }))
  const bench: Bench = { ...online, fetch }
  const { mails, transports } = createPostbox(bench.now)
  const organisations = await populate(bench)
  async function all(): Promise<ConnectionRow[]> {
    const pages = organisations.map((it) => bench.store.listConnections(it.id, { limit: 100 }))
    return (await Promise.all(pages)).flatMap((page) => page.items)
  }
  return {
    bench,
    organisations,
    mails,
    async live(ms, step = 2 * MINUTE) {
      for (const until = bench.now().getTime() + ms; bench.now().getTime() < until; bench.pass(step)) {
        await refreshDue(bench)
        await foreseeAll(bench)
        await tellChanges(bench)
        await deliverDue(bench, transports)
      }
    },
    all,
    async one() {
      const [row] = await all()
      if (!row) throw new Error('There is none.')
      return row
    },
    async allDue() {
      for (const { id } of await all()) await bench.store.updateConnection(id, { nextRefreshAt: bench.now() })
    },
    toldTo: (n) => mails.filter((it) => it.to === `ops${n}@example.com`).map((it) => it.subject),
    cutOff: (code) => void (failing = code),
  }
}

async function populate(bench: Bench): Promise<Organisation[]> {
  const tenants = bench.microsoft.control.addPartnerTenants(ORGANISATIONS * TENANTS)
  const organisations: Organisation[] = []
  for (let n = 0; n < ORGANISATIONS; n += 1) {
    const organisation = {
      id: `org ${n}`,
      slug: `org-${n}`,
      name: `Organisation ${n}`,
      createdAt: bench.now(),
    }
    await bench.store.createOrganisation(organisation)
    organisations.push(organisation)
    const mail = { kind: 'email', address: `ops${n}@example.com`, events: EVENTS } as const
    await putChannels(bench, organisation.id, [mail], TESTER)
    for (const { id, domains } of tenants.slice(n * TENANTS, (n + 1) * TENANTS)) {
      const wish = { organisationId: organisation.id, microsoftId: id }
      const { row } = await addConnection(bench, wish, ASKER)
      const user = `svc-csp@${domains[0]}`
      const { status } = await arrive(bench, await travel(bench, row, { user }))
      if (status !== 'succeeded') throw new Error(`The consent of ${user} ended as ${status}.`)
    }
  }
  return organisations
}
