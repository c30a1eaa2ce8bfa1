import type { Config, Deps, People, Transports } from '@consentry/core'

import type { Auth } from './callers.ts'
import type { Limiter, Limits } from './limits.ts'
import type { Log } from './log.ts'
import type { SendMail } from './mail.ts'
import type { Metrics } from './metrics.ts'

/** What every route may use. */
export type Context = {
  readonly deps: Deps
  readonly config: Config
  readonly auth: Auth
  readonly people: People
  readonly mail: SendMail
  readonly transports: Transports
  readonly log: Log
  readonly metrics: Metrics
  readonly limiters: Readonly<Record<keyof Limits, Limiter>>
  readonly running: Running
}

/** Work that goes on after its answer was sent, and the end of the process that has to wait for it. */
export type Running = {
  /** Aborted when the process shall end: long answers finish, `/ready` says no. */
  readonly stopping: AbortSignal
  /** Keeps the work in mind until it is done. It must not reject. */
  track(work: Promise<unknown>): void
  stop(): void
  /** Resolves when nothing tracked is left. */
  settled(): Promise<void>
}

export function createRunning(): Running {
  const controller = new AbortController()
  const works = new Set<Promise<unknown>>()
  return {
    stopping: controller.signal,
    track(work) {
      works.add(work)
      void work.finally(() => works.delete(work))
    },
    stop: () => controller.abort(),
    async settled() {
      while (works.size > 0) await Promise.all(works)
    },
  }
}
