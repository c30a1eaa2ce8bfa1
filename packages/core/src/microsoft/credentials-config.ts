import { loadCertificate, type ClientCredential } from './credentials.ts'
import { PLATFORM_ENDPOINT, readManagedIdentity } from './managed-identity.ts'

type Reader = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fault: (name: string, what: string) => void
}

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

const ANY_CREDENTIAL =
  'MICROSOFT_CLIENT_CERTIFICATE_FILE, MICROSOFT_FEDERATED_TOKEN_FILE or MICROSOFT_MANAGED_IDENTITY'

/** Reads the variables of the client's credentials: those that nobody has to renew by hand come first. */
export function readCredentials(read: Reader): ClientCredential[] {
  const named = [
    'MICROSOFT_MANAGED_IDENTITY',
    'MICROSOFT_FEDERATED_TOKEN_FILE',
    'MICROSOFT_CLIENT_CERTIFICATE_FILE',
  ]
  const credentials = [
    readIdentity(read),
    readTokenFile(read),
    readCertificateFile(read),
    ...readSecrets(read),
  ].filter((it) => it !== null)
  if (credentials.length === 0 && named.every((it) => !read.env[it]?.trim())) {
    read.fault(
      'MICROSOFT_CLIENT_SECRETS',
      `is missing; set the client secret's value (not its id), or ${ANY_CREDENTIAL}`,
    )
  }
  return credentials
}

/** The value of a secret is never a GUID; its id, which the portal shows beside it, always is. */
function readSecrets(read: Reader): ClientCredential[] {
  const secrets = (read.env.MICROSOFT_CLIENT_SECRETS ?? '').split(',').map((it) => it.trim())
  const present = secrets.filter((it) => it !== '')
  if (present.some((it) => GUID.test(it))) {
    read.fault(
      'MICROSOFT_CLIENT_SECRETS',
      'has the id of a secret in place of the secret; set its value, which the portal shows once, in the column Value (if it is gone, make a new secret)',
    )
  }
  return present.map((secret) => ({ kind: 'secret', secret }))
}

function readCertificateFile(read: Reader): ClientCredential | null {
  const file = read.env.MICROSOFT_CLIENT_CERTIFICATE_FILE?.trim()
  if (!file) return null
  try {
    return loadCertificate(file)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read'
    const wanted = 'set a PEM file with the private key and the certificate'
    read.fault('MICROSOFT_CLIENT_CERTIFICATE_FILE', `${why}; ${wanted}`)
    return null
  }
}

// Whether it holds a token is not asked at the start: the platform may write it a moment later.
function readTokenFile(read: Reader): ClientCredential | null {
  const file = read.env.MICROSOFT_FEDERATED_TOKEN_FILE?.trim()
  return file ? { kind: 'token-file', file } : null
}

function readIdentity(read: Reader): ClientCredential | null {
  const name = 'MICROSOFT_MANAGED_IDENTITY'
  const value = read.env[name]?.trim().toLowerCase()
  if (!value) return null
  if (value !== 'system' && !GUID.test(value))
    read.fault(name, 'is not usable; set system, or the client id of a user-assigned identity')
  const identity = readManagedIdentity(read.env, value === 'system' ? null : value)
  if (!identity) read.fault('IDENTITY_ENDPOINT', PLATFORM_ENDPOINT)
  return identity && { kind: 'managed-identity', ...identity }
}
