import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { postJson } from '../src/post.ts'

let server: Server
let url: string
let asked: { path: string | undefined; body: string }[]
let status: number
let silent: boolean

beforeEach(async () => {
  asked = []
  status = 200
  silent = false
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push({ path: request.url, body })
      if (!silent)
        response
          .writeHead(status, { location: '/elsewhere', ...(status === 429 ? { 'retry-after': '90' } : {}) })
          .end('a secret page')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server's address is never a pipe name.
  url = `http://localhost:${(server.address() as AddressInfo).port}/in`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
})

const post = (to: string, internal = false, patience?: number) =>
  postJson(to, '{"a":1}', { 'webhook-id': 'x' }, { internal, ...(patience ? { patience } : {}) })

describe('a post to an address of somebody else', () => {
  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/',
    'https://192.168.0.1/',
    'https://172.20.0.1/',
    'https://100.64.1.1/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[::7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2001::1]/',
    'https://[2002:7f00:1::]/',
    'https://192.0.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://localhost/',
  ])('never goes to %s', async (address) => {
    expect(await post(address)).toMatchObject({
      ok: false,
      answer: expect.stringContaining('inside the network'),
    })
  })

  it('tells how long it was asked to wait, and that the receiver is gone', async () => {
    status = 429
    expect(await post(url, true)).toMatchObject({ ok: false, retryAfterSeconds: 90 })
    status = 410
    expect(await post(url, true)).toMatchObject({ ok: false, gone: true })
  })

  it('never goes over plain http', async () => {
    expect(await post(url)).toEqual({ ok: false, answer: 'Only https addresses are allowed.' })
    expect(asked).toEqual([])
  })

  it('goes inside where whoever runs it allows that, and says what came back but not its page', async () => {
    expect(await post(url, true)).toEqual({ ok: true, answer: 'It answered 200.' })
    expect(asked).toEqual([{ path: '/in', body: '{"a":1}' }])
    status = 503
    expect(await post(url, true)).toEqual({ ok: false, answer: 'It answered 503.' })
  })

  it('follows no redirect', async () => {
    status = 302
    expect(await post(url, true)).toEqual({ ok: false, answer: 'It answered 302.' })
    expect(asked).toHaveLength(1)
  })

  it('says that nobody answers, and waits for nobody for long', async () => {
    const refused = { ok: false, answer: 'It could not be reached (ECONNREFUSED).' }
    expect(await post('http://127.0.0.1:1/', true)).toEqual(refused)
    silent = true
    expect(await post(url, true, 300)).toEqual({ ok: false, answer: 'It did not answer in time.' })
  })
})
