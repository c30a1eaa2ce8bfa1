import { setTimeout as sleep } from 'node:timers/promises'

import { passes, type Deps, type ReportPatch } from './deps.ts'
import { diagnoseApi } from './diagnosis.ts'
import { ConsentryError, problem } from './errors.ts'
import { blobLines, blobUrl } from './microsoft/blob.ts'
import {
  askGraph,
  lastSegment,
  readManifest,
  readOperation,
  type Manifest,
  type Operation,
} from './microsoft/graph.ts'
import { MINUTE, retryAfterSeconds, SECOND, type Answer } from './microsoft/http.ts'
import { CHUNK_LINES, chunkOf } from './report-chunks.ts'
import { createIndexer, indexChunks } from './report-index.ts'
import { createTally, readLine } from './report-lines.ts'
import { wordsOf } from './status.ts'
import { getAccessToken } from './tokens.ts'
import { traced } from './trace.ts'
import type { ConnectionRow, ReportChunkRow, ReportRow } from './types.ts'

const LEASE = 2 * MINUTE
const PREPARATION_LIMIT = 60 * MINUTE
const DEFAULT_POLL = 10
/** Chunks written in one step. */
const CHUNKS_AT_ONCE = 20
const BASE = '/reports/partners/billing'
/** Microsoft's code for "there is nothing to report": the access works. */
const NO_DATA = '5000'

/** Takes the next queued report and runs it to its end. Null when none is queued. Its outcome is in the row. */
export async function runNextReport(deps: Deps): Promise<ReportRow | null> {
  const now = deps.now()
  const row = await deps.store.claimReport(now, new Date(now.getTime() + LEASE))
  if (!row) return null
  const run = reportRun(deps, row)
  try {
    const connection = await deps.store.getConnection(row.connectionId)
    if (!connection || connection.disconnectedAt) throw new ConsentryError('not_connected')
    const outcome = await traced(deps, 'report', connection, () =>
      produce(deps, connection, row, run.progress),
    )
    return await run.end(outcome)
  } catch (error) {
    if (error instanceof LeaseLost) return row
    // The store is away: whoever claims the report once it is back starts it anew.
    if (passes(error)) throw error
    const told = error instanceof ConsentryError ? error.problem : problem('report_failed')
    if (!(error instanceof ConsentryError)) {
      deps.report?.({
        name: 'report.fault',
        microsoftId: row.id,
        detail: error instanceof Error ? error.message : 'unknown',
      })
    }
    return run.end({ status: 'failed', problem: told })
  }
}

/** Another worker took the report over; what this one still does no longer counts. */
class LeaseLost extends Error {}

function held(written: boolean): void {
  if (!written) throw new LeaseLost()
}

function reportRun(deps: Deps, row: ReportRow) {
  async function update(patch: ReportPatch): Promise<ReportRow> {
    const leaseUntil = new Date(deps.now().getTime() + LEASE)
    const updated = await deps.store.updateReport(row.id, row.fence, { leaseUntil, ...patch })
    if (!updated) throw new LeaseLost()
    return updated
  }
  return {
    progress: update,
    end: (outcome: ReportPatch) =>
      update({ step: null, finishedAt: deps.now(), leaseUntil: null, ...outcome }),
  }
}

type Progress = (patch: ReportPatch) => Promise<ReportRow>

async function produce(
  deps: Deps,
  connection: ConnectionRow,
  row: ReportRow,
  progress: Progress,
): Promise<ReportPatch> {
  held(await deps.store.clearReport(row.id, row.fence))
  await progress({ step: 'Asking Microsoft to prepare it', progress: 0.02 })
  const operation = await prepare(deps, connection, row, progress)
  if (operation.status === 'failed') return readFailure(operation)
  const manifest = operation.manifest ?? (await fetchManifest(deps, connection, operation.manifestId))
  const { totals, breakdown } = await readParts(deps, row, manifest, progress)
  held(await deps.store.putBreakdown(row.id, row.fence, breakdown))
  return { status: 'succeeded', progress: 1, totals, problem: null }
}

function readFailure(operation: Extract<Operation, { status: 'failed' }>): ReportPatch {
  const microsoft = {
    ...(operation.code ? { code: operation.code } : {}),
    ...(operation.message ? { message: operation.message } : {}),
  }
  return operation.code === NO_DATA
    ? { status: 'no_data', progress: 1, problem: problem('no_billing_data', {}, microsoft) }
    : { status: 'failed', problem: problem('report_failed', {}, microsoft) }
}

type Finished = Exclude<Operation, { status: 'running' }>

/** Starts the export and waits until Microsoft has prepared it, as long between looks as Microsoft asks. */
async function prepare(
  deps: Deps,
  connection: ConnectionRow,
  row: ReportRow,
  progress: Progress,
): Promise<Finished> {
  const started = await graph(deps, connection, exportPath(row), exportBody(row))
  const operationId = lastSegment(started.headers.get('location'))
  if (started.status !== 202 || !operationId) throw new ConsentryError('microsoft_answered_badly')
  const deadline = deps.now().getTime() + PREPARATION_LIMIT
  let wait = retryAfterSeconds(started.headers, deps.now()) ?? 0
  while (deps.now().getTime() < deadline) {
    await waitFor(wait, progress)
    const answer = await graph(deps, connection, `${BASE}/operations/${operationId}`)
    const operation = readOperation(answer)
    if (!operation) throw new ConsentryError('microsoft_answered_badly')
    if (operation.status !== 'running') return operation
    wait = retryAfterSeconds(answer.headers, deps.now()) ?? DEFAULT_POLL
  }
  throw new ConsentryError('report_failed')
}

async function waitFor(seconds: number, progress: Progress): Promise<void> {
  for (let left = seconds; left > 0; left -= 30) {
    await sleep(Math.min(left, 30) * SECOND)
    await progress({})
  }
}

function exportPath(row: ReportRow): string {
  return `${BASE}/reconciliation/${row.kind}/export`
}

function exportBody(row: ReportRow): Record<string, string> {
  return row.kind === 'billed'
    ? { invoiceId: row.invoiceId ?? '', attributeSet: 'full' }
    : { currencyCode: row.currency ?? 'USD', attributeSet: 'full', billingPeriod: row.period ?? 'current' }
}

async function fetchManifest(deps: Deps, connection: ConnectionRow, id: string | null): Promise<Manifest> {
  const manifest = id ? readManifest(await graph(deps, connection, `${BASE}/manifests/${id}`)) : null
  if (!manifest) throw new ConsentryError('microsoft_answered_badly')
  return manifest
}

const TRIES = 4

/** Asks Graph with a token that is good now, again while the answer is one that passes by itself. */
async function graph(
  deps: Deps,
  connection: ConnectionRow,
  path: string,
  body?: Record<string, string>,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await askGraph(deps, await tokenFor(deps, connection), path, body)
    if (answer.status >= 200 && answer.status < 300) return answer
    const refused = diagnoseApi(answer, deps.now(), 'billing_refused', wordsOf(connection))
    const tryAgain =
      refused.verdict === 'transient' &&
      (answer.status === 0 || answer.status === 429 || answer.status >= 500)
    if (!tryAgain || tries === TRIES) throw new ConsentryError(refused.problem)
    await sleep(Math.min(refused.retryAfterSeconds ?? 2 ** tries, 60) * SECOND)
  }
}

/** Waits while Microsoft is slow to give one: a report is not lost for it. */
async function tokenFor(deps: Deps, connection: ConnectionRow): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const row = (await deps.store.getConnection(connection.id)) ?? connection
    try {
      return (await getAccessToken(deps, row, { resource: 'graph' })).accessToken
    } catch (error) {
      const waits = error instanceof ConsentryError && error.action === 'retry'
      if (!waits || tries === TRIES) throw error
      await sleep(Math.min(error.retryAfterSeconds ?? 2 ** tries, 60) * SECOND)
    }
  }
}

async function readParts(deps: Deps, row: ReportRow, manifest: Manifest, progress: Progress) {
  const tally = createTally(row.id)
  const indexer = createIndexer()
  const writer = chunkWriter(deps, row)
  const parts = manifest.blobs.length
  for (const [index, name] of manifest.blobs.entries()) {
    for await (const line of blobLines(deps, blobUrl(deps, manifest, name))) {
      const facts = readLine(line)
      if (!facts) throw new ConsentryError('report_failed')
      tally.add(facts)
      indexer.add(facts, line)
      if (await writer.add(line)) {
        const read = writer.lines.toLocaleString('en')
        await progress({
          step: `Reading ${index + 1} of ${parts} parts, ${read} lines`,
          progress: 0.1 + (0.85 * index) / parts,
        })
      }
    }
  }
  await writer.flush()
  const index = indexer.end(CHUNK_LINES, manifest.eTag)
  held(await deps.store.addReportChunks(indexChunks(row.id, index), row.fence))
  return { totals: tally.totals(), breakdown: tally.breakdown() }
}

function chunkWriter(deps: Deps, { id: reportId, fence }: ReportRow) {
  let lines: string[] = []
  let chunks: ReportChunkRow[] = []
  let sequence = 0
  let firstLine = 0
  function close(): void {
    if (lines.length === 0) return
    chunks.push(chunkOf(reportId, sequence, firstLine, lines))
    sequence += 1
    firstLine += lines.length
    lines = []
  }
  async function flush(): Promise<void> {
    close()
    if (chunks.length > 0) held(await deps.store.addReportChunks(chunks, fence))
    chunks = []
  }
  return {
    get lines() {
      return firstLine + lines.length
    },
    flush,
    /** True when chunks were written. */
    async add(line: string): Promise<boolean> {
      if (lines.push(line) === CHUNK_LINES) close()
      if (chunks.length < CHUNKS_AT_ONCE) return false
      await flush()
      return true
    },
  }
}
