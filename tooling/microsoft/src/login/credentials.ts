import { createHash, X509Certificate } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { checkFederated, isFederated } from './federated.ts'
import type { App, Certificate } from '../state.ts'
import { realUrls } from '../urls.ts'
import type { World } from '../world.ts'
import { refuse } from './errors.ts'
import type { Credential } from './mint.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** HTTP Basic moves client id and secret into the form, where every later check reads them. */
export function applyBasicAuth(request: Request, fields: URLSearchParams): void {
  const header = request.headers.get('authorization') ?? ''
  if (!header.startsWith('Basic ')) return
  const [id = '', ...secret] = Buffer.from(header.slice(6), 'base64').toString().split(':')
  fields.set('client_id', decodeURIComponent(id))
  fields.set('client_secret', decodeURIComponent(secret.join(':')))
}

/** Proves the app: a secret, or an assertion signed by a registered certificate. Refusals are `invalid_client`, 401. */
export async function checkCredential(
  world: World,
  input: { app: App; fields: URLSearchParams; request: Request; segment: string },
): Promise<Credential> {
  const { app, fields, request } = input
  const secret = fields.get('client_secret')
  const assertion = fields.get('client_assertion')
  const origin = request.headers.get('origin')
  // A browser may not redeem with a credential (v2-oauth2-auth-code-flow, "Request an access token").
  if (origin && (secret || assertion)) refuse(9002326, { origin })
  if (assertion) {
    if (fields.get('client_assertion_type') !== assertionType)
      refuse(900144, { parameter: 'client_assertion_type' })
    if (!assertionCertificate(app, assertion) && isFederated(app, assertion))
      await checkFederated(world, app, assertion)
    else await checkAssertion(world, app, assertion, input.segment)
    return 'certificate'
  }
  if (!secret) refuse(7000218)
  checkSecret(world, app, secret ?? '')
  return 'secret'
}

function checkSecret(world: World, app: App, value: string): void {
  const now = world.now()
  const matching = app.secrets.filter((secret) => secret.value === value && secret.start <= now)
  if (matching.length === 0) refuse(7000215, { client: app.clientId })
  if (matching.every((secret) => secret.end <= now)) refuse(7000222, { client: app.clientId })
}

async function checkAssertion(world: World, app: App, assertion: string, segment: string): Promise<void> {
  const certificate = assertionCertificate(app, assertion)
  if (!certificate) return refuse(700027, { text: 'The key was not found.' })
  if (certificate.end <= world.now()) refuse(700027, { text: 'The certificate is expired.' })
  const key = new X509Certificate(certificate.pem).publicKey
  try {
    await jwtVerify(assertion, key, {
      algorithms: ['RS256', 'PS256'],
      audience: audiences(world, segment),
      issuer: app.clientId,
      subject: app.clientId,
      currentDate: world.now(),
      requiredClaims: ['exp', 'jti'],
      clockTolerance: 300,
    })
  } catch (cause) {
    refuseAssertion(cause)
  }
}

function refuseAssertion(cause: unknown): never {
  if (cause instanceof errors.JWTExpired) return refuse(700024)
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'aud') return refuse(700023)
    if (cause.claim === 'nbf' || cause.claim === 'exp') return refuse(700024)
    return refuse(700027, { text: `The claim '${cause.claim}' is wrong.` })
  }
  return refuse(700027, { text: 'The signature is not valid.' })
}

function assertionCertificate(app: App, assertion: string): Certificate | undefined {
  try {
    decodeJwt(assertion)
    const header = decodeProtectedHeader(assertion)
    const named = [header.x5t, header['x5t#S256'], header.kid]
    return app.certificates.find((certificate) =>
      thumbprints(certificate).some((thumbprint) => named.includes(thumbprint)),
    )
  } catch {
    return undefined
  }
}

function thumbprints(certificate: Certificate): string[] {
  const der = new X509Certificate(certificate.pem).raw
  const sha1 = createHash('sha1').update(der)
  const hex = sha1.copy().digest('hex')
  const sha256 = createHash('sha256').update(der).digest('base64url')
  return [sha1.digest('base64url'), sha256, hex, hex.toUpperCase()]
}

/** The token endpoint or the issuer, v1 or v2, under Microsoft's real name as well as the one in use. */
function audiences(world: World, segment: string): string[] {
  const hosts = [realUrls.login, world.urls.login]
  const paths = ['oauth2/v2.0/token', 'oauth2/token', 'v2.0', '']
  return hosts.flatMap((host) => paths.map((path) => `${host}/${segment}/${path}`))
}
