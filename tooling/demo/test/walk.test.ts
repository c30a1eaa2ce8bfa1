import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { startPostgres, type TestPostgres } from '@consentry/db/testing'
import { demo } from '@consentry/microsoft-simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { freePort } from '../src/ports.ts'
import { startStack, type Stack } from '../src/stack.ts'
import { walk } from '../src/walk.ts'

const { nordwind } = demo.tenants

describe.each(['a SQLite file', 'PostgreSQL'])('the walk on %s', (where) => {
  let stack: Stack
  let postgres: TestPostgres | null
  let lines: string[]

  beforeAll(async () => {
    postgres = where === 'PostgreSQL' ? await startPostgres() : null
    stack = await startStack({
      port: 0,
      ...(postgres ? { databaseUrl: await postgres.createDatabase() } : {}),
    })
  })
  afterAll(async () => {
    await stack.stop()
    await postgres?.stop()
  })

  async function run(): Promise<string> {
    lines = []
    const failure = await walk(stack, (line) => lines.push(line)).then(
      () => '',
      (error: unknown) => String(error),
    )
    return failure
  }

  it('names the rung that failed and the reason, and goes no further', async () => {
    stack.simulator.control.setUser(nordwind.users.service, { partnerRoles: [] })
    const failure = await run()
    expect(failure).toMatch(/ended as failed.*\((partner_center_refused|role_missing)\)/)
    expect(lines.filter((it) => it.trim().startsWith('✗'))).not.toEqual([])
    expect(lines.join('\n')).not.toContain('Refreshes')
  })

  it('connects, proves all eight rungs, refreshes, serves a token and bills to the cent', async () => {
    stack.simulator.control.setUser(nordwind.users.service, { partnerRoles: ['AdminAgent'] })
    expect(await run()).toBe('')
    expect(lines.filter((it) => it.startsWith('  ✓'))).toHaveLength(8)
    expect(lines.filter((it) => it.startsWith('✓'))).toHaveLength(11)
    expect(lines.at(-1)).toContain('as invoiced')
    expect(lines.join('\n')).not.toMatch(/eyJ|csk_[\w-]{43}/)
  })
})

it('ends with exit code 0, and leaves neither database nor process behind', async () => {
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [main, '--walk'], { env: { PATH: process.env.PATH } })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed += text))
  await once(child, 'close')
  expect(child.exitCode).toBe(0)
  const [, url = ''] = /Ready after .* at (\S+)/.exec(printed) ?? []
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
})

it('removes its folder when it is stopped', async () => {
  const { env, stop } = await startStack({ port: 0 })
  const file = env.DATABASE_URL?.replace('file:', '') ?? ''
  expect(existsSync(file)).toBe(true)
  await stop()
  expect(existsSync(file)).toBe(false)
})

it('takes another port when somebody listens on the wanted one', async () => {
  // Not one that the system chooses: it may give that to somebody else as soon as it is let go.
  const taken = await freePort(0)
  const server = createServer().listen(taken, '127.0.0.1')
  await once(server, 'listening')
  expect(await freePort(taken)).not.toBe(taken)
  server.close()
  await once(server, 'close')
  expect(await freePort(taken)).toBe(taken)
})
