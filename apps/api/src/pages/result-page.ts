import { LADDER, problem, RUNGS } from '@consentry/core'
import type { AttemptRow, CheckKind, CheckRow, ConnectionRow, Organisation, Problem } from '@consentry/core'

import type { Page } from './frame.ts'
import { html, type Html } from './html.ts'
import { problemBlock, tryAgain } from './problem-page.ts'
import { HOW_TO_END, STUCK_AT_MICROSOFT } from './words.ts'

/** Seconds between two looks while the checks run. */
const POLL = 2

export type Result = {
  readonly attempt: AttemptRow
  readonly connection: ConnectionRow
  readonly organisation: Organisation
  readonly checks: readonly CheckRow[]
  /** The link's token, when this browser still has it. */
  readonly token: string | null
}

const CHECKING: Readonly<Record<CheckKind, string>> = {
  grant: "Exchanging Microsoft's answer",
  account: 'Comparing tenant and account',
  mfa: 'Reading how the account signed in',
  permissions: 'Comparing permissions',
  partner_center: "Asking for this tenant's profile",
  role: 'Trying a call that needs the role',
  graph: "Asking Microsoft's data service",
  billing: 'Asking for the newest invoice',
}

/** How the trip ended, or how far it is, for the person who made it; nothing of the organisation but who asked. */
export function resultPage(result: Result): Page {
  const { attempt, connection, checks } = result
  if (attempt.status === 'succeeded') return success(result)
  if (attempt.status === 'failed' || attempt.status === 'expired') return failure(result)
  if (attempt.status === 'waiting') return underway(result)
  const proven = checks.filter((it) => it.ok).length
  return {
    title: `Checking ${connection.name}`,
    refreshAfter: POLL,
    body: html`<h1>Checking ${connection.name}</h1>
      <p role="status">${proven} of ${LADDER.length} proven. You may close this page; the checks go on.</p>
      ${ladder(checks, true)}`,
  }
}

/** Nothing has come back from Microsoft. */
function underway({ connection, token }: Result): Page {
  return {
    title: `Not back from Microsoft yet`,
    refreshAfter: 10 * POLL,
    body: html`<h1>Not back from Microsoft yet</h1>
      <p>${connection.name} is not connected: the trip to Microsoft has not ended. Nothing was stored.</p>
      ${token && tryAgain(token, '')} ${STUCK_AT_MICROSOFT}`,
  }
}

function success({ attempt, connection, checks }: Result): Page {
  return {
    title: `${connection.name} is connected`,
    body: html`<h1>Done. ${connection.name} is connected.</h1>
      <p>You can close this page. ${attempt.createdByName} sees the result in Consentry.</p>
      ${backLink(attempt)} ${ladder(checks, false)} ${HOW_TO_END}`,
  }
}

function failure({ attempt, connection, checks, token }: Result): Page {
  const told = inOutsidersWords(attempt)
  const sender = { name: attempt.createdByName, email: attempt.createdByEmail }
  const expected = html`<dl>
    <dt>Expected</dt>
    <dd><b>${connection.name}</b><br /><code>${connection.microsoftId}</code></dd>
  </dl>`
  return {
    title: told.title,
    body: html`<span class="bad" aria-hidden="true">!</span>
      ${problemBlock({ problem: told, token, sender, more: expected })} ${backLink(attempt)}
      ${ladder(checks, false)}`,
  }
}

// The account that the organisation used until now is none of an outsider's business.
function inOutsidersWords({ problem: told, createdByName, status }: AttemptRow): Problem {
  if (told?.code === 'other_account') {
    const detail = `This tenant was connected with another account. ${createdByName} decides which one it runs with; you can close this page.`
    return { ...problem('other_account'), detail }
  }
  if (told) return told
  return problem(status === 'expired' ? 'link_ended' : 'server_error', { person: createdByName })
}

function ladder(checks: readonly CheckRow[], running: boolean): Html {
  const next = running ? LADDER.find((kind) => !checks.some((it) => it.kind === kind)) : undefined
  const rungs = LADDER.map((kind) =>
    rung(
      kind,
      checks.find((it) => it.kind === kind),
      kind === next,
    ),
  )
  return html`<h2>What was checked</h2>
    <ol class="rungs">
      ${rungs}
    </ol>`
}

function rung(kind: CheckKind, check: CheckRow | undefined, checking: boolean): Html {
  const [sign, look, state] = check
    ? check.ok
      ? ['✓', 'ok', 'passed']
      : ['✕', 'no', 'failed']
    : ['·', 'yet', checking ? 'checking' : 'not reached']
  const says = check ? (check.ok ? check.detail : check.title) : checking ? CHECKING[kind] : 'not reached'
  return html`<li>
    <span class="${look}" aria-hidden="true">${sign}</span>
    <div>
      <b>${RUNGS[kind].title}</b><span class="quiet">${says}</span><span class="hidden">${state}</span>
    </div>
  </li>`
}

// The origin was checked against the organisation's list when the link was made.
function backLink({ returnUrl, id, microsoftId, status }: AttemptRow): Html | null {
  if (returnUrl === null) return null
  const url = new URL(returnUrl)
  url.searchParams.set('attemptId', id)
  url.searchParams.set('microsoftId', microsoftId)
  url.searchParams.set('status', status)
  return html`<p><a href="${url.href}">Go back to ${url.origin}</a></p>`
}
