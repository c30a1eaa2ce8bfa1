import { TESTER } from '@consentry/core/testing'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { createConsentLink, putChannels, requestReport } from '@consentry/core'
import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { connect, openWorld, startProgram, type World } from './world.ts'

describe('the worker', () => {
  let world: World
  let program: ReturnType<typeof startProgram>

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    program.child.kill('SIGKILL')
    await program.ended
    await world.close()
  })

  async function until<T>(look: () => Promise<T | false | null | undefined>): Promise<T> {
    for (;;) {
      const seen = await look()
      if (seen) return seen
      await sleep(50)
    }
  }

  it('catches up on a night that it missed as soon as it starts', async () => {
    const { id, generation } = await connect(world, demo.tenants.nordwind, 30)
    program = startProgram(world.env)
    const caughtUp = await until(async () => {
      const row = await world.deps.store.getConnection(id)
      return row?.nextRefreshAt && row.nextRefreshAt > new Date() && row
    })
    expect(caughtUp.status).toBe('connected')
    expect(caughtUp.generation).toBeGreaterThan(generation ?? 0)
  })

  it('ends consent attempts whose time is over', async () => {
    const row = await connect(world, demo.tenants.nordwind, -1)
    const past = { ...world.deps, now: () => new Date(Date.now() - 3_600_000) }
    const { attemptId } = await createConsentLink(past, row, TESTER, { expiresInSeconds: 60 })
    program = startProgram(world.env)
    const ended = await until(async () => {
      const attempt = await world.deps.store.getAttempt(attemptId)
      return attempt?.status !== 'waiting' && attempt
    })
    expect(ended).toMatchObject({ status: 'expired' })
  })

  it('tells an organisation that a tenant stopped, by a signed webhook', async () => {
    const row = await connect(world, demo.tenants.nordwind, -1)
    const posts: { body: string; signature: string }[] = []
    const hook = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        posts.push({ body, signature: String(request.headers['webhook-signature']) })
        response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(hook, 'listening')
    // A TCP server's address is never a pipe name.
    const address = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
    const wish = { kind: 'webhook', address, events: ['connection.broken'] } as const
    await putChannels(world.deps, row.organisationId, [wish], TESTER)
    program = startProgram({ ...world.env, CONSENTRY_INTERNAL_WEBHOOKS: 'on' })
    await sleep(2000)
    const broken = { status: 'broken', reason: 'signed_out', action: 'reconsent' } as const
    await world.deps.store.updateConnection(row.id, broken)
    const started = performance.now()
    const [post] = await until(async () => posts.length > 0 && posts)
    console.log(`Told ${Math.round(performance.now() - started)} ms after it stopped`)
    expect(JSON.parse(post?.body ?? '')).toMatchObject({ type: 'connection.broken' })
    expect(post?.signature).toMatch(/^v1,/)
    hook.close()
  })

  it('runs a billing report that was asked for, to the total that Microsoft invoiced', async () => {
    const row = await connect(world, demo.tenants.nordwind, -1)
    const { id, invoice } = await requestReport(world.deps, row, TESTER, { kind: 'billed' })
    program = startProgram(world.env)
    const report = await until(async () => {
      const now = await world.deps.store.findReport(row.id, id)
      return now && !['queued', 'running'].includes(now.status) && now
    })
    expect(report.status).toBe('succeeded')
    expect(report.totals.map(({ total }) => total)).toEqual([invoice?.total])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('stops within a second of %s when idle', async (signal) => {
    program = startProgram(world.env)
    await until(async () => program.printed.stdout.includes('"msg":"working"'))
    const told = performance.now()
    program.child.kill(signal)
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' })
    expect(performance.now() - told).toBeLessThan(1000)
  })

  it('finishes what it has sent to Microsoft before it stops', async () => {
    const { id, generation } = await connect(world, demo.tenants.nordwind, 1)
    world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 1500 } })
    program = startProgram(world.env)
    await until(async () => (await world.deps.store.getConnection(id))?.intent !== null)
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    const after = await world.deps.store.getConnection(id)
    expect(after).toMatchObject({ intent: null, leaseUntil: null })
    expect(after?.generation).toBeGreaterThan(generation ?? 0)
  })

  it('gives up within ten seconds on a Microsoft that does not answer, and leaves the sign-in usable', async () => {
    const { id } = await connect(world, demo.tenants.nordwind, 1)
    world.microsoft.control.addFault({ on: { route: 'token' }, then: { delayMs: 15_000 } })
    program = startProgram(world.env)
    await until(async () => (await world.deps.store.getConnection(id))?.intent !== null)
    const told = performance.now()
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(performance.now() - told).toBeLessThan(10_000)

    world.microsoft.control.clearFaults()
    // Thirty seconds later, when the lease that was left behind has run out.
    await world.deps.store.updateConnection(id, { leaseUntil: null })
    program = startProgram(world.env, '--once')
    expect((await program.ended).stdout).toContain('"refreshed":1')
  })
})
