import { html, type Html } from './html.ts'

/** A moment in full, in the deployment's time zone: "Friday 20 November 2026 at 09:12 (UTC)". */
export function moment(at: Date, timeZone: string): Html {
  const words = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at)
  // Some versions of the locale data put a comma behind the weekday or the year.
  const plain = words.replaceAll(',', '')
  return html`<time datetime="${at.toISOString()}">${plain} (${timeZone})</time>`
}

/** Two letters that stand for a name. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/)
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : [parts[0]]
  return letters
    .map((it) => [...(it ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}

export const HOW_TO_END = html`<details>
  <summary>How to end the access later</summary>
  <p>
    In the Entra admin center open Enterprise applications, choose Consentry, then Properties, and choose
    Delete. Then revoke the sessions of the account that was used.
  </p>
</details>`

const STUCK: readonly (readonly [string, string])[] = [
  [
    '“Need admin approval”',
    'An administrator has to grant it: send this link to one, or ask them to approve it there.',
  ],
  [
    '“You can’t get there from here”, or something about the device',
    'A rule of your company blocks this device: use one that your company knows.',
  ],
  ['“Account does not exist in tenant”', 'Go back and choose another account, one of the tenant itself.'],
  ['“More information required”', 'Finish setting up the second step, then open this link again.'],
  ['The page was closed', 'Open this link again in this browser. Nothing is lost.'],
]

/** Pages of Microsoft's that never send the browser back: whoever is stuck there finds out here. */
export const STUCK_AT_MICROSOFT = html`<details>
  <summary>If Microsoft does not send you back here</summary>
  <dl>
    ${STUCK.map(
      ([says, means]) =>
        html`<dt>${says}</dt>
          <dd>${means}</dd>`,
    )}
  </dl>
</details>`
