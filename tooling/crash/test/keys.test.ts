import { generateKeyEntry, importConnections, readKeyRing, type KeyRotation } from '@consentry/core'
import { openGrant, TESTER } from '@consentry/core/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { run } from '../src/program.ts'
import { addTenant, newTenant, openWorld, type World } from '../src/world.ts'

const TENANTS = 300
const ROTATE = ['apps/cli/src/main.ts', 'keys', 'rotate', '--json']

let world: World
beforeAll(async () => {
  world = await openWorld('sqlite')
})
afterAll(() => world.close())

it('a key rotation killed again and again goes on where it was, and every grant opens with the new key alone', async () => {
  const tenants = Array.from({ length: TENANTS }, () => newTenant(world))
  const lines = tenants.map(({ id }, n) =>
    JSON.stringify({ microsoftId: id, refreshToken: `refresh-token-of-tenant-${n}` }),
  )
  expect(await importConnections(world.deps, 'org', lines, { by: TESTER })).toMatchObject({
    imported: TENANTS,
  })
  const fresh = generateKeyEntry(new Date())
  const env = { ...world.env, CONSENTRY_KEYS: `${fresh},${world.env.CONSENTRY_KEYS}` }
  for (const killAt of [31, 240, 2, 117])
    expect(await run(ROTATE, env, { killAt })).toMatchObject({ killed: true })
  const { code, words } = await run(ROTATE, env)
  expect(code).toBe(0)
  // What the program promises to print.
  const rotated = JSON.parse(words) as KeyRotation
  expect(rotated).toMatchObject({ stuck: [], keys: [{ rows: TENANTS }, { rows: 0 }] })
  // Two fault points a row, and a few at the start: most were done before.
  expect(rotated.rewrapped).toBeGreaterThan(0)
  expect(rotated.rewrapped).toBeLessThan(TENANTS / 2)
  const alone = { ...world.deps, keys: readKeyRing({ CONSENTRY_KEYS: fresh }) }
  for (const [n, tenant] of tenants.entries()) {
    const row = await addTenant(world, tenant)
    const grant = await openGrant(alone, row, row.generation ?? 0)
    expect(grant.refreshToken).toBe(`refresh-token-of-tenant-${n}`)
  }
}, 60_000)
