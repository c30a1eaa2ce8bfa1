import type { ApplicationEnd, DomainEvent } from '@consentry/core'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Prometheus figures. Labels are route patterns and names of fixed sets: never a tenant, never a path as sent. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'consentry_http_request_duration_seconds',
    help: 'Duration of HTTP requests by method, route pattern and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60],
    registers,
  })
  const tokens = new Counter({
    name: 'consentry_tokens_served_total',
    help: 'Access tokens handed out, by where they came from.',
    labelNames: ['source'],
    registers,
  })
  const events = new Counter({
    name: 'consentry_events_total',
    help: 'What happened in the domain, by name and code.',
    labelNames: ['name', 'code'],
    registers,
  })
  const application = new Gauge({
    name: 'consentry_application_credential_expiry_timestamp_seconds',
    help: "When the application's secret or certificate runs out, where that is known; absent otherwise.",
    labelNames: ['kind'],
    registers,
  })
  const overdue = new Gauge({
    name: 'consentry_refresh_overdue_seconds',
    help: 'For how long a connection has been due that no worker has refreshed; 0 while the nights take place.',
    registers,
  })
  return {
    registry,
    /** Undefined where it could not be read. */
    setOverdue(since: Date | null | undefined, now: Date) {
      const seconds = since ? (now.getTime() - since.getTime()) / 1000 : 0
      overdue.set(since === undefined ? Number.NaN : seconds)
    },
    setApplicationEnd(end: ApplicationEnd | null) {
      application.reset()
      if (end) application.set({ kind: end.kind }, end.at.getTime() / 1000)
    },
    observeRequest: (method: string, route: string, status: number, seconds: number) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    countToken: (source: string) => tokens.inc({ source }),
    countEvent: (event: DomainEvent) => events.inc({ name: event.name, code: event.code ?? '' }),
  }
}
