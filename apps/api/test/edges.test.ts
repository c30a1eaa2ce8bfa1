import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { countedAs } from '../src/address.ts'
import { MOST_SUBJECTS, perMinute } from '../src/limits.ts'
import { openApi, type Harness } from './harness.ts'
import { tell } from './sockets.ts'

let api: Harness
let as: Record<string, string>

beforeAll(async () => {
  api = await openApi()
  as = await api.key((await api.organisation('mine')).id)
})
afterAll(() => api.close())

describe('the address of a caller', () => {
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })

  it.each([
    ['loopback', '203.0.113.1', '203.0.113.2', 401],
    ['loopback', '203.0.113.1', '203.0.113.1', 429],
    ['none', '203.0.113.1', '203.0.113.2', 429],
    ['10.0.0.1', '203.0.113.1', '203.0.113.2', 429],
    ['127.0.0.0/8', '203.0.113.1', '203.0.113.2', 401],
    ['loopback,10.0.0.0/8', '203.0.113.1, 10.1.1.1', '203.0.113.2, 10.1.1.1', 401],
    ['loopback', '203.0.113.1, 10.1.1.1', '203.0.113.2, 10.1.1.1', 429],
    ['loopback', '2001:db8::1', '2001:db8:0:0:ffff::2', 429],
    ['loopback', '2001:db8::1', '2001:db8:0:1::1', 401],
    ['loopback', 'made-up-1', 'made-up-2', 429],
  ])('with the proxies %s: after %s once, %s is answered %i', async (proxies, first, second, status) => {
    const env = { CONSENTRY_TRUSTED_PROXIES: proxies }
    const strict = await openApi({ env, limits: { stranger: 1 } })
    expect((await strict.api('GET', '/me', from(first))).status).toBe(401)
    const answer = await strict.api('GET', '/me', from(second))
    await strict.close()
    expect(answer.status).toBe(status)
  })

  it('is told in a problem, and in Retry-After, how long it has to wait', async () => {
    const strict = await openApi({ limits: { stranger: 0 } })
    const answer = await strict.api('GET', '/me')
    await strict.close()
    expect([answer.status, answer.type, answer.headers.get('retry-after')]).toEqual([
      429,
      'application/problem+json',
      '60',
    ])
    expect(answer.body).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 60 })
  })

  it('of a wrong key counts for the pages of strangers, too', async () => {
    const strict = await openApi({ limits: { stranger: 2 } })
    const wrong = { headers: { authorization: `Bearer csk_${'x'.repeat(43)}` } }
    const answers = [
      await strict.api('GET', '/me', wrong),
      await strict.call('GET', '/consent/start/none'),
      await strict.api('GET', '/me', wrong),
    ]
    await strict.close()
    expect(answers.map((it) => it.status)).toEqual([401, 410, 429])
  })

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ])('%s is counted as %s', (address, counted) => {
    expect(countedAs(address)).toBe(counted)
  })
})

describe('a limiter', () => {
  it('begins anew a minute after the first use, and says how long that is', async () => {
    let time = 0
    const limiter = perMinute(2, () => time)
    await limiter('a')
    time = 59_000
    await limiter('a')
    await expect(limiter('a')).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 })
    await limiter('b')
    time = 60_000
    await limiter('a')
  })

  it('is told whole seconds, and not one more because of how a clock counts in fractions', async () => {
    const limiter = perMinute(0, () => 492_671.79320031794)
    await expect(limiter('somebody')).rejects.toMatchObject({ retryAfterSeconds: 60 })
  })

  it('forgets the oldest when more addresses come in a minute than it keeps in mind', async () => {
    const limiter = perMinute(1, () => 0)
    await limiter('first')
    await expect(limiter('first')).rejects.toThrow('Too many')
    for (let n = 0; n < MOST_SUBJECTS - 1; n += 1) await limiter(`other ${n}`)
    await expect(limiter('other 9')).rejects.toThrow('Too many')
    await limiter('one more')
    await limiter('first')
  })
})

describe('a request that is too much', () => {
  const head = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'

  it.each([
    ['more than 16 kB of headers', `${head}X-Long: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['more than 16 kB of address', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['TLS', Buffer.from('16030100a5010000a1030300', 'hex'), 400],
    ['a header without a name', `${head}: x\r\n\r\n`, 400],
    ['a header on two lines', `${head}X-A: 1\r\n 2\r\n\r\n`, 400],
    ['a NUL in a header', `${head}X-A: \0\r\n\r\n`, 400],
    [
      'two lengths',
      `POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
    ],
    [
      'a length beside chunks',
      `POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a length of words', 'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n', 400],
    [
      'chunks that are not the last coding',
      `POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
      400,
    ],
  ])('is refused in one bare line: %s', async (_, bytes, status) => {
    const answer = await tell(api.url, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\w ]+\r\nConnection: close\r\n\r\n$`, 'i'))
    expect(answer).not.toMatch(/node|express|llhttp|\d\.\d+\.\d/i)
  })

  it('without a Host is refused without a word', async () => {
    const answer = await tell(api.url, 'GET /health HTTP/1.1\r\n\r\n')
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\nDate: [^\r]+\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$/,
    )
  })

  it('is a problem with more than 200 headers, which nothing drops silently', async () => {
    const ask = (count: number) => tell(api.url, `${head}${'a: b\r\n'.repeat(count)}\r\n`)
    const [some, many] = [ask(150), ask(5000)]
    expect(await some).toContain('HTTP/1.1 200 OK')
    expect(await many).toContain('It has more than 200 headers.')
    expect(await many).toContain('HTTP/1.1 400 Bad Request')
  })
})

describe('a body', () => {
  const post = async (body: Buffer | string, headers: Record<string, string>) => {
    const sent = { 'content-type': 'application/json', ...as, ...headers }
    const url = `${api.url}/api/v1/connections`
    const response = await fetch(url, {
      method: 'POST',
      headers: sent,
      body: new Uint8Array(Buffer.from(body)),
    })
    return { problem: await response.json(), type: response.headers.get('content-type') }
  }
  const small = JSON.stringify({ microsoftId: 'x' })
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '))

  it.each([
    ['of 50 MB in 50 kB of gzip', bomb, { 'content-encoding': 'gzip' }, 413],
    ['of broken gzip', small, { 'content-encoding': 'gzip' }, 400],
    ['in an unknown encoding', small, { 'content-encoding': 'rot13' }, 400],
    ['in two encodings', brotliCompressSync(gzipSync(small)), { 'content-encoding': 'gzip, br' }, 400],
    ['in an unknown charset', small, { 'content-type': 'application/json; charset=x-none' }, 400],
    ['in no Unicode', small, { 'content-type': 'application/json; charset=iso-8859-1' }, 400],
    ['of another type', small, { 'content-type': 'text/plain' }, 400],
  ])('%s is a problem', async (_, body, headers, status) => {
    const { problem, type } = await post(body, headers)
    expect(type).toBe('application/problem+json')
    expect(problem).toMatchObject({ status, action: 'fix_input' })
  })

  it('of 50 MB in 50 kB of gzip costs no 50 MB', async () => {
    await sleep(50)
    const before = process.memoryUsage().rss
    for (let n = 0; n < 20; n += 1) await post(bomb, { 'content-encoding': 'gzip' })
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  })
})
