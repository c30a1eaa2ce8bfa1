import { everyConnection } from './connections.ts'
import type { Deps } from './deps.ts'
import type { News } from './telling-several.ts'
import { EARLIEST_WARNING, FIRST_REMINDER, NEXT_REMINDERS, warningAt } from './telling-reminders.ts'
import type { TenantHappening } from './telling-words.ts'
import type { ConnectionRow, Organisation, ToldRow } from './types.ts'

/** One look at an organisation: what it was told of before, by subject. */
export type Round = {
  readonly deps: Pick<Deps, 'store' | 'now'>
  readonly organisation: Organisation
  readonly told: ReadonlyMap<string, ToldRow>
}

/** The tenants that somebody may have to hear of. */
export async function listUnwell(round: Round): Promise<ConnectionRow[]> {
  const { deps, organisation } = round
  const rows: ConnectionRow[] = []
  for (const status of ['broken', 'attention'] as const)
    rows.push(...(await Array.fromAsync(everyConnection(deps, organisation.id, { status }))))
  return [...rows, ...(await listEnding(round))]
}

/** Those that are well and will stop within a month. */
async function listEnding({ deps, organisation }: Round): Promise<ConnectionRow[]> {
  const stopsBy = new Date(deps.now().getTime() + EARLIEST_WARNING)
  const rows = await Array.fromAsync(everyConnection(deps, organisation.id, { status: 'connected', stopsBy }))
  return rows.filter((it) => isEnding(it, deps.now()))
}

/** Nobody has mended for two months what keeps it from being refreshed: then its own people hear of it, too. */
export function isRunningOut(row: ConnectionRow, now: Date): boolean {
  return row.stopsWorkingBecause?.kind === 'inactivity' && warningOf(row, now) !== null
}

// The night itself prevents that a sign-in runs out by inactivity.
function isEnding(row: ConnectionRow, now: Date): boolean {
  return row.stopsWorkingBecause?.kind !== 'inactivity' && warningOf(row, now) !== null
}

const subjectOf = (row: ConnectionRow) => `connection ${row.id}`

/** What somebody has to be told of a tenant now; null when they know. */
export function newsOf(round: Round, row: ConnectionRow): News | null {
  // The end of its own application's secret is told as that.
  if (row.stopsWorkingBecause?.kind === 'application_secret' && isForeseen(row)) return null
  const before = round.told.get(subjectOf(row))
  const cause = causeOf(row)
  const warning = warningOf(row, round.deps.now())
  const isNew = before?.cause !== cause
  const isNearer = warning !== null && (before?.warned ?? Number.POSITIVE_INFINITY) > warning
  const again = !isNew && isReminderDue(row, before, round.deps.now())
  if (!isNew && !isNearer && !again) return null
  const event = isNew
    ? isForeseen(row)
      ? 'connection.expiring'
      : row.status === 'broken'
        ? 'connection.broken'
        : 'connection.attention'
    : 'connection.expiring'
  const warned = again ? REMINDED : (warning ?? (isNew ? null : (before?.warned ?? null)))
  const happening = { event: again ? 'connection.broken' : event, connection: row, again } as const
  return { subject: subjectOf(row), next: { cause, warned }, happening }
}

/** Kept in the place of the last warning of a tenant that has stopped: somebody was reminded of it. */
const REMINDED = 0

function isReminderDue(row: ConnectionRow, before: ToldRow | undefined, now: Date): boolean {
  if (row.status !== 'broken' || !before) return false
  const wait = before.warned === REMINDED ? NEXT_REMINDERS : FIRST_REMINDER
  return now.getTime() - before.at.getTime() >= wait
}

/** It works and will not for ever: the same cause whether that is weeks or days away. */
function isForeseen({ status, stopsWorkingBecause: because, capabilities }: ConnectionRow): boolean {
  if (!because || because.kind === 'inactivity' || status === 'broken') return false
  return !Object.values(capabilities).includes('failing')
}

function causeOf(row: ConnectionRow): string {
  const { kind = '', since = '' } = row.stopsWorkingBecause ?? {}
  return isForeseen(row) ? `ending ${kind} ${since}` : `${row.status} ${row.reason ?? ''}`
}

function kindOfCause(cause: string): NonNullable<TenantHappening['was']> {
  if (cause.startsWith('ending ')) return 'ending'
  return cause.startsWith('broken ') ? 'broken' : 'attention'
}

function warningOf({ status, stopsWorkingBy }: ConnectionRow, now: Date): number | null {
  if (status === 'broken' || !stopsWorkingBy) return null
  return warningAt(stopsWorkingBy, now)
}

/** What was told of and is well again, and what was disconnected, which is forgotten without a word. */
export async function listRecovered(
  round: Round,
  unwell: readonly ConnectionRow[],
): Promise<{ news: News[]; gone: string[] }> {
  const still = new Set(unwell.map(subjectOf))
  const news: News[] = []
  const gone: string[] = []
  for (const [subject, { cause }] of round.told) {
    if (!subject.startsWith('connection ') || still.has(subject)) continue
    const row = await round.deps.store.getConnection(subject.slice('connection '.length))
    if (row?.status === 'connected' && !row.disconnectedAt)
      news.push({
        subject,
        next: null,
        happening: { event: 'connection.recovered', connection: row, was: kindOfCause(cause) },
      })
    else if (!row || row.disconnectedAt) gone.push(subject)
  }
  return { news, gone }
}
