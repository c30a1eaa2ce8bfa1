import type { Problem } from '@consentry/core'

import type { Page } from './frame.ts'
import { html, type Html } from './html.ts'

/** Who sent the link, for an outsider who needs another one. */
export type Sender = { readonly name: string; readonly email: string | null }

export type ProblemPage = {
  readonly problem: Problem
  /** The link's token, when this browser may try again with it. */
  readonly token?: string | null | undefined
  readonly sender?: Sender | undefined
  readonly more?: Html | undefined
}

/** A trip that failed: what happened, why, what to do, one button. */
export function problemPage(told: ProblemPage): Page {
  return {
    title: told.problem.title,
    body: html`<span class="bad" aria-hidden="true">!</span>${problemBlock(told)}`,
  }
}

/** The same as part of a page. */
export function problemBlock({ problem, token, sender, more }: ProblemPage): Html {
  return html`
    <h1>${problem.title}</h1>
    <p>${problem.detail}</p>
    ${more} ${token && tryAgain(token, problem.code)}
    ${sender && html`<p class="quiet">Wrong company, or stuck? Tell ${nameOf(sender)}, who sent the link.</p>`}
    ${forSupport(problem)}
  `
}

function nameOf({ name, email }: Sender): Html {
  return email ? html`${name} (${email})` : html`${name}`
}

const OTHER_ACCOUNT = new Set(['wrong_tenant', 'guest_account', 'other_company'])

/** The button that begins the trip anew with the same link. */
export function tryAgain(token: string, code: string): Html {
  const label = OTHER_ACCOUNT.has(code) ? 'Try again with another account' : 'Start again'
  return html`<form method="post" action="/consent/start/${token}">
    <div class="buttons"><button class="main">${label}</button></div>
  </form>`
}

function forSupport({ code, microsoft }: Problem): Html {
  const facts = Object.entries(microsoft ?? {}).filter(([, value]) => value !== undefined && value !== '')
  return html`<details>
    <summary>For Microsoft support <code>${code}</code></summary>
    <dl>
      <dt>code</dt>
      <dd><code>${code}</code></dd>
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd><code>${String(value)}</code></dd>`,
      )}
    </dl>
  </details>`
}
