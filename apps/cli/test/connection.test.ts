import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { createCertificate, demo } from '@consentry/microsoft-simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { consentry, consentryProgram, openWorld, signInElsewhere, type World } from './world.ts'

const { nordwind, cascade, rheintal } = demo.tenants
const clientId = '6e0b9c1a-2d47-4f55-8a3e-90c1d2b7f318'

describe('connections', () => {
  let world: World
  let nordwindToken: string

  beforeAll(async () => {
    world = await openWorld()
    await consentry(world.database, ['organisation', 'create', '--name', 'Contoso'])
    nordwindToken = await signInElsewhere(world, nordwind)
    const lines = [
      { microsoftId: nordwind.id, name: 'Nordwind', refreshToken: nordwindToken, username: 'svc' },
      { microsoftId: 'nordwind', refreshToken: nordwindToken },
    ].map((it) => JSON.stringify(it))
    await writeFile(join(world.folder, 'two.jsonl'), `${lines.join('\n')}\n`)
  })
  afterAll(async () => {
    await world.close()
  })

  function run(args: readonly string[], input?: string) {
    return consentry(world.env, ['connection', ...args, '--organisation', 'contoso', '--json'], input)
  }

  it('says what an import would do without doing it, then does it, then skips what is there', async () => {
    const file = join(world.folder, 'two.jsonl')
    const rejected = [{ line: 2, reason: 'microsoftId: is not a Microsoft ID (a GUID)' }]
    const dry = await run(['import', file, '--dry-run'])
    expect(dry).toMatchObject({ code: 1, value: { imported: 1, skipped: 0, rejected } })
    expect((await run(['list'])).value).toEqual({ items: [] })
    expect((await run(['import', file])).value).toEqual({ imported: 1, skipped: 0, rejected })
    expect((await run(['import', file])).value).toEqual({ imported: 0, skipped: 1, rejected })
  })

  it('imports from standard input, and never prints a token', async () => {
    const refreshToken = await signInElsewhere(world, cascade)
    const line = JSON.stringify({ microsoftId: cascade.id, refreshToken })
    const args = ['connection', 'import', '-', '--organisation', 'contoso', '--json']
    const piped = `\r\n${line}\r\n{"microsoftId`
    const { code, value, stdout, stderr } = await consentryProgram(world.env, args, piped)
    expect({ code, value }).toEqual({
      code: 1,
      value: { imported: 1, skipped: 0, rejected: [{ line: 3, reason: 'is not a JSON object' }] },
    })
    expect(stdout + stderr).not.toContain(refreshToken)
  })

  it('takes an application of its own by its client id and secret, and never prints that', async () => {
    const application = (what: string, ...more: string[]) => ['application', what, nordwind.id, ...more]
    const secret = 'own~secret~of~nordwind'
    const put = await run(application('set', '--client-id', clientId, '--secret-stdin'), `${secret}\n`)
    expect(put).toMatchObject({ code: 0, value: { clientId, kind: 'secret', consentNeeded: true } })
    const shown = await run(application('show'))
    expect(shown.value).toEqual(put.value)
    expect(put.stdout + put.stderr + shown.stdout).not.toContain(secret)
    const neither = await run(application('set', '--client-id', clientId))
    expect(neither).toMatchObject({ code: 1, problem: { code: 'malformed_request' } })
    expect((await run(application('remove'))).value).toMatchObject({
      kind: 'deployment',
      consentNeeded: false,
    })
  })

  it('takes the certificate of an own application from a file, and when it runs out from it alone', async () => {
    const set = (...more: string[]) =>
      run(['application', 'set', nordwind.id, '--client-id', clientId, ...more])
    const made = createCertificate({ notAfter: new Date('2098-01-01T00:00:00Z') })
    const file = join(world.folder, 'own.pem')
    await writeFile(file, made.privateKeyPem + made.certificatePem)
    const put = await set('--certificate', file)
    const expiresAt = '2098-01-01T00:00:00.000Z'
    expect(put).toMatchObject({ code: 0, value: { clientId, kind: 'certificate', expiresAt } })
    const [line = ''] = made.privateKeyPem.split('\n').slice(1)
    expect(put.stdout + put.stderr).not.toContain(line)

    const both = await set('--certificate', file, '--expires-at', '2099-01-01')
    expect(both).toMatchObject({
      code: 1,
      problem: { code: 'malformed_request', title: 'A certificate says itself when it runs out' },
    })
    const nowhere = await set('--certificate', join(world.folder, 'none.pem'))
    expect(nowhere).toMatchObject({ code: 1, problem: { code: 'not_found' } })
    expect((await run(['application', 'show', nordwind.id])).value).toEqual(put.value)
    await run(['application', 'remove', nordwind.id])
  })

  it('takes the day on which the last secret of an own application runs out', async () => {
    const set = (day: string) =>
      run(
        ['application', 'set', nordwind.id, '--client-id', clientId, '--secret-stdin', '--expires-at', day],
        'own~secret~one,own~secret~two\n',
      )
    expect((await set('2099-11-25')).value).toMatchObject({
      kind: 'secret',
      expiresAt: '2099-11-25T00:00:00.000Z',
    })
    expect(await set('soon')).toMatchObject({ code: 1, problem: { title: '"soon" is no date' } })
    expect(await set('2020-11-25')).toMatchObject({
      code: 1,
      problem: {
        code: 'malformed_request',
        detail: expect.stringContaining('expiresAt: is past') as unknown,
      }, // typed any
    })
    await run(['application', 'remove', nordwind.id])
  })

  it('refreshes and shows one, whatever the case of its id', async () => {
    const refreshed = await run(['refresh', nordwind.id.toUpperCase()])
    expect(refreshed).toMatchObject({ code: 0, value: { kind: 'grant', ok: true, code: 'ok' } })
    const shown = await run(['show', nordwind.id])
    expect(shown.value).toMatchObject({ microsoftId: nordwind.id, name: 'Nordwind' })
    expect(shown.stdout).not.toContain(nordwindToken)
  })

  it('proves all eight rungs', async () => {
    const { code, value } = await run(['test', nordwind.id])
    expect(code).toBe(0)
    expect(value).toMatchObject({ ok: true, checks: Array.from({ length: 8 }, () => ({ ok: true })) })
  })

  it("grants in a customer's tenant, lists it, takes it back, and says why Microsoft refuses", async () => {
    const consents = (...args: readonly string[]) =>
      consentry(world.env, ['customer-consent', ...args, '--organisation', 'contoso', '--json'])
    const { customer } = demo.tenants
    const api = '00000003-0000-0000-c000-000000000000'
    const granted = { customerTenantId: customer.id, state: 'granted', certain: true }
    expect(await consents('grant', nordwind.id, customer.id, '--grant', `${api}=User.Read`)).toMatchObject({
      code: 0,
      value: { ...granted, grants: [{ enterpriseApplicationId: api, scopes: ['User.Read'] }] },
    })
    expect((await consents('list', nordwind.id)).value).toMatchObject({ items: [granted] })
    expect((await consents('revoke', nordwind.id, customer.id)).value).toMatchObject({ state: 'revoked' })
    const refused = await consents('grant', nordwind.id, cascade.id)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('Partner Center does not know this customer')
  })

  it('prints the check of a refresh that Microsoft refused, and exits 1', async () => {
    world.microsoft.control.revokeSessions(cascade.users.service)
    expect(await run(['refresh', cascade.id])).toMatchObject({
      code: 1,
      value: { kind: 'grant', ok: false, code: 'signed_out' },
    })
    expect(await run(['test', cascade.id])).toMatchObject({ code: 1, value: { ok: false } })
  })

  it('says what to do about a tenant that is not there, and a file that is not', async () => {
    expect((await run(['show', rheintal.id])).stderr).toContain('consentry connection list')
    expect((await run(['import', '/nowhere.jsonl'])).stderr).toContain(
      'The file /nowhere.jsonl does not exist',
    )
  })
})
