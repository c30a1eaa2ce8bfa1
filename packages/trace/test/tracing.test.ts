import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openTracing, type Tracing } from '../src/index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

/** A collector as OTLP over HTTP has it: takes what is posted to `/v1/traces`. Text stands in its protobuf as it is. */
async function startCollector() {
  const taken: Buffer[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    request.on('data', (it: Buffer) => chunks.push(it))
    request.on('end', () => {
      if (request.url === '/v1/traces') taken.push(Buffer.concat(chunks))
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    sent: () => Buffer.concat(taken).toString('latin1'),
    close: async () => void server.close(),
  }
}

let collector: Awaited<ReturnType<typeof startCollector>>
let tracing: Tracing

beforeEach(async () => {
  collector = await startCollector()
  const opened = await openTracing('consentry-test', collector.url)
  if (!opened) throw new Error('no tracing')
  tracing = opened
})
afterEach(() => collector.close())

const bytes = (hex: string) => Buffer.from(hex, 'hex').toString('latin1')
const count = (text: string, part: string) => text.split(part).length - 1

describe('tracing', () => {
  it('tells of a request, the work in it and what it sent, as one trace of the caller', async () => {
    const seen: Headers[] = []
    const fetch = tracing.around(async (_input, init) => {
      seen.push(new Headers(init?.headers))
      return new Response('', { status: 400 })
    })
    const app = createServer((request, response) => {
      tracing.serve(() => '/api/v1/connections/:id')(request, response, () => {
        void tracing
          .trace('refresh', { 'consentry.microsoft_id': 'tenant-1' }, async () =>
            fetch('https://login.example/tenant-1/token?sig=SECRET-1', { method: 'POST', body: 'SECRET-2' }),
          )
          .then(() => response.end())
      })
    })
    app.listen(0, '127.0.0.1')
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo // listens on TCP
    const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, authorization: 'SECRET-3' }
    await globalThis.fetch(`http://127.0.0.1:${port}/api/v1/connections/SECRET-4?code=SECRET-5`, { headers })
    app.close()
    await tracing.stop()

    const sent = collector.sent()
    for (const name of ['consentry-test', 'GET /api/v1/connections/:id', 'refresh', 'POST login.example'])
      expect(sent).toContain(name)
    expect(sent).not.toContain('SECRET')
    expect(count(sent, bytes(TRACE))).toBe(3)
    expect(seen.map((it) => [...it.keys()])).toEqual([[]])
  })

  it('tells that work failed, and of what kind, but not what the error says', async () => {
    const failing = tracing.trace('refresh', {}, async () => {
      throw new RangeError('SECRET')
    })
    await expect(failing).rejects.toThrow('SECRET')
    await tracing.stop()
    expect(collector.sent()).toContain('RangeError')
    expect(collector.sent()).not.toContain('SECRET')
  })

  it('is done without where the collector is away, and ends in seconds', async () => {
    await collector.close()
    const away = await openTracing('consentry-test', 'http://127.0.0.1:9')
    expect(await away?.trace('refresh', {}, async () => 'done')).toBe('done')
    const began = performance.now()
    await away?.stop()
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('is not there without an endpoint', async () => {
    expect(await openTracing('consentry-test', null)).toBeNull()
  })
})
