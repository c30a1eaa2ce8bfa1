import { parseArgs } from 'node:util'

import {
  createServiceKey,
  requestReport,
  runNextReport,
  type Actor,
  type ConnectionRow,
  type Scope,
} from '@consentry/core'
import { connectTenant, DIALECTS, openWorld } from '@consentry/crash/world'
import { freePort } from '@consentry/db/testing'
import { startApi } from '@consentry/fuzz/program'

import { feelConsole } from './console.ts'
import { median } from './felt.ts'
import { fill, nameOf } from './fill.ts'
import { load, once, type Ask, type Load } from './load.ts'

/** Measures what people wait for, on the api as it ships; ratios within one run say more than figures. */
const { values } = parseArgs({
  options: {
    tenants: { type: 'string', default: '100000' },
    lines: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '5' },
    database: { type: 'string', default: 'sqlite' },
    /** `tokens`, `report`, `list` or `console` alone. */
    only: { type: 'string' },
    /** Milliseconds that an act in the console may take; the run fails above it. */
    most: { type: 'string', default: '100' },
  },
})
const DATABASE = DIALECTS.find((it) => it === values.database)
if (!DATABASE) throw new Error(`--database is one of ${DIALECTS.join(', ')}.`)
const TENANTS = Number(values.tenants)
const LINES = Number(values.lines)
const CONNECTIONS = 64
const ROUNDS = 3
const KEYS = 32
/** Lines that the console asks for at a time. */
const PAGE = 50
type Query = Readonly<Record<string, string | number>>
const BENCH: Actor = { kind: 'operator', id: 'bench', name: 'Bench', email: null }

const world = await openWorld(DATABASE)
const port = await freePort()
const api = await startApi(world.env, port)
const base = `http://127.0.0.1:${port}`
try {
  const { id, row } = await connectTenant(world)
  if (wants('tokens')) await measureTokens(id)
  if (wants('report')) await measureReport(row)
  if (wants('list')) await measureList(row)
} finally {
  await api.stop()
  await world.close()
}
if (wants('console')) await measureConsole()

function wants(part: string): boolean {
  return values.only === undefined || values.only === part
}

async function keyFor(scopes: readonly Scope[]): Promise<Record<string, string>> {
  const { key } = await createServiceKey(world.deps, { organisationId: 'org', name: 'bench', scopes }, BENCH)
  return { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
}

/** Authenticated, limited and written into the audit log, beside a route that does nothing. */
async function measureTokens(id: string): Promise<void> {
  const keys = await Promise.all(Array.from({ length: KEYS }, () => keyFor(['tokens:read'])))
  const token = (n: number): Ask => ({
    url: `${base}/api/v1/connections/${id}/token`,
    method: 'POST',
    headers: keys[n % KEYS] ?? {},
    body: '{"resource":"partner-center"}',
  })
  const floor = (): Ask => ({ url: `${base}/health` })
  const rounds: { token: Load; floor: Load }[] = []
  await load(token, CONNECTIONS, 1000)
  for (let round = 0; round < ROUNDS; round += 1) {
    const ms = Number(values.seconds) * 1000
    rounds.push({ floor: await load(floor, CONNECTIONS, ms), token: await load(token, CONNECTIONS, ms) })
  }
  const ratio = median(rounds.map((it) => it.floor.perSecond / it.token.perSecond))
  say('tokens from the cache, each in the audit log, 64 connections', middle(rounds.map((it) => it.token)))
  say('GET /health, 64 connections', middle(rounds.map((it) => it.floor)))
  console.log(`a token costs ${ratio.toFixed(2)} times GET /health`)
}

async function measureReport(row: ConnectionRow): Promise<void> {
  const { deps, microsoft } = world
  const invoice = `G${String(900_000_000 + Math.floor(Math.random() * 1_000_000))}`
  const known = (await (
    await fetch(`${base}/api/v1/connections/${row.microsoftId}/invoices`, {
      headers: await keyFor(['billing:read']),
    })
  ).json()) as { items: { id: string }[] }
  const id = known.items.find((it) => it.id.startsWith('G'))?.id ?? invoice
  microsoft.control.set({ exportNotStartedPolls: 0, exportRunningPolls: 0 })
  microsoft.control.setExportLines(row.microsoftId, id, LINES)
  const report = await requestReport(deps, row, BENCH, { kind: 'billed', invoiceId: id })
  const started = performance.now()
  const ended = await runNextReport(deps)
  if (ended?.status !== 'succeeded')
    throw new Error(`The report ended ${ended?.status}: ${ended?.problem?.code}`)
  const seconds = (performance.now() - started) / 1000
  console.log(
    `a report of ${LINES} lines: ${seconds.toFixed(1)} s, ${Math.round(LINES / seconds)} lines a second`,
  )
  const headers = await keyFor(['billing:read'])
  const at = `${base}/api/v1/connections/${row.microsoftId}/billing-reports/${report.id}`
  await wait('its totals by customer', { url: `${at}/breakdown?by=customer`, headers })
  const ask = (query: Query): Ask => ({
    url: `${at}/lines?${Object.entries(query)
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join('&')}`,
    headers,
  })
  const { items } = (await (await fetch(`${at}/breakdown?by=customer`, { headers })).json()) as {
    items: { key: string; name: string }[]
  }
  const [most, least] = [items[0], items.at(-1)]
  for (const filter of [
    {},
    { sort: 'largest' },
    { customer: most?.key ?? '' },
    { customer: least?.key ?? '', sort: 'largest' },
    { product: 'Premium', sort: 'smallest' },
    { kind: 'credit' },
    { kind: 'use', sort: 'largest' },
    { currency: 'EUR', sort: 'largest' },
    { search: 'microsoft 365' },
    { search: '00000000-0000-4000-a000-000000000001' },
    { search: 'nothing like that' },
  ])
    await measurePages(filter, ask)
}

/** The first look, then pages at the beginning, in the middle and at the end of what a filter leaves. */
async function measurePages(filter: Query, ask: (query: Query) => Ask): Promise<void> {
  const from = performance.now()
  const { url, headers = {} } = ask({ ...filter, limit: PAGE })
  const { total } = (await (await fetch(url, { headers })).json()) as { total: number }
  const first = performance.now() - from
  console.log(`${JSON.stringify(filter)}: ${total} lines, first look ${first.toFixed(1)} ms`)
  const places = { beginning: 0, middle: Math.floor(total / 2), end: Math.max(0, total - PAGE) }
  for (const [place, offset] of Object.entries(places))
    await wait(place, ask({ ...filter, offset, limit: PAGE }))
}

async function measureList(row: ConnectionRow): Promise<void> {
  await fill(world.env, row, TENANTS)
  const headers = await keyFor(['connections:read'])
  const list = `${base}/api/v1/connections`
  console.log(`${TENANTS} tenants`)
  await wait('first page', { url: `${list}?limit=25`, headers })
  await wait('first page by name', { url: `${list}?limit=25&sort=name`, headers })
  await wait('of one status', { url: `${list}?limit=25&status=broken`, headers })
  await wait('a search that finds one', {
    url: `${list}?limit=25&search=${nameOf(TENANTS - 7)}`,
    headers,
  })
  await wait('a search that finds none', { url: `${list}?limit=25&search=nobody-at-all`, headers })
  await wait('Today', { url: `${base}/api/v1/today`, headers })
}

async function measureConsole(): Promise<void> {
  const felt = await feelConsole(TENANTS, LINES)
  for (const { act, input, answer } of felt)
    console.log(`  ${act}: painted after ${input} ms, answered after ${answer.toFixed(0)} ms`)
  const slow = felt.filter((it) => Math.max(it.input, it.answer) > Number(values.most))
  if (slow.length > 0) process.exitCode = 1
  console.log(`${slow.length} of ${felt.length} acts took longer than ${values.most} ms`)
}

async function wait(what: string, ask: Ask): Promise<void> {
  const { median: middling, slowest } = await once(ask)
  console.log(`  ${what}: ${middling.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`)
}

function say(what: string, { perSecond, p50, p99 }: Load): void {
  console.log(
    `${what}: ${Math.round(perSecond)} a second, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  )
}

function middle(loads: readonly Load[]): Load {
  return {
    perSecond: median(loads.map((it) => it.perSecond)),
    p50: median(loads.map((it) => it.p50)),
    p99: median(loads.map((it) => it.p99)),
  }
}
