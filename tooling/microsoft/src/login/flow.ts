import { randomUUID } from 'node:crypto'
import type { App, SignIn } from '../state.ts'
import type { AskedScopes } from './scopes.ts'
import type { Authority } from './tenants.ts'

const MINUTE = 60_000
export const CODE_LIFETIME = 10 * MINUTE

/** Where and how the answer of a flow goes back to the app. */
export type Reply = {
  redirectUri: string
  mode: 'query' | 'fragment' | 'form_post'
  state: string | undefined
}

/** One person's way through the pages, from the app's link to the redirect. */
export type Flow = {
  id: string
  kind: 'authorize' | 'adminconsent'
  version: 1 | 2
  authority: Authority
  app: App
  reply: Reply
  spa: boolean
  responseTypes: string[]
  scope: string
  asked: AskedScopes
  nonce: string | undefined
  challenge: string | undefined
  challengeMethod: string | undefined
  prompt: string | undefined
  loginHint: string | undefined
  /** `amr_values=mfa`: MFA in this very sign-in. */
  mfaDemanded: boolean
  /** Set once somebody has chosen an account. */
  signIn: SignIn | undefined
  /** Signed in by the browser's session, so the old authentication context carries over. */
  silent: boolean
  mfaAnswered: boolean
  consentAnswered: boolean
}

export function createFlow(
  fields: Omit<Flow, 'id' | 'signIn' | 'silent' | 'mfaAnswered' | 'consentAnswered'>,
): Flow {
  return {
    ...fields,
    id: randomUUID(),
    signIn: undefined,
    silent: false,
    mfaAnswered: false,
    consentAnswered: false,
  }
}
