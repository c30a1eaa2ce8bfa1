import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createCertificate, demo } from '@consentry/microsoft-simulator'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { getAccessToken, readConfig, refreshConnection, type Fetch } from '../src/index.ts'
import { consent, createBench, DAY, MINUTE, stored, tenant, type Bench } from './bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-credentials-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NEW = 'new~secret~value~for~the~simulator~only'

async function twoSecrets(): Promise<Bench> {
  const secrets = `${demo.app.clientSecret},${NEW}`
  const bench = await createBench({ MICROSOFT_CLIENT_SECRETS: secrets })
  await consent(bench)
  bench.microsoft.control.clearRequests()
  return bench
}

function redemptions(bench: Bench): number[] {
  return bench.microsoft.requests.filter((it) => it.route === 'token').map((it) => it.status)
}

async function refresh(bench: Bench) {
  bench.pass(2 * MINUTE)
  return refreshConnection(bench, await stored(bench))
}

describe('several secrets', () => {
  it('overlap: when the first runs out the next takes over, and the dead one is not asked every time', async () => {
    const bench = await twoSecrets()
    expect((await refresh(bench)).ok).toBe(true)
    bench.microsoft.control.expireSecrets()
    bench.microsoft.control.addSecret(NEW)
    bench.microsoft.control.clearRequests()
    expect((await refresh(bench)).ok).toBe(true)
    expect(redemptions(bench)).toEqual([401, 200])
    expect((await refresh(bench)).ok).toBe(true)
    expect(redemptions(bench)).toEqual([401, 200, 200])
  })

  it('fall back to the first when the one that worked last is taken away', async () => {
    const bench = await twoSecrets()
    const { control, state } = bench.microsoft
    const app = state.apps.get(demo.app.clientId)
    const kept = app?.secrets[0]
    control.setApp({ secrets: [] })
    control.addSecret(NEW)
    expect((await refresh(bench)).ok).toBe(true)
    control.setApp({ secrets: kept ? [kept] : [] })
    control.clearRequests()
    expect((await refresh(bench)).ok).toBe(true)
    expect(redemptions(bench)).toEqual([401, 200])
  })
})

describe('a secret that is called wrong', () => {
  it('within ten minutes of its first try may not have got about: no incident yet, then one', async () => {
    const bench = await createBench()
    await consent(bench)
    const fresh = { ...bench, config: readConfig(variables('a~secret~nobody~registered')) }
    expect(await refreshConnection(fresh, await stored(bench))).toMatchObject({
      ok: false,
      code: 'microsoft_slow',
      microsoft: { code: '7000215' },
    })
    expect(await stored(bench)).toMatchObject({ status: 'connected', failures: 1 })
    bench.pass(11 * MINUTE)
    await refreshConnection(fresh, await stored(bench))
    expect(await stored(bench)).toMatchObject({
      status: 'attention',
      reason: 'app_secret',
      action: 'fix_app',
    })
  })

  it('is used once it has got about', async () => {
    const bench = await createBench()
    await consent(bench)
    const fresh = { ...bench, config: readConfig(variables(NEW)) }
    await refreshConnection(fresh, await stored(bench))
    bench.microsoft.control.addSecret(NEW)
    bench.pass(5 * MINUTE)
    expect((await refreshConnection(fresh, await stored(bench))).ok).toBe(true)
    expect(await stored(bench)).toMatchObject({ status: 'connected', failures: 0 })
  })

  it('after it has worked is an incident at once', async () => {
    const bench = await createBench()
    await consent(bench)
    bench.microsoft.control.setApp({ secrets: [] })
    await refreshConnection(bench, await stored(bench))
    expect(await stored(bench)).toMatchObject({ status: 'attention', reason: 'app_secret' })
  })
})

function variables(secrets: string, more: Record<string, string> = {}) {
  return {
    CONSENTRY_SECRET: 'a secret of the test bench',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: secrets,
    ...more,
  }
}

describe('the variables', () => {
  const ID = '0f6a1c5e-3c7e-4b0a-8a51-2f8f4c1d9e77'

  it.each([ID, ID.toUpperCase(), `good~one, ${ID}`])(
    'refuse %s: the id of a secret is no secret',
    (secrets) => {
      const act = () => readConfig(variables(secrets))
      expect(act).toThrow(
        'MICROSOFT_CLIENT_SECRETS: has the id of a secret in place of the secret; set its value',
      )
      expect(act).toThrow(/^(?!.*0f6a1c5e)/is)
    },
  )

  it.each([
    [{ MICROSOFT_MANAGED_IDENTITY: 'mine' }, 'MICROSOFT_MANAGED_IDENTITY: is not usable; set system'],
    [
      {
        MICROSOFT_MANAGED_IDENTITY: 'system',
        IDENTITY_ENDPOINT: 'http://10.1.2.3/token',
        IDENTITY_HEADER: 'x',
      },
      'IDENTITY_ENDPOINT: is not usable; set an address of this machine',
    ],
    [
      { MICROSOFT_MANAGED_IDENTITY: 'system', IDENTITY_ENDPOINT: 'http://127.0.0.1:41/msi/token' },
      'IDENTITY_ENDPOINT: is not usable',
    ],
  ])('refuse %j', (wrong, message) => {
    expect(() => readConfig(variables('', wrong))).toThrow(message)
  })

  it('put what nobody has to renew before secrets, and need none of those then', () => {
    const platform = { MICROSOFT_MANAGED_IDENTITY: 'system', MICROSOFT_FEDERATED_TOKEN_FILE: '/var/token' }
    const kinds = (secrets: string) =>
      readConfig(variables(secrets, platform)).microsoft.credentials.map((it) => it.kind)
    expect(kinds('')).toEqual(['managed-identity', 'token-file'])
    expect(kinds('one')).toEqual(['managed-identity', 'token-file', 'secret'])
  })
})

it('uses a certificate that was renewed in its file without a restart, and the old one while the file is half written', async () => {
  const file = join(folder, 'client.pem')
  const [old, next] = [await createCertificate(), await createCertificate()]
  writeFileSync(file, `${old.privateKeyPem}\n${old.certificatePem}`)
  const changes = { MICROSOFT_CLIENT_CERTIFICATE_FILE: file, MICROSOFT_CLIENT_SECRETS: '' }
  // MSAL dates its assertions by the system's clock.
  const bench = await createBench(changes, new Date())
  bench.microsoft.control.addCertificate(old)
  await consent(bench)
  writeFileSync(file, next.privateKeyPem)
  utimesSync(file, new Date(), new Date(Date.now() + 5000))
  expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
  writeFileSync(file, `${next.privateKeyPem}\n${next.certificatePem}`)
  utimesSync(file, new Date(), new Date(Date.now() + 10_000))
  bench.microsoft.control.setApp({ certificates: [] })
  bench.microsoft.control.addCertificate(next)
  expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
})

describe('a token of the platform', () => {
  const issuer = 'https://oidc.cluster.example/'
  const subject = 'system:serviceaccount:consentry:worker'
  const audience = 'api://AzureADTokenExchange'
  let key: CryptoKey
  let jwk: JWK

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256')
    key = pair.privateKey
    jwk = { ...(await exportJWK(pair.publicKey)), kid: 'p1', alg: 'RS256' }
  })

  async function sign(bench: Pick<Bench, 'now'>, changes: Record<string, string> = {}): Promise<string> {
    const seconds = Math.floor(bench.now().getTime() / 1000)
    return new SignJWT({
      iss: issuer,
      sub: subject,
      aud: audience,
      iat: seconds,
      exp: seconds + 3600,
      ...changes,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'p1' })
      .sign(key)
  }

  function trust(bench: Bench): void {
    bench.microsoft.control.setApp({
      secrets: [],
      federated: [{ name: 'worker', issuer, subject, audience, keys: { keys: [jwk] } }],
    })
  }

  it('from a file stands in for a secret, read anew each time', async () => {
    const file = join(folder, 'token')
    const bench = await createBench({ MICROSOFT_FEDERATED_TOKEN_FILE: file, MICROSOFT_CLIENT_SECRETS: '' })
    trust(bench)
    writeFileSync(file, `${await sign(bench)}\n`)
    expect((await consent(bench)).status).toBe('succeeded')
    bench.pass(DAY)
    writeFileSync(file, await sign(bench))
    expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
  })

  it.each([
    ['of another issuer', { iss: 'https://other.example/' }, '700211'],
    ['for another audience', { aud: 'api://other' }, '700212'],
    ['of another subject', { sub: 'system:serviceaccount:consentry:Worker' }, '700213'],
  ])('%s is a fault of the deployment, not of the tenant', async (_, changes, code) => {
    const file = join(folder, `token-${code}`)
    const bench = await createBench({ MICROSOFT_FEDERATED_TOKEN_FILE: file, MICROSOFT_CLIENT_SECRETS: '' })
    trust(bench)
    writeFileSync(file, await sign(bench))
    await consent(bench)
    writeFileSync(file, await sign(bench, changes))
    const check = await refresh(bench)
    expect(check).toMatchObject({ ok: false, code: 'app_secret', microsoft: { code } })
    expect(JSON.stringify(check)).not.toContain('eyJ')
    expect(await stored(bench)).toMatchObject({ status: 'attention', action: 'fix_app' })
  })

  it('that is not there is a fault of the deployment too', async () => {
    const bench = await createBench()
    await consent(bench)
    const more = { MICROSOFT_FEDERATED_TOKEN_FILE: join(folder, 'nothing') }
    const without = { ...bench, config: readConfig(variables('', more)) }
    expect(await refreshConnection(without, await stored(bench))).toMatchObject({
      ok: false,
      code: 'app_secret',
    })
  })

  /** The platform's endpoint, as Microsoft documents it, before the simulator. */
  function withPlatform(bench: Bench, answer: () => Promise<Response>) {
    const asked: Request[] = []
    const fetch: Fetch = async (input, init) => {
      const request = new Request(input, init)
      if (!/^http:\/\/(169\.254|127\.)/.test(request.url)) return bench.fetch(request)
      asked.push(request)
      return answer()
    }
    return { asked, bench: { ...bench, fetch } as Bench }
  }

  async function handOut(bench: Bench): Promise<Response> {
    const expires = Math.floor(bench.now().getTime() / 1000) + 3600
    return Response.json({
      access_token: await sign(bench),
      expires_on: String(expires),
      token_type: 'Bearer',
    })
  }

  it.each([
    [
      'a virtual machine',
      { MICROSOFT_MANAGED_IDENTITY: 'system' },
      'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=api%3A%2F%2FAzureADTokenExchange',
      ['metadata', 'true'],
    ],
    [
      'App Service, by a user-assigned identity',
      {
        MICROSOFT_MANAGED_IDENTITY: '0F6A1C5E-3c7e-4b0a-8a51-2f8f4c1d9e77',
        IDENTITY_ENDPOINT: 'http://127.0.0.1:41/msi/token',
        IDENTITY_HEADER: 'the-header',
      },
      'http://127.0.0.1:41/msi/token?api-version=2019-08-01&resource=api%3A%2F%2FAzureADTokenExchange&client_id=0f6a1c5e-3c7e-4b0a-8a51-2f8f4c1d9e77',
      ['x-identity-header', 'the-header'],
    ],
  ])(
    'comes from the managed identity of %s, asked for once in its life',
    async (_, env, address, [name, value]) => {
      const plain = await createBench({ ...env, MICROSOFT_CLIENT_SECRETS: '' } as Record<string, string>)
      trust(plain)
      const { asked, bench } = withPlatform(plain, () => handOut(plain))
      expect((await consent(bench)).status).toBe('succeeded')
      expect(asked).toHaveLength(1)
      expect(asked[0]?.url).toBe(address)
      expect(asked[0]?.headers.get(name ?? '')).toBe(value)
      bench.pass(56 * MINUTE)
      expect((await refreshConnection(bench, await stored(bench))).ok).toBe(true)
      expect(asked).toHaveLength(2)
    },
  )

  it.each([
    [503, 'microsoft_slow'],
    [429, 'microsoft_slow'],
    [400, 'app_secret'],
  ])('that the platform refuses with %i is %s', async (status, code) => {
    const plain = await createBench()
    await consent(plain)
    const config = readConfig(variables('', { MICROSOFT_MANAGED_IDENTITY: 'system' }))
    const { bench } = withPlatform({ ...plain, config }, async () => new Response('{}', { status }))
    bench.pass(2 * 60 * MINUTE)
    await expect(
      getAccessToken(bench, await stored(bench), { resource: 'partner-center' }),
    ).rejects.toMatchObject({
      code,
    })
    expect((await stored(bench, tenant.id)).status).not.toBe('broken')
  })
})
