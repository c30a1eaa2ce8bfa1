import { checkKeyRing, ConsentryError } from '@consentry/core'
import { Router } from 'express'

import type { Context } from '../context.ts'
import { sendJson } from '../problem-json.ts'

const RETRY_AFTER = 5

/** What whoever runs Consentry asks: alive, ready, figures. */
export function operations(context: Context): Router {
  const router = Router()
  router.get('/health', (_request, response) => {
    response.locals.route = '/health'
    sendJson(response.set('cache-control', 'no-store'), 200, { status: 'ok' })
  })
  router.get('/ready', async (_request, response) => {
    response.locals.route = '/ready'
    response.set('cache-control', 'no-store')
    await assertReady(context).catch((error: unknown) => {
      response.set('retry-after', String(RETRY_AFTER))
      throw error
    })
    sendJson(response, 200, { status: 'ready' })
  })
  router.get('/metrics', async (_request, response) => {
    response.locals.route = '/metrics'
    const { registry } = context.metrics
    response.set('content-type', registry.contentType).end(await registry.metrics())
  })
  return router
}

async function assertReady({ deps, log, running }: Context): Promise<void> {
  if (running.stopping.aborted) throw notReady('It is shutting down.')
  await deps.store.ping().catch((cause: unknown) => {
    // The driver's own words may name hosts and users; they are for the log only.
    log.warn({ err: cause }, 'database not usable')
    throw notReady('The database cannot be used, or its schema is not this version.', cause)
  })
  await checkKeyRing(deps)
}

function notReady(problem: string, cause?: unknown): ConsentryError {
  return new ConsentryError('not_ready', { values: { problem }, cause })
}
