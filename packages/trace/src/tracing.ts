import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Fetch, Trace } from '@consentry/core'
import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace as api,
  type Context,
  type Span,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

export type Tracing = ReturnType<typeof startTracing>

/** How long a collector that does not answer may hold up the end of the process, in milliseconds. */
const PATIENCE = 2000

/**
 * Sends spans to a collector (OTLP over HTTP, at `<endpoint>/v1/traces`). They carry names, hosts, route patterns and
 * statuses; no path, query, header or body, so no secret. A collector that is away costs nothing but its traces. Nothing is
 * registered globally: what a library would tell of itself stays out.
 */
export function startTracing(service: string, endpoint: string) {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('consentry')
  const propagator = new W3CTraceContextPropagator()
  const current = new AsyncLocalStorage<Context>()
  const parent = () => current.getStore() ?? ROOT_CONTEXT

  async function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
    try {
      return await current.run(api.setSpan(parent(), span), work)
    } catch (error) {
      fail(span, error)
      throw error
    } finally {
      span.end()
    }
  }

  const trace: Trace = (name, attributes, work) =>
    within(tracer.startSpan(name, { attributes }, parent()), work)

  /** As `fetch`, with a span for each request. Nothing is added to what is sent. */
  const around =
    (fetch: Fetch): Fetch =>
    (input, init) => {
      const request = input instanceof Request ? input : null
      const method = init?.method ?? request?.method ?? 'GET'
      const { hostname } = new URL(request ? request.url : String(input))
      const attributes = { 'http.request.method': method, 'server.address': hostname }
      const kind = SpanKind.CLIENT
      const span = tracer.startSpan(`${method} ${hostname}`, { kind, attributes }, parent())
      return within(span, async () => {
        const response = await fetch(input, init)
        span.setAttribute('http.response.status_code', response.status)
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
        return response
      })
    }

  /** Middleware: a span for each request, part of the caller's trace when it tells of one (W3C Trace Context). */
  const serve =
    <R extends ServerResponse>(routeOf: (response: R) => string) =>
    (request: IncomingMessage, response: R, next: () => void): void => {
      const from = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
      const method = request.method ?? 'GET'
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, from)
      response.once('close', () => {
        const route = routeOf(response)
        span.updateName(`${method} ${route}`)
        span.setAttributes({
          'http.request.method': method,
          'http.route': route,
          'http.response.status_code': response.statusCode,
        })
        if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      })
      current.run(api.setSpan(from, span), next)
    }

  return {
    trace,
    around,
    serve,
    /** Sends what is left; never rejects. */
    async stop(): Promise<void> {
      const gone = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref())
      await Promise.race([provider.shutdown().catch(() => undefined), gone])
    },
  }
}

// Its message may hold what was sent.
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
}
