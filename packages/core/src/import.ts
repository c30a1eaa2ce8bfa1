import { z } from 'zod'

import type { Actor } from './audit-entry.ts'
import { newConnection, recordAct } from './connections.ts'
import type { Deps } from './deps.ts'
import { saveGrant } from './grants.ts'
import { withLease } from './lease.ts'
import { parseJson } from './microsoft/http.ts'
import { isMicrosoftId } from './microsoft/tenant.ts'

const LINE = z.object({
  microsoftId: z.string().refine(isMicrosoftId, 'is not a Microsoft ID (a GUID)'),
  name: z.string().trim().min(1).max(200).optional(),
  // A refresh token is opaque; spaces or line breaks in it mean that it was damaged on the way.
  refreshToken: z.string().regex(/^[\x21-\x7e]{20,20000}$/, 'is not a whole refresh token'),
  username: z.string().trim().min(1).max(320).optional(),
})

type Line = z.infer<typeof LINE>

export type ImportResult = {
  readonly imported: number
  /** Already there with a working sign-in. */
  readonly skipped: number
  readonly rejected: readonly { readonly line: number; readonly reason: string }[]
}

/**
 * Imports grants from JSON Lines (`{microsoftId, name?, refreshToken, username?}`): sealed at once, due at once, proven
 * at the next refresh. A bad line is rejected with its number and does not stop the rest; a reason never repeats a value.
 */
export async function importConnections(
  deps: Deps,
  organisationId: string,
  lines: AsyncIterable<string> | Iterable<string>,
  options: { readonly by: Actor; readonly dryRun?: boolean },
): Promise<ImportResult> {
  const result = { imported: 0, skipped: 0, rejected: [] as { line: number; reason: string }[] }
  const seen = new Set<string>()
  let number = 0
  for await (const text of lines) {
    number += 1
    if (text.trim() === '') continue
    const read = LINE.safeParse(parseJson(text))
    if (!read.success) {
      result.rejected.push({ line: number, reason: reasonOf(read.error) })
      continue
    }
    const line = { ...read.data, microsoftId: read.data.microsoftId.toLowerCase() }
    if (seen.has(line.microsoftId)) {
      result.rejected.push({ line: number, reason: 'names a tenant that an earlier line named' })
      continue
    }
    seen.add(line.microsoftId)
    result[await importOne(deps, organisationId, line, options)] += 1
  }
  return result
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'cannot be read'
  return issue.path.length === 0 ? 'is not a JSON object' : `${issue.path.join('.')}: ${issue.message}`
}

async function importOne(
  deps: Deps,
  organisationId: string,
  line: Line,
  { by, dryRun }: { readonly by: Actor; readonly dryRun?: boolean },
): Promise<'imported' | 'skipped'> {
  const there = await deps.store.findConnection(organisationId, line.microsoftId)
  if (there && there.generation !== null) return 'skipped'
  if (dryRun) return 'imported'
  const fresh = await newConnection(deps, { organisationId, microsoftId: line.microsoftId, name: line.name })
  await recordAct(deps, fresh, by, 'connection.imported', { account: line.username ?? null })
  const { row } = there ? { row: there } : await deps.store.createConnection(fresh)
  const generation = await deps.store.allocateGeneration(row.id)
  await saveGrant(deps, row, {
    generation,
    refreshToken: line.refreshToken,
    origin: 'import',
    attemptId: null,
    clientId: row.clientId,
  })
  await withLease(
    deps,
    row.id,
    async () => null,
    (leased) =>
      deps.store.commitGeneration(row.id, leased.fence, generation, {
        accountUsername: line.username ?? null,
        nextRefreshAt: deps.now(),
        consentedAt: null,
      }),
  )
  return 'imported'
}
