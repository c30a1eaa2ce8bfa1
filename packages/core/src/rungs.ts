import { setTimeout as sleep } from 'node:timers/promises'

import { RUNGS } from './checks.ts'
import { challengeOf } from './claims-challenge.ts'
import type { Deps } from './deps.ts'
import { diagnoseApi, type Diagnosis, type Verdict } from './diagnosis.ts'
import { problem, type ErrorCode } from './errors.ts'
import { askRememberedMfa } from './mfa-policy.ts'
import { askGraph } from './microsoft/graph.ts'
import { SECOND, type Answer } from './microsoft/http.ts'
import {
  getPartnerCenter,
  newestInvoice,
  readInvoices,
  readMfaCompliance,
  readProfile,
  type OrganisationProfile,
} from './microsoft/partner-center.ts'
import { isNeeded, missingPermissions } from './permissions.ts'
import type { TokenFacts } from './status.ts'
import type { CheckKind, ConnectionRow, Problem } from './types.ts'

/** What a rung found. Only a definitive refusal says that something does not work. */
export type Outcome =
  | { readonly ok: true; readonly detail: string }
  | {
      readonly ok: false
      readonly problem: Problem
      readonly verdict: Verdict
      /** What a later look has to find again before this is believed. */
      readonly doubt?: string
    }

export type Granted = { readonly accessToken: string; readonly facts: TokenFacts }
type TokenSource = (
  resource: 'partner-center' | 'graph',
  /** A challenge that the resource answered the token before with. */
  claims?: string,
) => Promise<Granted | { readonly refused: Diagnosis }>

/** What the rungs share while a ladder is climbed. */
export type Climb = {
  readonly deps: Deps
  readonly connection: ConnectionRow
  readonly grant: () => Promise<Outcome>
  readonly account: () => Promise<Outcome>
  readonly tokens: TokenSource
  /** Looks around before a refusal that may be everybody's is believed; gives what is to be said of it. */
  readonly weigh: (refused: Diagnosis, rung: CheckKind) => Promise<Diagnosis>
  readonly words: Readonly<Record<string, string | null>>
  profile: OrganisationProfile | null
  granted: string[]
  graph: Granted | { readonly refused: Diagnosis } | null
  /** Days for which the tenant's settings remember a second step; undefined where that is not known. */
  rememberedMfa: number | null | undefined
}

/** How each rung is proven. */
export const PROVE: Readonly<Record<CheckKind, (climb: Climb) => Promise<Outcome>>> = {
  grant: (climb) => climb.grant(),
  account: (climb) => climb.account(),
  mfa: proveMfa,
  permissions: provePermissions,
  partner_center: provePartnerCenter,
  role: proveRole,
  graph: proveGraph,
  billing: proveBilling,
}

async function proveMfa(climb: Climb): Promise<Outcome> {
  const token = await climb.tokens('partner-center')
  if ('refused' in token) return failed(token.refused)
  climb.granted.push(...(token.facts.grantedScopes ?? []))
  if (token.facts.mfa) return passed('mfa')
  const without = missing(problem('mfa_missing', climb.words, { message: 'amr: pwd' }))
  return token.facts.mfa === false ? without : askMfaCompliance(climb, token.accessToken, without)
}

/** For a token that does not say how its account signed in. */
async function askMfaCompliance(climb: Climb, accessToken: string, without: Outcome): Promise<Outcome> {
  const answer = await patiently(() => getPartnerCenter(climb.deps, accessToken, '/profiles/organization'))
  if (readMfaCompliance(answer)) return passed('mfa')
  const isSilent = answer.status !== 200 && readMfaCompliance(answer) === undefined
  return isSilent ? refusal(climb, 'mfa', answer, 'partner_center_refused') : without
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
  const now = climb.deps.now()
  const lacking = missingPermissions(climb.deps.config.microsoft, climb.granted)
  const first = lacking.find((it) => isNeeded(it, now))
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
  if (answer.status !== 200) return refusal(climb, 'partner_center', answer, 'partner_center_refused')
  const profile = readProfile(answer)
  if (!profile?.tenantId) return badAnswer()
  if (profile.tenantId !== climb.connection.microsoftId) {
    return missing(
      problem('other_company', { ...climb.words, other: profile.companyName ?? profile.tenantId }),
    )
  }
  if (readMfaCompliance(answer) === false) {
    // The token itself says that it has one.
    const told = problem('mfa_missing', climb.words, { message: 'isMfaCompliant: false' })
    return weighed(climb, 'partner_center', {
      problem: told,
      verdict: 'ambiguous',
      retryAfterSeconds: undefined,
    })
  }
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
  return answer.status === 200 ? passed('role') : refusal(climb, 'role', answer, 'role_missing')
}

async function proveGraph(climb: Climb): Promise<Outcome> {
  if (!climb.deps.config.microsoft.cloud.partnerBilling) {
    return {
      ok: true,
      detail: 'This cloud has no partner billing in Microsoft Graph; nothing is needed there.',
    }
  }
  const token = climb.graph ?? (await climb.tokens('graph'))
  if ('refused' in token) return refusedAtGraph(climb, token.refused)
  // An operation that does not exist: any answer but a refusal shows that Graph lets this account at partner billing.
  const path = '/reports/partners/billing/operations/00000000-0000-0000-0000-000000000000'
  const answer = await askChallenged(climb, 'graph', token, (it) => askGraph(climb.deps, it, path))
  if ('refused' in answer) return refusedAtGraph(climb, answer.refused)
  // A page of something in between is no answer of Graph's.
  const found = answer.status === 200 && answer.json !== undefined
  const answered = found || (answer.status >= 400 && answer.status < 500)
  const refused =
    answer.status === 401 || answer.status === 403 || answer.status === 408 || answer.status === 429
  if (!answered || refused) return refusal(climb, 'graph', answer, 'graph_refused')
  climb.rememberedMfa = await askRememberedMfa(climb.deps, token)
  return passed('graph')
}

function refusedAtGraph(climb: Climb, refused: Diagnosis): Outcome {
  const rule = refused.problem.code === 'policy_block' && refused.verdict === 'definitive'
  return rule ? missing(problem('graph_refused', climb.words, refused.problem.microsoft)) : failed(refused)
}

async function proveBilling(climb: Climb): Promise<Outcome> {
  const answer = await askPartnerCenter(climb, '/invoices?size=200&offset=0')
  if ('refused' in answer) return failed(answer.refused)
  if (answer.status !== 200) return refusal(climb, 'billing', answer, 'billing_refused')
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
  if ('refused' in token) return token
  return askChallenged(climb, 'partner-center', token, (it) => getPartnerCenter(climb.deps, it, path))
}

/** Asks with a token; a claims challenge is answered with one more redemption, whose token's answer stands. */
async function askChallenged(
  climb: Climb,
  resource: 'partner-center' | 'graph',
  { accessToken }: Granted,
  ask: (accessToken: string) => Promise<Answer>,
): Promise<Answer | { readonly refused: Diagnosis }> {
  const answer = await patiently(() => ask(accessToken))
  const claims = challengeOf(answer)
  if (claims === null) return answer
  const renewed = await climb.tokens(resource, claims)
  return 'refused' in renewed ? renewed : patiently(() => ask(renewed.accessToken))
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

function failed({ problem: told, verdict, doubt }: Diagnosis): Outcome {
  return { ok: false, problem: told, verdict, ...(doubt === undefined ? {} : { doubt }) }
}

async function weighed(climb: Climb, rung: CheckKind, refused: Diagnosis): Promise<Outcome> {
  return failed(await climb.weigh(refused, rung))
}

function refusal(climb: Climb, rung: CheckKind, answer: Answer, code: ErrorCode): Promise<Outcome> {
  return weighed(climb, rung, diagnoseApi(answer, climb.deps.now(), code, climb.words))
}

function badAnswer(): Outcome {
  return { ok: false, problem: problem('microsoft_answered_badly'), verdict: 'transient' }
}
