import { refreshDue, type Deps } from '@consentry/core'

import { logFailure, type Log } from './log.ts'
import { startLoop, type Running } from './schedule.ts'

/** The night in this process: looks every `every` milliseconds for what is due, and refreshes it. */
export function startNightLoop(deps: Deps, log: Log, every: number): Running {
  return startLoop({
    every,
    async work(signal) {
      const result = await refreshDue(deps, { signal })
      if (result.due > 0) log.info(result, 'refreshed what was due')
    },
    failed: logFailure(log, 'refreshing what is due'),
  })
}
