import type { AttemptRow, Config, ConnectionRow, Organisation } from '@consentry/core'

import type { Page } from './frame.ts'
import { html, type Html } from './html.ts'
import { HOW_TO_END, initials, moment, STUCK_AT_MICROSOFT } from './words.ts'

export type Shown = {
  readonly attempt: AttemptRow
  readonly connection: ConnectionRow
  readonly organisation: Organisation
}

/** What an administrator without an account sees before anything happens: who asks, for what, and where it leads. */
export function linkPage(config: Config, token: string, { attempt, connection, organisation }: Shown): Page {
  const { timeZone } = config.nightly
  return {
    title: `${organisation.name} asks to connect`,
    body: html`
      <h1>${organisation.name} asks to connect to your Microsoft partner tenant</h1>
      ${whoAsks(attempt, organisation, timeZone)} ${whatFor(attempt, connection)} ${PERMISSIONS} ${ACCOUNT}
      <div class="next">
        <p><b>Next you go to Microsoft</b></p>
        <p class="quiet">
          Before you type a password, check that the address begins with <b>${config.microsoft.login}/</b>.
          Afterwards you come back here and see the result.
        </p>
      </div>
      <form method="post" action="/consent/start/${token}">
        <div class="buttons">
          <button class="main" name="decision" value="continue">Continue to Microsoft</button>
          <button name="decision" value="decline">I did not expect this</button>
        </div>
      </form>
      <p class="quiet">This link works once, until ${moment(attempt.expiresAt, timeZone)}.</p>
      ${STUCK_AT_MICROSOFT} ${HOW_TO_END}
    `,
    foot: html`You are on ${new URL(config.url).host}, a Consentry that ${organisation.name} uses.`,
  }
}

function whoAsks(attempt: AttemptRow, organisation: Organisation, timeZone: string): Html {
  const from = [attempt.createdByEmail, organisation.name].filter((it) => it !== null).join(', ')
  return html`<div class="who">
    <span class="initials" aria-hidden="true">${initials(attempt.createdByName)}</span>
    <div>
      <p><b>${attempt.createdByName}</b> asked on ${moment(attempt.createdAt, timeZone)}</p>
      <p class="quiet">${from}</p>
      <p class="quiet">In doubt? Call on a number you already have, not one from the message.</p>
    </div>
  </div>`
}

function whatFor(attempt: AttemptRow, connection: ConnectionRow): Html {
  return html`<dl>
    <dt>Your tenant</dt>
    <dd><b>${connection.name}</b></dd>
    <dt>Microsoft ID</dt>
    <dd><code>${connection.microsoftId}</code></dd>
    ${
      attempt.reason &&
      html`<dt>Their reason</dt>
        <dd>${attempt.reason}</dd>`
    }
  </dl>`
}

const PERMISSIONS = html`<div class="pair">
  <section>
    <h2>They will be able to</h2>
    <ul class="can">
      <li>
        <b>Work in Partner Center as you</b><span class="quiet">What the account you use may do there</span>
      </li>
      <li><b>Read your billing reports</b><span class="quiet">Microsoft’s invoices to your company</span></li>
      <li><b>Stay signed in</b><span class="quiet">Until you or Microsoft end it</span></li>
    </ul>
  </section>
  <section>
    <h2>They will not be able to</h2>
    <ul class="can not">
      <li><b>See your password</b><span class="quiet">You type it at Microsoft only</span></li>
      <li><b>Read mail or files</b><span class="quiet">Yours or your customers’</span></li>
      <li>
        <b>Keep access after you end it</b><span class="quiet">You can do so yourself at any time</span>
      </li>
    </ul>
  </section>
</div>`

const ACCOUNT = html`<h2>Use an account that is</h2>
  <p>
    <b>Privileged Role Administrator</b> in Microsoft Entra and <b>Admin Agent</b> in Partner Center, with a
    second sign-in step (MFA). A service account is better than your own.
  </p>`
