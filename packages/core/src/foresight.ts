import type { Config } from './config.ts'
import type { ConnectionPatch } from './deps.ts'
import type { Diagnosis } from './diagnosis.ts'
import { PROBLEMS } from './problems.ts'
import type { ErrorCode } from './errors.ts'
import { DAY, inactivityEnd } from './forecast.ts'
import { isNeeded, missingPermissions, type Permission } from './permissions.ts'
import type { ConnectionRow, EndKind, Limit, StopsWorkingBecause } from './types.ts'

/** A moment at which something stops, and why. */
export type End = { readonly at: Date; readonly because: StopsWorkingBecause }

/** So long before it stops somebody is needed. */
const SOON = 14 * DAY

/** What each kind of end is called as a reason; of `inactivity` the night takes care by itself. */
export const REASONS: Readonly<Record<EndKind, ErrorCode | null>> = {
  inactivity: null,
  sign_in_frequency: 'sign_in_frequency',
  mfa_age: 'mfa_too_old',
  permission: 'permission_missing',
  enforcement: 'mfa_missing',
  application_secret: 'application_secret_expiring',
}
const FORESEEN = new Set<string>(['not_refreshed', ...Object.values(REASONS).filter((it) => it !== null)])

/** After so long without a refresh the nights no longer take care of it by themselves. */
const UNREFRESHED = 3 * DAY

/** Days from which Microsoft refuses what it let pass before. */
const ENFORCEMENTS = [
  {
    // learn.microsoft.com/partner-center/developer/partner-center-authentication
    from: '2026-04-01T00:00:00Z',
    evidence:
      'From 1 April 2026 Partner Center refuses sign-ins without a second step, call by call at first.',
  },
] as const

/** The earliest of the ends; undefined when there is none. */
function earliest(ends: readonly End[]): End | undefined {
  return ends.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0]
}

/** When a sign-in without a second step stops being let in; undefined when it has one, or the day is past. */
export function enforcementEnd(
  row: Pick<ConnectionRow, 'capabilities'>,
  now: Date,
  enforcements: readonly { readonly from: string; readonly evidence: string }[] = ENFORCEMENTS,
): End | undefined {
  if (row.capabilities.mfa !== 'failing') return undefined
  const ends = enforcements.map(({ from, evidence }) => ({
    at: new Date(from),
    because: { kind: 'enforcement', since: from, evidence } as const,
  }))
  return earliest(ends.filter((it) => it.at > now))
}

/**
 * Puts a change together with what follows from it for the date by which the connection stops, and for its status
 * where only a person can prevent that: without waiting for a refusal, and back again once it is solved.
 */
export function foreseen(
  row: ConnectionRow,
  patch: ConnectionPatch,
  now: Date,
  config: Config,
): ConnectionPatch {
  const next: ConnectionRow = { ...row, ...patch }
  if (next.generation === null && next.refreshedAt === null) return patch
  const missing = knownMissing(next, config)
  const ends = endsOf(next, missing, now)
  const end = earliest(ends)
  const dated = { stopsWorkingBy: end?.at ?? null, stopsWorkingBecause: end?.because ?? null }
  const reason = missing.some((it) => isNeeded(it, now)) ? 'permission_missing' : reasonOf(next, end, now)
  return { ...patch, ...dated, ...statusOf(next, reason) }
}

function endsOf(row: ConnectionRow, missing: readonly Permission[], now: Date): End[] {
  const { stopsWorkingBy, stopsWorkingBecause } = inactivityEnd(row.refreshedAt ?? now)
  const inactivity = { at: stopsWorkingBy, because: stopsWorkingBecause }
  const enforcement = enforcementEnd(row, now)
  return [
    ...(row.limits ?? []).flatMap((it) => limitEnd(row, it)),
    ...missing.filter((it) => !isNeeded(it, now)).map(permissionEnd),
    ...(enforcement ? [enforcement] : []),
    ...credentialEnds(row, now),
    inactivity,
  ]
}

function limitEnd({ signedInAt }: ConnectionRow, { kind, seconds, learntAt, from }: Limit): End[] {
  if (!signedInAt) return []
  const everyDays = Math.round((seconds * 1000) / DAY)
  const day = learntAt.slice(0, 10)
  const evidence = from
    ? `On ${day} this tenant's settings said that it remembers a second step for ${everyDays} days.`
    : kind === 'mfa_age'
      ? `On ${day} Microsoft refused this tenant's sign-in because its second step was ${everyDays} days old.`
      : `On ${day} Microsoft said that this tenant ends a sign-in after ${seconds} seconds.`
  const because = {
    kind,
    since: signedInAt.toISOString(),
    ...(everyDays > 0 ? { everyDays } : {}),
    learntAt,
    evidence,
  }
  return [{ at: new Date(signedInAt.getTime() + seconds * 1000), because }]
}

/** Once the date is past and it still works, somebody entered another one than Microsoft has. */
function credentialEnds({ credentialEndsAt: at }: ConnectionRow, now: Date): End[] {
  if (!at || at <= now) return []
  const since = at.toISOString()
  const evidence = `The secret or certificate of this tenant's own application runs out on ${since.slice(0, 10)}.`
  return [{ at, because: { kind: 'application_secret', since, evidence } }]
}

function permissionEnd({ name, title, since, feature, neededFrom = since }: Permission): End {
  const day = neededFrom.slice(0, 10)
  const evidence = `The permission "${title}" is not granted; from ${day} it is needed for ${feature}.`
  return { at: new Date(neededFrom), because: { kind: 'permission', since, permission: name, evidence } }
}

/** Missing for certain: Graph's permissions are known only once a token for it was seen. */
export function knownMissing(row: ConnectionRow, { microsoft }: Config): Permission[] {
  if (row.grantedScopes.length === 0) return []
  return missingPermissions(microsoft, row.grantedScopes).filter(
    (it) => it.resource !== 'graph' || row.capabilities.graph !== 'unknown',
  )
}

function reasonOf(row: ConnectionRow, end: End | undefined, now: Date): ErrorCode | null {
  const isSoon = end && end.at.getTime() - now.getTime() <= SOON
  return (isSoon && REASONS[end.because.kind]) || (isUnrefreshed(row, now) ? 'not_refreshed' : null)
}

/** It was put off night after night. What is due is about to be refreshed, as after a pause of the worker. */
function isUnrefreshed({ refreshedAt, nextRefreshAt }: ConnectionRow, now: Date): boolean {
  if (!refreshedAt || !nextRefreshAt || nextRefreshAt <= now) return false
  return now.getTime() - refreshedAt.getTime() > UNREFRESHED
}

function statusOf(next: ConnectionRow, reason: ErrorCode | null): ConnectionPatch {
  const isForeseen = next.status === 'attention' && FORESEEN.has(next.reason ?? '') && !isFailing(next)
  if (next.status !== 'connected' && !isForeseen) return {}
  return reason
    ? { status: 'attention', reason, action: PROBLEMS[reason].action }
    : { status: 'connected', reason: null, action: null }
}

function isFailing({ capabilities }: ConnectionRow): boolean {
  return Object.values(capabilities).includes('failing')
}

/** The rules that a refusal teaches: by Microsoft's own figures, else by how old the sign-in was. */
export function learnLimits(
  row: ConnectionRow,
  refused: Diagnosis,
  now: Date,
): Pick<ConnectionPatch, 'limits'> {
  const { code, microsoft } = refused.problem
  const learntAt = now.toISOString()
  if (code === 'sign_in_frequency') {
    const seconds = Number(
      /maximum allowed lifetime for this request is (\d+)/.exec(microsoft?.message ?? '')?.[1],
    )
    return seconds > 0 ? withLimit(row, { kind: 'sign_in_frequency', seconds, learntAt }) : {}
  }
  if (code !== 'mfa_too_old' || !row.signedInAt || row.capabilities.mfa === 'failing') return {}
  // It worked when it was refreshed last, so the rule's whole number of days lies between that and now: the least.
  const worked = ((row.refreshedAt ?? row.signedInAt).getTime() - row.signedInAt.getTime()) / DAY
  const days = Math.min(Math.max(Math.ceil(worked), 1), (now.getTime() - row.signedInAt.getTime()) / DAY)
  return withLimit(row, { kind: 'mfa_age', seconds: Math.round(days * 86_400), learntAt })
}

function withLimit(row: ConnectionRow, limit: Limit): Pick<ConnectionPatch, 'limits'> {
  return { limits: [...(row.limits ?? []).filter((it) => it.kind !== limit.kind || it.from), limit] }
}

/** What refusals taught. */
export function withoutPolicy(limits: readonly Limit[]): Limit[] {
  return limits.filter((it) => it.from !== 'policy')
}

/** A rule that a sign-in has outlived is none any more. */
export function outlived(row: ConnectionRow, now: Date): Pick<ConnectionPatch, 'limits'> {
  const { limits, signedInAt } = row
  if (!limits || !signedInAt) return {}
  const kept = limits.filter((it) => signedInAt.getTime() + it.seconds * 1000 >= now.getTime())
  return kept.length === limits.length ? {} : { limits: kept }
}
