import { randomBytes } from 'node:crypto'

import { readDatabaseConfig } from '@consentry/core'
import { openDatabase } from '@consentry/db'
import { createAuth } from '@consentry/db/sign-in'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { consentry, consentryProgram, openWorld, type World } from './world.ts'

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

describe('organisations and members, with no more than DATABASE_URL', () => {
  let world: World

  beforeAll(async () => {
    world = await openWorld()
    await consentry(world.database, ['organisation', 'create', '--name', 'Contoso Søn'])
  })
  afterAll(async () => {
    await world.close()
  })

  function run(args: readonly string[], input?: string) {
    return consentry(world.database, args, input)
  }

  it('takes --json anywhere on the line, and prints one value of the promised shape', async () => {
    const listed = await run(['--json', 'organisation', 'list'])
    const id: unknown = expect.stringMatching(UUID)
    expect(listed.value).toEqual({ items: [{ id, slug: 'contoso-son', name: 'Contoso Søn' }] })
    const created = await run(['organisation', '--json', 'create', '--name', 'Fabrikam', '--slug', 'fab'])
    expect(created).toMatchObject({ code: 0, stderr: '', value: { slug: 'fab', name: 'Fabrikam' } })
  })

  it('says that a slug is taken, in words and as a problem', async () => {
    const again = await run(['organisation', 'create', '--name', 'Contoso Son', '--json'])
    expect(again).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr).toContain('The slug "contoso-son" is taken\nChoose another one with --slug.')
    expect(Object.keys(again.problem ?? {})).toEqual(['code', 'title', 'detail', 'action'])
  })

  it('names the organisations that exist when it is given another', async () => {
    const { code, stderr } = await run(['service-key', 'list', '--organisation', 'nobody'])
    expect(code).toBe(1)
    expect(stderr).toContain('There is no organisation "nobody"')
    expect(stderr).toContain('contoso-son')
  })

  it('adds return origins to those that are there', async () => {
    const add = ['organisation', 'return-origin', 'add', '--organisation', 'contoso-son', '--json']
    await run([...add, 'https://portal.example.com'])
    const { value } = await run([...add, 'http://localhost:5173/'])
    expect(value).toEqual({ items: ['http://localhost:5173', 'https://portal.example.com'] })
  })

  const member = ['member', 'add', '--organisation', 'contoso-son', '--json', '--email']

  it('adds a member with the password from standard input, and later changes the role alone', async () => {
    const password = randomBytes(12).toString('hex')
    const owner = [...member, 'Kim@Contoso.example', '--role', 'owner', '--name', 'Kim', '--password-stdin']
    const added = await run(owner, `${password}\n`)
    const id: unknown = expect.stringMatching(UUID)
    expect(added.value).toEqual({ id, email: 'kim@contoso.example', role: 'owner' })

    const changed = await run([...member, 'kim@contoso.example', '--role', 'viewer'])
    expect(changed.value).toEqual({ ...(added.value ?? {}), role: 'viewer' })
    expect(await canSignIn(world, 'kim@contoso.example', password)).toBe(true)
  })

  it('says how to set a password when none was given', async () => {
    const { stdout } = await run([
      'member',
      'add',
      '--organisation',
      'contoso-son',
      '--email',
      'lee@contoso.example',
      '--role',
      'admin',
    ])
    expect(stdout).toContain('lee@contoso.example is admin of contoso-son. No password was set')
    expect(stdout).toContain('--password-stdin')
  })

  it.each([
    ['a bad address', [...member, 'kim', '--role', 'owner'], '', 'email address is not valid'],
    ['a bad role', [...member, 'a@b.se', '--role', 'king'], '', 'owner, admin, viewer'],
    ['a short password', [...member, 'a@b.se', '--role', 'owner', '--password-stdin'], 'short', 'too short'],
    ['no password at all', [...member, 'a@b.se', '--role', 'owner', '--password-stdin'], '', 'Pipe one line'],
  ])('says what is wrong with %s', async (_, args, input, words) => {
    const { code, stderr } = await run(args, input)
    expect(code).toBe(1)
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('    at ')
  })

  it('ends the sessions of a member, and takes away a second step that they lost', async () => {
    const organisation = ['--organisation', 'contoso-son']
    const who = ['--email', 'lost@example.com']
    await run(
      ['member', 'add', ...organisation, ...who, '--role', 'viewer', '--password-stdin'],
      'a password of mine\n',
    )
    const { db, tables, close } = await openDatabase(readDatabaseConfig(world.database))
    const [person] = (await db.select().from(tables.user)).filter((it) => it.email === 'lost@example.com')
    const userId = person?.id ?? ''
    const now = new Date()
    const later = new Date(now.getTime() + 60_000)
    await db.insert(tables.twoFactor).values({ id: 't', userId, secret: 'x', backupCodes: 'x' })
    const dates = { expiresAt: later, createdAt: now, updatedAt: now }
    await db.insert(tables.session).values({ id: 's', userId, token: 'x', ...dates })
    const out = await run(['member', 'sign-out', ...organisation, ...who, '--forget-second-step', '--json'])
    expect(out.value).toEqual({ email: 'lost@example.com', sessions: 1 })
    expect(await db.select().from(tables.twoFactor)).toEqual([])
    const left = await db.select().from(tables.session)
    expect(left.filter((it) => it.userId === userId)).toEqual([])
    await close()
    const nobody = await run(['member', 'sign-out', ...organisation, '--email', 'nobody@example.com'])
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no such member') })
  })

  it('exits 2 for wrong use, and 0 for help', async () => {
    const missing = await consentryProgram(world.database, ['organisation', 'create', '--json'])
    expect(missing).toMatchObject({ code: 2, stdout: '', problem: { code: 'malformed_request' } })
    expect(missing.stderr).toContain("required option '--name <name>' not specified")
    expect((await run(['organisation'])).code).toBe(2)
    expect((await run(['--help'])).code).toBe(0)
  })
})

async function canSignIn(world: World, email: string, password: string): Promise<boolean> {
  const database = await openDatabase(readDatabaseConfig(world.database))
  const auth = createAuth({ database, secret: 'x'.repeat(32), url: 'http://localhost', limitTries: false })
  const request = new Request('http://localhost/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost' },
    body: JSON.stringify({ email, password }),
  })
  const { status } = await auth.handler(request)
  await database.close()
  return status === 200
}
