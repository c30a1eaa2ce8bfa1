import { postgresColumns } from './columns.ts'
import { defineTables } from './tables.ts'

/** Each table by its name, because drizzle-kit reads a module's exports. */
export const {
  user,
  session,
  account,
  verification,
  rateLimit,
  organisations,
  members,
  serviceKeys,
  returnOrigins,
  connections,
  grants,
  accessTokens,
  coolDowns,
  tokenUses,
  attempts,
  audit,
  auditHead,
  auditNotes,
  checks,
  reports,
  reportChunks,
  breakdown,
  nights,
  turns,
} = defineTables(postgresColumns)
