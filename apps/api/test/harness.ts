import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { Writable } from 'node:stream'

import { createServiceKey, readConfig, readKeyRing, SCOPES } from '@consentry/core'
import type { ConnectionRow, Deps, DomainEvent, Fetch, People, Role, Scope } from '@consentry/core'
import { addConnection } from '@consentry/core'
import { createMemoryStore, TESTER, type MemoryStore } from '@consentry/core/testing'
import type { Mail } from '@consentry/deliver'

import { createApp } from '../src/app.ts'
import type { Auth } from '../src/callers.ts'
import { createRunning } from '../src/context.ts'
import type { Limits } from '../src/limits.ts'
import { createLog } from '../src/log.ts'
import { createMetrics } from '../src/metrics.ts'
import { listen, type ServerLimits } from '../src/server.ts'

export const ENV = {
  CONSENTRY_URL: 'http://localhost:3000',
  CONSENTRY_SECRET: 'a secret only for tests, long enough',
  CONSENTRY_KEYS: `test:${randomBytes(32).toString('base64')}`,
  MICROSOFT_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  MICROSOFT_CLIENT_SECRETS: 'client-secret-of-the-tests',
}

export type Options = {
  readonly env?: Readonly<Record<string, string>>
  readonly fetch?: Fetch
  readonly limits?: Partial<Limits>
  readonly webRoot?: string
  readonly server?: Partial<ServerLimits>
  readonly now?: () => Date
  /** Another sign-in than the one that believes a cookie. */
  readonly auth?: Auth
  /** The accounts behind that sign-in. */
  readonly accounts?: People
  /** Replaces parts of what the app is given. */
  readonly change?: (deps: Deps) => Deps
}

export type CallOptions = {
  readonly as?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Harness = Awaited<ReturnType<typeof openApi>>

const unreachable: Fetch = async () => {
  throw new TypeError('Microsoft cannot be reached in this test')
}

/** The API on a loopback port, over a store in memory, with a sign-in that believes the cookie `session=<user id>`. */
export async function openApi(options: Options = {}) {
  const env = { ...ENV, ...options.env }
  const lines: string[] = []
  const store = createMemoryStore()
  const metrics = createMetrics()
  const events: DomainEvent[] = []
  const log = createLog(
    'trace',
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    }),
  )
  const own: Deps = {
    store,
    fetch: options.fetch ?? unreachable,
    now: options.now ?? (() => new Date()),
    keys: readKeyRing(env),
    config: readConfig(env),
    report(event) {
      events.push(event)
      metrics.countEvent(event)
      log.info({ event }, event.name)
    },
  }
  const deps = options.change?.(own) ?? own
  const people = new Map<string, { id: string; name: string; email: string }>()
  const mails: Mail[] = []
  const posts: { readonly url: string; readonly body: string }[] = []
  const running = createRunning()
  const app = createApp({
    deps,
    auth: options.auth ?? cookieAuth(people),
    people: options.accounts ?? accountsIn(people, store),
    mail: async (mail) => {
      mails.push(mail)
      return true
    },
    transports: {
      async mail(mail) {
        mails.push(mail)
        return { ok: true, answer: 'The mail server took it.' }
      },
      async post(address, body) {
        posts.push({ url: address, body })
        return { ok: !address.includes('refuses'), answer: 'It answered.' }
      },
    },
    log,
    metrics,
    running,
    webRoot: options.webRoot ?? tmpdir() + '/no-console-here',
    ...(options.limits ? { limits: options.limits } : {}),
  })
  const server = await listen(app, { host: '127.0.0.1', port: 0 }, running, options.server)
  const url = `http://127.0.0.1:${server.port}`

  async function organisation(slug: string) {
    const row = { id: randomUUID(), slug, name: `${slug} AB`, createdAt: own.now() }
    await store.createOrganisation(row)
    return row
  }

  /** Headers of a signed-in member. */
  async function member(organisationId: string, role: Role, userId: string = randomUUID()) {
    if (!people.has(userId)) {
      const person = { id: userId, name: `Ida ${role}`, email: `${userId}@example.com` }
      people.set(userId, person)
      await store.addUser(person)
    }
    await store.putMember({ id: randomUUID(), organisationId, userId, role, createdAt: own.now() })
    return { cookie: `session=${userId}` }
  }

  /** Headers of a service. */
  async function key(
    organisationId: string,
    scopes: readonly Scope[] = SCOPES,
    connections?: readonly string[],
  ) {
    const wish = { organisationId, name: 'erp sync', scopes, connections: connections ?? null }
    const made = await createServiceKey(deps, wish, TESTER)
    return { authorization: `Bearer ${made.key}` }
  }

  async function connection(
    organisationId: string,
    name?: string,
    microsoftId: string = randomUUID(),
  ): Promise<ConnectionRow> {
    return (await addConnection(own, { organisationId, microsoftId, name }, TESTER)).row
  }

  /** One request; redirects are not followed. */
  async function call(method: string, path: string, { as, body, headers }: CallOptions = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...as, ...headers },
      ...(body === undefined ? {} : { body: text }),
    })
    return readAnswer(response)
  }

  return {
    url,
    deps,
    store,
    events,
    mails,
    posts,
    running,
    metrics,
    organisation,
    member,
    key,
    connection,
    call,
    api: (method: string, path: string, rest?: CallOptions) => call(method, `/api/v1${path}`, rest),
    logged: () => lines.join(''),
    close: () => server.close(),
  }
}

async function readAnswer(response: Response) {
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  // Tests look into bodies of many shapes; what is not JSON reads as an empty object.
  const body = (/json\b/.test(type) && text ? JSON.parse(text) : {}) as Record<string, never>
  return {
    status: response.status,
    headers: response.headers,
    text,
    type,
    body,
    cookies: response.headers.getSetCookie(),
  }
}

function accountsIn(
  people: Map<string, { id: string; name: string; email: string }>,
  store: MemoryStore,
): People {
  return {
    find: async (email) => [...people.values()].find((it) => it.email === email)?.id ?? null,
    async check({ password }) {
      if (password.length < 8) throw new RangeError('The password is too short; use at least 8 characters')
    },
    async create({ email, name }) {
      const person = { id: randomUUID(), email, name }
      people.set(person.id, person)
      await store.addUser(person)
      return person.id
    },
  }
}

function cookieAuth(people: ReadonlyMap<string, { id: string; name: string; email: string }>): Auth {
  const endpoints = {
    signInEmail: Object.assign(async () => null, { path: '/sign-in/email' }),
    async getSession({ headers }: { headers: Headers }) {
      const id = /(?:^|; )session=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1]
      const user = id === undefined ? undefined : people.get(id)
      return user ? { user, session: { id: `session of ${user.id}`, createdAt: new Date() } } : null
    },
  }
  return {
    handler: async (request) => Response.json({ path: new URL(request.url).pathname }, { status: 418 }),
    api: endpoints,
  }
}
