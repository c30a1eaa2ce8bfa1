import type { Columns } from './columns.ts'
import { auditTables } from './tables/audit.ts'
import { connectionTables } from './tables/connections.ts'
import { customerTables } from './tables/customers.ts'
import { nightTables } from './tables/nights.ts'
import { notificationTables } from './tables/notifications.ts'
import { authTables, organisationTables } from './tables/people.ts'
import { reportTables } from './tables/reports.ts'

export type Tables = ReturnType<typeof defineTables>

/** The schema, once for both dialects. A row of a table is the domain's row type; what has more says why. */
export function defineTables(columns: Columns) {
  const auth = authTables(columns)
  const people = organisationTables(columns, auth)
  const connections = connectionTables(columns, people)
  const reports = reportTables(columns, connections)
  const nights = nightTables(columns, people)
  const audit = auditTables(columns)
  const notifications = notificationTables(columns, people)
  const customers = customerTables(columns, connections)
  return {
    ...auth,
    ...people,
    ...connections,
    ...reports,
    ...nights,
    ...audit,
    ...notifications,
    ...customers,
  }
}
