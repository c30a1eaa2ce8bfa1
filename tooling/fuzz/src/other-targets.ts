import * as fc from 'fast-check'

import { bodyOf, formOf, type Body } from './bodies.ts'
import { NASTY_TEXTS } from './random-text.ts'
import { noBody, planOf, queryOf, type Callers, type Plan } from './requests.ts'

type Other = {
  readonly name: string
  readonly make: (callers: Callers) => fc.Arbitrary<Plan>
  /** Who may ask; everybody by default. */
  readonly callers?: Callers
}

const text = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.base64String({ maxLength: 80 }))
const encoded = text.map((it) => encodeURIComponent(it.toWellFormed()))

const CALLBACK = ['state', 'code', 'error', 'error_description', 'session_state', 'admin_consent']
const DOTS = [
  '.',
  '..',
  '%2e%2e',
  '%2f',
  '%5c',
  '%00',
  '%',
  '%zz',
  ';',
  ':',
  '@',
  '~',
  '*',
  '',
  '.env',
  '.git',
]
const TRAVERSALS = [
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/..%5c..%5cpackage.json',
  '/assets//etc/passwd',
  '/%2e%2e/%2e%2e/package.json',
  '/src/main.ts',
  '/index.html',
  '/favicon.svg',
  '//evil.example/x',
  '/assets/%00.js',
]
const OPEN = ['/health', '/ready', '/metrics', '/api/v1/openapi.json', '/api/console-settings']
const METHODS = [
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'PATCH',
  'DELETE',
  'PROPFIND',
  'QUERY',
  'M-SEARCH',
  'PURGE',
]
const ANSWERED = [
  '/',
  '/health',
  '/api/v1/connections',
  '/api/v1/me',
  '/api/v1/connections/x/token',
  '/api/v1/openapi.json',
  '/api/auth/get-session',
  '/consent/callback',
  '*',
]
const SIGN_IN = [
  ...['/sign-in/email', '/sign-in/social', '/sign-up/email', '/sign-out', '/get-session', '/list-sessions'],
  ...['/update-user', '/change-password', '/change-email', '/reset-password', '/reset-password/abc', '/ok'],
  ...['/request-password-reset', '/verify-email', '/send-verification-email', '/revoke-session', '/error'],
  ...['/revoke-sessions', '/delete-user', '/delete-user/callback', '/callback/x', '/get-access-token'],
  ...['/refresh-token', '/link-social', '/unlink-account', '/list-accounts', '/verify-password'],
].map((it) => `/api/auth${it}`)

// Signing out ends a session for whoever else uses it.
const mayLeave: Callers = (actors) =>
  actors.filter(({ name, known }) => !known || name === 'viewer 1' || name === 'key of the other')

/** What listens besides the operations of the document. */
export const OTHERS: readonly Other[] = [
  asked('consent link', ['GET', 'HEAD', 'POST'], linkAddress(), formOf(['decision', '__proto__'], text)),
  asked('consent callback', ['GET', 'HEAD', 'POST'], callbackAddress(), formOf(CALLBACK, text)),
  asked('consent result', ['GET', 'POST'], after('/consent/result', queryWith('attempt')), noBody),
  asked('consent elsewhere', ['GET', 'POST', 'PUT'], after('/consent', anyPath()), noBody),
  {
    ...asked('sign-in', ['POST', 'GET'], fc.constantFrom(...SIGN_IN), bodyOf(signInBody())),
    callers: mayLeave,
  },
  asked('sign-in elsewhere', ['GET', 'POST', 'PUT'], after('/api/auth', anyPath()), bodyOf(signInBody())),
  asked('operations', ['GET', 'HEAD', 'POST'], oneOf(OPEN), noBody),
  asked('console', ['GET', 'HEAD', 'POST'], anyPath(), noBody),
  asked('files', ['GET', 'HEAD'], fc.oneof(after('/assets', anyPath()), oneOf(TRAVERSALS)), noBody),
  asked('unknown in the api', ['GET', 'POST', 'DELETE'], unknownInApi(), noBody),
  asked('wrong methods', METHODS, oneOf(ANSWERED), noBody),
]

function asked(
  name: string,
  methods: readonly string[],
  target: fc.Arbitrary<string>,
  body: fc.Arbitrary<Body>,
): Other {
  const method = fc.constantFrom(...methods)
  return { name, make: (callers) => planOf({ method, target: target.map((it) => () => it), body, callers }) }
}

function queryWith(...names: readonly string[]): fc.Arbitrary<string> {
  return queryOf(names.map((name) => ({ name, in: 'query', schema: { type: 'string', maxLength: 2000 } })))
}

function oneOf(paths: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...paths), queryWith('a')).map((it) => it.join(''))
}

function after(path: string, rest: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return rest.map((it) => path + it)
}

function linkAddress(): fc.Arbitrary<string> {
  return fc.tuple(encoded, queryWith('x')).map(([token, query]) => `/consent/start/${token}${query}`)
}

function callbackAddress(): fc.Arbitrary<string> {
  return after('/consent/callback', queryWith(...CALLBACK))
}

function unknownInApi(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom('/api', '/api/v1', '/API/V1', '/api//v1'), anyPath())
    .map((it) => it.join(''))
}

/** A path of any form that a client can be made to send; it begins with a slash. */
function anyPath(): fc.Arbitrary<string> {
  const part = fc.oneof(
    encoded.map((it) => it.slice(0, 3000)),
    fc.constantFrom(...DOTS),
    fc.stringMatching(/^[!-"$->@-~]{0,20}$/),
  )
  return fc
    .tuple(fc.array(part, { maxLength: 4 }), queryWith('x'))
    .map(([parts, query]) => `/${parts.join('/')}${query}`)
}

function signInBody(): fc.Arbitrary<unknown> {
  return fc.record(
    {
      email: fc.oneof(fc.emailAddress(), text),
      password: text,
      newPassword: text,
      currentPassword: text,
      token: text,
      callbackURL: fc.constantFrom('/', 'https://evil.example', '//evil.example', 'javascript:alert(1)'),
      provider: fc.constantFrom('github', '__proto__', 'microsoft'),
      rememberMe: fc.boolean(),
      name: text,
    },
    { requiredKeys: ['email', 'password'] },
  )
}
