import { recordCheck } from './checks.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import type { OrganisationProfile } from './microsoft/partner-center.ts'
import { missingPermissions } from './permissions.ts'
import { PROVE, type Climb, type Outcome } from './rungs.ts'
import { judge, wordsOf } from './status.ts'
import {
  LADDER,
  type Capabilities,
  type Capability,
  type CapabilityState,
  type CheckKind,
  type CheckRow,
  type ConnectionRow,
  type Problem,
} from './types.ts'

/** What climbs the ladder: a working grant, or one that came with a consent and has to prove itself first. */
export type Climber = Pick<Climb, 'connection' | 'grant' | 'account' | 'tokens' | 'words'> & {
  readonly attemptId: string | null
  /** Called once the first three rungs hold, before anything else is redeemed. */
  readonly trusted?: () => Promise<void>
}

export type Proof = {
  readonly checks: readonly CheckRow[]
  /** Definitive failures, the first leading. */
  readonly problems: readonly Problem[]
  readonly capabilities: Capabilities
  readonly grantedScopes: readonly string[]
  readonly profile: OrganisationProfile | null
  readonly refusesAll: boolean
}

const CAPABILITIES: Readonly<Record<CheckKind, readonly Capability[]>> = {
  grant: ['signIn'],
  account: ['signIn'],
  mfa: ['mfa'],
  permissions: ['billing'],
  partner_center: ['partnerCenter'],
  role: ['partnerCenter'],
  graph: ['graph'],
  billing: ['billing'],
}

// Past these nothing further could be learnt, or nothing may be done with the grant.
const STOPPING: ReadonlySet<CheckKind> = new Set<CheckKind>(['grant', 'account', 'mfa', 'partner_center'])

/** Climbs the ladder, recording each rung as it is proven; stops where going on would prove nothing. */
export async function prove(deps: Deps, climber: Climber): Promise<Proof> {
  const climb: Climb = { ...climber, deps, profile: null, granted: [], graph: null }
  const checks: CheckRow[] = []
  const problems: Problem[] = []
  const found: Found = new Map()
  let refusesAll = false
  for (const kind of LADDER) {
    const startedAt = deps.now()
    const outcome = await PROVE[kind](climb)
    checks.push(
      await recordCheck(deps, climber.connection, kind, outcome, { startedAt, attemptId: climber.attemptId }),
    )
    learn(found, kind, outcome)
    if (outcome.ok) {
      if (kind === 'mfa') await climber.trusted?.()
      continue
    }
    if (outcome.verdict !== 'transient') problems.push(outcome.problem)
    if (kind === 'partner_center' && outcome.verdict === 'definitive')
      refusesAll ||= isRefusal(outcome.problem)
    // Another account is for a person to decide; until then everything else is proven.
    if (STOPPING.has(kind) && outcome.problem.code !== 'other_account') break
  }
  const capabilities = { ...climber.connection.capabilities, ...Object.fromEntries(found) }
  return { checks, problems, capabilities, grantedScopes: climb.granted, profile: climb.profile, refusesAll }
}

// A profile that came, but tells of a sign-in without MFA, is a warning: Microsoft enforces it call by call.
function isRefusal(told: Problem): boolean {
  return told.code !== 'mfa_missing' || told.microsoft?.httpStatus !== undefined
}

/** What a proof changes in the connection. */
export function afterProof(deps: Deps, row: ConnectionRow, proof: Proof): ConnectionPatch {
  const { cloud } = deps.config.microsoft
  const known = proof.grantedScopes.length > 0
  return {
    ...judge(proof.capabilities, proof.problems, proof.refusesAll),
    capabilities: proof.capabilities,
    ...(known
      ? {
          grantedScopes: [...new Set(proof.grantedScopes)].toSorted(),
          missingScopes: missingPermissions(cloud, proof.grantedScopes).map((it) => it.name),
        }
      : {}),
    ...learnName(row, proof.profile),
  }
}

function learnName(row: ConnectionRow, profile: OrganisationProfile | null): ConnectionPatch {
  const domain = profile?.domain ? { domain: profile.domain } : {}
  const weaker = row.nameFrom === 'id' || row.nameFrom === 'domain' || row.nameFrom === 'company'
  return profile?.companyName && weaker
    ? { ...domain, name: profile.companyName, nameFrom: 'company' }
    : domain
}

type Found = Map<Capability, CapabilityState>

/** One rung's word on the capabilities: within a climb a failure stays, whatever a later rung passes. */
function learn(found: Found, kind: CheckKind, outcome: Outcome): void {
  if (outcome.ok) {
    // Permissions are needed by what comes later, and prove nothing by themselves.
    if (kind === 'permissions') return
    for (const it of CAPABILITIES[kind]) if (found.get(it) !== 'failing') found.set(it, 'ok')
    return
  }
  // Whatever is unclear, passes by itself or is our own fault says nothing of what works.
  if (outcome.verdict !== 'definitive' || outcome.problem.code === 'other_account') return
  const named = outcome.problem.code === 'mfa_missing' ? (['mfa'] as const) : CAPABILITIES[kind]
  for (const it of named) found.set(it, 'failing')
}

/** The words that fill a problem's gaps for this connection. */
export function climberWords(row: ConnectionRow, username?: string | null): Climber['words'] {
  const words = wordsOf(row)
  return { tenant: row.name, account: username ?? (typeof words.account === 'string' ? words.account : null) }
}
