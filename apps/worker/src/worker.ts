import { refreshDue, runNextReport, type Deps } from '@consentry/core'

import type { Log } from './log.ts'
import { SECOND, startLoop, type Loop, type Running } from './schedule.ts'

/** How often the worker looks for work, in milliseconds. */
export type Pace = { readonly refresh: number; readonly reports: number }

const PACE: Pace = { refresh: 30 * SECOND, reports: 1 * SECOND }
const REPORTS_AT_ONCE = 2

/**
 * Starts looking for work: connections whose refresh is due, consent attempts whose time is over, billing reports that
 * were asked for. Each kind in a loop of its own, so that a long nightly run holds up nothing else.
 */
export function startWorker(deps: Deps, log: Log, pace: Pace = PACE): Running {
  const reports = Array.from({ length: REPORTS_AT_ONCE }, () => reportLoop(deps, log, pace))
  const loops = [refreshLoop(deps, log, pace), expiryLoop(deps, log, pace), ...reports].map(startLoop)
  return {
    async stop() {
      await Promise.all(loops.map((it) => it.stop()))
    },
  }
}

function refreshLoop(deps: Deps, log: Log, pace: Pace): Loop {
  return {
    every: pace.refresh,
    async work(signal) {
      const result = await refreshDue(deps, { signal })
      if (result.due > 0) log.info(result, 'refreshed what was due')
    },
    failed: logFailure(log, 'refreshing what is due'),
  }
}

function expiryLoop(deps: Deps, log: Log, pace: Pace): Loop {
  return {
    every: pace.refresh,
    async work() {
      const ended = await deps.store.expireAttempts(deps.now())
      if (ended.length > 0) log.info({ attempts: ended.length }, 'consent attempts expired')
    },
    failed: logFailure(log, 'expiring consent attempts'),
  }
}

function reportLoop(deps: Deps, log: Log, pace: Pace): Loop {
  return {
    every: pace.reports,
    async work(signal) {
      while (!signal.aborted) {
        const report = await runNextReport(deps)
        if (!report) return
        const { id, status, problem } = report
        log.info({ report: id, status, code: problem?.code }, 'billing report ended')
      }
    },
    failed: logFailure(log, 'running billing reports'),
  }
}

function logFailure(log: Log, work: string): Loop['failed'] {
  return (error, failures) => log.error({ err: error, work, failures }, 'work failed, will be tried again')
}
