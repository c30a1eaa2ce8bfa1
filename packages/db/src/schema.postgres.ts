import { postgresColumns } from './columns.ts'
import { defineTables } from './tables.ts'

/** Each table by its name, because drizzle-kit reads a module's exports. */
export const {
  user,
  session,
  account,
  verification,
  twoFactor,
  passkey,
  tries,
  organisations,
  members,
  serviceKeys,
  returnOrigins,
  invitations,
  singleSignOn,
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
