import { createHash, randomBytes } from 'node:crypto'

import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'

import { refuseBadPassword, type BreachFetch } from './passwords.ts'
import { CODE_USES, DEVICE_TRIES, STRANGERS_TRIES, type Tries } from './tries.ts'

/** Something that a person did with their account. */
export type PersonEvent = {
  readonly action:
    | 'person.signed_in'
    | 'person.signed_out'
    | 'person.password_changed'
    | 'person.second_step_added'
    | 'person.second_step_removed'
    | 'person.passkey_added'
    | 'person.passkey_removed'
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  /** Of a sign-in: how. */
  readonly method?: string
  /** Of a single sign-on: whose. */
  readonly organisationId?: string
}

export type Tell = (event: PersonEvent) => Promise<void>

export type HookOptions = {
  readonly tries: Tries | null
  readonly tell: Tell
  readonly breachFetch: BreachFetch | undefined
  /** The deployment is behind https. */
  readonly secure: boolean
}

const YEAR = 365 * 24 * 60 * 60

/**
 * What sign-in does besides: counts wrong passwords without letting anybody lock another out (a browser that signed in
 * before has a count of its own: OWASP, "Blocking Brute Force Attacks", device cookies), refuses bad passwords, wants
 * passkeys to verify their user, and tells what people did.
 */
export function authHooks(options: HookOptions) {
  const cookie = options.secure ? '__Host-consentry.device' : 'consentry.device'
  const attributes = {
    httpOnly: true,
    secure: options.secure,
    sameSite: 'lax',
    path: '/',
    maxAge: YEAR,
  } as const

  const before = createAuthMiddleware(async (ctx) => {
    const { path } = ctx
    const body = fieldsOf(ctx.body)
    if (path === '/sign-in/email' && options.tries) {
      const subject = await subjectOf(String(body.email ?? ''), (name) =>
        ctx.getSignedCookie(name, ctx.context.secret),
      )
      const wait = await options.tries.count(
        subject,
        subject.startsWith('device') ? DEVICE_TRIES : STRANGERS_TRIES,
      )
      if (wait > 0) throw tooMany(wait, (name, value) => ctx.setHeader(name, value))
    }
    if (path === '/change-password' || path === '/reset-password') {
      const email = ctx.context.session?.user.email ?? ''
      await refuse(String(body.newPassword ?? ''), email, options.breachFetch)
    }
    if (OWN_MATTERS.has(path)) refuseVouched(await getSessionFromCtx(ctx))
    if (path === '/passkey/verify-authentication') refuseUnverified(body.response)
    if (path === '/sign-out') {
      const ending = await getSessionFromCtx(ctx)
      if (ending) await options.tell({ action: 'person.signed_out', person: ending.user })
    }
  })

  const after = createAuthMiddleware(async (ctx) => {
    const { path, context } = ctx
    if (context.returned instanceof APIError) return
    const { newSession } = context
    if (newSession && SIGN_INS.has(path)) {
      const email = newSession.user.email.toLowerCase()
      const subject = await subjectOf(email, (name) => ctx.getSignedCookie(name, context.secret))
      await options.tries?.forget(subject)
      // The password alone is not all of it yet where there is a second step.
      const whole = path !== '/sign-in/email' || !isTwoStep(newSession.user)
      // A provider vouches for its organisation, and must not earn tries of people's passwords.
      if (whole && path !== SINGLE_SIGN_ON && !subject.startsWith('device')) {
        const value = `${emailHash(email)}.${randomBytes(16).toString('base64url')}`
        await ctx.setSignedCookie(cookie, value, context.secret, attributes)
      }
    }
    const enabled = path === '/two-factor/verify-totp' && context.session
    const action = enabled ? 'person.second_step_added' : ACTS[path]
    const person = (newSession ?? context.session)?.user
    if (action && person) await options.tell({ action, person })
  })

  async function subjectOf(
    email: string,
    read: (name: string) => Promise<string | null | false | undefined>,
  ) {
    const device = await read(cookie)
    const lower = email.toLowerCase()
    return device && device.startsWith(`${emailHash(lower)}.`) ? `device ${device}` : `password ${lower}`
  }

  return { before, after }
}

/**
 * Keeps a session from beginning unless it could be told of, and a code from being used twice. Gives what the session
 * says of how it began.
 */
export function sessionHook({ tries, tell }: HookOptions) {
  return async (session: NewSession, ctx: SessionContext | null) => {
    const method = ctx ? SIGN_INS.get(ctx.path) : undefined
    if (!ctx) return
    const before = ctx.context.session?.session
    const earlier = before && 'method' in before ? before.method : null
    // A session that follows another is no sign-in; a code that was shown in it counts.
    if (before) return { data: { method: method ?? earlier } }
    if (!method) return
    const person = await ctx.context.internalAdapter.findUserById(session.userId)
    if (!person || (ctx.path === '/sign-in/email' && isTwoStep(person))) return
    if (ctx.path === '/two-factor/verify-totp' && tries) {
      const code = String(fieldsOf(ctx.body).code ?? '')
      const used = await tries.count(`code ${person.id} ${code}`, CODE_USES)
      if (used > 0) throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' })
    }
    const { organisationId } = session
    const within = typeof organisationId === 'string' ? { organisationId } : {}
    await tell({ action: 'person.signed_in', person, method, ...within })
    return { data: { method } }
  }
}

/** Whether somebody who signed in this way showed more than a password. */
export function isStrong(method: string | null | undefined): boolean {
  return (
    method !== null &&
    method !== undefined &&
    method !== 'password' &&
    [...SIGN_INS.values()].includes(method)
  )
}

type NewSession = { readonly userId: string; readonly organisationId?: unknown }

type Person = PersonEvent['person']
type SessionContext = {
  readonly path: string
  readonly body?: unknown
  readonly context: {
    readonly session?: { readonly session: object } | null
    readonly internalAdapter: { findUserById(id: string): Promise<Person | null> }
  }
}

const SINGLE_SIGN_ON = '/sso/callback'

/** Ways in, and what the log calls them. */
const SIGN_INS: ReadonlyMap<string, string> = new Map([
  ['/sign-in/email', 'password'],
  ['/two-factor/verify-totp', 'password and code'],
  ['/two-factor/verify-backup-code', 'password and recovery code'],
  ['/passkey/verify-authentication', 'passkey'],
  [SINGLE_SIGN_ON, 'single sign-on'],
])

const ACTS: Readonly<Record<string, PersonEvent['action'] | undefined>> = {
  '/change-password': 'person.password_changed',
  '/two-factor/disable': 'person.second_step_removed',
  '/passkey/verify-registration': 'person.passkey_added',
  '/passkey/delete-passkey': 'person.passkey_removed',
}

/** What changes how a person signs in everywhere. */
const OWN_MATTERS: ReadonlySet<string> = new Set([
  '/change-password',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
  '/passkey/generate-register-options',
  '/passkey/verify-registration',
  '/passkey/list-user-passkeys',
  '/passkey/update-passkey',
  '/passkey/delete-passkey',
])

// Whoever set up an organisation's provider can come in as any of its members: into that organisation, and no further.
function refuseVouched(found: { readonly session: object } | null): void {
  if (!found || !('organisationId' in found.session) || !found.session.organisationId) return
  const message = 'You are signed in through your organisation; sign in by password or passkey to change it.'
  throw new APIError('FORBIDDEN', { code: 'SIGNED_IN_BY_ORGANISATION', message })
}

function isTwoStep(user: object): boolean {
  return 'twoFactorEnabled' in user && user.twoFactorEnabled === true
}

function emailHash(email: string): string {
  return createHash('sha256').update(email).digest('base64url').slice(0, 22)
}

function tooMany(wait: number, setHeader: (name: string, value: string) => void): APIError {
  setHeader('retry-after', String(wait))
  const message = `Too many tries. Try again in ${Math.ceil(wait / 60)} minutes, or use a passkey.`
  return new APIError(
    'TOO_MANY_REQUESTS',
    { code: 'TOO_MANY_TRIES', message },
    { 'retry-after': String(wait) },
  )
}

async function refuse(password: string, email: string, breachFetch: BreachFetch | undefined): Promise<void> {
  try {
    await refuseBadPassword(password, email, breachFetch)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new APIError('BAD_REQUEST', { code: 'PASSWORD_REFUSED', message: `${error.message}.` })
  }
}

// W3C WebAuthn 3, 6.1: the flags are byte 32 of the authenticator data, bit 2 says that the user was verified. Without
// it a passkey would be one step only, and here it stands for both.
function refuseUnverified(response: unknown): void {
  const inner = fieldsOf(fieldsOf(response).response)
  const data = Buffer.from(String(inner.authenticatorData ?? ''), 'base64url')
  if (((data[32] ?? 0) & 0x04) === 0) {
    const message = 'The passkey did not check who you are; unlock it with a PIN, finger or face.'
    throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message })
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  // An object's members can be looked at by name.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
