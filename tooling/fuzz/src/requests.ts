import * as fc from 'fast-check'

import type { Actor } from './actors.ts'
import { bodyOf, type Body } from './bodies.ts'
import type { Operation, Parameter } from './document.ts'
import { oddHeaders } from './headers.ts'
import { NASTY_TEXTS } from './random-text.ts'
import { validValue, type Hints } from './schema.ts'
import type { Sent } from './send.ts'
import type { Pools, World } from './world.ts'

export type Asked = { readonly sent: Sent; readonly actor: Actor }
/** Made into a request when it is sent, since ids come to be on the way. */
export type Plan = (world: World) => Asked

/** Which of the callers a target is for. */
export type Callers = (actors: readonly Actor[]) => readonly Actor[]

type Part = (world: World) => string

/** Requests of one operation, by anybody, from its own schemas. */
export function requestsOf(operation: Operation, callers: Callers, hints: Hints): fc.Arbitrary<Plan> {
  const { parameters = [], requestBody, method } = operation
  const names = operation.path.split('/')
  const path = fc.tuple(
    ...names.map((it, place) => segment(it, method === 'DELETE' && place === names.length - 1)),
  )
  const query = queryOf(parameters.filter((it) => it.in === 'query'))
  const schema = requestBody?.content['application/json']?.schema
  const body = schema ? bodyOf(validValue(schema, hints)) : noBody
  return planOf({
    method: fc.constant(method),
    target: fc.tuple(path, query).map(
      ([parts, text]) =>
        (world: World) =>
          `/api/v1${parts.map((it) => it(world)).join('/')}${text}`,
    ),
    body,
    callers,
  })
}

type Ingredients = {
  readonly method: fc.Arbitrary<string>
  readonly target: fc.Arbitrary<Part>
  readonly body: fc.Arbitrary<Body>
  readonly callers: Callers
}

/** A request from its parts, by some caller from some address, with odd headers now and then. */
export function planOf({ method, target, body, callers }: Ingredients): fc.Arbitrary<Plan> {
  return fc
    .tuple(method, target, body, fc.nat(10_000), oddHeaders, fc.nat(1000))
    .map(([verb, part, { headers, bytes }, who, odd, address]) => (world) => {
      const among = callers(world.actors)
      const actor = among[who % among.length]
      if (!actor) throw new TypeError('Nobody asks.')
      const own = Object.entries(actor.headers)
      // Each with its own limit, as if through a proxy.
      const from = ['x-forwarded-for', `198.19.${address >> 8}.${address & 255}`] as const
      const all = merge([from, ...own], [...headers, ...odd])
      return { actor, sent: { method: verb, target: part(world), headers: all, body: bytes } }
    })
}

type Header = readonly [string, string]

/** What says who asks stays as it is; cookies come together in one header. */
function merge(own: readonly Header[], odd: readonly Header[]): Header[] {
  const kept = odd.filter(
    ([name]) => !own.some(([it]) => it === name) || name === 'cookie' || name === 'x-forwarded-for',
  )
  const cookies = [...own, ...kept].filter(([name]) => name === 'cookie').map(([, value]) => value)
  const rest = [...own, ...kept].filter(([name]) => name !== 'cookie' && name !== 'content-type')
  // Node itself would join several content types into none.
  const type = kept.findLast(([name]) => name === 'content-type')
  const single = [...new Map(rest)]
  return [
    ...single,
    ...(type ? [type] : []),
    ...(cookies.length > 0 ? [['cookie', cookies.join('; ')] as const] : []),
  ]
}

/** Mostly none: an operation without a body is sent one now and then. */
export const noBody: fc.Arbitrary<Body> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ headers: [], bytes: null }) },
  { weight: 1, arbitrary: bodyOf(fc.constant({})) },
)

const nastyText = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.string({ unit: 'binary', maxLength: 40 }))

// An empty one would make it another path.
const nastySegment = nastyText.map(
  (it): Part =>
    () =>
      encode(it) || '_',
)

const BAD_ESCAPES = ['%', '%0', '%zz', '%E0%A4%A', '%ff', '%00', '..%2f..%2f', '%252e', '%c0%ae', ';a=b', '*']

/** A segment of the path: as it is, or an id that is known, of another organisation, unknown or nonsense. */
function segment(text: string, ends: boolean): fc.Arbitrary<Part> {
  const name = /^\{(\w+)\}$/.exec(text)?.[1]
  if (name === undefined) return fc.constant(() => text)
  return idOf(name, ends)
}

function idOf(name: string, ends = false): fc.Arbitrary<Part> {
  // What everything else needs must not be ended; what requests made may be.
  const spared = ends ? SPARED : 0
  const from = (pool: 'known' | 'foreign', skip: number) =>
    fc.nat(1000).map(
      (n): Part =>
        (world) =>
          pick(world[pool], name, n, skip),
    )
  return fc.oneof(
    { weight: 14, arbitrary: from('known', spared) },
    { weight: 2, arbitrary: from('foreign', 0) },
    {
      weight: 1,
      arbitrary: fc.uuid().map(
        (it): Part =>
          () =>
            it,
      ),
    },
    { weight: 1, arbitrary: nastySegment },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...BAD_ESCAPES).map(
        (it): Part =>
          () =>
            it,
      ),
    },
  )
}

const SPARED = 2

function pick(pools: Pools, name: string, n: number, skip: number): string {
  const pool = (pools[name] ?? []).slice(skip)
  // The first ones are those about which there is most to tell.
  const index = n % 2 === 0 ? 0 : (n >> 1) % Math.max(1, pool.length)
  return encodeURIComponent(pool[index] ?? '00000000-0000-4000-8000-000000000000')
}

/** A query from its parameters, at times doubled, broken, or with what nobody asked for. */
export function queryOf(parameters: readonly Parameter[]): fc.Arbitrary<string> {
  // Of many each is given more seldom: one bad one keeps all the others at the door.
  const seldom = Math.max(8, 4 * parameters.length)
  const pairs = parameters.map(({ name, schema, required }) => {
    const good = validValue(schema).map((it) => `${name}=${encode(String(it))}`)
    const bad = fc.oneof(nastyText.map(encode), fc.constantFrom(...BAD_ESCAPES)).map((it) => `${name}=${it}`)
    const none = fc.constant('')
    const twice = fc.tuple(good, good).map((it) => it.join('&'))
    return fc.oneof(
      { weight: required ? 1 : seldom, arbitrary: none },
      { weight: required ? 10 : 6, arbitrary: good },
      { weight: 2, arbitrary: bad },
      { weight: 1, arbitrary: twice },
    )
  })
  const extra = fc.oneof(
    { weight: 12, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_QUERIES) },
    { weight: 1, arbitrary: fc.tuple(nastyText, nastyText).map(([a, b]) => `${encode(a)}=${encode(b)}`) },
  )
  return fc.tuple(...pairs, extra).map((parts) => {
    const text = parts.filter((it) => it !== '').join('&')
    return text === '' ? '' : `?${text}`
  })
}

const ODD_QUERIES = [
  '__proto__[x]=1',
  '__proto__=1',
  'constructor.prototype.x=1',
  'a[b][c]=1',
  'limit[]=1',
  'limit=1&limit=2',
  'cursor=%7B%7D',
  'cursor=AAAA&cursor=BBBB',
  '&&&===',
  '?',
  '%',
  'x='.padEnd(7000, 'y'),
  'a=1&'.repeat(1500),
]

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** Better guesses for the properties of bodies than their schemas allow. */
export function hintsFor(tenants: readonly string[], issuer: string): Hints {
  return {
    microsoftId: fc.constantFrom(...tenants),
    resource: fc.constantFrom('partner-center', 'graph', 'arm', 'https://graph.microsoft.com/User.Read'),
    claims: fc.constantFrom('{"access_token":{"nbf":{"essential":true}}}', '{'),
    returnUrl: fc.constantFrom('https://erp.example/back', 'https://evil.example', 'javascript:alert(1)'),
    invoiceId: fc.constantFrom('G000012345', '../x'),
    email: fc.constantFrom('kim@people.example', 'kim@people', 'kim@people.example\r\nbcc: a@b.example'),
    issuer: fc.constantFrom(
      issuer,
      issuer,
      issuer,
      'https://accounts.google.com',
      'https://token.actions.githubusercontent.com',
      'https://169.254.169.254',
    ),
    subject: fc.constantFrom('repo:octo/billing:ref:refs/heads/main', 'repo:octo/*', '*'),
    // An address of theirs is not to be looked up here.
    address: fc.constantFrom(
      'kim@people.example',
      'https://127.0.0.1/hook',
      'ftp://x',
      'https://u:p@127.0.0.1/',
    ),
    channels: fc.constant([{ kind: 'email', address: 'kim@people.example', events: ['connection.broken'] }]),
    domains: fc.constant(['people.example']),
    // Where it is, most callers stay at the door.
    required: fc.constant(false),
    newcomers: fc.constantFrom(null, 'viewer'),
    audience: fc.constantFrom('consentry', 'https://consentry.example'),
    clientId: fc.constantFrom('6e0b9c1a-2d47-4f55-8a3e-90c1d2b7f318', '7f1cad2b-3e58-4a66-9b4f-a1d2e3c80429'),
    clientSecrets: fc.constantFrom(['own~secret~value'], ['own~secret~value', 'own~secret~two']),
    expiresAt: fc.constant('2099-01-01T00:00:00Z'),
    // Beside secrets it is one too many.
    clientCertificate: fc.constant(undefined),
    expiresInSeconds: fc.integer({ min: 60, max: 3600 }),
  }
}
