import { recordCheck } from './checks.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import { isHeld, isOperators } from './doubt.ts'
import { learnRememberedMfa } from './mfa-policy.ts'
import { foreseen } from './foresight.ts'
import type { OrganisationProfile } from './microsoft/partner-center.ts'
import { missingPermissions } from './permissions.ts'
import { PROVE, type Climb, type Outcome } from './rungs.ts'
import { judge, wordsOf } from './status.ts'
import {
  CAPABILITIES,
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
export type Climber = Pick<Climb, 'connection' | 'grant' | 'account' | 'tokens' | 'weigh' | 'words'> & {
  readonly attemptId: string | null
  /** Called once the first three rungs hold, before anything else is redeemed. */
  readonly trusted?: () => Promise<void>
  /** Asked before each rung: true ends the climb there. */
  readonly isStopped?: () => boolean
  /** What the history says of the first rung already. */
  readonly grantCheck?: CheckRow | null
}

export type Proof = {
  readonly checks: readonly CheckRow[]
  /** Definitive failures, the first leading. */
  readonly problems: readonly Problem[]
  readonly capabilities: Capabilities
  /** Of these, what this climb itself found. */
  readonly found: Partial<Capabilities>
  readonly grantedScopes: readonly string[]
  /** False when Graph gave no token, so that its permissions are not among them for another reason. */
  readonly sawAllScopes: boolean
  readonly rememberedMfa: Climb['rememberedMfa']
  readonly profile: OrganisationProfile | null
  readonly refusesAll: boolean
  /** Nothing was left out, and nothing was unclear or slow. */
  readonly complete: boolean
  /** Refusals that are looked at again before they are believed. */
  readonly doubts: readonly Doubt[]
}

/** `many`: what it is called while it is one of many, null while it is the tenant's own. */
export type Doubt = { readonly about: string; readonly many: Problem | null }

// Past these nothing further could be learnt, or nothing may be done with the grant.
const STOPPING: ReadonlySet<CheckKind> = new Set<CheckKind>(['grant', 'account', 'mfa', 'partner_center'])

/** Climbs the ladder, recording each rung as it is proven; stops where going on would prove nothing. */
export async function prove(deps: Deps, climber: Climber): Promise<Proof> {
  const climb: Climb = { ...climber, deps, profile: null, granted: [], graph: null, rememberedMfa: undefined }
  const checks: CheckRow[] = []
  const problems: Problem[] = []
  const doubts: Doubt[] = []
  const found: Found = new Map()
  let refusesAll = false
  let complete = true
  for (const kind of LADDER) {
    if (climber.isStopped?.()) {
      complete = false
      break
    }
    const startedAt = deps.now()
    const outcome = await PROVE[kind](climb)
    const at = { startedAt, attemptId: climber.attemptId }
    const said = kind === 'grant' ? climber.grantCheck : null
    checks.push(said ?? (await recordCheck(deps, climber.connection, kind, outcome, at)))
    learn(found, kind, outcome)
    if (outcome.ok) {
      if (kind === 'mfa') await climber.trusted?.()
      continue
    }
    if (outcome.verdict !== 'definitive') complete = false
    if (outcome.doubt !== undefined) {
      const many = outcome.verdict === 'transient' ? outcome.problem : null
      doubts.push({ about: outcome.doubt, many })
    } else if (outcome.verdict !== 'transient') problems.push(outcome.problem)
    if (kind === 'partner_center' && outcome.verdict === 'definitive')
      refusesAll ||= isRefusal(outcome.problem)
    // Another account is for a person to decide; until then everything else is proven.
    if (STOPPING.has(kind) && outcome.problem.code !== 'other_account') break
  }
  const own: Partial<Capabilities> = Object.fromEntries(found)
  const capabilities = { ...climber.connection.capabilities, ...own }
  const { granted: grantedScopes, profile } = climb
  const sawAllScopes = sawScopes(deps, climb)
  return {
    checks,
    problems,
    capabilities,
    found: own,
    grantedScopes,
    sawAllScopes,
    rememberedMfa: climb.rememberedMfa,
    profile,
    refusesAll,
    complete,
    doubts,
  }
}

function sawScopes({ config }: Deps, { graph }: Climb): boolean {
  if (!config.microsoft.cloud.partnerBilling) return true
  if (graph === null) return false
  return !('refused' in graph) || graph.refused.problem.code === 'permission_missing'
}

// A profile that came, but tells of a sign-in without MFA, is a warning: Microsoft enforces it call by call.
function isRefusal(told: Problem): boolean {
  return told.code !== 'mfa_missing' || told.microsoft?.httpStatus !== undefined
}

/** What a proof changes in the connection. */
export function afterProof(deps: Deps, row: ConnectionRow, proof: Proof): ConnectionPatch {
  const known = proof.grantedScopes.length > 0
  const granted = [...proof.grantedScopes, ...(proof.sawAllScopes ? [] : row.grantedScopes)]
  // What was refused on the way has been judged already.
  const capabilities = { ...row.capabilities, ...proof.found }
  const patch: ConnectionPatch = {
    ...(tellsMore(row, proof, capabilities) ? judge(capabilities, proof.problems, proof.refusesAll) : {}),
    capabilities,
    ...(proof.complete && proof.problems.length === 0 ? { provenAt: deps.now() } : {}),
    ...(known
      ? {
          grantedScopes: [...new Set(granted)].toSorted(),
          missingScopes: missingPermissions(deps.config.microsoft, granted).map((it) => it.name),
        }
      : {}),
    ...learnName(row, proof.profile),
    ...learnRememberedMfa(row, proof.rememberedMfa, deps.now()),
  }
  return foreseen(row, patch, deps.now(), deps.config)
}

/** Whether the status follows from the proof: where it came to no word on what is wrong, what is known of that stays. */
function tellsMore(row: ConnectionRow, { problems, complete }: Proof, now: Capabilities): boolean {
  if (problems.length > 0) return true
  if (isHeld(row)) return complete
  const isWrong = Object.values(now).includes('failing')
  return !isWrong || row.reason === null || isOperators(row)
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
