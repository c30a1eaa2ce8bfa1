import type { Deps } from './deps.ts'
import { isProblemCode } from './errors.ts'
import { PROBLEMS } from './problems.ts'
import { DAY } from './forecast.ts'
import type { Happening } from './telling-words.ts'
import type { AttemptRow, CheckRow, ConnectionRow } from './types.ts'

/** What a message tells besides of what is in the row. */
export type Facts = {
  /** The newest refusal behind it, with Microsoft's ids. */
  readonly evidence?: CheckRow | undefined
  /** When it was refused first, without a success in between. */
  readonly since?: Date | undefined
  /** Services that were given tokens in the seven days before. */
  readonly services: readonly string[]
  /** The organisation's tenants that this is not about, but for those that nobody has signed in for yet. */
  readonly others: { readonly work: number; readonly limited: number; readonly stopped: number }
  /** Of a trip to Microsoft. */
  readonly connection?: ConnectionRow | undefined
  readonly attempt?: AttemptRow | undefined
}

const NO_FACTS: Facts = { services: [], others: { work: 0, limited: 0, stopped: 0 } }

/** A night adds eight checks; what has stopped adds one. */
const CHECKS = 100
/** Of so many tenants the services are looked up: whoever has more reads the first names only. */
const ROWS = 1_000
const LATELY = 7 * DAY

type Looking = Pick<Deps, 'store' | 'now'>

/** Looks up what the message about a happening tells besides. */
export async function gatherFacts(
  deps: Looking,
  organisationId: string,
  happening: Happening,
): Promise<Facts> {
  if ('entry' in happening) return factsOfTrip(deps, organisationId, happening.entry)
  if (!('connection' in happening)) return NO_FACTS
  const rows = [happening.connection, ...(happening.also ?? [])]
  const { evidence, since } = await historyOf(deps, happening.connection)
  // What has stopped uses no tokens any more: those count that did before.
  const before = (since ?? deps.now()).getTime() - LATELY
  const ids = rows.slice(0, ROWS).map((it) => it.id)
  const uses = await deps.store.listTokenUses(ids, new Date(before))
  const services = [...new Set(uses.map((it) => it.name))]
  return { evidence, since, services, others: await othersOf(deps, organisationId, rows) }
}

async function historyOf({ store }: Looking, row: ConnectionRow): Promise<Pick<Facts, 'evidence' | 'since'>> {
  const { items } = await store.listChecks(row.id, { limit: CHECKS })
  const [newest] = items
  if (row.reason === null) return { since: newest?.ok ? newest.startedAt : undefined }
  const evidence = items.find((it) => !it.ok && it.code === row.reason)
  if (!evidence) return {}
  const same = items.filter((it) => it.kind === evidence.kind && !isPassing(it))
  const end = same.findIndex((it) => it.ok)
  return { evidence, since: same.slice(0, end === -1 ? undefined : end).at(-1)?.startedAt }
}

/** It says nothing of the tenant: neither that it works nor that it does not. The first unclear answer was the beginning. */
function isPassing({ ok, code }: CheckRow): boolean {
  return !ok && code !== 'looking_again' && isProblemCode(code) && PROBLEMS[code].action === 'retry'
}

async function othersOf(
  { store }: Looking,
  organisationId: string,
  rows: readonly ConnectionRow[],
): Promise<Facts['others']> {
  const all = await store.countConnections(organisationId)
  const of = (status: ConnectionRow['status']) =>
    Math.max(0, all[status] - rows.filter((it) => it.status === status).length)
  return { work: of('connected'), limited: of('attention'), stopped: of('broken') }
}

async function factsOfTrip(
  { store }: Looking,
  organisationId: string,
  { microsoftId, details }: Extract<Happening, { entry: unknown }>['entry'],
): Promise<Facts> {
  // Written by us.
  const { attempt } = JSON.parse(details) as { attempt?: string }
  const connection = microsoftId ? await store.findConnection(organisationId, microsoftId) : null
  const trip = attempt ? await store.getAttempt(attempt) : null
  return { ...NO_FACTS, connection: connection ?? undefined, attempt: trip ?? undefined }
}
