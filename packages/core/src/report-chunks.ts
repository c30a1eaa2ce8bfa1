import { gunzipSync, gzipSync } from 'node:zlib'

import type { Deps } from './deps.ts'
import type { ReportChunkRow, ReportRow } from './types.ts'

/**
 * Few enough that one line among them is quickly unzipped, and a page of lines that lie far apart with it; enough that
 * they still compress (at 50 a fifth worse than at 1,000, and thirty times as quick to open).
 */
export const CHUNK_LINES = 50
const LINES_AT_ONCE = 8_000

/** The chunks of a report in order, a few in memory at a time. */
export async function* chunksOf(deps: Deps, report: ReportRow): AsyncGenerator<ReportChunkRow> {
  let wanted = 1
  for (let first = 0; ;) {
    const chunks = await deps.store.listReportChunks(report.id, first, wanted)
    yield* chunks
    const last = chunks.at(-1)
    if (!last || chunks.length < wanted) return
    first = last.firstLine + last.lines
    wanted = Math.max(1, Math.floor(LINES_AT_ONCE / last.lines))
  }
}

/** A chunk's lines. */
export function textsOf(chunk: ReportChunkRow): string[] {
  return gunzipSync(chunk.data).toString('utf8').split('\n')
}

export function chunkOf(
  reportId: string,
  sequence: number,
  firstLine: number,
  texts: readonly string[],
): ReportChunkRow {
  return { reportId, sequence, firstLine, lines: texts.length, data: gzipSync(texts.join('\n')) }
}
