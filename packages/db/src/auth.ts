import { randomUUID } from 'node:crypto'

import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { betterAuth } from 'better-auth/minimal'

import { withoutValues } from './errors.ts'
import type { Database } from './open.ts'

/**
 * Where sign-in reads the caller's address, to count tries per address. The server in front must set it on every
 * request, over whatever the caller sent; without it all callers share one count.
 */
export const CLIENT_ADDRESS_HEADER = 'x-consentry-client-address'

/** Characters. The longest keeps hashing from being a way to keep the server busy. */
export const PASSWORD_LENGTH = { min: 8, max: 128 } as const

/** Sign-in tries per address and minute: an office behind one address gets through, a guesser does not get far. */
export const SIGN_IN_TRIES = { window: 60, max: 30 } as const

export type AuthOptions = {
  readonly database: Pick<Database, 'db' | 'dialect' | 'tables'>
  /** Signs the session cookies; at least 32 random characters. */
  readonly secret: string
  /** Public address of the deployment. Cookies are Secure, and named so, when it is https. */
  readonly url: string
  /** Count sign-in tries. Default true; tests that sign in often turn it off. */
  readonly limitTries?: boolean
  /** Told of failures of sign-in's own, for the log. They hold no secret. */
  readonly report?: (error: unknown) => void
}

export type Auth = ReturnType<typeof createAuth>

/**
 * Sign-in by email and password over the database's own tables, at `/api/auth`. Nobody can sign up: accounts are made
 * by `createPerson`. Sessions are in the database, so that one that is ended is ended at once.
 */
export function createAuth({ database, secret, url, limitTries = true, report }: AuthOptions) {
  const { user, session, account, verification, rateLimit } = database.tables
  return betterAuth({
    appName: 'Consentry',
    baseURL: new URL(url).origin,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [new URL(url).origin],
    database: drizzleAdapter(database.db, {
      provider: database.dialect === 'sqlite' ? 'sqlite' : 'pg',
      schema: { user, session, account, verification, rateLimit },
    }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      revokeSessionsOnPasswordReset: true,
    },
    rateLimit: {
      enabled: limitTries,
      // In the database, so that more replicas do not mean more tries.
      storage: 'database',
      customRules: { '/sign-in/*': SIGN_IN_TRIES, '/get-session': false },
    },
    advanced: {
      cookiePrefix: 'consentry',
      useSecureCookies: url.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      database: { generateId: () => randomUUID() },
      // Said aloud because NODE_ENV=test would turn them off.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...details) => report?.(failure(message, details)) },
    onAPIError: { onError: (error) => report?.(withoutValues(error)) },
  })
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
  if (password !== undefined) refuseBadLength(password)

  const { internalAdapter: adapter } = await auth.$context
  const found = await adapter.findUserByEmail(email)
  const name = person.name ?? email
  const { id } =
    found?.user ?? (await adapter.createUser({ email, name, emailVerified: false }, { method: 'admin' }))
  if (password !== undefined) await setPassword(auth, id, password)
  return id
}

async function setPassword(auth: Auth, userId: string, password: string): Promise<void> {
  const { internalAdapter: adapter, password: hasher } = await auth.$context
  const hash = await hasher.hash(password)
  if (await adapter.findCredentialAccount(userId)) await adapter.updatePassword(userId, hash)
  else await adapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
  await adapter.deleteUserSessions(userId)
}

function refuseBadLength(password: string): void {
  const { min, max } = PASSWORD_LENGTH
  if (password.length < min) throw new RangeError(`The password is too short; use at least ${min} characters`)
  if (password.length > max) throw new RangeError(`The password is too long; use at most ${max} characters`)
}
