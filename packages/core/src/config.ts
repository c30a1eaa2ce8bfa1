import { isIssuerEntry } from './issuers.ts'
import { CLOUDS, isLoopback, type Cloud, type CloudName } from './microsoft/clouds.ts'
import { readCredentials } from './microsoft/credentials-config.ts'
import type { ClientCredential } from './microsoft/credentials.ts'
import type { Permission } from './permissions.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

export type Env = Readonly<Record<string, string | undefined>>
export type DatabaseConfig =
  { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string }

export type Config = {
  /** Public address without a trailing slash. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Whose `X-Forwarded-For` is believed: addresses, CIDR ranges, `loopback`. */
  readonly trustedProxies: readonly string[]
  /** What `/metrics` asks for as a Bearer token; null leaves it open. */
  readonly metricsToken: string | null
  readonly region: string | null
  readonly regions: readonly { readonly name: string; readonly url: string }[]
  readonly database: DatabaseConfig
  readonly secret: string
  /** Hosts of identity providers that organisations may name, beside the well-known ones. */
  readonly issuers: readonly string[]
  /** Ask a public list of breaches about new passwords. */
  readonly breachCheck: boolean
  /** Where mail goes out; null when there is none. */
  readonly mail: { readonly url: string; readonly from: string } | null
  /** Notifications may go to addresses inside the own network, and over plain http. */
  readonly internalWebhooks: boolean
  readonly microsoft: MicrosoftConfig
  readonly nightly: NightlyConfig
  readonly logLevel: string
  /** Where traces go; null when none are kept. Without a trailing slash. */
  readonly otlpEndpoint: string | null
}

export type MicrosoftConfig = {
  readonly clientId: string
  /** Tried in this order. */
  readonly credentials: readonly ClientCredential[]
  /** The tenant that the app registration lies in, where it may read its own dates; null: they are not read. */
  readonly applicationTenant: string | null
  readonly cloud: Cloud
  /** A manifest in the place of the release's own. */
  readonly permissions?: readonly Permission[]
  /** Where requests go; the names in tokens stay the cloud's own. Without a trailing slash. */
  readonly login: string
  readonly partnerCenter: string
  readonly graph: string
}

export type NightlyConfig = {
  /** `HH:MM`, local to `timeZone`; `to` may lie after midnight. */
  readonly from: string
  readonly to: string
  readonly timeZone: string
  readonly concurrency: number
  readonly perSecond: number
}

/** The environment cannot be used; the message has a line per variable: its name, what is wrong, what to set. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads the whole configuration. Throws `ConfigError` that names every bad variable at once. */
export function readConfig(env: Env): Config {
  const faults: string[] = []
  const read = reader(env, faults)
  const config: Config = {
    url: readPublicUrl(read),
    host: env.HOST || '127.0.0.1',
    port: read.count('PORT', 3000, 0, 65_535),
    trustedProxies: readTrustedProxies(read),
    metricsToken: readMetricsToken(read),
    region: env.CONSENTRY_REGION || null,
    regions: readRegions(read),
    database: readDatabase(read),
    secret: read.text('CONSENTRY_SECRET', (it) => it.length >= 16, 'at least 16 random characters'),
    issuers: readIssuers(read),
    mail: readMail(read),
    breachCheck: read.oneOf('CONSENTRY_BREACH_CHECK', ['on', 'off'], 'on') === 'on',
    internalWebhooks: read.oneOf('CONSENTRY_INTERNAL_WEBHOOKS', ['on', 'off'], 'off') === 'on',
    microsoft: readMicrosoft(read),
    nightly: readNightly(read),
    logLevel: read.oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
    otlpEndpoint: readCollector(read),
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config
}

/** Reads `DATABASE_URL` alone, for work that needs nothing else. Throws `ConfigError`. */
export function readDatabaseConfig(env: Env): DatabaseConfig {
  const faults: string[] = []
  const database = readDatabase(reader(env, faults))
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return database
}

type Reader = ReturnType<typeof reader>

function reader(env: Env, faults: string[]) {
  function fault(name: string, what: string): void {
    faults.push(`${name}: ${what}`)
  }
  function text(name: string, fits: (it: string) => boolean, wanted: string): string {
    const value = env[name]?.trim() ?? ''
    if (value === '') fault(name, `is missing; set ${wanted}`)
    else if (!fits(value)) fault(name, `is not usable; set ${wanted}`)
    return value
  }
  function count(name: string, fallback: number, min: number, max: number): number {
    const value = env[name]?.trim()
    if (!value) return fallback
    const parsed = Number(value)
    if (Number.isInteger(parsed) && parsed >= min && parsed <= max) return parsed
    fault(name, `is "${value}"; set a whole number from ${min} to ${max}`)
    return fallback
  }
  function oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = env[name]?.trim()
    if (!value) return fallback
    const found = allowed.find((it) => it === value)
    if (!found) fault(name, `is "${value}"; set one of ${allowed.join(', ')}`)
    return found ?? fallback
  }
  /** An https address without trailing slash; plain http only for this machine. */
  function address(name: string, fallback: string): string {
    const value = env[name]?.trim() || fallback
    const url = URL.canParse(value) ? new URL(value) : null
    const secure = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
    if (!url || !secure) fault(name, `is "${value}"; set an https address (http only for localhost)`)
    else if (url.username || url.search || url.hash)
      fault(name, 'carries more than host and path; set only those')
    return value.replace(/\/+$/, '')
  }
  return { env, fault, text, count, oneOf, address }
}

function readPublicUrl(read: Reader): string {
  return read.address('CONSENTRY_URL', 'http://localhost:3000')
}

function readTrustedProxies(read: Reader): readonly string[] {
  const value = read.env.CONSENTRY_TRUSTED_PROXIES?.trim() || 'loopback'
  const proxies = parseTrustedProxies(value)
  if (!proxies) {
    read.fault(
      'CONSENTRY_TRUSTED_PROXIES',
      `is "${value}"; set loopback, none, or addresses and ranges such as 10.0.0.5,172.18.0.0/16`,
    )
  }
  return proxies ?? []
}

function readMetricsToken(read: Reader): string | null {
  const token = read.env.CONSENTRY_METRICS_TOKEN?.trim() || null
  if (token !== null && !/^[!-~]{16,}$/.test(token)) {
    read.fault('CONSENTRY_METRICS_TOKEN', 'is not usable; set at least 16 random characters without spaces')
  }
  return token
}

function readCollector(read: Reader): string | null {
  const value = read.env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim()
  if (!value) return null
  // A collector beside the program, or in its network, is spoken to plainly.
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    read.fault('OTEL_EXPORTER_OTLP_ENDPOINT', 'is not usable; set an address such as http://localhost:4318')
  return value.replace(/\/+$/, '')
}

function readRegions(read: Reader): Config['regions'] {
  const value = read.env.CONSENTRY_REGIONS?.trim()
  if (!value) return []
  return value.split(',').map((part) => {
    const [name = '', url = ''] = part.split(/=(.*)/s).map((it) => it.trim())
    if (!name || !URL.canParse(url)) {
      read.fault(
        'CONSENTRY_REGIONS',
        `has "${part}"; set name=address pairs such as eu=https://eu.example.com`,
      )
    }
    return { name, url: url.replace(/\/+$/, '') }
  })
}

function readMail(read: Reader): Config['mail'] {
  const url = read.env.CONSENTRY_SMTP_URL?.trim()
  if (!url) return null
  if (!/^smtps?:\/\/./.test(url) || !URL.canParse(url))
    read.fault('CONSENTRY_SMTP_URL', 'is not usable; set smtps://user:password@host:465 or smtp://host:587')
  const fits = (it: string) => /^([^<>@\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/.test(it)
  return {
    url,
    from: read.text('CONSENTRY_MAIL_FROM', fits, 'the sender, such as Consentry <consentry@example.com>'),
  }
}

function readIssuers(read: Reader): string[] {
  const entries = (read.env.CONSENTRY_ISSUERS ?? '').split(',').map((it) => it.trim().toLowerCase())
  const issuers = entries.filter((it) => it !== '')
  for (const entry of issuers) {
    if (!isIssuerEntry(entry)) {
      const wanted = 'set origins such as https://idp.example.com or https://*.okta.com'
      read.fault('CONSENTRY_ISSUERS', `has "${entry}"; ${wanted} (http only for localhost)`)
    }
  }
  return issuers
}

function readDatabase(read: Reader): DatabaseConfig {
  const value = read.env.DATABASE_URL?.trim() || 'file:./data/consentry.db'
  if (/^postgres(ql)?:\/\/./.test(value) && URL.canParse(value)) return { kind: 'postgres', url: value }
  const file = /^file:(?:\/\/(?=\/))?(.+)$/.exec(value)?.[1]
  if (!file)
    read.fault('DATABASE_URL', 'is not usable; set file:./data/consentry.db or postgres://user@host/name')
  return { kind: 'sqlite', file: file ?? '' }
}

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

function readMicrosoft(read: Reader): MicrosoftConfig {
  const cloud = CLOUDS[read.oneOf<CloudName>('MICROSOFT_CLOUD', ['global', 'usgov', 'china'], 'global')]
  return {
    clientId: read
      .text(
        'MICROSOFT_CLIENT_ID',
        (it) => GUID.test(it),
        'the application (client) id of the app registration, a GUID',
      )
      .toLowerCase(),
    credentials: readCredentials(read),
    applicationTenant: readApplicationTenant(read),
    cloud,
    login: read.address('MICROSOFT_LOGIN_URL', cloud.login),
    partnerCenter: read.address('MICROSOFT_PARTNER_CENTER_URL', cloud.partnerCenter),
    graph: read.address('MICROSOFT_GRAPH_URL', cloud.graph),
  }
}

function readApplicationTenant(read: Reader): string | null {
  const value = read.env.MICROSOFT_APPLICATION_TENANT?.trim().toLowerCase()
  if (!value) return null
  if (!GUID.test(value))
    read.fault(
      'MICROSOFT_APPLICATION_TENANT',
      'is not usable; set the id of the tenant that the app registration lies in, a GUID',
    )
  return value
}

function readNightly(read: Reader): NightlyConfig {
  const window = read.env.CONSENTRY_REFRESH_WINDOW?.trim() || '01:00-05:00'
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(window) ?? []
  if (!from || !to || from === to) {
    read.fault('CONSENTRY_REFRESH_WINDOW', `is "${window}"; set two different times such as 01:00-05:00`)
  }
  const timeZone = read.env.CONSENTRY_TIME_ZONE?.trim() || 'UTC'
  if (!isTimeZone(timeZone)) {
    read.fault('CONSENTRY_TIME_ZONE', `is "${timeZone}"; set an IANA name such as Europe/Stockholm`)
  }
  return {
    from: from ?? '01:00',
    to: to ?? '05:00',
    timeZone,
    concurrency: read.count('CONSENTRY_REFRESH_CONCURRENCY', 16, 1, 1000),
    perSecond: read.count('CONSENTRY_REFRESH_PER_SECOND', 10, 1, 1000),
  }
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
