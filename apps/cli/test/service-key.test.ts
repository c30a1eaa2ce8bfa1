import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { readDatabaseConfig } from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { demo } from '@consentry/microsoft-simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { consentry, openWorld, type World } from './world.ts'

describe('service keys', () => {
  let world: World
  const whose = ['--organisation', 'contoso', '--json']

  beforeAll(async () => {
    world = await openWorld()
    await consentry(world.database, ['organisation', 'create', '--name', 'Contoso'])
  })
  afterAll(async () => {
    await world.close()
  })

  function run(...args: string[]) {
    return consentry(world.database, ['service-key', ...args, ...whose])
  }

  it('shows a key once, stores its hash, lists it without it, and ends it for good', async () => {
    const { id: tenant } = demo.tenants.nordwind
    const wish = ['--name', 'billing', '--scopes', 'tokens:read,billing:read', '--expires', '90d']
    const created = await run('create', ...wish, '--connection', tenant.toUpperCase())
    expect(created.value).toMatchObject({
      name: 'billing',
      scopes: ['tokens:read', 'billing:read'],
      connections: [tenant],
      expiresAt: expect.stringMatching(/^\d{4}-/) as unknown, // the matcher is typed any
      key: expect.stringMatching(/^csk_[\w-]{43}$/) as unknown, // the matcher is typed any
    })
    const { id, key } = created.value as { id: string; key: string } // just asserted
    const stored = await readFile(join(world.folder, 'test.db-wal'), 'latin1').catch(() => '')
    expect(stored + (await readFile(join(world.folder, 'test.db'), 'latin1'))).not.toContain(key)

    const listed = await run('list')
    expect(listed.value).toMatchObject({ items: [{ id, prefix: key.slice(0, 12), revokedAt: null }] })
    expect(listed.stdout).not.toContain(key)

    expect((await run('revoke', id)).value).toMatchObject({ id, name: 'billing' })
    expect((await run('list')).value).not.toMatchObject({ items: [{ revokedAt: null }] })
    expect(await run('revoke', id)).toMatchObject({ code: 1, problem: { code: 'not_found' } })
  })

  it.each([
    ['an unknown scope', ['--scopes', 'tokens:read,root'], 'There is no scope "root"'],
    ['an unreadable expiry', ['--scopes', 'tokens:read', '--expires', 'soon'], 'Use days (90d), hours (12h)'],
    ['a tenant that is no GUID', ['--scopes', 'tokens:read', '--connection', 'x'], 'not a Microsoft ID'],
  ])('refuses %s and makes no key', async (_, args, words) => {
    const { code, stdout, stderr } = await run('create', '--name', 'refused', ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(words)
    expect(await keysStored(world)).not.toContain('refused')
  })
})

async function keysStored({ database }: World): Promise<string[]> {
  const { store, close } = await openDatabase(readDatabaseConfig(database))
  const organisation = await store.findOrganisation('contoso')
  const keys = await store.listServiceKeys(organisation?.id ?? '')
  await close()
  return keys.map((it) => it.name)
}
