import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { openDatabase, type Database } from '@consentry/db'
import { createAuth } from '@consentry/db/sign-in'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { ENV, openApi, type Harness } from './harness.ts'

let folder: string
let database: Database
let api: Harness

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-sign-in-'))
  database = await openDatabase({ kind: 'sqlite', file: join(folder, 'test.db') })
  const secret = ENV.CONSENTRY_SECRET.repeat(2)
  const auth = createAuth({ database, secret, url: ENV.CONSENTRY_URL })
  api = await openApi({ auth, change: (deps) => ({ ...deps, store: database.store }) })
})
afterEach(async () => {
  await api.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

const wrong = { email: 'ida@example.com', password: 'wrong horse battery' }
const tries = () => database.db.select().from(database.tables.tries)

it('answers addresses that sign-in does not have with not_found, and notes none of them', async () => {
  for (let n = 0; n < 20; n += 1) {
    const answer = await api.call('GET', `/api/auth/x${n}`)
    expect(answer.body).toMatchObject({ status: 404, code: 'not_found' })
    expect((await api.call('POST', `/api/auth/sign-in/email/${n}`, { body: wrong })).status).toBe(404)
  }
  expect(await tries()).toEqual([])
  await api.call('POST', '/api/auth/sign-in/email', { body: wrong })
  expect(await tries()).toHaveLength(1)
})

it('counts every look at sign-in by an address but the one each page takes', async () => {
  const strict = await openApi({ limits: { signIn: 1 }, change: (deps) => deps })
  await strict.call('POST', '/api/auth/sign-in/email', { body: wrong })
  expect((await strict.call('POST', '/api/auth/sign-in/email', { body: wrong })).status).toBe(429)
  expect((await strict.call('GET', '/api/auth/get-session')).status).not.toBe(429)
  await strict.close()
})

it('takes a body of 100 kB at most, however it comes', async () => {
  const long = JSON.stringify({ ...wrong, more: 'x'.repeat(103_000) })
  const answer = await api.call('POST', '/api/auth/sign-in/email', { body: long })
  expect(answer.body).toMatchObject({ status: 413, code: 'too_large' })
  const outgoing = request(`${api.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
  })
  for (let n = 0; n < 20; n += 1) outgoing.write('x'.repeat(10_000))
  outgoing.end()
  const [incoming] = await once(outgoing, 'response')
  expect(incoming.statusCode).toBe(413)
  incoming.resume()
})

it.each([
  ['host', '[::1'],
  ['host', 'evil.example'],
  ['x-forwarded-proto', 'javascript'],
  ['x-forwarded-host', 'evil.example'],
])('takes its own address from the configuration, not from %s: %s', async (name, value) => {
  const body = JSON.stringify(wrong)
  const outgoing = request(`${api.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, [name]: value },
  })
  outgoing.end(body)
  const [incoming] = await once(outgoing, 'response')
  expect(incoming.statusCode).toBe(401)
  expect(await text(incoming)).not.toContain('evil')
})

it('takes GET and POST only, and names them', async () => {
  const outgoing = request(`${api.url}/api/auth/get-session`, { method: 'TRACE' }).end()
  const [incoming] = await once(outgoing, 'response')
  expect([incoming.statusCode, incoming.headers.allow]).toEqual([405, 'GET'])
  incoming.resume()
})
