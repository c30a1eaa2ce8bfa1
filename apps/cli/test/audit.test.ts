import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { consentry, openWorld, type World } from './world.ts'

let world: World

beforeEach(async () => {
  world = await openWorld()
  await consentry(world.env, ['organisation', 'create', '--name', 'Contoso'])
  for (const name of ['a', 'b'])
    await run('service-key', 'create', '--organisation', 'contoso', '--name', name, '--scopes', 'tokens:read')
})
afterEach(() => world.close())

function run(...args: string[]) {
  return consentry(world.env, args)
}

function tamper(statement: string): void {
  const database = new DatabaseSync(join(world.folder, 'test.db'))
  database.exec(statement)
  database.close()
}

it('tells that the log is whole, and its head, which a later log must still hold', async () => {
  const verdict = await run('audit', 'verify', '--json')
  expect(verdict.code).toBe(0)
  expect(verdict.value).toMatchObject({ ok: true, entries: 3, head: { sequence: 3 } })
  const { head } = verdict.value as { head: { sequence: number; hash: string } } // just asserted
  await run('service-key', 'create', '--organisation', 'contoso', '--name', 'c', '--scopes', 'tokens:read')
  const noted = `${head.sequence}:${head.hash}`
  expect((await run('audit', 'verify', '--head', noted)).code).toBe(0)
  const other = await run('audit', 'verify', '--head', `${head.sequence}:${'0'.repeat(64)}`, '--json')
  expect(other).toMatchObject({ code: 1, value: { ok: false, firstBad: { sequence: 3, reason: 'altered' } } })
})

it('finds a changed entry and one cut off, and exits 1', async () => {
  tamper('DELETE FROM audit WHERE sequence = 3')
  const cut = await run('audit', 'verify', '--json')
  expect(cut).toMatchObject({ code: 1, value: { ok: false, firstBad: { sequence: 3, reason: 'cut_off' } } })
  tamper("UPDATE audit SET actor_name = 'Eve' WHERE sequence = 2")
  const changed = await run('audit', 'verify')
  expect(changed.code).toBe(1)
  expect(changed.stdout).toBe('Entry 2 was altered. Everything before it is whole.\n')
})

it('says who did what from the command line, without the key', async () => {
  const { stdout } = await run('audit', 'export')
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(entries.map((it) => it.action)).toEqual([
    'organisation.created',
    'service_key.created',
    'service_key.created',
    'audit.exported',
  ])
  expect(entries[1]).toMatchObject({
    actor: { kind: 'operator' },
    details: { name: 'a', scopes: ['tokens:read'] },
  })
  expect(stdout).not.toMatch(/csk_[\w-]{20}/)
})

it('exports into a file that only its owner may read, and never over another one', async () => {
  const file = join(world.folder, 'audit.jsonl')
  expect((await run('audit', 'export', '--file', file)).code).toBe(0)
  expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(5)
  expect((await run('audit', 'export', '--file', file)).code).toBe(1)
  const json = await run('audit', 'export', '--json')
  expect(json.value).toMatchObject({ items: expect.arrayContaining([expect.anything()]) as unknown }) // typed any
})

it('writes later what was done without the key ring', async () => {
  await consentry(world.database, ['organisation', 'create', '--name', 'Fabrikam'])
  expect((await run('audit', 'verify', '--json')).value).toMatchObject({ ok: true, entries: 4 })
})

it('puts a new key in the place of another, which goes on for the overlap', async () => {
  const { value } = await run('service-key', 'list', '--organisation', 'contoso', '--json')
  const [{ id }] = (value as { items: [{ id: string }] }).items // two were made
  const rotated = await run(
    'service-key',
    'rotate',
    id,
    '--organisation',
    'contoso',
    '--overlap',
    '2h',
    '--json',
  )
  const { key, old, name } = rotated.value as {
    key: string
    name: string
    old: { id: string; expiresAt: string }
  } // asserted next
  expect(key).toMatch(/^csk_[\w-]{43}$/)
  expect([old.id, name]).toEqual([id, 'a'])
  const hours = (Date.parse(old.expiresAt) - Date.now()) / 3_600_000
  expect(hours).toBeGreaterThan(1.9)
  expect(hours).toBeLessThanOrEqual(2)
  const unknown = await run('service-key', 'rotate', 'none', '--organisation', 'contoso')
  expect(unknown.code).toBe(1)
})
