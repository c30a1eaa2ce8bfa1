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
