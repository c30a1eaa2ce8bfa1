import { existsSync } from 'node:fs'

import {
  applicationEnd,
  checkKeyRing,
  ConfigError,
  ConsentryError,
  readConfig,
  readDatabaseConfig,
  readKeyRing,
  redirectUri,
  type Config,
  type DatabaseConfig,
  type Env,
  type Fetch,
  type KeyRing,
} from '@consentry/core'
import { openDatabase, type Database } from '@consentry/db'

import { examineMicrosoft } from './examine-microsoft.ts'
import type { Finding } from './finding.ts'

const DAY = 24 * 60 * 60_000

type World = { readonly env: Env; readonly now: () => Date; readonly fetch: Fetch }

/** Looks at everything that a deployment stands on, each thing as far as the ones before allow. Changes nothing. */
export async function examine(world: World): Promise<Finding[]> {
  const config = attempt(() => readConfig(world.env))
  const keys = attempt(() => readKeyRing(world.env, world))
  const database = await attemptLater(() => openExisting(readDatabaseConfig(world.env)))
  const ring = await examineRing(keys, database)
  if (database.ok) await database.value.close()
  return [
    tell('configuration', config, 'Every variable can be used.'),
    tell('database', database, 'It answers, and its tables are there.'),
    tell('key ring', ring, ring.ok ? ring.value : ''),
    ...(config.ok
      ? [
          redirect(config.value),
          await examineEnd(world, config.value),
          ...(await examineMicrosoft(config.value.microsoft, world)),
        ]
      : []),
  ]
}

async function examineRing(keys: Attempt<KeyRing>, database: Attempt<Database>): Promise<Attempt<string>> {
  if (!keys.ok) return keys
  const ring = keys.value
  if (!database.ok)
    return attemptLater(
      async () => `It can be read and has ${ring.ids.length}; ${await ring.activeId()} seals.`,
    )
  return attemptLater(async () => {
    await checkKeyRing({ store: database.value.store, keys: ring })
    return `It opens every stored sign-in; ${await ring.activeId()} seals.`
  })
}

/** Opens what is there: looking must neither create a database nor change one. */
async function openExisting(config: DatabaseConfig): Promise<Database> {
  if (config.kind === 'sqlite' && !existsSync(config.file)) {
    throw new ConfigError(`There is no file ${config.file}. Create it with: consentry migrate`)
  }
  const database = await openDatabase(config, { migrate: false })
  try {
    await database.store.ping()
    return database
  } catch (cause) {
    await database.close()
    const why = cause instanceof Error ? cause.message : 'no reason given'
    throw new ConfigError(`It cannot be used (${why}). Check DATABASE_URL, then run: consentry migrate`, {
      cause,
    })
  }
}

async function examineEnd({ fetch, now }: World, config: Config): Promise<Finding> {
  const name = 'application'
  const end = await applicationEnd({ fetch, now, config })
  if (!end) return { name, ok: true, detail: 'No end of its secret or certificate is known.' }
  const days = Math.floor((end.at.getTime() - now().getTime()) / DAY)
  const on = `Its ${end.kind} runs out on ${end.at.toISOString().slice(0, 10)}`
  if (days < 0) return { name, ok: false, detail: `Its ${end.kind} has run out. Add a new one.` }
  return days < 14
    ? { name, ok: false, detail: `${on}, in ${days} days. Add a new one before.` }
    : { name, ok: true, detail: `${on}.` }
}

function redirect(config: Config): Finding {
  const uri = redirectUri({ config })
  const local = uri.startsWith('http:')
  return {
    name: 'redirect URI',
    ok: true,
    detail: local
      ? `${uri} works only for a browser on this machine; set CONSENTRY_URL to an https address for others.`
      : `${uri} must stand in the app registration exactly so, as type Web.`,
  }
}

function tell(name: string, outcome: Attempt<unknown>, whenGood: string): Finding {
  return { name, ok: outcome.ok, detail: outcome.ok ? whenGood : outcome.why }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    return { ok: false, why: wordsOf(error) }
  }
}

async function attemptLater<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    return { ok: false, why: wordsOf(error) }
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof ConsentryError) return error.message
  return error instanceof Error ? `${error.message}.` : 'No reason given.'
}
