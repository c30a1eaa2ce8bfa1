import {
  deliverDue,
  foreseeAll,
  forgetHistory,
  recoverInterrupted,
  runNextReport,
  tellChanges,
  type Deps,
  type Transports,
} from '@consentry/core'
import { createTransports } from '@consentry/deliver'

import { startGraphileNight } from './engine-graphile.ts'
import { startNightLoop } from './engine-loop.ts'
import { logFailure, type Log } from './log.ts'
import { SECOND, startLoop, type Loop, type Running } from './schedule.ts'

/** How often the worker looks for work, in milliseconds. */
export type Pace = { readonly refresh: number; readonly reports: number }

const PACE: Pace = { refresh: 30 * SECOND, reports: 1 * SECOND }
const REPORTS_AT_ONCE = 2
/** From a change to the notification of it, at most. */
const NOTICE_EVERY = 10 * SECOND
/** A date that has drawn near need not be known to the minute. */
const FORESIGHT_EVERY = 5 * 60 * SECOND
/** What is kept for months need not be looked through often. */
const HISTORY_EVERY = 6 * 60 * 60 * SECOND
/** Longer than a trip to Microsoft may last: what it set off with is not taken away under it. */
const UNUSED_KEPT = 2 * 60 * 60 * SECOND
/** Longer than any turn has to be known. */
const TURNS_KEPT = 10 * 60 * SECOND

/**
 * Starts looking for work: connections whose refresh is due, what a crash left, consent attempts and turns whose time is over,
 * billing reports that were asked for, people who have to be told. Each kind in a loop of its own, so that a long nightly run holds up nothing else.
 */
export function startWorker(deps: Deps, log: Log, pace: Pace = PACE): Running {
  const reports = Array.from({ length: REPORTS_AT_ONCE }, () => reportLoop(deps, log, pace))
  const loops = [
    recoveryLoop(deps, log, pace),
    expiryLoop(deps, log, pace),
    foresightLoop(deps, log),
    historyLoop(deps, log),
    noticeLoop(deps, log, pace),
    ...reports,
  ].map(startLoop)
  const all = [startNight(deps, log, pace), ...loops]
  return {
    async stop() {
      await Promise.all(all.map((it) => it.stop()))
    },
  }
}

function startNight(deps: Deps, log: Log, pace: Pace): Running {
  const { database } = deps.config
  return database.kind === 'postgres'
    ? startGraphileNight(deps, log, database.url)
    : startNightLoop(deps, log, pace.refresh)
}

function recoveryLoop(deps: Deps, log: Log, pace: Pace): Loop {
  return {
    every: pace.refresh,
    async work() {
      const recovered = await recoverInterrupted(deps)
      if (recovered.connections + recovered.attempts > 0) log.info(recovered, 'put right what a crash left')
    },
    failed: logFailure(log, 'putting right what a crash left'),
  }
}

function expiryLoop(deps: Deps, log: Log, pace: Pace): Loop {
  return {
    every: pace.refresh,
    async work() {
      const now = deps.now()
      await deps.store.dropTurns(new Date(now.getTime() - TURNS_KEPT))
      const ended = await deps.store.expireAttempts(now)
      await deps.store.dropUnusedApplications(new Date(now.getTime() - UNUSED_KEPT))
      if (ended.length > 0) log.info({ attempts: ended.length }, 'consent attempts expired')
    },
    failed: logFailure(log, 'expiring consent attempts and turns'),
  }
}

function foresightLoop(deps: Deps, log: Log): Loop {
  return {
    every: FORESIGHT_EVERY,
    async work() {
      // One process of the fleet is enough.
      const wish = { name: 'foresight', now: deps.now(), gap: FORESIGHT_EVERY / 2, ahead: 0 }
      if (!(await deps.store.takeTurn(wish)).taken) return
      const changed = await foreseeAll(deps)
      if (changed > 0) log.info({ changed }, 'foresaw what is to come')
    },
    failed: logFailure(log, 'foreseeing what is to come'),
  }
}

function historyLoop(deps: Deps, log: Log): Loop {
  return {
    every: HISTORY_EVERY,
    async work() {
      const checks = await forgetHistory(deps)
      if (checks > 0) log.info({ checks }, 'forgot old history')
    },
    failed: logFailure(log, 'forgetting old history'),
  }
}

function noticeLoop(deps: Deps, log: Log, pace: Pace): Loop {
  const transports: Transports = createTransports(deps.config)
  return {
    every: Math.min(pace.refresh, NOTICE_EVERY),
    async work() {
      const put = await tellChanges(deps)
      const sent = await deliverDue(deps, transports)
      if (put + sent > 0) log.info({ put, sent }, 'told people')
    },
    failed: logFailure(log, 'telling people'),
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
