import { randomUUID } from 'node:crypto'

import { passkey } from '@better-auth/passkey'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'
import { twoFactor } from 'better-auth/plugins'

import { authHooks, sessionHook, type HookOptions, type Tell } from './auth/hooks.ts'
import { singleSignOn, type SingleSignOn } from './auth/single-sign-on.ts'
import { PASSWORD_LENGTH, refuseBadPassword, type BreachFetch } from './auth/passwords.ts'
import { countTries } from './auth/tries.ts'
import { withoutValues } from './errors.ts'
import type { Database } from './open.ts'

/**
 * Where sign-in reads the caller's address, for the list of sessions. The server in front must set it on every request,
 * over whatever the caller sent.
 */
export const CLIENT_ADDRESS_HEADER = 'x-consentry-client-address'

const MINUTE = 60
const HOUR = 60 * MINUTE

export type AuthOptions = {
  readonly database: Pick<Database, 'db' | 'dialect' | 'tables'>
  /** Signs the session cookies; at least 32 random characters. */
  readonly secret: string
  /** Public address of the deployment. Cookies are Secure, and named so, when it is https. */
  readonly url: string
  /** Told what people do with their accounts; a sign-in that it refuses to take does not happen. */
  readonly tell?: Tell
  /** Brings the link for a new password to its owner. Must not reject. */
  readonly sendReset?: (email: string, url: string) => Promise<unknown>
  /** Organisations' own providers; nobody signs in through one without it. */
  readonly singleSignOn?: SingleSignOn
  /** Asks whether a new password is known from a breach; nobody is asked without it. */
  readonly breachFetch?: BreachFetch
  /** Count wrong passwords. Default true; tests that sign in often turn it off. */
  readonly limitTries?: boolean
  /** Told of failures of sign-in's own, for the log. They hold no secret. */
  readonly report?: (error: unknown) => void
}

export type Auth = ReturnType<typeof createAuth>

/**
 * Sign-in by email and password with a second step (TOTP, RFC 6238), or by passkey, over the database's own tables, at
 * `/api/auth`. Nobody can sign up: accounts are made by `createPerson`. The handler throws what is no answer to a person:
 * a database that fails, a log that cannot be written. Sessions are in the database, so that one that is ended is ended at once.
 */
export function createAuth(options: AuthOptions) {
  const { database, secret, url, limitTries = true, report } = options
  const { user, session, account, verification, twoFactor: twoFactors, passkey: passkeys } = database.tables
  const secure = url.startsWith('https:')
  const hooks: HookOptions = {
    tries: limitTries ? countTries(database, secret) : null,
    tell: options.tell ?? (async () => undefined),
    breachFetch: options.breachFetch,
    secure,
  }
  const auth = betterAuth({
    appName: 'Consentry',
    baseURL: new URL(url).origin,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [new URL(url).origin],
    database: drizzleAdapter(database.db, {
      provider: database.dialect === 'sqlite' ? 'sqlite' : 'pg',
      schema: { user, session, account, verification, twoFactor: twoFactors, passkey: passkeys },
    }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: HOUR,
      // Not waited for: how long mail takes would tell who has an account.
      sendResetPassword: async ({ user: { email }, token }) => {
        void options.sendReset?.(email, `${url}/forgotten?token=${encodeURIComponent(token)}`)
      },
      onPasswordReset: async ({ user: person }) => hooks.tell({ action: 'person.password_changed', person }),
    },
    session: {
      // Used within the last twelve hours; how long it may live in all is the API's matter.
      expiresIn: 12 * HOUR,
      updateAge: 15 * MINUTE,
      freshAge: 10 * MINUTE,
      // Only single sign-on sets it: such a session is good for the organisation whose provider vouched.
      additionalFields: {
        organisationId: { type: 'string', required: false, input: false },
        method: { type: 'string', required: false, input: false },
      },
    },
    plugins: [
      twoFactor({ issuer: 'Consentry', trustDeviceMaxAge: 0 }),
      passkey({
        rpID: new URL(url).hostname,
        rpName: 'Consentry',
        origin: new URL(url).origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      }),
      ...(options.singleSignOn ? [singleSignOn({ ...options.singleSignOn, url, secure })] : []),
    ],
    hooks: authHooks(hooks),
    databaseHooks: { session: { create: { before: sessionHook(hooks) } } },
    // Tries are counted by account in `tries`, and by address in front of this.
    rateLimit: { enabled: false },
    advanced: {
      // The browser itself refuses a copy planted by a sibling domain or over plain http (RFC 6265bis).
      cookiePrefix: secure ? '__Host-consentry' : 'consentry',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      database: { generateId: () => randomUUID() },
      // Said aloud because NODE_ENV=test would turn them off.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...details) => report?.(failure(message, details)) },
    // Its own way with an error is to print it, values and all.
    onAPIError: { throw: true },
  })
  async function handler(request: Request): Promise<Response> {
    try {
      return await auth.handler(request)
    } catch (error) {
      throw withoutValues(error)
    }
  }
  return { ...auth, handler }
}

/** What a line of sign-in's own log is about: the error that came with it, if any, and no value of a statement. */
function failure(message: string, details: readonly unknown[]): unknown {
  const error = details.find((detail) => detail instanceof Error)
  return error ? withoutValues(error) : new Error(message.replace(/Failed query:.*/s, 'A statement failed'))
}

/** Somebody who may be a member: `password` is theirs to sign in with. */
export type Person = { readonly email: string; readonly password?: string; readonly name?: string }

/**
 * Makes a person who can sign in, and gives the user id. One who is there already, by email in any case, keeps their
 * name; a password given for them replaces theirs and ends their sessions. Without a password nobody can sign in as
 * them until one is set. Throws `RangeError` when the email or the password will not do, and says why.
 */
export async function createPerson(auth: Auth, person: Person): Promise<string> {
  const email = person.email.trim().toLowerCase()
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
    throw new RangeError('The email address is not valid; give one like kim@example.com')
  }
  const { password } = person
  if (password !== undefined) await refuseBadPassword(password, email)

  const { internalAdapter: adapter } = await auth.$context
  const found = await adapter.findUserByEmail(email)
  const name = person.name ?? email
  const { id } =
    found?.user ?? (await adapter.createUser({ email, name, emailVerified: false }, { method: 'admin' }))
  if (password !== undefined) await setPassword(auth, id, password)
  return id
}

/** The accounts as an invitation needs them: found by address, refused with a sentence (`RangeError`), made. */
export function peopleOf(auth: Auth, breachFetch?: BreachFetch) {
  return {
    async find(email: string): Promise<string | null> {
      const { internalAdapter: adapter } = await auth.$context
      return (await adapter.findUserByEmail(email.toLowerCase()))?.user.id ?? null
    },
    check: async ({ email, password }: Person & { readonly password: string }) =>
      refuseBadPassword(password, email, breachFetch),
    create: (person: Person) => createPerson(auth, person),
  }
}

async function setPassword(auth: Auth, userId: string, password: string): Promise<void> {
  const { internalAdapter: adapter, password: hasher } = await auth.$context
  const hash = await hasher.hash(password)
  if (await adapter.findCredentialAccount(userId)) await adapter.updatePassword(userId, hash)
  else await adapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
  await adapter.deleteUserSessions(userId)
}

/** Takes away somebody's authenticator app and recovery codes, which they lost. Their password and passkeys stay. */
export async function forgetSecondStep(auth: Auth, userId: string): Promise<void> {
  const { adapter, internalAdapter } = await auth.$context
  await adapter.deleteMany({ model: 'twoFactor', where: [{ field: 'userId', value: userId }] })
  await internalAdapter.updateUser(userId, { twoFactorEnabled: false })
}
