import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

import type { ManagedIdentity } from './managed-identity.ts'

/** What the application proves itself with at Microsoft. */
export type ClientCredential =
  | {
      readonly kind: 'secret'
      readonly secret: string
      /** Since when it is known here, where that is known. */
      readonly since?: Date
    }
  | CertificateFile
  /** A token of another issuer that the app registration trusts, kept fresh in a file by the platform. */
  | { readonly kind: 'token-file'; readonly file: string }
  | ({ readonly kind: 'managed-identity' } & ManagedIdentity)

/** A certificate with its key, in a file that may be renewed while the process runs, unless it came without one. */
export type CertificateFile = {
  readonly kind: 'certificate'
  readonly file: string | null
  readonly loaded: LoadedCertificate
}

export type Certificate = {
  readonly privateKey: string
  /** Hex SHA-256 of the certificate: MSAL signs with PS256 and sends `x5t#S256`. */
  readonly thumbprint: string
  readonly expiresAt: Date
}

type LoadedCertificate = { readonly certificate: Certificate; readonly changed: number }

/** Reads a PEM text that holds the private key and the certificate. Throws an Error that says which is missing. */
function readCertificate(pem: string): Certificate {
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0]
  const key = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0]
  if (!certificate) throw new Error('holds no certificate')
  if (!key) throw new Error('holds no unencrypted private key')
  const parsed = new X509Certificate(certificate)
  const privateKey = createPrivateKey(key)
  if (!parsed.checkPrivateKey(privateKey))
    throw new Error('holds a key and a certificate that do not belong together')
  if (privateKey.asymmetricKeyType !== 'rsa') throw new Error('holds a key that is not RSA')
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
    expiresAt: new Date(parsed.validTo),
  }
}

/** Reads the file. Throws an Error that says what is wrong with it. */
export function loadCertificate(file: string): CertificateFile {
  return { kind: 'certificate', file, loaded: load(file) }
}

/** A certificate with its key, from PEM text. Throws an Error that says what is wrong with it. */
export function heldCertificate(pem: string): CertificateFile {
  return { kind: 'certificate', file: null, loaded: { certificate: readCertificate(pem), changed: 0 } }
}

function load(file: string): LoadedCertificate {
  const changed = statSync(file).mtimeMs
  return { certificate: readCertificate(readFileSync(file, 'utf8')), changed }
}

const renewed = new WeakMap<CertificateFile, LoadedCertificate>()

/** The certificate as its file has it now; the last good one while the file cannot be used. */
export function currentCertificate(credential: CertificateFile): Certificate {
  const known = renewed.get(credential) ?? credential.loaded
  const { file } = credential
  if (file === null) return known.certificate
  try {
    if (statSync(file).mtimeMs === known.changed) return known.certificate
    const fresh = load(file)
    renewed.set(credential, fresh)
    return fresh.certificate
  } catch {
    // Half written, or being replaced: the next redemption looks again.
    return known.certificate
  }
}
