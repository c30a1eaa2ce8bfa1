import { createPrivateKey, X509Certificate } from 'node:crypto'

/** What the application proves itself with at Microsoft. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | {
      readonly kind: 'certificate'
      readonly privateKey: string
      /** Hex SHA-256 of the certificate: MSAL signs with PS256 and sends `x5t#S256`. */
      readonly thumbprint: string
      readonly expiresAt: Date
    }

/** Reads a PEM text that holds the private key and the certificate. Throws an Error that says which is missing. */
export function readCertificate(pem: string): ClientCredential {
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0]
  const key = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0]
  if (!certificate) throw new Error('holds no certificate')
  if (!key) throw new Error('holds no unencrypted private key')
  const parsed = new X509Certificate(certificate)
  const privateKey = createPrivateKey(key)
  if (!parsed.checkPrivateKey(privateKey))
    throw new Error('holds a key and a certificate that do not belong together')
  return {
    kind: 'certificate',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: parsed.fingerprint256.replaceAll(':', '').toLowerCase(),
    expiresAt: new Date(parsed.validTo),
  }
}
