import { resolve } from 'node:path'

import {
  checkKeyRing,
  ConfigError,
  ConsentryError,
  readEnvironment,
  recoverInterrupted,
  type Deps,
  type KeyRing,
} from '@consentry/core'
import { createAuth, openConfigured, type Database } from '@consentry/db'
import { collectDefaultMetrics } from 'prom-client'

import { createApp } from './app.ts'
import { createRunning } from './context.ts'
import { createLog, type Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { listen } from './server.ts'

try {
  await start()
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ConsentryError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function start(): Promise<void> {
  const { config, keys } = readEnvironment(process.env)
  const log = createLog(config.logLevel)
  const metrics = createMetrics()
  collectDefaultMetrics({ register: metrics.registry })
  // Whoever looks for a known hole in one version of Node need not be told.
  metrics.registry.removeSingleMetric('nodejs_version_info')
  const database = await openConfigured(config.database)
  await refuseWithoutKeys(database, keys)
  const auth = createAuth({
    database,
    secret: config.secret,
    url: config.url,
    report: (error) => log.error({ err: error }, 'sign-in failed'),
  })
  const report: Deps['report'] = (event) => {
    metrics.countEvent(event)
    log[event.name.endsWith('.fault') ? 'error' : 'info']({ event }, event.name)
  }
  const running = createRunning()
  const deps: Deps = {
    store: database.store,
    fetch,
    now: () => new Date(),
    keys,
    config,
    report,
    track: running.track,
  }
  const webRoot = resolve(import.meta.dirname, '../../web/dist')
  const app = createApp({ deps, auth, log, metrics, running, webRoot })
  const server = await listen(app, config, running)
  log.info({ url: config.url, host: config.host, port: server.port }, 'listening')
  running.track(recover(deps, log))

  async function stop(signal: string): Promise<void> {
    log.info({ signal }, 'stopping')
    await server.close()
    await database.close()
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

/** Callers need not wait for it: whoever needs a connection that was cut off proves it first. */
async function recover(deps: Deps, log: Log): Promise<void> {
  try {
    const recovered = await recoverInterrupted(deps)
    if (recovered.connections + recovered.attempts > 0) log.info(recovered, 'put right what a crash left')
  } catch (error) {
    log.error({ err: error }, 'what a crash left is put right later')
  }
}
