import { isProblemCode } from '@consentry/core'
import { Ajv2020 } from 'ajv/dist/2020.js'

import type { Asked } from './requests.ts'
import type { Document, Operation } from './document.ts'
import { HEAD, headOf, type Answer } from './send.ts'
import type { World } from './world.ts'

/** Finds what is wrong with an answer; the operation is the one that the document promises it of, if any. */
export type Oracle = (asked: Asked, answer: Answer, operation: Operation | null) => string | null

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i,
  uri: (text: string) => URL.canParse(text),
}

export function createOracle(world: Pick<World, 'secrets'>, document: Document): Oracle {
  const ajv = new Ajv2020({ strict: false, formats: FORMATS })
  ajv.addSchema({ $id: 'doc', ...document })
  const fits = (pointer: string, body: unknown) => {
    const check = ajv.getSchema(`doc#${pointer}`)
    if (!check) return `the document has nothing at ${pointer}`
    return check(body) ? null : ajv.errorsText(check.errors)
  }

  function wrongBody(answer: Answer, operation: Operation): string | null {
    const promised = operation.responses[answer.status]
    if (!promised) return `answers ${answer.status}, which the document does not promise`
    const [type = ''] = (answer.headers['content-type'] ?? '').split(';')
    if (!promised.content) return answer.text === '' ? null : 'has a body where none is promised'
    if (!promised.content[type]) return `is ${type}, which is not promised`
    if (type !== 'application/json') return null
    const at = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(answer.status)]
    const pointer = [...at, 'content', type, 'schema'].map((it) => `/${escapePointer(it)}`).join('')
    return fits(pointer, JSON.parse(answer.text))
  }

  function wrongProblem({ status, headers, text }: Answer): string | null {
    if (headers['content-type'] !== 'application/problem+json') return `is ${headers['content-type']}`
    // What is not so is told by the schema.
    const body = JSON.parse(text) as { status: number; code: string; action: string }
    const fault = fits('/components/schemas/Problem', body)
    if (fault) return fault
    if (body.status !== status) return `says ${body.status} inside`
    if (!isProblemCode(body.code)) return `has the unknown code ${body.code}`
    const waits = status === 429 || (status === 503 && body.action === 'retry')
    return waits && !headers['retry-after'] ? 'lacks Retry-After' : null
  }

  return (asked, answer, operation) =>
    isTooLong(asked, answer)
      ? null
      : (wrongStatus(asked, answer) ??
        told('', leak(world, asked, answer)) ??
        told('', wrongHeaders(asked, answer)) ??
        (answer.status >= 400 && !isPage(asked, answer) && !isSignIn(asked, answer) && hasBody(asked)
          ? told('The problem ', wrongProblem(answer))
          : null) ??
        (operation && answer.status < 300 && hasBody(asked)
          ? told('The answer ', wrongBody(answer, operation))
          : null))
}

/** What the server's parser itself refuses before anything of ours sees it: more than 16 kB of head (RFC 6585). */
function isTooLong({ sent }: Asked, { status, text }: Answer): boolean {
  return status === 431 && headOf(sent) > HEAD && text === ''
}

function told(start: string, fault: string | null): string | null {
  return fault === null ? null : start + fault
}

function escapePointer(text: string): string {
  return encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function hasBody({ sent }: Asked): boolean {
  return sent.method !== 'HEAD'
}

/** Pages for people, which tell of an error in words. */
function isPage({ sent }: Asked, { headers }: Answer): boolean {
  return /^\/consent(\/|\?|$)/i.test(sent.target) && headers['content-type'] === 'text/html; charset=utf-8'
}

/** The sign-in library's own refusals. */
function isSignIn({ sent }: Asked, { headers, status }: Answer): boolean {
  return sent.target.startsWith('/api/auth/') && status < 500 && !headers['content-type']?.includes('problem')
}

// 502 and 503 are how the contract says that Microsoft, the database or an application's credential is at fault.
function wrongStatus(_asked: Asked, { status }: Answer): string | null {
  return status >= 500 && status !== 502 && status !== 503 ? `answers ${status}` : null
}

const LEAKS: readonly RegExp[] = [
  /node_modules/,
  /\n\s+at .+:\d+:\d+/,
  /\bfile:\/\/\/(?!etc\/passwd)/,
  /\.(ts|mjs|cjs):\d+/,
  /SQLITE|sqlite|drizzle|postgres|better-sqlite|ECONN|ENOENT|EACCES|TypeError|ReferenceError|RangeError/,
  /root:x:0/,
  // A refresh token as Microsoft makes them.
  /\b[01]\.[A-Za-z0-9_-]{200,}\.[A-Za-z0-9_-]{10,}/,
]
const JWT = /\beyJ[\w-]{10,}\.[\w-]{20,}\.[\w-]{20,}/

function leak(world: Pick<World, 'secrets'>, { actor, sent }: Asked, answer: Answer): string | null {
  const whole = `${answer.text}\n${JSON.stringify(answer.headers)}`
  const word = LEAKS.find((it) => it.test(whole))
  if (word && !isAsset(sent.target)) return `tells what is inside: ${word.exec(whole)?.[0].slice(0, 80)}`
  if (whole.includes(process.version)) return 'tells the version of Node'
  const secret = world.secrets.find((it) => whole.includes(it))
  if (secret) return 'tells a secret'
  const other = actor.hides.find((it) => whole.includes(it))
  if (other) return `tells the other organisation's ${other}`
  return JWT.test(whole) && !sent.target.includes('/token') ? 'tells an access token' : null
}

/** The console's own files are public, and full of words. */
function isAsset(target: string): boolean {
  return target.startsWith('/assets/')
}

const ALWAYS = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'content-security-policy': /default-src 'self'/,
  'x-request-id': /^[\da-f-]{36}$/,
} as const

function wrongHeaders({ sent }: Asked, { headers }: Answer): string | null {
  for (const [name, form] of Object.entries(ALWAYS)) {
    if (!form.test(String(headers[name] ?? ''))) return `has the header ${name}: ${String(headers[name])}`
  }
  if (headers['x-powered-by'] ?? headers.server) return 'says what it is made with'
  if (headers['content-security-policy']?.includes('unsafe')) return 'has a policy that allows the unsafe'
  const [path = ''] = sent.target.split('?')
  const secret = path.startsWith('/api/v1/') && path !== '/api/v1/openapi.json'
  if (secret && headers['cache-control'] !== 'no-store') return `may be cached: ${headers['cache-control']}`
  return null
}
