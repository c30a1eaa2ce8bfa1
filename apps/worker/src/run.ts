import { once } from 'node:events'
import { parseArgs } from 'node:util'

import {
  checkKeyRing,
  ConfigError,
  ConsentryError,
  foreseeAll,
  readEnvironment,
  recoverInterrupted,
  refreshDue,
  type Deps,
  type Env,
} from '@consentry/core'
import { openConfigured } from '@consentry/db'
import { openTracing } from '@consentry/trace'

import { createLog, logEvent, type Log } from './log.ts'
import { SECOND } from './schedule.ts'

/** How long what has been sent to Microsoft may take to end once the process was told to stop. */
const GRACE = 8 * SECOND

/**
 * Works until the process is told to stop; with `--once`, through what is due. What is wrong with the environment is said,
 * with exit code 1.
 */
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
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
  const stopping = stopSignal()
  const { config, keys } = readEnvironment(env, { fetch, now: () => new Date() })
  const log = createLog(config.logLevel, { stdoutIsTaken: values.once })
  const { store, close } = await openConfigured(config.database)
  const tracing = await openTracing('consentry-worker', config.otlpEndpoint)
  const deps: Deps = {
    store,
    fetch: tracing?.around(fetch) ?? fetch,
    now: () => new Date(),
    keys,
    config,
    report: logEvent(log),
    ...(tracing && { trace: tracing.trace }),
  }
  try {
    await checkKeyRing(deps)
    await recoverInterrupted(deps)
    await (values.once ? refreshOnce(deps, stopping) : work(deps, log, stopping))
  } finally {
    await close()
    await tracing?.stop()
  }
}

async function refreshOnce(deps: Deps, stopping: AbortSignal): Promise<void> {
  process.exitCode = 1
  await foreseeAll(deps)
  const result = await refreshDue(deps, { signal: stopping })
  console.log(JSON.stringify(result))
  process.exitCode = result.failed > 0 ? 1 : 0
}

async function work(deps: Deps, log: Log, stopping: AbortSignal): Promise<void> {
  // With PostgreSQL's job engine and the mails, which a single run never needs.
  const { startWorker } = await import('./worker.ts')
  const worker = startWorker(deps, log)
  log.info('working')
  if (!stopping.aborted) await once(stopping, 'abort')
  log.info('stopping')
  await worker.stop()
}

function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  function stop(): void {
    stopping.abort()
    // What outlasts this is given up: leases and intents let the next worker go on from there.
    setTimeout(() => process.exit(), GRACE).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  return stopping.signal
}
