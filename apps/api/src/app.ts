import { ConsentryError, type Deps, type People, type Transports } from '@consentry/core'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'

import type { Auth } from './callers.ts'
import { consoleFiles } from './console-files.ts'
import { createRunning, type Context, type Running } from './context.ts'
import { createLimiters, LIMITS, type Limits } from './limits.ts'
import { requestLog, type Log } from './log.ts'
import type { SendMail } from './mail.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { API, mountRoutes } from './mount.ts'
import { openApiDocument } from './openapi.ts'
import { errorHandler, malformed, sendJson } from './problem-json.ts'
import { acceptingInvitations } from './routes/accept-invitation.ts'
import { consentPages } from './routes/consent.ts'
import { consoleSettings } from './routes/console-settings.ts'
import { operations } from './routes/operations.ts'
import { ROUTES } from './routes.ts'
import { securityHeaders } from './security-headers.ts'
import { signIn } from './sign-in.ts'

export type AppOptions = {
  readonly deps: Deps
  readonly auth: Auth
  /** The accounts behind `auth`. */
  readonly people: People
  readonly mail: SendMail
  readonly transports: Transports
  readonly log: Log
  /** Folder of the built console. */
  readonly webRoot: string
  readonly metrics?: Metrics
  readonly running?: Running
  /** Told of every request, first of all. */
  readonly serve?: RequestHandler
  /** Requests per minute; what is left out keeps its default. */
  readonly limits?: Partial<Limits>
}

/** The whole HTTP side as an Express app that does not listen. */
export function createApp(options: AppOptions): Express {
  const { deps, auth, log } = options
  const context: Context = {
    deps,
    config: deps.config,
    auth,
    people: options.people,
    mail: options.mail,
    transports: options.transports,
    log,
    metrics: options.metrics ?? createMetrics(),
    running: options.running ?? createRunning(),
    limiters: createLimiters({ ...LIMITS, ...options.limits }),
  }
  const app = bareApp(deps.config.trustedProxies)
  if (options.serve) app.use(options.serve)
  app.use(requestLog(log), measure(context.metrics), ...securityHeaders(deps.config), refuseManyHeaders)
  app.use(operations(context), consoleSettings(context))
  app.all('/api/auth/{*path}', ...signIn(context))
  app.use('/api/invitations', acceptingInvitations(context))
  app.use(API, api(context))
  app.use('/api', notFound)
  app.use('/consent', consentPages(context))
  app.use(consoleFiles(options.webRoot))
  app.use(notFound)
  app.use(errorHandler(log, deps.config.url))
  return app
}

function bareApp(trustedProxies: readonly string[]): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  // They tell the caller's address; anybody else's word is not taken.
  app.set('trust proxy', [...trustedProxies])
  return app
}

const MOST_HEADERS = 200

const refuseManyHeaders: RequestHandler = ({ rawHeaders }, _response, next) => {
  // Names and values in turn.
  if (rawHeaders.length > 2 * MOST_HEADERS) throw malformed(`It has more than ${MOST_HEADERS} headers.`)
  next()
}

function measure(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now()
    response.once('close', () => {
      metrics.observeRequest(
        request.method,
        routeOf(response),
        response.statusCode,
        (performance.now() - started) / 1000,
      )
    })
    next()
  }
}

/** The pattern of the route that answered: never a path as sent. */
export function routeOf({ locals }: Pick<Response, 'locals'>): string {
  return typeof locals.route === 'string' ? locals.route : 'other'
}

function api(context: Context): RequestHandler {
  const router = mountRoutes(context, ROUTES)
  const document = openApiDocument(ROUTES, context.config.url)
  router.get('/openapi.json', (_request: Request, response) => {
    response.locals.route = `${API}/openapi.json`
    sendJson(response, 200, document)
  })
  return router
}

const notFound: RequestHandler = () => {
  throw new ConsentryError('not_found')
}
