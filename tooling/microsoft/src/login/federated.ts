import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { App } from '../state.ts'
import type { World } from '../world.ts'
import { refuse } from './errors.ts'

/** An assertion that somebody else than the app issued (workload-identity-federation). */
export function isFederated(app: App, assertion: string): boolean {
  try {
    const { iss } = decodeJwt(assertion)
    return iss !== undefined && iss !== app.clientId
  } catch {
    return false
  }
}

/** Matches issuer, subject and audience, case by case, against the app's federated credentials, then the signature. */
export async function checkFederated(world: World, app: App, assertion: string): Promise<void> {
  const { iss, sub, aud } = decodeJwt(assertion)
  const ofIssuer = (app.federated ?? []).filter((it) => it.issuer === iss)
  if (ofIssuer.length === 0) refuse(700211)
  const ofSubject = ofIssuer.filter((it) => it.subject === sub)
  if (ofSubject.length === 0) refuse(700213)
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  const [trusted] = ofSubject.filter((it) => audiences.includes(it.audience))
  if (!trusted) return refuse(700212)
  try {
    await jwtVerify(assertion, createLocalJWKSet(trusted.keys), {
      currentDate: world.now(),
      requiredClaims: ['exp'],
      clockTolerance: 300,
    })
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) refuse(700024)
    refuse(700027, { text: 'The signature is not valid.' })
  }
}
