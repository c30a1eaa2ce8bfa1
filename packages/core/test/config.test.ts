import { createCertificate } from '@consentry/microsoft-simulator'
import { describe, expect, it } from 'vitest'

import { ConfigError, readConfig, readDatabaseConfig, readEnvironment } from '../src/index.ts'
import { fileWith } from './files.ts'

const GOOD = {
  CONSENTRY_SECRET: 'sixteen or more characters',
  MICROSOFT_CLIENT_ID: '1b7e0d2c-5a34-4c8f-9b1e-7d60c2f4a911',
  MICROSOFT_CLIENT_SECRETS: 'one, two',
}

describe('the configuration', () => {
  it('has defaults for everything but what only the operator can know', () => {
    const config = readConfig(GOOD)
    expect(config).toMatchObject({
      url: 'http://localhost:3000',
      host: '127.0.0.1',
      port: 3000,
      database: { kind: 'sqlite', file: './data/consentry.db' },
      nightly: { from: '01:00', to: '05:00', timeZone: 'UTC', concurrency: 16, perSecond: 10 },
      logLevel: 'info',
    })
    expect(config.microsoft).toMatchObject({
      login: 'https://login.microsoftonline.com',
      partnerCenter: 'https://api.partnercenter.microsoft.com',
      graph: 'https://graph.microsoft.com',
      credentials: [{ secret: 'one' }, { secret: 'two' }],
    })
  })

  it('names every bad variable at once, with what to set', () => {
    const act = () =>
      readConfig({ PORT: 'x', CONSENTRY_REFRESH_WINDOW: '1-5', CONSENTRY_TIME_ZONE: 'Mars/Olympus' })
    expect(act).toThrow(ConfigError)
    for (const name of [
      'CONSENTRY_SECRET: is missing',
      'MICROSOFT_CLIENT_ID: is missing',
      'MICROSOFT_CLIENT_SECRETS: is missing',
      'PORT: is "x"; set a whole number',
      'CONSENTRY_REFRESH_WINDOW: is "1-5"',
      'CONSENTRY_TIME_ZONE: is "Mars/Olympus"',
    ]) {
      expect(act).toThrow(name)
    }
  })

  it.each([
    [{ MICROSOFT_CLIENT_ID: 'not-a-guid' }, 'MICROSOFT_CLIENT_ID: is not usable'],
    [{ MICROSOFT_CLOUD: 'moon' }, 'MICROSOFT_CLOUD: is "moon"; set one of global, usgov, china'],
    [
      { MICROSOFT_LOGIN_URL: 'http://login.example' },
      'MICROSOFT_LOGIN_URL: is "http://login.example"; set an https address',
    ],
    [{ MICROSOFT_GRAPH_URL: 'nonsense' }, 'MICROSOFT_GRAPH_URL: is "nonsense"'],
    [{ CONSENTRY_URL: 'http://consentry.example' }, 'CONSENTRY_URL: is'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: is not usable'],
    [{ CONSENTRY_REGIONS: 'eu' }, 'CONSENTRY_REGIONS: has "eu"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: is "loud"'],
    [{ MICROSOFT_CLIENT_CERTIFICATE_FILE: '/nowhere.pem' }, 'MICROSOFT_CLIENT_CERTIFICATE_FILE:'],
  ])('refuses %j', (wrong, message) => {
    expect(() => readConfig({ ...GOOD, ...wrong })).toThrow(message)
  })

  it('never repeats a secret in its complaint', () => {
    const wrong = { ...GOOD, CONSENTRY_SECRET: 'too short', PORT: 'x' }
    expect(() => readConfig(wrong)).toThrow(/^(?!.*too short).*CONSENTRY_SECRET/s)
  })

  it.each([
    [undefined, ['loopback']],
    ['', ['loopback']],
    ['none', []],
    ['loopback, 10.0.0.5,172.18.0.0/16, fd00::/8', ['loopback', '10.0.0.5', '172.18.0.0/16', 'fd00::/8']],
  ])('believes the proxies of CONSENTRY_TRUSTED_PROXIES %s', (value, expected) => {
    expect(readConfig({ ...GOOD, CONSENTRY_TRUSTED_PROXIES: value }).trustedProxies).toEqual(expected)
  })

  it.each([
    'proxy',
    '10.0.0',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    'none, loopback',
    '10.0.0.1,',
    'fe80::1%eth0',
    '*',
  ])('refuses %s as CONSENTRY_TRUSTED_PROXIES', (value) => {
    expect(() => readConfig({ ...GOOD, CONSENTRY_TRUSTED_PROXIES: value })).toThrow(
      `CONSENTRY_TRUSTED_PROXIES: is "${value}"; set loopback, none, or addresses and ranges`,
    )
  })

  it('takes a long enough CONSENTRY_METRICS_TOKEN, and repeats none that is not', () => {
    expect(readConfig(GOOD).metricsToken).toBeNull()
    const token = 'sixteen-or-more-characters'
    expect(readConfig({ ...GOOD, CONSENTRY_METRICS_TOKEN: token }).metricsToken).toBe(token)
    const act = () => readConfig({ ...GOOD, CONSENTRY_METRICS_TOKEN: 'too-short' })
    expect(act).toThrow(/^(?!.*too-short).*CONSENTRY_METRICS_TOKEN: is not usable/s)
  })

  it('accepts plain http for this machine only', () => {
    for (const host of ['localhost:4100', '127.0.0.1:4100', '[::1]:4100']) {
      expect(readConfig({ ...GOOD, MICROSOFT_LOGIN_URL: `http://${host}/` }).microsoft.login).toBe(
        `http://${host}`,
      )
    }
  })

  it.each([
    ['file:./x.db', { kind: 'sqlite', file: './x.db' }],
    ['file:/var/lib/x.db', { kind: 'sqlite', file: '/var/lib/x.db' }],
    ['file:///var/lib/x.db', { kind: 'sqlite', file: '/var/lib/x.db' }],
    ['postgres://u@h/d', { kind: 'postgres', url: 'postgres://u@h/d' }],
  ])('reads DATABASE_URL %s', (url, expected) => {
    expect(readDatabaseConfig({ DATABASE_URL: url })).toEqual(expected)
  })

  it('reads a certificate with its key, tried before any secret', async () => {
    const made = await createCertificate()
    const file = fileWith(`${made.privateKeyPem}\n${made.certificatePem}`)
    const { credentials } = readConfig({ ...GOOD, MICROSOFT_CLIENT_CERTIFICATE_FILE: file }).microsoft
    expect(credentials.map((it) => it.kind)).toEqual(['certificate', 'secret', 'secret'])
  })
})

it('is complained of together with the key ring', () => {
  expect(() => readEnvironment({ PORT: 'x' })).toThrow(/PORT: is "x"[\s\S]*CONSENTRY_KEYS: is missing/)
})
