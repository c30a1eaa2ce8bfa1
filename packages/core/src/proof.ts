import { setTimeout as sleep } from 'node:timers/promises'

import { recordCheck, RUNGS } from './checks.ts'
import type { ConnectionPatch, Deps } from './deps.ts'
import { diagnoseApi, type Diagnosis, type Verdict } from './diagnosis.ts'
import { problem } from './errors.ts'
import { SECOND, type Answer } from './microsoft/http.ts'
import { askGraph } from './microsoft/graph.ts'
import {
  getPartnerCenter,
  newestInvoice,
  readInvoices,
  readMfaCompliance,
  readProfile,
  type OrganisationProfile,
} from './microsoft/partner-center.ts'
import { missingPermissions } from './permissions.ts'
import { judge, wordsOf, type TokenFacts } from './status.ts'
import {
  LADDER,
  type Capabilities,
  type Capability,
  type CheckKind,
  type CheckRow,
  type ConnectionRow,
  type Problem,
} from './types.ts'

/** What a rung found. Only a definitive refusal says that something does not work. */
export type Outcome =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly problem: Problem; readonly verdict: Verdict }

export type Granted = { readonly accessToken: string; readonly facts: TokenFacts }
export type TokenSource = (
  resource: 'partner-center' | 'graph',
) => Promise<Granted | { readonly refused: Diagnosis }>

/** What climbs the ladder: a working grant, or one that came with a consent and has to prove itself first. */
export type Climber = {
  readonly connection: ConnectionRow
  readonly attemptId: string | null
  readonly grant: () => Promise<Outcome>
  readonly account: () => Promise<Outcome>
  /** Called once the first three rungs hold, before anything else is redeemed. */
  readonly trusted?: () => Promise<void>
  readonly tokens: TokenSource
  readonly words: Readonly<Record<string, string | null>>
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

type Climb = Climber & {
  readonly deps: Deps
  profile: OrganisationProfile | null
  granted: string[]
  graph: Granted | { readonly refused: Diagnosis } | null
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

const RUNG: Readonly<Record<CheckKind, (climb: Climb) => Promise<Outcome>>> = {
  grant: (climb) => climb.grant(),
  account: (climb) => climb.account(),
  mfa: proveMfa,
  permissions: provePermissions,
  partner_center: provePartnerCenter,
  role: proveRole,
  graph: proveGraph,
  billing: proveBilling,
}

/** Climbs the ladder, recording each rung as it is proven; stops where going on would prove nothing. */
export async function prove(deps: Deps, climber: Climber): Promise<Proof> {
  const climb: Climb = { ...climber, deps, profile: null, granted: [], graph: null }
  const checks: CheckRow[] = []
  const problems: Problem[] = []
  let capabilities = climber.connection.capabilities
  let refusesAll = false
  for (const kind of LADDER) {
    const startedAt = deps.now()
    const outcome = await RUNG[kind](climb)
    checks.push(
      await recordCheck(deps, climber.connection, kind, outcome, { startedAt, attemptId: climber.attemptId }),
    )
    capabilities = learn(capabilities, kind, outcome)
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

function learn(capabilities: Capabilities, kind: CheckKind, outcome: Outcome): Capabilities {
  if (!outcome.ok && (outcome.verdict === 'transient' || outcome.problem.code === 'other_account'))
    return capabilities
  const named =
    !outcome.ok && outcome.problem.code === 'mfa_missing' ? (['mfa'] as const) : CAPABILITIES[kind]
  const state = outcome.ok ? 'ok' : 'failing'
  return { ...capabilities, ...Object.fromEntries(named.map((it) => [it, state])) }
}

async function proveMfa(climb: Climb): Promise<Outcome> {
  const token = await climb.tokens('partner-center')
  if ('refused' in token) return failed(token.refused)
  climb.granted.push(...(token.facts.grantedScopes ?? []))
  const compliant = token.facts.mfa ?? (await askMfaCompliance(climb, token.accessToken))
  if (compliant) return passed('mfa')
  return missing(problem('mfa_missing', climb.words, { message: 'amr: pwd' }))
}

/** For a token that does not say how its account signed in. */
async function askMfaCompliance(climb: Climb, accessToken: string): Promise<boolean> {
  const answer = await patiently(() => getPartnerCenter(climb.deps, accessToken, '/profiles/organization'))
  return readMfaCompliance(answer) ?? false
}

async function provePermissions(climb: Climb): Promise<Outcome> {
  const { cloud } = climb.deps.config.microsoft
  if (cloud.partnerBilling) {
    climb.graph = await climb.tokens('graph')
    if ('refused' in climb.graph) {
      const { verdict, problem: told } = climb.graph.refused
      if (verdict === 'transient') return failed(climb.graph.refused)
      // A rule against Graph says nothing of permissions; its own rung names it.
      if (told.code !== 'permission_missing') return { ok: true, detail: 'Partner Center, stay signed in.' }
    } else climb.granted.push(...(climb.graph.facts.grantedScopes ?? []))
  }
  const [first] = missingPermissions(cloud, climb.granted)
  if (!first) return passed('permissions')
  const microsoft =
    climb.graph && 'refused' in climb.graph ? climb.graph.refused.problem.microsoft : undefined
  return missing(
    problem('permission_missing', { permission: first.title, feature: first.feature }, microsoft),
  )
}

async function provePartnerCenter(climb: Climb): Promise<Outcome> {
  const answer = await askPartnerCenter(climb, '/profiles/organization')
  if ('refused' in answer) return failed(answer.refused)
  if (answer.status !== 200) return refusal(climb, answer, 'partner_center_refused')
  const profile = readProfile(answer)
  if (!profile?.tenantId) return badAnswer()
  if (profile.tenantId !== climb.connection.microsoftId) {
    return missing(
      problem('other_company', { ...climb.words, other: profile.companyName ?? profile.tenantId }),
    )
  }
  if (readMfaCompliance(answer) === false)
    return missing(problem('mfa_missing', climb.words, { message: 'isMfaCompliant: false' }))
  climb.profile = profile
  return {
    ok: true,
    detail: profile.companyName ? `Answered for ${profile.companyName}.` : RUNGS.partner_center.passed,
  }
}

// learn.microsoft.com/partner-center/developer/get-partner-billing-profile: App+User only.
async function proveRole(climb: Climb): Promise<Outcome> {
  const answer = await askPartnerCenter(climb, '/profiles/billing')
  if ('refused' in answer) return failed(answer.refused)
  return answer.status === 200 ? passed('role') : refusal(climb, answer, 'role_missing')
}

async function proveGraph(climb: Climb): Promise<Outcome> {
  if (!climb.deps.config.microsoft.cloud.partnerBilling) {
    return {
      ok: true,
      detail: 'This cloud has no partner billing in Microsoft Graph; nothing is needed there.',
    }
  }
  const token = climb.graph ?? (await climb.tokens('graph'))
  if ('refused' in token) {
    const { refused } = token
    const rule = refused.problem.code === 'policy_block' && refused.verdict === 'definitive'
    return rule ? missing(problem('graph_refused', climb.words, refused.problem.microsoft)) : failed(refused)
  }
  // An operation that does not exist: any answer but a refusal shows that Graph lets this account at partner billing.
  const path = '/reports/partners/billing/operations/00000000-0000-0000-0000-000000000000'
  const answer = await patiently(() => askGraph(climb.deps, token.accessToken, path))
  const answered = answer.status === 200 || (answer.status >= 400 && answer.status < 500)
  const refused =
    answer.status === 401 || answer.status === 403 || answer.status === 408 || answer.status === 429
  return answered && !refused ? passed('graph') : refusal(climb, answer, 'graph_refused')
}

async function proveBilling(climb: Climb): Promise<Outcome> {
  const answer = await askPartnerCenter(climb, '/invoices?size=200&offset=0')
  if ('refused' in answer) return failed(answer.refused)
  if (answer.status !== 200) return refusal(climb, answer, 'billing_refused')
  const page = readInvoices(answer)
  if (!page) return badAnswer()
  const newest = newestInvoice(page.items)
  return {
    ok: true,
    detail: newest ? `Newest invoice: ${newest.id}, ${newest.date.slice(0, 7)}.` : RUNGS.billing.passed,
  }
}

async function askPartnerCenter(
  climb: Climb,
  path: string,
): Promise<Answer | { readonly refused: Diagnosis }> {
  const token = await climb.tokens('partner-center')
  return 'refused' in token ? token : patiently(() => getPartnerCenter(climb.deps, token.accessToken, path))
}

const WAITS = [0.5 * SECOND, 1.5 * SECOND]
const LONGEST_WAIT = 5 * SECOND

/** Asks again, twice at the most, while the answer is one that passes by itself. */
async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask()
  for (const wait of WAITS) {
    if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) break
    const asked = Number(answer.headers.get('retry-after')) * SECOND
    if (asked > LONGEST_WAIT) break
    await sleep(Math.max(wait, asked || 0))
    answer = await ask()
  }
  return answer
}

function passed(kind: CheckKind): Outcome {
  return { ok: true, detail: RUNGS[kind].passed }
}

function missing(told: Problem): Outcome {
  return { ok: false, problem: told, verdict: 'definitive' }
}

function failed(refused: Diagnosis): Outcome {
  return { ok: false, problem: refused.problem, verdict: refused.verdict }
}

function refusal(climb: Climb, answer: Answer, code: Parameters<typeof diagnoseApi>[2]): Outcome {
  return failed(diagnoseApi(answer, climb.deps.now(), code, climb.words))
}

function badAnswer(): Outcome {
  return { ok: false, problem: problem('microsoft_answered_badly'), verdict: 'transient' }
}

/** The words that fill a problem's gaps for this connection. */
export function climberWords(row: ConnectionRow, username?: string | null): Climber['words'] {
  const words = wordsOf(row)
  return { tenant: row.name, account: username ?? (typeof words.account === 'string' ? words.account : null) }
}
