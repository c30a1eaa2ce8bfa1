import { html, type Html } from './html.ts'
import type { Words } from './words/en.ts'

/** A moment in full, in the deployment's time zone: "Friday 20 November 2026 at 09:12 (UTC)". */
export function moment({ locale }: Words, at: Date, timeZone: string): Html {
  const words = new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at)
  // Some versions of the locale data put a comma behind an English weekday or year.
  const plain = locale.startsWith('en') ? words.replaceAll(',', '') : words
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

/** What the other side has to remove at Microsoft when it wants to end this. */
export function howToEnd({ end }: Words): Html {
  return html`<details>
    <summary>${end.title}</summary>
    <p>${end.text}</p>
  </details>`
}

/** Pages of Microsoft's that never send the browser back: whoever is stuck there finds out here. */
export function stuckAtMicrosoft({ stuck }: Words): Html {
  return html`<details>
    <summary>${stuck.title}</summary>
    <dl>
      ${stuck.says.map(
        ([says, means]) =>
          html`<dt>${says}</dt>
            <dd>${means}</dd>`,
      )}
    </dl>
  </details>`
}
