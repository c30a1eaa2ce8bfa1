import { demo } from '@consentry/microsoft-simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { connect, openWorld, startProgram, type World } from './world.ts'

describe('worker --once', () => {
  let world: World

  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    await world.close()
  })

  async function runOnce(env: Record<string, string> = world.env) {
    const { code, stdout, stderr } = await startProgram(env, '--once').ended
    const result: unknown = JSON.parse(stdout || 'null')
    return { code, stdout, stderr, result }
  }

  it('refreshes what is due, prints one JSON line, and has nothing to do the second time', async () => {
    const { id } = await connect(world, demo.tenants.nordwind, 1)
    const first = await runOnce()
    const ms: unknown = expect.any(Number)
    expect(first.code).toBe(0)
    expect(first.result).toEqual({ due: 1, refreshed: 1, failed: 0, skipped: 0, ms })
    expect(first.stdout).toMatch(/^\{.*\}\n$/)
    expect((await world.deps.store.getConnection(id))?.nextRefreshAt?.getTime()).toBeGreaterThan(Date.now())
    expect(await runOnce()).toMatchObject({ code: 0, result: { due: 0, refreshed: 0 } })
  })

  it('exits 1 when Microsoft revoked a sign-in, and says so in the result', async () => {
    await connect(world, demo.tenants.nordwind, 1)
    await connect(world, demo.tenants.cascade, 1)
    world.microsoft.control.revokeSessions(demo.tenants.cascade.users.service)
    const { code, result } = await runOnce()
    expect(result).toMatchObject({ due: 2, refreshed: 1, failed: 1 })
    expect(code).toBe(1)
  })

  it('logs what happened to stderr, without any token', async () => {
    await connect(world, demo.tenants.nordwind, 1)
    const { stdout, stderr } = await runOnce()
    expect(stderr).toContain('"msg":"check.grant.passed"')
    expect(stdout + stderr).not.toMatch(/eyJ|refresh_token|demo~secret/)
  })

  it.each(['CONSENTRY_KEYS', 'CONSENTRY_SECRET', 'MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRETS'])(
    'stops with the name of %s when it is missing, and no stack',
    async (name) => {
      const { code, stdout, stderr } = await runOnce({ ...world.env, [name]: '' })
      expect(code).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toContain(`${name}: is missing; set`)
      expect(stderr).not.toContain('    at ')
    },
  )

  it('refuses to start without the key that stored sign-ins are sealed with, or with another of its name', async () => {
    await connect(world, demo.tenants.nordwind, 1)
    world.microsoft.control.clearRequests()
    const [id = ''] = world.env.CONSENTRY_KEYS.split(':')
    for (const [name, words] of [
      ['other', `The key ring lacks the key ${id}`],
      [id, `The key ${id} of the key ring is not the one that sealed them`],
    ] as const) {
      const ring = `${name}:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`
      const { code, stdout, stderr } = await runOnce({ ...world.env, CONSENTRY_KEYS: ring })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(words)
      expect(stderr).not.toContain('    at ')
    }
    expect(world.microsoft.requests).toEqual([])
  })

  it('says which variable is at fault when the database cannot be opened', async () => {
    const { code, stderr } = await runOnce({ ...world.env, DATABASE_URL: 'file:/dev/null/test.db' })
    expect(code).toBe(1)
    expect(stderr).toContain('DATABASE_URL: the database cannot be opened')
  })
})
