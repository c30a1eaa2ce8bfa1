import { applicationEnd, checkKeyRing, ConsentryError, overdueSince, sameText } from '@consentry/core'
import { Router, type Request } from 'express'

import { addressOf, countedAs } from '../address.ts'
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
  router.get('/metrics', async (request, response) => {
    response.locals.route = '/metrics'
    response.set('cache-control', 'no-store')
    await admit(context, request)
    const { registry } = context.metrics
    context.metrics.setApplicationEnd(await applicationEnd(context.deps))
    // Figures are wanted most while the database is away.
    const overdue = await overdueSince(context.deps).catch(() => undefined)
    context.metrics.setOverdue(overdue, context.deps.now())
    response.set('content-type', registry.contentType).end(await registry.metrics())
  })
  return router
}

/** Figures are for whoever has the token, once there is one. Wrong ones count as any refused identity does. */
async function admit({ config, limiters }: Context, request: Request): Promise<void> {
  const { metricsToken } = config
  if (metricsToken === null) return
  const shown = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (shown !== undefined && sameText(shown, metricsToken)) return
  await limiters.stranger(countedAs(addressOf(request)))
  throw new ConsentryError('unauthenticated')
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
