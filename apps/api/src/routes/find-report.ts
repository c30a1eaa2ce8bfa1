import type { ConnectionRow, ReportRow } from '@consentry/core'

import { notFound, type Call } from '../route.ts'

/** The report of the path (or of `id`) among those of the connection, or the answer is `not_found`. */
export async function findReport(
  call: Call & { readonly connection: ConnectionRow },
  id = call.params.reportId ?? '',
): Promise<ReportRow> {
  return (await call.context.deps.store.findReport(call.connection.id, id)) ?? notFound()
}
