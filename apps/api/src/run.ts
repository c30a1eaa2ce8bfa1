import { resolve } from 'node:path'

import {
  checkKeyRing,
  ConfigError,
  CONSENTRY,
  ConsentryError,
  inviteFirstOwner,
  readEnvironment,
  recoverInterrupted,
  type Deps,
  type Env,
  type KeyRing,
} from '@consentry/core'
import { openConfigured, type Database } from '@consentry/db'
import { createAuth, peopleOf } from '@consentry/db/sign-in'
import { createTransports } from '@consentry/deliver'
import { openTracing } from '@consentry/trace'
import type { Response } from 'express'
import { collectDefaultMetrics } from 'prom-client'

import { createApp, routeOf } from './app.ts'
import { createRunning } from './context.ts'
import { createLog, type Log } from './log.ts'
import { mailWith, resetMail } from './mail.ts'
import { createMetrics } from './metrics.ts'
import { listen } from './server.ts'
import { signOnOf } from './sign-on.ts'
import { tellOfPerson } from './tell.ts'

/** Begins to serve, until the process is told to stop. What is wrong with the environment is said, with exit code 1. */
export async function run(env: Env): Promise<void> {
  try {
    await start(env)
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ConsentryError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

async function start(env: Env): Promise<void> {
  const { config, keys } = readEnvironment(env, { fetch, now: () => new Date() })
  const log = createLog(config.logLevel)
  const tracing = await openTracing('consentry-api', config.otlpEndpoint)
  const metrics = createMetrics()
  collectDefaultMetrics({ register: metrics.registry })
  // Whoever looks for a known hole in one version of Node need not be told.
  metrics.registry.removeSingleMetric('nodejs_version_info')
  const database = await openConfigured(config.database)
  await refuseWithoutKeys(database, keys)
  const transports = createTransports(config)
  const mail = mailWith(transports.mail, log)
  const breachFetch = config.breachCheck ? { breachFetch: fetch } : {}
  const auth = createAuth({
    database,
    secret: config.secret,
    url: config.url,
    report: (error) => log.error({ err: error }, 'sign-in failed'),
    sendReset: (email, link) => mail(resetMail(email, link)),
    tell: (event) => tellOfPerson({ store: database.store, keys, now: () => new Date() }, event),
    singleSignOn: signOnOf({ store: database.store, keys, now: () => new Date(), config, fetch }, log),
    ...breachFetch,
  })
  const report: Deps['report'] = (event) => {
    metrics.countEvent(event)
    log[event.name.endsWith('.fault') ? 'error' : 'info']({ event }, event.name)
  }
  const running = createRunning()
  const deps: Deps = {
    store: database.store,
    fetch: tracing?.around(fetch) ?? fetch,
    now: () => new Date(),
    keys,
    config,
    report,
    track: running.track,
    ...(tracing && { trace: tracing.trace }),
  }
  const webRoot = resolve(import.meta.dirname, '../../web/dist')
  const people = peopleOf(auth, breachFetch.breachFetch)
  const serve = tracing?.serve((response: Response) => routeOf(response))
  const app = createApp({
    deps,
    auth,
    people,
    mail,
    transports,
    log,
    metrics,
    running,
    webRoot,
    ...(serve && { serve }),
  })
  const invitation = await inviteFirstOwner(deps, CONSENTRY)
  const server = await listen(app, config, running)
  log.info({ url: config.url, host: config.host, port: server.port }, 'listening')
  running.track(recover(deps, log))
  if (invitation) welcomeFirstOwner(invitation.url)

  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping')
    await server.close()
    await database.close()
    await tracing?.stop()
    process.exit(0)
  }
  process.once('SIGTERM', (signal) => void stop(signal))
  process.once('SIGINT', (signal) => void stop(signal))
}

async function refuseWithoutKeys(database: Database, keys: KeyRing): Promise<void> {
  try {
    await checkKeyRing({ store: database.store, keys })
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Printed for whoever starts it, beside the log: the link is a secret, and logs are kept. */
function welcomeFirstOwner(link: string): void {
  console.error(
    [
      '',
      'Nobody can sign in yet. The first owner is whoever opens this link, once, within a day:',
      '',
      `  ${link}`,
      '',
    ].join('\n'),
  )
}

/** Callers need not wait for it: whoever needs a connection that was cut off proves it first. */
async function recover(deps: Deps, log: Log): Promise<void> {
  try {
    const recovered = await recoverInterrupted(deps)
    if (recovered.connections + recovered.attempts > 0) log.info(recovered, 'put right what a crash left')
  } catch (error) {
    log.error({ err: error }, 'what a crash left is put right later')
  }
}
