import type { Problem } from '@consentry/core'

import type { Page } from './frame.ts'
import { fill, html, type Html } from './html.ts'
import { problemText } from './problem-text.ts'
import type { Words } from './words/en.ts'

/** Who sent the link, for an outsider who needs another one. */
export type Sender = { readonly name: string; readonly email: string | null }

export type ProblemPage = {
  readonly problem: Problem
  /** Our own words in place of the detail. */
  readonly detail?: Html | undefined
  /** The link's token, when this browser may try again with it. */
  readonly token?: string | null | undefined
  /** The name of the tenant that the link is for. */
  readonly tenant?: string | undefined
  readonly sender?: Sender | undefined
  readonly more?: Html | undefined
}

/** A trip that failed: what happened, why, what to do, one button. */
export function problemPage(words: Words, told: ProblemPage): Page {
  return {
    title: problemTitle(words, told.problem),
    body: html`<span class="bad" aria-hidden="true">!</span>${problemBlock(words, told)}`,
  }
}

/** What happened, for the title of a page. */
export function problemTitle(words: Words, problem: Problem): Html {
  return html`${problemText(words, problem).title}`
}

/** The same as part of a page. */
export function problemBlock(words: Words, told: ProblemPage): Html {
  const { problem, token, tenant, sender, more } = told
  const known = { ...(tenant ? { tenant } : {}), ...(sender ? { person: sender.name } : {}) }
  const { title, detail, lang } = problemText(words, problem, known)
  const foreign = lang && html` lang="${lang}"`
  return html`
    <h1${foreign}>${title}</h1>
    <p${foreign}>${told.detail ?? detail}</p>
    ${more} ${token && tryAgain(words, token, problem.code)}
    ${sender && html`<p class="quiet">${fill(words.problem.sender, { person: nameOf(sender) })}</p>`}
    ${forSupport(words, problem)}
  `
}

function nameOf({ name, email }: Sender): string {
  return email ? `${name} (${email})` : name
}

const OTHER_ACCOUNT = new Set(['wrong_tenant', 'guest_account', 'other_company'])

/** The button that begins the trip anew with the same link. */
export function tryAgain({ problem }: Words, token: string, code: string): Html {
  const label = OTHER_ACCOUNT.has(code) ? problem.otherAccount : problem.again
  return html`<form method="post" action="/consent/start/${token}">
    <div class="buttons"><button class="main">${label}</button></div>
  </form>`
}

const FACTS = [
  'error',
  'suberror',
  'code',
  'message',
  'traceId',
  'correlationId',
  'timestamp',
  'httpStatus',
  'refreshTokenAgeMs',
] as const satisfies readonly (keyof NonNullable<Problem['microsoft']>)[]

// Microsoft's own words stay as they are: its support looks for them.
function forSupport({ problem: words }: Words, { code, microsoft }: Problem): Html {
  const facts = FACTS.filter((it) => microsoft?.[it] !== undefined && microsoft[it] !== '')
  return html`<details>
    <summary>${words.support} <code>${code}</code></summary>
    <dl>
      <dt>${words.code}</dt>
      <dd><code>${code}</code></dd>
      ${facts.map(
        (it) =>
          html`<dt>${words.microsoft[it]}</dt>
            <dd><code lang="en">${String(microsoft?.[it])}</code></dd>`,
      )}
    </dl>
  </details>`
}
