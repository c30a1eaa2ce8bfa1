import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterEach, expect, it } from 'vitest'

import { createRunning } from '../src/context.ts'
import { listen, SERVER_LIMITS, type ServerLimits } from '../src/server.ts'
import { openApi } from './harness.ts'
import { connect, tell } from './sockets.ts'

const SHORT = { headers: 400, request: 800, check: 50, grace: 100 } as const
const HEAD = 'GET /health HTTP/1.1\r\nHost: x\r\n'
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function opened(url: string) {
  const connection = await connect(url)
  sockets.push(connection.socket)
  return connection
}

/** Sends a byte now and then until somebody closes. */
async function drip(socket: Socket, bytes: string): Promise<void> {
  for (let n = 0; !socket.destroyed && n < 200; n += 1) {
    socket.write(bytes)
    await sleep(50)
  }
}

async function healthy(url: string): Promise<number> {
  const started = performance.now()
  const response = await fetch(`${url}/health`, { headers: { connection: 'close' } })
  expect(response.status).toBe(200)
  return performance.now() - started
}

it('cuts off a sender of endless headers, and answers others meanwhile', async () => {
  const api = await openApi({ server: SHORT })
  const { socket, heard, closed } = await opened(api.url)
  socket.write(HEAD)
  void drip(socket, 'x-a: b\r\n')
  expect(await healthy(api.url)).toBeLessThan(300)
  expect(await closed).toBeLessThan(2000)
  expect(heard()).toMatch(/^(HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n)?$/)
  await api.close()
})

it('cuts off a sender of an endless body, and answers others meanwhile', async () => {
  const api = await openApi({ server: SHORT })
  const as = await api.key((await api.organisation('mine')).id)
  const { socket, closed } = await opened(api.url)
  const type = 'Content-Type: application/json\r\nContent-Length: 1000\r\n'
  socket.write(
    `POST /api/v1/connections HTTP/1.1\r\nHost: x\r\nAuthorization: ${as.authorization}\r\n${type}\r\n{`,
  )
  void drip(socket, ' ')
  expect(await healthy(api.url)).toBeLessThan(300)
  expect(await closed).toBeGreaterThan(SHORT.headers)
  expect(await closed).toBeLessThan(3000)
  await api.close()
})

it('cuts off who says nothing at all', async () => {
  const api = await openApi({ server: SHORT })
  const { closed } = await opened(api.url)
  expect(await closed).toBeLessThan(2000)
  await api.close()
})

async function serve(answer: RequestListener, limits: Partial<ServerLimits>) {
  const server = await listen(answer, { host: '127.0.0.1', port: 0 }, createRunning(), limits)
  return { url: `http://127.0.0.1:${server.port}`, close: server.close }
}

it('cuts off who asks for much and does not read it', async () => {
  let left = false
  const server = await serve(
    (_request, response) => {
      response.once('close', () => (left = true))
      response.write(Buffer.alloc(64 * 1024 * 1024))
    },
    { ...SHORT, silence: 300 },
  )
  const { socket } = await opened(server.url)
  socket.pause()
  socket.write(`${HEAD}\r\n`)
  await expect.poll(() => left, { timeout: 5000 }).toBe(true)
  await server.close()
})

it('asks the caller to open another connection after as many requests as one may have', async () => {
  const limits = { requestsPerConnection: 2, keepAlive: 100, grace: 100 }
  const server = await serve((_request, response) => void response.end('x'), limits)
  const answers = await tell(server.url, `${HEAD}\r\n`.repeat(3))
  const [first = '', second = '', third = ''] = answers.split(/(?=HTTP\/1\.1)/)
  expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n(?![\s\S]*connection: close)/i)
  expect(second).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close/i)
  expect(third).toMatch(/^HTTP\/1\.1 503/)
  await server.close()
})

it('answers at once beside 2,000 connections that never finish their headers', async () => {
  const api = await openApi({ server: { grace: 100 } })
  const slow = await Promise.all(Array.from({ length: 2000 }, () => opened(api.url)))
  for (const { socket } of slow) socket.write(HEAD)
  await sleep(100)
  expect(await healthy(api.url)).toBeLessThan(1000)
  await api.close()
})

it('has room again as soon as the slow ones are cut off, when they took all there was', async () => {
  const api = await openApi({ server: { ...SHORT, connections: 300 } })
  const slow = await Promise.all(Array.from({ length: 300 }, () => opened(api.url)))
  for (const { socket } of slow) socket.write(HEAD)
  const extra = await opened(api.url)
  await extra.closed
  const started = performance.now()
  while (!(await fetch(`${api.url}/health`).catch(() => null))) await sleep(20)
  expect(performance.now() - started).toBeLessThan(SHORT.headers + 1000)
  await api.close()
})

it('keeps to figures that a balancer in front can live with', () => {
  const { headers, request, keepAlive, silence, connections } = SERVER_LIMITS
  // Common ones keep a connection for 60 s, and an event stream is silent for 15 s.
  expect(keepAlive).toBeGreaterThan(60_000)
  expect(silence).toBeGreaterThan(keepAlive)
  expect(headers).toBeLessThan(request)
  expect(connections).toBeGreaterThan(2000)
})
