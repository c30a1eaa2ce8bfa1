import { clock, fullDay, shortDay, weekday } from './telling-dates.ts'
import type { Facts } from './telling-facts.ts'
import {
  aboutTenant,
  actOf,
  affectedOf,
  exactly,
  foretold,
  momentOf,
  saidOf,
  supportOf,
  TENANTS,
  todoOf,
  whyOf,
  type Said,
} from './telling-parts.ts'
import { reminderOf } from './telling-reminders.ts'
import type { Described, Saying, TenantHappening } from './telling-words.ts'
import type { Capability, ConnectionRow } from './types.ts'

/** A tenant that stopped, needs somebody, will stop, or works again. */
export function ofTenant(
  { event, connection: row, again = false, was }: TenantHappening,
  saying: Saying,
): Described {
  const about = {
    path: `${TENANTS}/${row.microsoftId}`,
    more: { connection: aboutTenant(row), services: saying.facts.services },
  }
  if (event === 'connection.recovered') return { ...recovered(row, was, saying), ...about }
  const reminder = reminderOf(row, again, saying.now, saying.timeZone)
  if (row.status === 'broken') return { ...broken(row, again, saying), reminder, ...about }
  const end = event === 'connection.expiring' ? row.stopsWorkingBy : null
  return { ...(end ? expiring(row, end, saying) : limited(row, saying)), reminder, ...about }
}

type Body = Pick<Described, 'title' | 'text' | 'support'>

function recovered(
  { name }: ConnectionRow,
  was: TenantHappening['was'],
  { facts: { since }, now, timeZone }: Saying,
): Body {
  const at = since ?? now
  if (was === 'ending')
    return {
      title: `${name} goes on working`,
      text: `What would have stopped ${name} is solved. Consentry refreshes it every night, and there is nothing to do.`,
    }
  return {
    title: `${name} works again since ${clock(at, timeZone)}`,
    text: `Since ${exactly(at, now, timeZone)} ${name} works again, and Consentry refreshes it every night.`,
  }
}

function broken(row: ConnectionRow, again: boolean, { facts, now, timeZone }: Saying): Body {
  const { name } = row
  const { since } = facts
  const said = saidOf(row, facts, timeZone)
  const when = since ? ` ${momentOf(since, now, timeZone)}` : ''
  const stopped = again ? 'still does not work' : `stopped${when}`
  const what = refusalOf(row, said)
  const lead = since ? `Since ${exactly(since, now, timeZone)} ${what}` : what
  const why = becauseOf(row, said, facts, timeZone) ?? whyOf(said)
  return {
    title: `${name} ${stopped}: ${actOf(said)}`,
    text: [lead, '', why, affectedOf(facts), todoOf(said)].join('\n'),
    support: supportOf(facts),
  }
}

/** What is refused, and by whom: not always the sign-in. */
function refusalOf({ name, capabilities }: ConnectionRow, { code }: Said): string {
  if (code === 'application_secret' || code === 'application_misconfigured')
    return `Microsoft refuses the application that ${name} registered itself. The sign-in is not to blame.`
  return capabilities.signIn !== 'failing' && capabilities.partnerCenter === 'failing'
    ? `Partner Center refuses everything that is asked for ${name}.`
    : `Microsoft no longer accepts the sign-in of ${name}.`
}

/** What happened, where Microsoft or the tenant's rule tells more than the general words do, and where they tell too little. */
function becauseOf(
  row: ConnectionRow,
  { code }: Said,
  { evidence }: Pick<Facts, 'evidence'>,
  timeZone: string,
): string | undefined {
  if (code === 'permission_missing' && row.missingScopes.length === 0)
    return 'Why: what this tenant had allowed Consentry was taken back, or never given. Microsoft does not say which permission it misses.'
  if (code !== 'signed_out') return ruleOf(row, code, timeZone)
  // AADSTS50173 names the moment from which tokens count again: that of the sign-out.
  const revoked = /TokensValidFrom date[^']*'([^']+)'/.exec(evidence?.microsoft?.message ?? '')?.[1]
  const at = new Date(revoked ?? '')
  if (Number.isNaN(at.getTime())) return undefined
  const moment = `${weekday(at, timeZone)} at ${clock(at, timeZone)}`
  return `Why: an administrator signed ${row.accountUsername ?? 'the account'} out of every session, or reset its password, on ${moment}.`
}

/** The tenant's rule that ends sign-ins, with its days. */
function ruleOf({ stopsWorkingBecause: because }: ConnectionRow, code: Said['code'], timeZone: string) {
  if (!because?.everyDays || because.kind === 'inactivity') return undefined
  const last = shortDay(new Date(because.since), timeZone)
  const days = because.everyDays === 1 ? 'day' : `${because.everyDays} days`
  if (code === 'mfa_too_old')
    return `Why: this tenant asks for the second sign-in step every ${days}. The last one was on ${last}.`
  if (code !== 'sign_in_frequency') return undefined
  return `Why: a rule of this tenant wants a fresh sign-in every ${days}. The last one was on ${last}.`
}

function expiring(row: ConnectionRow, end: Date, { now, timeZone }: Saying): Body {
  const { name, stopsWorkingBecause: because } = row
  const said = foretold(row, timeZone)
  const evidence = because && because.kind !== 'inactivity' ? `Why: ${because.evidence}` : undefined
  const why = ruleOf(row, said.code, timeZone) ?? evidence ?? whyOf(said)
  const moment = `${fullDay(end, timeZone)}, about ${clock(end, timeZone)} (${timeZone})`
  const over = end <= now
  const lead = over
    ? `${name} still works. It was expected to stop on ${moment}, and may at any moment.`
    : `${name} works today. It will stop on ${moment}.`
  return {
    title: `${name} needs a sign-in ${over ? 'now' : `by ${weekday(end, timeZone)}`}`,
    text: [lead, '', why, beforehand(said, row)].join('\n'),
  }
}

/** What keeps it from stopping: a new sign-in, and for a rule of the tenant that the rule is changed. */
function beforehand({ code }: Said, { accountUsername }: ConnectionRow): string {
  const signIn = 'What to do: sign in again, or send somebody a link. It takes about two minutes.'
  if (code !== 'sign_in_frequency') return signIn
  const account = accountUsername ?? 'the account'
  return `${signIn} It comes again until the tenant's administrator leaves ${account} out of that rule.`
}

const PARTS: Readonly<Record<Capability, string>> = {
  signIn: 'the sign-in',
  partnerCenter: 'Partner Center',
  mfa: 'the second step',
  graph: 'Microsoft Graph',
  billing: 'billing reports',
}

function limited(row: ConnectionRow, { facts, timeZone }: Saying): Body {
  const said = saidOf(row, facts, timeZone)
  // The order of the ladder.
  const failing = (['signIn', 'partnerCenter', 'mfa', 'graph', 'billing'] as const).filter(
    (it) => row.capabilities[it] === 'failing',
  )
  const what = failing.map((it) => PARTS[it]).join(', ')
  const lead = `Services still get tokens for ${row.name}.${what ? ` What does not work: ${what}.` : ''}`
  const why = becauseOf(row, said, facts, timeZone) ?? whyOf(said)
  return {
    title: `${row.name} needs somebody: ${said.title}`,
    text: [lead, '', why, affectedOf(facts), todoOf(said)].join('\n'),
    support: supportOf(facts),
  }
}
