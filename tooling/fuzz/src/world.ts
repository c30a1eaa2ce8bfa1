import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  CONSENTRY,
  SCOPES,
  generateKeyEntry,
  putSingleSignOn,
  readConfig,
  readKeyRing,
} from '@consentry/core'
import { openDatabase, type Database } from '@consentry/db'
import { createAuth } from '@consentry/db/sign-in'
import { freePort, startPostgres } from '@consentry/db/testing'
import { buildConsole } from '@consentry/demo'
import { createMicrosoft, demo, type Microsoft } from '@consentry/microsoft-simulator'

import { createActors, type Actor } from './actors.ts'
import {
  addEndable,
  addKey,
  addMembers,
  connect,
  createOrganisation,
  membersOf,
  signUp,
  type Setup,
} from './organisation.ts'
import { openIssuer } from './issuer.ts'
import { startApi, type Api } from './program.ts'
import { readRows, rowsAbout } from './snapshot.ts'

export type Dialect = 'sqlite' | 'postgres'
export const DIALECTS: readonly Dialect[] = ['sqlite', 'postgres']

/** Ids of each kind that a request may name. */
export type Pools = Readonly<Record<string, string[]>>

export type World = {
  readonly dialect: Dialect
  readonly url: string
  readonly api: Api
  readonly database: Pick<Database, 'db' | 'tables'>
  readonly microsoft: Microsoft
  readonly actors: readonly Actor[]
  /** Of the organisation whose people and keys send the requests; what they make is added. */
  readonly known: Pools
  /** Of the other organisation. */
  readonly foreign: Pools
  /** The other organisation. */
  readonly victim: string
  /** An identity provider that may be named. */
  readonly issuer: string
  /** Texts that stand in no answer at all. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

/** A Microsoft in this process, an api as a process of its own, and two organisations that are at work. */
export async function openWorld(dialect: Dialect): Promise<World> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    await buildConsole(() => undefined)
    return { ...(await build(dialect, undo)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function build(dialect: Dialect, undo: (() => Promise<unknown>)[]): Promise<Omit<World, 'close'>> {
  const microsoft = createMicrosoft()
  microsoft.control.set({ exportNotStartedPolls: 0, exportRunningPolls: 0 })
  const { urls, close } = await microsoft.listen()
  undo.push(close)
  const issuer = await openIssuer()
  undo.push(issuer.close)
  const port = await freePort()
  const url = `http://localhost:${port}`
  microsoft.control.addRedirectUri(`${url}/consent/callback`)
  const env = {
    ...environment(url, urls, await databaseOf(dialect, undo)),
    CONSENTRY_ISSUERS: issuer.address,
  }
  const config = readConfig(env)
  const database = await openDatabase(config.database)
  undo.push(() => database.close())
  const auth = createAuth({ database, secret: config.secret, url })
  const deps = { store: database.store, fetch, now: () => new Date(), keys: readKeyRing(env), config }
  const api = await startApi(env, port)
  undo.push(() => api.stop())
  const setup: Setup = { url, deps, auth, microsoft }
  const victim = await createVictim(setup)
  const mine = await createOrganisation(setup, 'angreifer')
  const actors = await createActors(setup, mine.id, victim)
  const [owner] = actors.accounts
  if (!owner) throw new Error('There is no owner.')
  const { nordwind, rheintal } = demo.tenants
  const made = await connect(setup, owner, nordwind)
  const second = await connect(setup, owner, rheintal)
  const wish = {
    issuer: issuer.address,
    clientId: 'consentry',
    clientSecret: randomUUID(),
    domains: ['people.example'],
    required: false,
    newcomers: null,
  }
  await putSingleSignOn(deps, mine.id, wish, CONSENTRY)
  const about = rowsAbout(await readRows(database), [victim.id])
  return {
    dialect,
    url,
    api,
    database,
    microsoft,
    actors: actors.all.map((it) => ({ ...it, hides: it.foreign ? [mine.id] : [...about.ids, victim.name] })),
    known: {
      id: [nordwind.id, rheintal.id],
      idOrDomain: [nordwind.domain, rheintal.id, 'nordwind-cloud.onmicrosoft.example'],
      attemptId: [...made.attempts, ...second.attempts],
      reportId: [made.reportId, second.reportId],
      keyId: [],
      memberId: await addMembers(setup, mine.id, 40),
      ...(await addEndable(setup, mine.id, 40)),
      sessionId: [],
      channelId: [],
      token: [],
      tenant: tenantsOf(microsoft),
      // Three times: the first two of a pool are spared when something is ended.
      customerTenantId: Array.from({ length: 3 }, () => demo.tenants.customer.id),
    },
    foreign: {
      id: [demo.tenants.cascade.id],
      idOrDomain: [demo.tenants.cascade.id],
      attemptId: [...victim.attempts],
      reportId: [victim.reportId],
      keyId: [victim.key.id],
      memberId: await membersOf(setup, victim.id),
      invitationId: [],
      identityId: [],
      sessionId: [],
      channelId: [],
      token: [],
      tenant: [demo.tenants.cascade.id],
      customerTenantId: [demo.tenants.customer.id],
    },
    victim: victim.id,
    issuer: issuer.address,
    secrets: [
      env.CONSENTRY_SECRET,
      env.CONSENTRY_KEYS.split(':')[1] ?? '',
      demo.app.clientSecret,
      victim.key.key,
      victim.cookie,
      ...actors.accounts.map((it) => it.password),
    ],
  }
}

function tenantsOf({ control }: Microsoft): string[] {
  const some = control.addPartnerTenants(40)
  return [...some.map((it) => it.id), ...some.slice(0, 5).flatMap((it) => it.domains)]
}

/** The organisation at which nothing may change and of which nothing may be seen. */
async function createVictim(setup: Setup) {
  const row = await createOrganisation(setup, 'geheimrat')
  const account = await signUp(setup, row.id, 'owner', '198.18.0.1')
  const made = await connect(setup, account, demo.tenants.cascade)
  const key = await addKey(setup, row.id, SCOPES)
  await setup.deps.store.putReturnOrigins(row.id, ['https://geheimrat.example'])
  return { ...row, ...made, key, cookie: account.cookie }
}

function environment(url: string, urls: Microsoft['urls'], database: string) {
  return {
    CONSENTRY_URL: url,
    DATABASE_URL: database,
    CONSENTRY_KEYS: generateKeyEntry(new Date()),
    CONSENTRY_SECRET: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'info',
    MICROSOFT_CLIENT_ID: demo.app.clientId,
    MICROSOFT_CLIENT_SECRETS: demo.app.clientSecret,
    MICROSOFT_LOGIN_URL: urls.login,
    MICROSOFT_PARTNER_CENTER_URL: urls.partnerCenter,
    MICROSOFT_GRAPH_URL: urls.graph,
  }
}

async function databaseOf(dialect: Dialect, undo: (() => Promise<unknown>)[]): Promise<string> {
  if (dialect === 'postgres') {
    const server = await startPostgres()
    undo.push(() => server.stop())
    return server.url
  }
  const folder = await mkdtemp(join(tmpdir(), 'consentry-fuzz-'))
  undo.push(() => rm(folder, { recursive: true }))
  return `file:${join(folder, `${randomUUID()}.db`)}`
}
