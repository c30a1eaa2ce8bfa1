import { gzipSync } from 'node:zlib'

import { runNextReport } from '@consentry/core'
import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'

import { pageOf, reportSchema } from '../src/schemas.ts'
import { connect, openWorld, tenant, type World } from './trips.ts'

let world: World
const path = `/connections/${tenant.id}/billing-reports`

beforeEach(async () => {
  world = await openWorld()
  await connect(world)
})
afterEach(() => world.close())

const get = (rest: string, headers: Record<string, string> = {}) =>
  world.api('GET', rest, { as: world.owner, headers })

async function order(): Promise<string> {
  const queued = await world.api('POST', path, { as: world.owner, body: { kind: 'billed' } })
  expect(queued.status).toBe(202)
  return reportSchema.parse(queued.body).id
}

async function finished(): Promise<string> {
  const id = await order()
  expect((await runNextReport(world.deps))?.status).toBe('succeeded')
  return id
}

it('lists invoices page by page', async () => {
  const page = await get(`/connections/${tenant.id}/invoices?limit=2`)
  expect(page.status).toBe(200)
  expect(z.array(z.looseObject({ id: z.string() })).parse(page.body.items)).toHaveLength(2)
})

it('queues a report, tells how it stands, and lists it', async () => {
  const id = await order()
  expect(reportSchema.parse((await get(`${path}/${id}`)).body)).toMatchObject({
    status: 'queued',
    progress: 0,
  })
  await runNextReport(world.deps)
  const done = reportSchema.parse((await get(`${path}/${id}`)).body)
  expect(done).toMatchObject({ status: 'succeeded', progress: 1 })
  expect(done.totals.length).toBeGreaterThan(0)
  // Sizes are told of one report, not of each in a list.
  const { sizes: _, ...listed } = done
  expect(pageOf(reportSchema).parse((await get(path)).body).items).toEqual([listed])
})

it('tells of a report that Microsoft has newer data, once another one has shown it', async () => {
  const [id, same] = [await finished(), await finished()]
  const newerOf = async (of: string) => reportSchema.parse((await get(`${path}/${of}`)).body).newer
  expect(await newerOf(id)).toBeUndefined()
  const { invoice } = reportSchema.parse((await get(`${path}/${id}`)).body)
  world.microsoft.control.setExportLines(tenant.id, invoice?.id ?? '', 40)
  const other = await finished()
  for (const older of [id, same])
    expect(await newerOf(older)).toEqual({ id: other, since: expect.stringMatching(/Z$/) })
  expect(await newerOf(other)).toBeUndefined()
})

it.each([{}, { kind: 'all' }, { kind: 'billed', period: 'next' }, { kind: 'unbilled', currency: 'euro' }])(
  'refuses the order %j as malformed',
  async (body) => {
    expect((await world.api('POST', path, { as: world.owner, body })).status).toBe(400)
  },
)

it("does not show another connection's or organisation's report", async () => {
  const id = await order()
  const other = await world.connection(world.organisationId, 'Other', demo.tenants.cascade.id)
  expect((await get(`/connections/${other.microsoftId}/billing-reports/${id}`)).status).toBe(404)
  const theirs = await world.organisation('theirs')
  await world.connection(theirs.id, 'Same tenant', tenant.id)
  const answer = await world.api('GET', `${path}/${id}`, { as: await world.member(theirs.id, 'owner') })
  expect(answer.status).toBe(404)
})

it('refuses lines and totals of a report that is not finished', async () => {
  const id = await order()
  for (const rest of ['lines', 'lines?format=csv', 'breakdown?by=customer']) {
    const answer = await get(`${path}/${id}/${rest}`)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'report_not_ready' })
  }
})

describe('lines', () => {
  it('come in pages that follow each other', async () => {
    const id = await finished()
    const first = await get(`${path}/${id}/lines?limit=3`)
    const second = await get(`${path}/${id}/lines?limit=3&cursor=${String(first.body.nextCursor)}`)
    const all = await get(`${path}/${id}/lines?format=jsonl`)
    const pages = [first, second].flatMap(({ body }) => z.array(z.unknown()).parse(body.items))
    const lines = all.text.trimEnd().split('\n')
    expect(pages).toEqual(lines.slice(0, 6).map((line) => JSON.parse(line)))
  })

  it('keep decimals as Microsoft wrote them', async () => {
    const id = await finished()
    const line = '{"CustomerName":"A","UnitPrice":0.10000000000000000001,"Subtotal":1.10}'
    const report = await world.store.findReport((await row())?.id ?? '', id)
    const fence = report?.fence ?? -1
    await world.store.clearReport(id, fence)
    const chunk = { reportId: id, sequence: 0, firstLine: 0, lines: 1, data: gzipSync(line) }
    expect(await world.store.addReportChunks([chunk], fence)).toBe(true)
    expect(report?.status).toBe('succeeded')
    expect((await get(`${path}/${id}/lines`)).text).toBe(`{"items":[${line}],"nextCursor":null,"total":1}`)
    expect((await get(`${path}/${id}/lines?format=jsonl`)).text).toBe(`${line}\n`)
    expect((await get(`${path}/${id}/lines?format=csv`)).text).toBe(
      'CustomerName,UnitPrice,Subtotal\r\nA,0.10000000000000000001,1.10\r\n',
    )
  })

  it.each([
    ['text/csv', 'text/csv; charset=utf-8; header=present', 'csv'],
    ['application/jsonl', 'application/jsonl; charset=utf-8', 'jsonl'],
  ])('stream whole as %s, to be saved as a file', async (accept, type, ending) => {
    const id = await finished()
    const answer = await get(`${path}/${id}/lines?limit=1`, { accept })
    expect(answer.type).toBe(type)
    expect(answer.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="G[\\w-]+\\.${ending}"$`),
    )
    expect(answer.text.trimEnd().split('\n').length).toBeGreaterThan(5)
  })

  it('are said to be as large as they are, before and while they come', async () => {
    const id = await finished()
    const { sizes } = reportSchema.parse((await get(`${path}/${id}`)).body)
    const whole = await get(`${path}/${id}/lines?format=jsonl`)
    expect(Buffer.byteLength(whole.text)).toBe(sizes?.jsonl)
    expect(whole.headers.get('content-length')).toBe(String(sizes?.jsonl))
    const head = await world.api('HEAD', `${path}/${id}/lines?format=jsonl`, { as: world.owner })
    expect(head.headers.get('content-length')).toBe(String(sizes?.jsonl))
  })

  it('stream whole whatever is filtered, and as CSV with a mark for Excel if that is asked for', async () => {
    const id = await finished()
    const whole = await get(`${path}/${id}/lines?format=csv`)
    expect((await get(`${path}/${id}/lines?format=csv&customer=nobody&kind=credit`)).text).toBe(whole.text)
    const response = await fetch(`${world.url}/api/v1${path}/${id}/lines?format=csv&bom=true`, {
      headers: world.owner,
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(bytes.subarray(3).toString()).toBe(whole.text)
  })

  it.each(['csv', 'jsonl'])(
    'that break off in the middle are no whole %s to whoever saves them',
    async (format) => {
      const { items } = (await get(`/connections/${tenant.id}/invoices`)).body
      for (const invoice of z.array(z.object({ id: z.string() })).parse(items))
        world.microsoft.control.setExportLines(tenant.id, invoice.id, 300)
      const id = await finished()
      const { store } = world
      const fence = (await store.findReport((await row())?.id ?? '', id))?.fence ?? -1
      const chunks = await store.listReportChunks(id, 0, 1_000)
      const index = await store.findReportChunks(id, [-5, -4, -3, -2, -1])
      await store.clearReport(id, fence)
      const broken = chunks.map((it, at) => (at === 1 ? { ...it, data: Buffer.from('not gzip') } : it))
      await store.addReportChunks([...broken, ...index], fence)
      const response = await fetch(`${world.url}/api/v1${path}/${id}/lines?format=${format}`, {
        headers: world.owner,
      })
      expect(response.status).toBe(200)
      const end = await response.text().then(
        () => 'whole',
        () => 'broken off',
      )
      expect(end).toBe('broken off')
    },
  )

  it('of a month that is not billed yet are named by month, currency and day', async () => {
    const wish = { kind: 'unbilled', currency: 'EUR', period: 'last' }
    const queued = await world.api('POST', path, { as: world.owner, body: wish })
    await runNextReport(world.deps)
    const answer = await get(`${path}/${reportSchema.parse(queued.body).id}/lines?format=csv`)
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="unbilled-EUR-last-\d{4}-\d\d-\d\d\.csv"$/,
    )
  })

  it('are narrowed, sorted and begun anywhere, and say how many match', async () => {
    const id = await finished()
    const { items, total } = (await get(`${path}/${id}/lines?sort=largest&kind=licence&limit=2&offset=1`))
      .body
    const all = await get(`${path}/${id}/lines?sort=largest&kind=licence&limit=100`)
    expect(items).toEqual(z.array(z.unknown()).parse(all.body.items).slice(1, 3))
    expect(total).toBe(all.body.total)
    for (const wrong of ['sort=size', 'kind=gift', 'offset=-1', 'offset=x'])
      expect((await get(`${path}/${id}/lines?${wrong}`)).status).toBe(400)
  })

  it('are JSON for whoever accepts anything', async () => {
    const id = await finished()
    expect((await get(`${path}/${id}/lines`, { accept: '*/*' })).type).toContain('application/json')
  })
})

it('breaks totals down by customer and product, beside another report', async () => {
  const [id, other] = [await finished(), await finished()]
  for (const by of ['customer', 'product']) {
    const answer = await get(`${path}/${id}/breakdown?by=${by}&compare=${other}`)
    const [largest] = z.array(z.unknown()).min(1).parse(answer.body.items)
    expect(largest).toMatchObject({ currency: expect.any(String), compared: { change: expect.any(String) } })
  }
  expect((await get(`${path}/${id}/breakdown?by=colour`)).status).toBe(400)
  expect((await get(`${path}/${id}/breakdown?by=customer&compare=unknown`)).status).toBe(404)
})

describe('events', () => {
  it('follow a report until it has ended', async () => {
    const id = await order()
    const events = get(`${path}/${id}/events`)
    await runNextReport(world.deps)
    const answer = await events
    expect(answer.type).toContain('text/event-stream')
    const reports = answer.text
      .split('\n\n')
      .filter((event) => event.startsWith('event: progress\ndata: '))
      .map((event) => reportSchema.parse(JSON.parse(event.slice('event: progress\ndata: '.length))))
    expect(reports.at(-1)).toMatchObject({ id, status: 'succeeded', progress: 1 })
  })

  it('stop being looked for once the listener has gone', async () => {
    const id = await order()
    const controller = new AbortController()
    const response = await fetch(`${world.url}/api/v1${path}/${id}/events`, {
      headers: world.owner,
      signal: controller.signal,
    })
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"status":"queued"')
    controller.abort()
    await expect(reader?.read()).rejects.toThrow(/abort/i)
    const started = performance.now()
    await world.close()
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

async function row() {
  return world.store.findConnection(world.organisationId, tenant.id)
}
