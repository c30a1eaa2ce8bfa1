import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

const day = 24 * 60 * 60 * 1000

type CertificateOptions = {
  privateKey: KeyObject
  publicKey: KeyObject
  commonName: string
  notBefore?: Date
  notAfter?: Date
}

/** A self-signed X.509 certificate, DER (RFC 5280 4.1); Node can read certificates but not make them. */
export function certificateDer(options: CertificateOptions): Buffer {
  const { privateKey, publicKey, commonName } = options
  const notBefore = options.notBefore ?? new Date('2020-01-01T00:00:00Z')
  const notAfter = options.notAfter ?? new Date('2040-01-01T00:00:00Z')
  const algorithm = sequence(sha256WithRsa, der(0x05))
  const name = sequence(der(0x31, sequence(commonNameOid, der(0x0c, Buffer.from(commonName)))))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, privateKey)
  return sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
}

export type AppCertificate = {
  certificatePem: string
  privateKeyPem: string
  /** Base64url SHA-1 of the certificate (`x5t`). */
  thumbprint: string
  /** Base64url SHA-256 of the certificate (`x5t#S256`). */
  thumbprintSha256: string
  notBefore: Date
  notAfter: Date
}

/** A certificate for an app registration, with its private key. Valid for a year from `notBefore` by default. */
export function createCertificate(
  options: { commonName?: string; notBefore?: Date; notAfter?: Date } = {},
): AppCertificate {
  const { commonName = 'simulated app', notBefore = new Date('2020-01-01T00:00:00Z') } = options
  const notAfter = options.notAfter ?? new Date(Math.max(notBefore.getTime(), Date.now()) + 365 * day)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const bytes = certificateDer({ privateKey, publicKey, commonName, notBefore, notAfter })
  const lines = bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
  return {
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: createHash('sha1').update(bytes).digest('base64url'),
    thumbprintSha256: createHash('sha256').update(bytes).digest('base64url'),
    notBefore,
    notAfter,
  }
}

const sha256WithRsa = Buffer.from('06092a864886f70d01010b', 'hex')
const commonNameOid = Buffer.from('0603550403', 'hex')

function der(tag: number, content: Buffer = Buffer.alloc(0)): Buffer {
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return der(0x18, Buffer.from(`${digits}Z`))
}
