import { LADDER, problem } from '@consentry/core'
import type { AttemptRow, CheckRow, ConnectionRow, Organisation, Problem } from '@consentry/core'

import type { Page } from './frame.ts'
import { fill, html, type Html } from './html.ts'
import { howToEnd, stuckAtMicrosoft } from './parts.ts'
import { problemBlock, problemTitle, tryAgain } from './problem-page.ts'
import { ladder } from './rungs.ts'
import type { Words } from './words/en.ts'

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

/** How the trip ended, or how far it is, for the person who made it; nothing of the organisation but who asked. */
export function resultPage(words: Words, result: Result): Page {
  const { attempt, connection, checks } = result
  if (attempt.status === 'succeeded') return success(words, result)
  if (attempt.status === 'failed' || attempt.status === 'expired') return failure(words, result)
  if (attempt.status === 'waiting') return underway(words, result)
  const title = fill(words.result.checking, { tenant: connection.name })
  const n = checks.filter((it) => it.ok).length
  return {
    title,
    refreshAfter: POLL,
    body: html`<h1>${title}</h1>
      <p role="status">${fill(words.result.proven, { n, all: LADDER.length })}</p>
      ${ladder(words, checks, true)}`,
  }
}

/** Nothing has come back from Microsoft. */
function underway(words: Words, { connection, token }: Result): Page {
  const { underway: title, underwayText } = words.result
  return {
    title: html`${title}`,
    refreshAfter: 10 * POLL,
    body: html`<h1>${title}</h1>
      <p>${fill(underwayText, { tenant: connection.name })}</p>
      ${token && tryAgain(words, token, '')} ${stuckAtMicrosoft(words)}`,
  }
}

function success(words: Words, { attempt, connection, checks }: Result): Page {
  const { connected, done, close } = words.result
  const tenant = connection.name
  return {
    title: fill(connected, { tenant }),
    body: html`<h1>${fill(done, { tenant })}</h1>
      <p>${fill(close, { person: attempt.createdByName })}</p>
      ${backLink(words, attempt)} ${ladder(words, checks, false)} ${howToEnd(words)}`,
  }
}

function failure(words: Words, { attempt, connection, checks, token }: Result): Page {
  const told = problemOf(attempt)
  const person = attempt.createdByName
  // The account that the organisation used until now is none of an outsider's business.
  const detail = told.code === 'other_account' ? fill(words.result.otherAccount, { person }) : undefined
  const more = html`<dl>
    <dt>${words.result.expected}</dt>
    <dd><b>${connection.name}</b><br /><code>${connection.microsoftId}</code></dd>
  </dl>`
  const sender = { name: person, email: attempt.createdByEmail }
  return {
    title: problemTitle(words, told),
    body: html`<span class="bad" aria-hidden="true">!</span>
      ${problemBlock(words, { problem: told, detail, token, tenant: connection.name, sender, more })}
      ${backLink(words, attempt)} ${ladder(words, checks, false)}`,
  }
}

function problemOf({ problem: told, createdByName, status }: AttemptRow): Problem {
  // Without what Microsoft said, which may name the account too.
  if (told?.code === 'other_account') return problem('other_account')
  return told ?? problem(status === 'expired' ? 'link_ended' : 'server_error', { person: createdByName })
}

// The origin was checked against the organisation's list when the link was made.
function backLink({ result }: Words, { returnUrl, id, microsoftId, status }: AttemptRow): Html | null {
  if (returnUrl === null) return null
  const url = new URL(returnUrl)
  url.searchParams.set('attemptId', id)
  url.searchParams.set('microsoftId', microsoftId)
  url.searchParams.set('status', status)
  return html`<p><a href="${url.href}">${fill(result.back, { address: url.origin })}</a></p>`
}
