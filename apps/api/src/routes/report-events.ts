import { setTimeout as sleep } from 'node:timers/promises'

import { reportView, type ReportRow } from '@consentry/core'
import type { Response } from 'express'
import { z } from 'zod'

import { connectionRoute } from '../route.ts'
import { findReport } from './find-report.ts'

const SECOND = 1000
const HEARTBEAT_EVERY = 15 * SECOND

const events = connectionRoute('GET /connections/{id}/billing-reports/{reportId}/events', {
  summary: 'Progress of a report as server-sent events named progress, each with the report',
  answers: { 200: { description: 'Events', content: { 'text/event-stream': z.string() } } },
  async handle(call) {
    const first = await findReport(call)
    if (call.request.method === 'HEAD') return { status: 200 }
    call.response.status(200).set({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    call.response.flushHeaders()
    const { deps, running } = call.context
    const gone = AbortSignal.any([running.stopping, closeOf(call.response)])
    await follow(call.response, gone, first, () => deps.store.findReport(call.connection.id, first.id))
    call.response.end()
    return undefined
  },
})

export const reportEvents = [events]

async function follow(
  response: Response,
  gone: AbortSignal,
  first: ReportRow,
  read: () => Promise<ReportRow | null>,
): Promise<void> {
  let sent = ''
  let quiet = 0
  for (let report: ReportRow | null = first; report && !gone.aborted; report = await read()) {
    const text = JSON.stringify(reportView(report))
    quiet = text === sent ? quiet + SECOND : 0
    if (quiet === 0) response.write(`event: progress\ndata: ${text}\n\n`)
    // Comments keep proxies from closing a silent connection.
    else if (quiet % HEARTBEAT_EVERY === 0) response.write(': still running\n\n')
    sent = text
    if (report.status !== 'queued' && report.status !== 'running') return
    await sleep(SECOND, undefined, { signal: gone }).catch(() => undefined)
  }
}

function closeOf(response: Response): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
