import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { connectionRow, organisationRow } from '@consentry/core/testing'
import { openDatabase } from '@consentry/db'
import { freePort } from '@consentry/db/testing'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'

import { ENV } from './harness.ts'

const MAIN = new URL('../src/main.ts', import.meta.url).pathname
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-main-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { cwd: folder, env: { PATH: process.env.PATH, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  return { child, said: () => said, exited: once(child, 'exit') }
}

it('stops at a wrong environment with the names of the variables and no stack', async () => {
  const { said, exited } = start({ PORT: 'many' })
  expect((await exited)[0]).toBe(1)
  expect(said()).toMatch(/^CONSENTRY_SECRET: is missing/m)
  expect(said()).toMatch(/^PORT: is "many"/m)
  expect(said()).not.toMatch(/\bat .*\.ts/)
})

it('does not start without a key ring, nor with one that opens nothing of what is stored', async () => {
  const url = `file:${join(folder, 'stored.db')}`
  const { store, close } = await openDatabase({ kind: 'sqlite', file: join(folder, 'stored.db') })
  const organisation = organisationRow()
  await store.createOrganisation(organisation)
  const [id = '', key] = ENV.CONSENTRY_KEYS.split(':')
  const given = { organisationId: organisation.id, dataKeyId: id, dataKey: `${id}.sealed by another` }
  await store.createConnection(connectionRow(given))
  await close()
  for (const [ring, words] of [
    ['', 'CONSENTRY_KEYS: is missing'],
    [`other:${key}`, `The key ring lacks the key ${id}`],
    [ENV.CONSENTRY_KEYS, `The key ${id} of the key ring is not the one that sealed them`],
  ] as const) {
    const env = { ...ENV, CONSENTRY_KEYS: ring, DATABASE_URL: url, PORT: String(await freePort()) }
    const { said, exited } = start(env)
    expect((await exited)[0]).toBe(1)
    expect(said()).toContain(words)
    expect(said()).not.toMatch(/\bat .*\.ts/)
  }
}, 60_000)

it('serves from a fresh SQLite file, and ends at SIGTERM with 0 and its traces sent', async () => {
  const port = String(await freePort())
  const traces: Buffer[] = []
  const collector = createServer((request, response) => {
    request.on('data', (it: Buffer) => traces.push(it))
    request.on('end', () => response.end())
  })
  onTestFinished(() => void collector.close())
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const at = collector.address()
  const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`
  const { child, said, exited } = start({ ...ENV, PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT })
  await expect.poll(said, { timeout: 15_000 }).toContain('"msg":"listening"')
  const ready = await fetch(`http://127.0.0.1:${port}/ready?code=never-told`)
  expect(ready.status).toBe(200)
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`)
  const figures = await metrics.text()
  expect(figures).toContain('process_cpu_seconds_total')
  expect(figures).not.toContain(process.version)
  const started = performance.now()
  child.kill('SIGTERM')
  expect((await exited)[0]).toBe(0)
  expect(performance.now() - started).toBeLessThan(5000)
  expect(said()).not.toContain(ENV.CONSENTRY_SECRET)
  const sent = Buffer.concat(traces).toString('latin1')
  expect(sent).toContain('GET /ready')
  expect(sent).not.toContain('never-told')
})
