import { DAY } from './forecast.ts'
import type { Round } from './telling-news.ts'
import type { News } from './telling-several.ts'
import type { ReportRow } from './types.ts'

/** A report that failed longer ago is no news. */
export const REPORTS_TOLD = 2 * DAY
const NEWEST = 10
const PREFIX = 'report '

/**
 * Tenants of an organisation whose newest report failed, for a reason that was not told yet, and those of which there is
 * nothing to tell any more. Whatever asks again and again for a report that cannot be made is told of once.
 */
export async function listReportNews(
  round: Round,
  failed: readonly ReportRow[],
): Promise<{ news: News[]; gone: string[] }> {
  const news: News[] = []
  const still = new Set<string>()
  for (const connectionId of new Set(failed.map((it) => it.connectionId))) {
    const subject = PREFIX + connectionId
    const told = await reportNews(round, connectionId)
    if (!told) continue
    still.add(subject)
    if (round.told.get(subject)?.cause !== told.next.cause) news.push({ subject, ...told })
  }
  const gone = [...round.told.keys()].filter((it) => it.startsWith(PREFIX) && !still.has(it))
  return { news, gone }
}

async function reportNews({ deps: { store } }: Round, connectionId: string) {
  const { items } = await store.listReports(connectionId, { limit: NEWEST })
  const report = items.find((it) => it.finishedAt !== null)
  const connection = report?.status === 'failed' ? await store.getConnection(connectionId) : null
  if (!report || !connection || connection.disconnectedAt) return null
  const cause = `${PREFIX}${report.problem?.code ?? ''}`
  return {
    next: { cause, warned: null },
    happening: { event: 'report.failed', connection, report } as const,
  }
}
