import type { AttemptRow, Config, ConnectionRow, Organisation } from '@consentry/core'

import type { Page } from './frame.ts'
import { fill, html, type Html } from './html.ts'
import { howToEnd, initials, moment, stuckAtMicrosoft } from './parts.ts'
import type { Words } from './words/en.ts'

export type Shown = {
  readonly attempt: AttemptRow
  readonly connection: ConnectionRow
  readonly organisation: Organisation
}

/** What an administrator without an account sees before anything happens: who asks, for what, and where it leads. */
export function linkPage(words: Words, config: Config, token: string, shown: Shown): Page {
  const { link } = words
  const { attempt, connection } = shown
  const organisation = shown.organisation.name
  const { timeZone } = config.nightly
  return {
    title: fill(link.short, { organisation }),
    body: html`
      <h1>${fill(link.title, { organisation })}</h1>
      ${whoAsks(words, attempt, organisation, timeZone)} ${whatFor(words, attempt, connection)}
      ${permissions(words)} ${account(words)} ${whereTo(words, config)}
      <form method="post" action="/consent/start/${token}">
        <div class="buttons">
          <button class="main" name="decision" value="continue">${link.go}</button>
          <button name="decision" value="decline">${link.decline}</button>
        </div>
      </form>
      <p class="quiet">${fill(link.until, { time: moment(words, attempt.expiresAt, timeZone) })}</p>
      ${stuckAtMicrosoft(words)} ${howToEnd(words)}
    `,
    foot: fill(link.foot, { host: new URL(config.url).host, organisation }),
  }
}

function whoAsks(words: Words, attempt: AttemptRow, organisation: string, timeZone: string): Html {
  const from = [attempt.createdByEmail, organisation].filter((it) => it !== null).join(', ')
  const person = html`<b>${attempt.createdByName}</b>`
  const time = moment(words, attempt.createdAt, timeZone)
  return html`<div class="who">
    <span class="initials" aria-hidden="true">${initials(attempt.createdByName)}</span>
    <div>
      <p>${fill(words.link.asked, { person, time })}</p>
      <p class="quiet">${from}</p>
      <p class="quiet">${words.link.doubt}</p>
    </div>
  </div>`
}

function whatFor({ link }: Words, attempt: AttemptRow, connection: ConnectionRow): Html {
  return html`<dl>
    <dt>${link.tenant}</dt>
    <dd><b>${connection.name}</b></dd>
    <dt>${link.microsoftId}</dt>
    <dd><code>${connection.microsoftId}</code></dd>
    ${
      attempt.reason &&
      html`<dt>${link.reason}</dt>
        <dd>${attempt.reason}</dd>`
    }
  </dl>`
}

function permissions({ link }: Words): Html {
  return html`<div class="pair">
    <section>
      <h2>${link.can}</h2>
      <ul class="can">
        ${link.able.map(line)}
      </ul>
    </section>
    <section>
      <h2>${link.cannot}</h2>
      <ul class="can not">
        ${link.unable.map(line)}
      </ul>
    </section>
  </div>`
}

function line([what, more]: readonly string[]): Html {
  return html`<li><b>${what}</b><span class="quiet">${more}</span></li>`
}

function account({ link }: Words): Html {
  const [privileged, agent] = [html`<b>${link.privileged}</b>`, html`<b>${link.agent}</b>`]
  return html`<h2>${link.accountTitle}</h2>
    <p>${fill(link.account, { privileged, agent })}</p>`
}

function whereTo({ link }: Words, config: Config): Html {
  const address = html`<b>${config.microsoft.login}/</b>`
  return html`<div class="next">
    <p><b>${link.next}</b></p>
    <p class="quiet">${fill(link.address, { address })}</p>
  </div>`
}
